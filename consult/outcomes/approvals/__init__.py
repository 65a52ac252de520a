"""Approvals: frozen versions of a plan, the exact texts that people decide about.

A version is made from the published plan, gets a number and a digest over its canonical text, and
never changes; triggers see to it. Any later edit of the plan needs a new version.
"""
