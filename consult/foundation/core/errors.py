"""Refusals: exceptions that carry a sentence for a person, and what would help."""

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

Sentence: TypeAlias = str | LazyString


class Refusal(Exception):  # noqa: N818
    """Something that will not be done, said to a person.

    `text` says what is wrong and where, `help` what would help; `kept` holds what the person
    typed (label -> text), so that the page which refuses can give it back.
    """

    status: ClassVar[int] = 400

    def __init__(
        self,
        text: Sentence,
        help: Sentence = "",  # noqa: A002
        *,
        kept: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.help = help
        self.kept = dict(kept or {})

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.text), str(self.help)) if part)


class InvalidInput(Refusal):
    """The input cannot be taken as it is; `errors` names every field at once."""

    status = 422

    def __init__(
        self,
        text: Sentence,
        help: Sentence = "",  # noqa: A002
        *,
        errors: Mapping[str, Sentence] | None = None,
        kept: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(text, help, kept=kept)
        self.errors = dict(errors or {})


class SentBefore(InvalidInput):
    """A form that was sent before, with something else in it; `leads_to` is the first answer."""

    def __init__(self, leads_to: str) -> None:
        super().__init__(
            _l("This form was sent before, with something else in it. That is what is stored."),
            _l("What stands here now is not stored. Change the first one, or send this as well."),
        )
        self.leads_to = leads_to


class NotAllowed(Refusal):
    """A known person lacks the right, or the moment is wrong."""

    status = 403


class SignInNeeded(NotAllowed):
    """An anonymous reader could do this after signing in."""

    status = 401


class SecondFactorNeeded(NotAllowed):
    """The person has the role for this, and must give a second factor before it counts."""


class NotFound(Refusal):
    """There is no such thing, or this reader may not know that there is."""

    status = 404


class Conflict(Refusal):
    """Somebody else changed it meanwhile; both texts are shown and nothing is lost.

    `mine` and `theirs` are texts by the name of their field in the form, or by their label where
    they are no text that can be typed; `labels` says what the fields are called. With `version`,
    the one that is stored now, the page lets the texts be put together and saved.
    """

    status = 409

    def __init__(
        self,
        text: Sentence,
        help: Sentence = "",  # noqa: A002
        *,
        mine: Mapping[str, str] | None = None,
        theirs: Mapping[str, str] | None = None,
        labels: Mapping[str, Sentence] | None = None,
        version: int | None = None,
    ) -> None:
        super().__init__(text, help, kept=mine)
        self.mine = dict(mine or {})
        self.theirs = dict(theirs or {})
        self.labels = dict(labels or {})
        self.version = version


class Clash(Conflict):
    """Two acts at one instant, of which the database took the other; this one left nothing.

    Done again it may succeed, or be refused by a sentence of its own (see docs/decisions/0022).
    """

    def __init__(self) -> None:
        super().__init__(
            _l("Somebody else changed this while you were working on it."),
            _l("Open the page again and compare."),
        )


class TooLarge(Refusal):
    """More was sent than is taken."""

    status = 413


class NoRoom(Refusal):
    """The platform cannot store anything now."""

    status = 503


class OutOfReach(Refusal):
    """What is asked for is there, and the platform cannot get at it now."""

    status = 503
