"""The ground floor: database, unit of work, clock, refusals, text, pages and search.

Nothing here knows what a consultation is.
"""
