"""Codes that people read aloud, and type over from paper."""

import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Signs that nobody takes for one another: no 0 and O, no 1, I and L."""


def new_code(groups: int, length: int) -> str:
    """Make a code of random signs, in groups with a hyphen between them."""
    made = ("".join(secrets.choice(SIGNS) for _ in range(length)) for _ in range(groups))
    return "-".join(made)
