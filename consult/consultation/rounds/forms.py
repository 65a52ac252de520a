"""Forms of rounds: what they say, when they are, and the reasons that are public."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    RadioField,
    SelectMultipleField,
    widgets,
)

from consult.consultation.plans.models import Plan
from consult.consultation.plans.services import missing_texts
from consult.consultation.rounds.editing import (
    FORM_FIELD,
    LONGEST_GRACE,
    PROSE,
    RoundText,
    missing_participants,
    text_of,
)
from consult.consultation.rounds.labels import KINDS, MODERATION, MOVED, READERS
from consult.consultation.rounds.models import Moderation, MovedDate, Readers, Round, RoundKind
from consult.foundation.core.calendar import SKIPPED, NoSuchTime, local_time, moment_of
from consult.foundation.core.days import ClockField, DayField
from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import (
    Filled,
    choices,
    fill_localized,
    form_with,
    line,
    localized,
    localized_data,
    prose,
    show_errors,
    stale_check,
)
from consult.foundation.core.languages import pick
from consult.foundation.core.numbers import NumberField, key_of_row
from consult.foundation.core.slugs import LONGEST
from consult.people.organisations.models import Body

LONGEST_REASON = 1000
LABELS = {
    "title": _l("Title"),
    "introduction": _l("Introduction"),
    "questions": _l("Questions, one on each line"),
}


def _day(label: Sentence) -> DayField:
    return DayField(label, validators=[Filled()])


def _time(label: Sentence) -> ClockField:
    return ClockField(
        label,
        validators=[Filled()],
        description=_l("As the clock in the Netherlands shows it on that day, summer or winter."),
    )


class LocalTimes(FlaskForm):
    """A form with local days and times: each pair `<name>_on` and `<name>_time` is a moment.

    Of a time that the clock shows twice, in the night in which summer time ends, an opening is
    the first and a closing the second: people never get less than was promised.
    """

    LATER = frozenset({"closes"})

    def moment(self, name: str, *, later: bool | None = None) -> datetime:
        """Return the moment that was typed; NoSuchTime if the clock skips it."""
        is_later = name in self.LATER if later is None else later
        return moment_of(self[f"{name}_on"].data, self[f"{name}_time"].data, later=is_later)

    def show_moment(self, name: str, at: datetime) -> None:
        """Show a stored moment as a local day and time."""
        local = local_time(at)
        self[f"{name}_on"].data, self[f"{name}_time"].data = local.date(), local.time()

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Check the fields, and that the clock shows each time that was typed."""
        valid = bool(super().validate(extra_validators))
        for name in ("opens", "closes", "becomes"):
            if f"{name}_on" not in self or not (
                self[f"{name}_on"].data and self[f"{name}_time"].data
            ):
                continue
            try:
                self.moment(name)
            except NoSuchTime:
                self[f"{name}_time"].errors = [*self[f"{name}_time"].errors, SKIPPED]
                valid = False
        return valid


