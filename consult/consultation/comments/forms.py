"""The form of a comment."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField

from consult.consultation.comments.labels import KINDS
from consult.consultation.comments.models import ABOUT_THEMES, CommentKind
from consult.consultation.comments.publication import (
    LONGEST_REASON,
    PublicationWish,
    reason_missing,
)
from consult.consultation.comments.services import CommentText
from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import choices, prose, show_errors
from consult.foundation.core.languages import LANGUAGE_NAMES, reader_language
from consult.people.accounts.kept_forms import ResumedForm
from consult.people.organisations.on_behalf import MYSELF, OnBehalf, choice_of

LONGEST = 5_000


_EVERYBODY = [one for one in CommentKind if one not in {CommentKind.DISSENT, *ABOUT_THEMES}]


class PublicationForm(ResumedForm):
    """The part of a form in which somebody says that a text is to be read, and not published."""

    not_for_publication = BooleanField(_l("Do not publish my text"))
    not_for_publication_reason = prose(
        _l("Why should it not be public?"), LONGEST_REASON, required=False
    )

    def leave_out_publication(self) -> None:
        """Do not ask: the text was public already, or comes from somebody else."""
        del self.not_for_publication, self.not_for_publication_reason

    @property
    def wish(self) -> PublicationWish:
        """What the author wants; to be published, where that is not asked."""
        if "not_for_publication" not in self:
            return PublicationWish()
        return PublicationWish(
            self.not_for_publication.data, self.not_for_publication_reason.data or ""
        )

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Ask for the reason, too, where somebody wants no publication."""
        filled_in = super().validate(extra_validators)
        return show_errors(self, reason_missing(self.wish)) and filled_in


class CommentForm(PublicationForm):
    """A reaction, a question or suggested wording."""

    kind = RadioField(
        _l("What is it?"),
        choices=choices((one, KINDS[one]) for one in _EVERYBODY),
        default=CommentKind.REACTION.value,
    )
    body = prose(_l("Your comment"), LONGEST)
    organisation_id = SelectField(_l("You write for"), coerce=choice_of, default=MYSELF)
    language = SelectField(
        _l("Language of your comment"),
        choices=choices(LANGUAGE_NAMES.items()),
    )
    parent = HiddenField(default="")

    @classmethod
    def for_reader(
        cls,
        on_behalf: Iterable[tuple[int, Sentence]],
        first: int = MYSELF,
        *,
        dissents: bool = False,
        about_theme: bool = False,
    ) -> Self:
        """Make the form for whoever can write on behalf of these, and perhaps may dissent.

        About a theme one says first what is missing in it, or belongs elsewhere.
        """
        form = cls()
        kinds = [*ABOUT_THEMES, *_EVERYBODY] if about_theme else _EVERYBODY
        form.kind.choices = choices((one, KINDS[one]) for one in kinds)
        if about_theme and not form.kind.raw_data:
            form.kind.data = CommentKind.MISSING.value
        if dissents:
            form.kind.choices = choices((one, KINDS[one]) for one in [*kinds, CommentKind.DISSENT])
            form.kind.description = _l(
                "A dissenting note says that your organisation signed this, and you do not agree."
            )
        form.organisation_id.choices = choices(on_behalf)
        if not form.is_submitted() and not form.organisation_id.raw_data:
            form.organisation_id.data = first
        if not form.language.raw_data:
            form.language.data = reader_language()
        return form

    @property
    def text(self) -> CommentText:
        """What was written."""
        return CommentText(
            body=self.body.data,
            kind=CommentKind(self.kind.data),
            language=self.language.data,
            organisation_id=OnBehalf.of(self.organisation_id.data).organisation_id,
            **vars(self.wish),
        )
