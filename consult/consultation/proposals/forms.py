"""The forms of proposals: the fields of the OGP form, in plain words."""

from collections.abc import Callable, Iterable
from typing import Self, Unpack

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, SelectField, StringField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, ValidationError

from consult.consultation.comments.forms import PublicationForm
from consult.consultation.comments.publication import reason_missing
from consult.consultation.proposals.continuing import (
    NO_SUCH_PROPOSAL,
    find_continued,
    write_reference,
)
from consult.consultation.proposals.drafts import MOST_ATTACHMENTS
from consult.consultation.proposals.elsewhere import ExternalSource
from consult.consultation.proposals.labels import ORIGINS, SOURCES, STANCES
from consult.consultation.proposals.models import (
    TEXT_FIELDS,
    Origin,
    Position,
    Proposal,
    Source,
    Stance,
)
from consult.consultation.proposals.steps import FIELDS, Step
from consult.consultation.proposals.texts import NO_SUCH_THEME, NOT_SPOKEN_FOR, ProposalText
from consult.consultation.rounds.models import Round
from consult.foundation.core.clock import now
from consult.foundation.core.days import DayField
from consult.foundation.core.errors import Sentence
from consult.foundation.core.field_arguments import FieldArguments
from consult.foundation.core.forms import Choice, Filled, choices, line, prose, show_errors
from consult.foundation.core.languages import LANGUAGE_NAMES, pick, reader_language
from consult.foundation.core.money import MoneyField
from consult.foundation.core.names import LONGEST_OF_ORGANISATION, name_field
from consult.foundation.core.numbers import key_of_row
from consult.foundation.core.visible import says_nothing
from consult.foundation.core.web import actor
from consult.foundation.files.forms import FilesField
from consult.foundation.marks.fields import MarkedField, marked_fields
from consult.foundation.marks.rendering import marks_in
from consult.people.accounts.kept_forms import ResumedForm
from consult.people.organisations.on_behalf import MYSELF, OnBehalf, choice_of

LONGEST_TEXT = 10_000


def _language(label: Sentence) -> "PickOne":
    return PickOne(
        label,
        unknown=_l("Choose Dutch or English."),
        choices=choices(LANGUAGE_NAMES.items()),
    )


class PickOne(SelectField):
    """A list to pick from; what is no longer in it stays picked, with a sentence about it."""

    def __init__(
        self,
        label: Sentence,
        *,
        unknown: Sentence,
        coerce: Callable[[object], object] = str,
        choices: list[Choice] | None = None,
        default: int | None = None,
        **kwargs: Unpack[FieldArguments],
    ) -> None:
        super().__init__(label, coerce=coerce, choices=choices, default=default, **kwargs)
        self.unknown = unknown
        self.type = SelectField.__name__  # drawn as any list

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was picked; what is no value at all is unknown as well."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what is not in the list, in words of our own."""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(self.unknown) from error


def keep_picked(field: SelectField, label: Sentence) -> None:
    """Show what was picked and is not in the list, so that nothing else is picked silently."""
    offered = [one for one in field.choices or () if isinstance(one, Choice)]
    if field.data is not None and field.data not in [one.value for one in offered]:
        field.choices = [*offered, *choices([(field.data, label)])]


def _is_missing(field: Field) -> bool:
    return bool(field.flags.required) and says_nothing(field.data or "")


READ = (*TEXT_FIELDS, "theme_id", "organisation_id", "origin", "continues_id", "possible_holder",
        "period", "amount", "language", "not_for_publication_reason")  # fmt: skip
"""The fields of which a draft keeps what was typed, whether it can be read or not."""
_AS_STORED = (*TEXT_FIELDS, "possible_holder", "period", "language", "not_for_publication",
              "not_for_publication_reason")  # fmt: skip
LONGEST_AS_TYPED = 20_000
_ELSEWHERE = (Source.MEETING, Source.LETTER, Source.EMAIL)


class ContinuesField(StringField):
    """The earlier proposal that one continues, by number or address; `found` is its id."""

    def __init__(self, label: Sentence, **kwargs: Unpack[FieldArguments]) -> None:
        super().__init__(label, **kwargs)
        self.round: Round | None = None
        self.found: int | None = None
        self.stands = ""
        self.type = StringField.__name__  # drawn as any line

    def remember(self, continued: Proposal) -> None:
        """Know which proposal is continued as it is stored, so that this can stay."""
        if self.round is not None:
            self.stands, self.found = write_reference(continued, self.round), continued.id

    def pre_validate(self, form: BaseForm) -> None:
        """Look for the proposal that is meant; what is stored stays, whatever became of it."""
        del form
        typed = (self.data or "").strip()
        if not typed or self.round is None or typed == self.stands:
            return
        found = find_continued(actor(), typed, self.round, now())
        self.found = found.id if found else None
        if found is None:
            raise ValidationError(NO_SUCH_PROPOSAL)


