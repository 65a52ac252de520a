"""What was found where, and of which kind."""

import enum
from dataclasses import dataclass

MOST_SUSPECTED = 500
"""Pieces that are told of one text: who reads so many needs no more."""


class SuspectedKind(enum.StrEnum):
    """What a piece of text looks like."""

    CITIZEN_NUMBER = "citizen_number"
    BANK_ACCOUNT = "bank_account"
    TELEPHONE = "telephone"
    EMAIL = "email"
    ADDRESS = "address"
    NAME = "name"
    DATE_OF_BIRTH = "date_of_birth"
    LICENCE_PLATE = "licence_plate"
    DOCUMENT_NUMBER = "document_number"


@dataclass(frozen=True, order=True)
class Suspected:
    """A piece of a text, from `start` up to `end`, that may say something about a person."""

    start: int
    end: int
    kind: SuspectedKind

    def overlaps(self, other: "Suspected") -> bool:
        """Whether the two share a sign."""
        return self.start < other.end and other.start < self.end
