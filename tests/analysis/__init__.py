"""Tests of what is told by a text alone."""