class ProposalForm(PublicationForm):
    """A proposal for an action."""

    title = line(_l("Title"), 200)
    problem = prose(_l("What is the problem, and for whom?"), LONGEST_TEXT)
    action = prose(_l("What should be done?"), LONGEST_TEXT)
    result = prose(_l("What will be different then?"), LONGEST_TEXT, required=False)
    openness = prose(_l("How does this open government?"), LONGEST_TEXT, required=False)
    theme_id = PickOne(_l("Theme"), coerce=key_of_row, default=0, unknown=NO_SUCH_THEME)
    origin = RadioField(
        _l("Is it new?"),
        choices=choices(ORIGINS.items()),
        default=Origin.NEW.value,
    )
    continues_id = ContinuesField(
        _l("Which earlier proposal does it continue?"),
        description=_l("Its number, such as #12, or the address of its page."),
    )
    possible_holder = line(_l("Who could do it?"), 200, required=False)
    period = line(_l("When?"), 120, required=False)
    amount = MoneyField(_l("What does it cost, in euros?"))
    organisation_id = PickOne(
        _l("You write for"), coerce=choice_of, default=MYSELF, unknown=NOT_SPOKEN_FOR
    )
    language = _language(_l("Language of your proposal"))
    files = FilesField(_l("Attachments"), most=MOST_ATTACHMENTS)
    version = HiddenField(default="")
    draft = HiddenField(default="")

    @classmethod
    def for_round(
        cls,
        round_: Round,
        on_behalf: Iterable[tuple[int, Sentence]],
        proposal: Proposal | None = None,
        first: int = MYSELF,
    ) -> Self:
        """Make the form for a round, filled with a stored proposal."""
        form = cls()
        if proposal is not None and proposal.published_at is not None:
            form.leave_out_publication()
        themes = [(theme.id, pick(theme.title)[0]) for theme in round_.plan.themes]
        form.theme_id.choices = choices([(0, _l("None of these, or I do not know")), *themes])
        form.offer_organisations(on_behalf)
        form.continues_id.round = round_
        if proposal is not None and proposal.continues is not None:
            form.continues_id.remember(proposal.continues)
        if not form.is_submitted() and not form.language.raw_data:
            form.language.data = reader_language()
            form.organisation_id.data = first
            if proposal is not None:
                form.fill(proposal)
        return form

    def offer_organisations(self, on_behalf: Iterable[tuple[int, Sentence]]) -> None:
        """Let the writer choose on behalf of whom they write (organisations/on_behalf.py)."""
        self.organisation_id.choices = choices(on_behalf)

    def fill(self, proposal: Proposal) -> None:
        """Show a stored proposal in the form."""
        for name in _AS_STORED:
            if name in self:
                self[name].data = getattr(proposal, name)
        self.theme_id.data = proposal.theme_id or 0
        self.organisation_id.data = OnBehalf(proposal.organisation_id, proposal.request_id).choice
        self.origin.data = proposal.origin.value if proposal.origin else None
        self.version.data = str(proposal.version)
        self.draft.data = proposal.public_id
        self.amount.data = proposal.amount_cents
        self.continues_id.data = self.continues_id.stands
        # A draft may be older than this version of the form.
        as_typed = {name: typed for name, typed in proposal.as_typed.items() if name in self}
        for name, typed in as_typed.items():
            self[name].process(MultiDict({name: typed}))
        for name in (*as_typed, "theme_id", "organisation_id"):
            self[name].validate(self)

    def keep_picked(self) -> None:
        """Keep what was picked and can no longer be, in the lists that the page shows."""
        keep_picked(self.theme_id, _l("A theme that is no longer there"))
        keep_picked(self.organisation_id, _l("An organisation that you do not speak for"))
        for field in (self.origin, self.language):
            keep_picked(field, field.data)

    @property
    def _read(self) -> list[str]:
        return [name for name in READ if name in self]

    def read_as_typed(self) -> dict[str, str]:
        """Return what cannot be read, as it was typed, by field; the errors stand beside them."""
        found = {}
        for name in self._read:
            typed = next(iter(self[name].raw_data or ()), "")
            if str(typed).strip() and not self[name].validate(self):
                found[name] = str(typed)
        return found

    def text(self) -> ProposalText:
        """Read what was written; what cannot be read stands in it as it was typed."""
        as_typed = self.read_as_typed()
        read = {name: None if name in as_typed else self[name].data for name in self._read}
        behalf = OnBehalf.of(read["organisation_id"])
        return ProposalText(
            **{name: read[name] or "" for name in (*TEXT_FIELDS, "possible_holder", "period")},
            theme_id=read["theme_id"] or None,
            organisation_id=behalf.organisation_id,
            request_id=behalf.request_id,
            origin=Origin((read["origin"] or "").strip() or Origin.NEW),
            continues_id=self.continues_id.found if read["continues_id"] else None,
            amount_cents=read["amount"],
            language=read["language"] or reader_language(),
            not_for_publication=self.wish.not_for_publication,
            not_for_publication_reason=read.get("not_for_publication_reason") or "",
            as_typed=as_typed,
        )

    def fields_of(self, step: Step) -> list[Field]:
        """Return the fields that a step asks for."""
        return [self[name] for name in FIELDS[step] if name in self]

    def is_complete(self, step: Step) -> bool:
        """Whether what a step asks for is in order; the errors stand beside its fields."""
        wrong = [field for field in self.fields_of(step) if not field.validate(self)]
        here = {field.name for field in self.fields_of(step)}
        missing = {name: said for name, said in reason_missing(self.wish).items() if name in here}
        return show_errors(self, missing) and not wrong

    def unfinished(self) -> list[Step]:
        """Return the steps in which something is missing, or cannot be read as it is stored."""
        missing = reason_missing(self.wish).keys()
        return [
            step
            for step in FIELDS
            if any(
                field.errors or field.name in missing or _is_missing(field)
                for field in self.fields_of(step)
            )
        ]

    def marked(self) -> dict[str, MarkedField]:
        """Return what was typed, and the names of files, with what may be personal data in them."""
        written = [self[name] for name in (*TEXT_FIELDS, "possible_holder") if name in self]
        files = {
            file.public_id: MarkedField(self.files.label.text, file.name, marks_in(file.name, ""))
            for file in self.files.kept
        }
        return marked_fields(written, self.language.data) | files

    def fits_a_draft(self) -> bool:
        """Whether what was typed can be kept, read or not; the errors say what is too long."""
        too_long = [
            name for name, typed in self.read_as_typed().items() if len(typed) > LONGEST_AS_TYPED
        ]
        return not too_long


