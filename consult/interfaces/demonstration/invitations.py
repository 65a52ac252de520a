"""Who is invited in the demonstration, and what they answered."""

from dataclasses import dataclass

from consult.interfaces.demonstration.relative_time import When


@dataclass(frozen=True)
class DemoInvitation:
    """Somebody invented who is invited to a body, by the keys of body, inviter, organisation.

    `accepted` or `declined` says when they answered; without either they did not (yet).
    """

    body: str
    by: str
    email: str
    name: str
    language: str
    at: When
    organisation: str = ""
    note: str = ""
    accepted: When | None = None
    declined: When | None = None
    reason: str = ""
