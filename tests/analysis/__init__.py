"""Tests of foundation/analysis."""
