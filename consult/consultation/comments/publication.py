"""Whether a contribution is for publication: what its author wants, and what may be asked of it.

As in national consultations (https://www.internetconsultatie.nl), somebody may want a text read and
not published. They say why; the people who work on the plan read that with the text.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.visible import says_nothing

LONGEST_REASON = 1_000
NO_REASON = _l("Say in a sentence why. Only the people who work on the plan read it.")


class WithWish(Protocol):
    """A text with what its author wants."""

    @property
    def not_for_publication(self) -> bool:
        """Whether its author wants it read, and not published."""

    @property
    def not_for_publication_reason(self) -> str:
        """Why, in a sentence."""


@dataclass(frozen=True)
class PublicationWish:
    """What somebody chose in a form: whether a text is for publication, and if not, why."""

    not_for_publication: bool = False
    not_for_publication_reason: str = ""


class OncePublic(Protocol):
    """Something that may have been public."""

    @property
    def published_at(self) -> datetime | None:
        """When it was published, if it ever was."""


def reason_missing(text: WithWish) -> dict[str, Sentence]:
    """Return the error, by its field, where somebody wants no publication and does not say why."""
    missing = text.not_for_publication and says_nothing(text.not_for_publication_reason)
    return {"not_for_publication_reason": NO_REASON} if missing else {}


def refuse_if_once_public(contribution: OncePublic, text: WithWish) -> None:
    """Refuse (InvalidInput) to keep from publication what everybody could read already."""
    if not text.not_for_publication or contribution.published_at is None:
        return
    said = _l("Everybody could read this already. Withdraw it, if it should not be public.")
    raise InvalidInput(_l("This cannot be stored as it is."), errors={"not_for_publication": said})
