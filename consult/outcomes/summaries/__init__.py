"""Summaries: what was said in a round, told per theme by the organiser, with citations.

A citation is written as #12 (proposal 12) or #12.3 (comment 3 on proposal 12) in the text; it
becomes a link both ways. The summary is a draft until it is published. What is not yet answered
or cited is listed for the organiser.
"""
