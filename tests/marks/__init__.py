"""Tests of the marks at what may be personal data."""