class RoundForm(LocalTimes):
    """What is said about a round; the texts are added per language of the plan."""

    version = stale_check()
    slug = line(
        _l("Last part of its address"),
        LONGEST,
        required=False,
        description=_l("Leave it empty, and it is made from the title. It cannot change later."),
    )
    kind = RadioField(
        _l("What it asks for"), choices=choices(KINDS.items()), default=RoundKind.PROPOSALS.value
    )
    opens_on, opens_time = _day(_l("Opens on")), _time(_l("Opens at"))
    closes_on, closes_time = _day(_l("Closes on")), _time(_l("Closes at"))
    open_to_everyone = BooleanField(_l("Everyone with an account may take part"))
    bodies = SelectMultipleField(
        _l("Members of these bodies take part"),
        coerce=key_of_row,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    moderation = RadioField(
        _l("Moderation"), choices=choices(MODERATION.items()), default=Moderation.PRE.value
    )
    readers = RadioField(
        _l("Who can read it"), choices=choices(READERS.items()), default=Readers.EVERYONE.value
    )
    grace_minutes = NumberField(
        _l("Minutes of grace"),
        least=0,
        most=LONGEST_GRACE,
        default=15,
        validators=[Filled()],
        description=_l("So long after closing, a form that was opened in time is still taken."),
    )

    languages: Sequence[str] = ()

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Check the fields; with an error among them, say what the service would refuse besides."""
        if super().validate(extra_validators):
            return True
        show_errors(
            self,
            missing_texts("title", localized_data(self, "title", self.languages), self.languages),
        )
        if "bodies" in self:
            chosen, everyone = self.bodies.data or (), bool(self.open_to_everyone.data)
            show_errors(self, missing_participants(chosen, open_to_everyone=everyone))
        return False


_FIELDS = {
    "opens_at": ("opens_on", "opens_time"),
    "closes_at": ("closes_on", "closes_time"),
    "body_ids": (FORM_FIELD["body_ids"],),
}


def round_form(
    plan: Plan, bodies: Sequence[Body], round_: Round | None = None, fixed: Collection[str] = ()
) -> RoundForm:
    """Make the form of a round, filled with one, without the fields that are fixed."""
    fields: dict[str, object] = {}
    for name in PROSE:
        kind = line if name == "title" else prose
        fields |= localized(kind, LABELS[name], plan.languages, name, required=False)
    form = form_with(RoundForm, {**fields, "languages": tuple(plan.languages)})()
    form.bodies.choices = choices((body.id, pick(body.name)[0]) for body in bodies)
    if round_ is None:
        return form
    del form.slug
    if not form.is_submitted():
        _fill(form, round_)
    for name in fixed:
        for field_name in _FIELDS.get(name, (name,)):
            del form[field_name]
    return form


def _fill(form: FlaskForm, round_: Round) -> None:
    stored = text_of(round_)
    form.version.data = str(round_.version)
    form.show_moment("opens", stored.opens_at)
    form.show_moment("closes", stored.closes_at)
    form.kind.data = stored.kind.value
    form.open_to_everyone.data = stored.open_to_everyone
    form.bodies.data = list(stored.body_ids)
    form.moderation.data = stored.moderation.value if stored.moderation else None
    form.readers.data = stored.readers.value
    form.grace_minutes.data = stored.grace_minutes
    for name in PROSE:
        fill_localized(form, name, getattr(stored, name))


def round_text(form: FlaskForm, plan: Plan, round_: Round | None = None) -> RoundText:
    """Read what was written in a form of `round_form`; what is fixed comes from the round."""
    written: dict[str, Any] = {name: localized_data(form, name, plan.languages) for name in PROSE}
    if "opens_on" in form:
        written |= {"opens_at": form.moment("opens"), "closes_at": form.moment("closes")}
    if "moderation" in form:
        written |= {
            "kind": RoundKind(form.kind.data),
            "open_to_everyone": form.open_to_everyone.data,
            "body_ids": sorted(form.bodies.data or ()),
            "moderation": Moderation(form.moderation.data),
            "readers": Readers(form.readers.data),
            "grace_minutes": form.grace_minutes.data,
        }
    return RoundText(**written) if round_ is None else replace(text_of(round_), **written)


class AnnounceForm(FlaskForm):
    """The reason of a short notice, where there is one."""

    reason = prose(
        _l("Why it is announced less than 14 days ahead"),
        LONGEST_REASON,
        required=False,
        description=_l("Everyone can read it on the page of the round."),
    )


class MoveForm(LocalTimes):
    """Another opening or closing, and why."""

    which = RadioField(
        _l("Which date"),
        choices=choices(MOVED.items()),
        default=MovedDate.CLOSES.value,
    )
    becomes_on, becomes_time = _day(_l("New day")), _time(_l("New time"))
    reason = prose(
        _l("Reason"),
        LONGEST_REASON,
        description=_l("Everyone can read it on the page of the round."),
    )

    def becomes(self) -> datetime:
        """Return the new moment; of a time that the clock shows twice, as for any date."""
        return self.moment("becomes", later=self.which.data == MovedDate.CLOSES.value)


class CancelRoundForm(FlaskForm):
    """Why a round is cancelled."""

    reason = prose(
        _l("Reason"),
        LONGEST_REASON,
        description=_l("Everyone can read it on the page of the round."),
    )
