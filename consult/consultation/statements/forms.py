"""The forms of statements: one sentence, and a vote."""

from collections.abc import Iterable
from typing import Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from consult.consultation.proposals.forms import PickOne, keep_picked, vote_on_behalf
from consult.consultation.proposals.labels import VOTES as VOTE_WORDS
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.positions import NO_VOTE, VOTES
from consult.consultation.proposals.texts import NOT_SPOKEN_FOR
from consult.consultation.statements.models import LONGEST_STATEMENT
from consult.consultation.statements.services import StatementText
from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import choices, line, stale_check
from consult.foundation.core.languages import LANGUAGE_NAMES, reader_language
from consult.foundation.core.numbers import key_of_row


class StatementForm(FlaskForm):
    """A statement: one sentence, for whom, and in which language."""

    version = stale_check()
    sentence = line(
        _l("Your statement"),
        LONGEST_STATEMENT,
        description=_l("One sentence that others can agree with or not."),
    )
    organisation_id = PickOne(
        _l("You write for"), coerce=key_of_row, default=0, unknown=NOT_SPOKEN_FOR
    )
    language = SelectField(
        _l("Language of your statement"), choices=choices(LANGUAGE_NAMES.items())
    )

    @classmethod
    def for_writer(
        cls, spoken_for: list[tuple[int, str]], statement: Proposal | None = None
    ) -> Self:
        """Make the form for whoever speaks for these organisations, filled with a statement."""
        form = cls()
        form.organisation_id.choices = choices([(0, _l("Myself")), *spoken_for])
        if not form.is_submitted():
            form.language.data = reader_language()
            if statement is not None:
                form.fill(statement)
        return form

    def fill(self, statement: Proposal) -> None:
        """Show a stored statement in the form."""
        self.version.data = str(statement.version)
        self.sentence.data = statement.title
        self.organisation_id.data = statement.organisation_id or 0
        self.language.data = statement.language

    def keep_picked(self) -> None:
        """Keep what was picked and can no longer be, in the list that the page shows."""
        keep_picked(self.organisation_id, _l("An organisation that you do not speak for"))

    @property
    def text(self) -> StatementText:
        """What was written."""
        return StatementText(
            sentence=self.sentence.data,
            organisation_id=self.organisation_id.data or None,
            language=self.language.data,
        )


class VoteForm(FlaskForm):
    """Agree, disagree or pass; each is a button of its own."""

    stance = RadioField(
        _l("What do you think of it?"),
        choices=choices((one, VOTE_WORDS[one]) for one in VOTES),
        validators=[InputRequired(NO_VOTE)],
    )
    on_behalf = vote_on_behalf()

    @classmethod
    def for_voter(cls, offered: Iterable[tuple[int, Sentence]], first: int) -> Self:
        """Make the form with on behalf of whom one can vote, and who that is now."""
        form = cls()
        form.on_behalf.choices = choices(offered)
        if not form.is_submitted():
            form.on_behalf.data = first
        return form