class ElsewhereForm(ProposalForm):
    """What came in at a meeting, by letter or by e-mail."""

    language = _language(_l("Language of the contribution"))
    source = RadioField(
        _l("How did it reach us?"),
        choices=choices(
            (one, SOURCES[one]) for one in (Source.MEETING, Source.LETTER, Source.EMAIL)
        ),
        default=Source.MEETING.value,
    )
    source_note = line(_l("Which meeting, letter or e-mail?"), 300)
    source_date = DayField(_l("On which day?"), validators=[Filled()])
    on_behalf_of = name_field(_l("On whose behalf, as it may be shown?"), LONGEST_OF_ORGANISATION)

    @property
    def elsewhere(self) -> ExternalSource:
        """How it reached us."""
        return ExternalSource(
            source=Source(self.source.data),
            note=self.source_note.data,
            on=self.source_date.day,
            on_behalf_of=self.on_behalf_of.data,
        )


def vote_on_behalf() -> PickOne:
    """Make the field that asks on behalf of whom somebody votes: for which sector it counts."""
    label = _l("You vote on behalf of")
    return PickOne(label, coerce=choice_of, default=MYSELF, unknown=NOT_SPOKEN_FOR)


class PositionForm(ResumedForm):
    """Support, neutral, or object with a reason."""

    stance = RadioField(
        _l("What do you think of it?"),
        choices=choices((one, STANCES[one]) for one in Stance if one is not Stance.PASS),
        validators=[InputRequired(_l("Choose support, neutral or object."))],
    )
    reason = prose(
        _l("Why? (needed when you object)"),
        2_000,
        required=False,
        description=_l("You and the people who work on the plan read it."),
    )
    on_behalf = SelectField(_l("You write for"), coerce=choice_of, default=MYSELF)

    @classmethod
    def for_reader(
        cls, offered: Iterable[tuple[int, Sentence]], first: int = MYSELF, **more: object
    ) -> Self:
        """Make the form with on behalf of whom one can take a position."""
        form = cls(**more)
        form.on_behalf.choices = choices(offered)
        if not form.is_submitted() and not form.on_behalf.raw_data:
            form.on_behalf.data = first
        return form

    @classmethod
    def showing(
        cls, held: Position | None, offered: Iterable[tuple[int, Sentence]], first: int = MYSELF
    ) -> Self:
        """Make the form with the position that somebody holds, whatever was posted elsewhere."""
        form = cls.for_reader(offered, first, formdata=None)
        if held is not None:
            form.stance.data, form.reason.data = held.stance.value, held.reason
        return form


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
