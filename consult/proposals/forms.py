"""The forms of proposals: the fields of the OGP form, in plain words."""

from typing import Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import Field, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired

from consult.core.days import DayField
from consult.core.errors import Sentence
from consult.core.forms import AtMost, Filled, choices, line, prose
from consult.core.languages import pick, reader_language
from consult.core.money import MoneyField
from consult.core.names import LONGEST_OF_ORGANISATION, name_field
from consult.core.numbers import key_of_row
from consult.proposals.models import TEXT_FIELDS, Origin, Proposal, Source, Stance
from consult.proposals.services import Elsewhere, ProposalText
from consult.rounds.models import Round

LONGEST_TEXT = 10_000


def _language(label: Sentence) -> Field:
    return SelectField(label, choices=choices([("nl", _l("Dutch")), ("en", _l("English"))]))


class ProposalForm(FlaskForm):
    """A proposal for an action."""

    title = line(_l("Title"), 200)
    problem = prose(_l("What is the problem, and for whom?"), LONGEST_TEXT)
    action = prose(_l("What should be done?"), LONGEST_TEXT)
    result = prose(_l("What will be different then?"), LONGEST_TEXT, required=False)
    openness = prose(_l("How does this open government?"), LONGEST_TEXT, required=False)
    theme_id = SelectField(_l("Theme"), coerce=key_of_row, default=0)
    origin = RadioField(
        _l("Is it new?"),
        choices=choices(
            [
                (Origin.NEW.value, _l("A new action")),
                (Origin.EXISTING.value, _l("Something that exists already")),
                (Origin.CONTINUED.value, _l("A continuation from an earlier plan")),
            ]
        ),
        default=Origin.NEW.value,
    )
    possible_holder = line(_l("Who could do it?"), 200, required=False)
    period = line(_l("When?"), 120, required=False)
    amount = MoneyField(_l("What does it cost, in euros?"))
    organisation_id = SelectField(_l("You write for"), coerce=key_of_row, default=0)
    language = _language(_l("Language of your proposal"))
    files = MultipleFileField(_l("Attachments"))
    version = HiddenField(default="")
    draft = HiddenField(default="")

    @classmethod
    def for_round(
        cls, round_: Round, spoken_for: list[tuple[int, str]], proposal: Proposal | None = None
    ) -> Self:
        """Make the form for a round, filled with a stored proposal."""
        form = cls()
        themes = [(theme.id, pick(theme.title)[0]) for theme in round_.plan.themes]
        form.theme_id.choices = choices([(0, _l("None of these, or I do not know")), *themes])
        form.offer_organisations(spoken_for)
        if not form.is_submitted():
            form.language.data = reader_language()
            if proposal is not None:
                form.fill(proposal)
        return form

    def offer_organisations(self, spoken_for: list[tuple[int, str]]) -> None:
        """Let the writer choose between themselves and these organisations."""
        self.organisation_id.choices = choices([(0, _l("Myself")), *spoken_for])

    def fill(self, proposal: Proposal) -> None:
        """Show a stored proposal in the form."""
        for name in (*TEXT_FIELDS, "possible_holder", "period", "language"):
            self[name].data = getattr(proposal, name)
        self.theme_id.data = proposal.theme_id or 0
        self.organisation_id.data = proposal.organisation_id or 0
        self.origin.data = proposal.origin.value
        self.version.data = str(proposal.version)
        self.draft.data = proposal.public_id
        self.amount.data = proposal.amount_cents

    @property
    def text(self) -> ProposalText:
        """What was written, as far as it can be read (a draft may be half a form)."""
        known = {choice.value for choice in Origin}
        return ProposalText(
            **{name: (self[name].data or "") for name in TEXT_FIELDS},
            theme_id=self.theme_id.data or None,
            organisation_id=self.organisation_id.data or None,
            origin=Origin(self.origin.data) if self.origin.data in known else Origin.NEW,
            possible_holder=self.possible_holder.data or "",
            period=self.period.data or "",
            amount_cents=self.amount.data,
            language=self.language.data or reader_language(),
        )

    def fits_a_draft(self) -> bool:
        """Tell whether what was typed can be kept: nothing too long, whatever is missing."""
        for name in (*TEXT_FIELDS, "possible_holder", "period"):
            field = self[name]
            longest = next(v.max for v in field.validators if isinstance(v, AtMost))
            if field.data and len(field.data) > longest:
                field.errors = [
                    *field.errors,
                    str(_l("This is too long: at most %(longest)s characters.", longest=longest)),
                ]
        return not any(self[name].errors for name in (*TEXT_FIELDS, "possible_holder", "period"))


class ElsewhereForm(ProposalForm):
    """What came in at a meeting, by letter or by e-mail."""

    language = _language(_l("Language of the contribution"))
    source = RadioField(
        _l("How did it reach us?"),
        choices=choices(
            [
                (Source.MEETING.value, _l("In a meeting")),
                (Source.LETTER.value, _l("By letter")),
                (Source.EMAIL.value, _l("By e-mail")),
            ]
        ),
        default=Source.MEETING.value,
    )
    source_note = line(_l("Which meeting, letter or e-mail?"), 300)
    source_date = DayField(_l("On which day?"), validators=[Filled()])
    on_behalf_of = name_field(_l("On whose behalf, as it may be shown?"), LONGEST_OF_ORGANISATION)

    @property
    def elsewhere(self) -> Elsewhere:
        """How it reached us."""
        return Elsewhere(
            source=Source(self.source.data),
            note=self.source_note.data,
            on=self.source_date.data,
            on_behalf_of=self.on_behalf_of.data,
        )


class PositionForm(FlaskForm):
    """Support, neutral, or object with a reason."""

    stance = RadioField(
        _l("What do you think of it?"),
        choices=choices(
            [
                (Stance.SUPPORT.value, _l("I support it")),
                (Stance.NEUTRAL.value, _l("I am neutral")),
                (Stance.OBJECT.value, _l("I object")),
            ]
        ),
        validators=[InputRequired(_l("Choose support, neutral or object."))],
    )
    reason = prose(_l("Why? (needed when you object)"), 2_000, required=False)


class CosignForm(FlaskForm):
    """For which organisation somebody signs."""

    organisation_id = SelectField(_l("You sign for"), coerce=key_of_row)

    @classmethod
    def among(cls, organisations: list[tuple[int, str]]) -> Self:
        """Make the form with the organisations to choose from."""
        form = cls()
        form.organisation_id.choices = choices(organisations)
        return form


class WithdrawForm(FlaskForm):
    """Why somebody withdraws; they need not say."""

    reason = line(_l("Why do you withdraw it?"), 500, required=False)
