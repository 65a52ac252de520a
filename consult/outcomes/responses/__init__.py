"""Responses: the organiser's answer to each proposal, with an outcome and a reason.

Responses are prepared as drafts and published together, when every proposal of the round that is
public has one (OGP Participation and Co-creation Standards, requirement 4.1: reasoned response).
"""
