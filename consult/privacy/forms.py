"""The forms of privacy: boxes to agree, closing an account, suspending one, noting an incident."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, Field, IntegerField, PasswordField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from consult.accounts.forms import address_field
from consult.core.calendar import NoSuchTime, local_time, moment_of
from consult.core.errors import Sentence
from consult.core.forms import Filled, form_with, prose, stale_check
from consult.core.people import Actor
from consult.privacy.consents import ASKED, FIELD, must_be_asked
from consult.privacy.incidents import FIELDS as INCIDENT_FIELDS
from consult.privacy.incidents import IncidentText
from consult.privacy.models import ConsentKind, IncidentVersion
from consult.privacy.texts import TEXTS, ConsentText

AnyForm = TypeVar("AnyForm", bound=FlaskForm)
LONGEST_REASON = 1_000
LONGEST_ENTRY = 5_000
MOST_PEOPLE = 100_000_000


class ConsentBox(BooleanField):
    """A box to agree with a text, which stands beside it; never ticked beforehand."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        self.consent: ConsentText = kwargs.pop("consent")
        super().__init__(label, validators, **kwargs)
        self.type = BooleanField.__name__  # drawn as any box


def _label(kind: ConsentKind) -> Sentence:
    # Written in the language of the reader when the form is made, not when this file is loaded.
    return TEXTS[kind].said


def consent_box(kind: ConsentKind, refusal: Sentence = "") -> Field:
    """Make the box for a consent; with a refusal it must be ticked."""
    validators = [InputRequired(refusal)] if refusal else []
    return ConsentBox(_label(kind), validators=validators, consent=TEXTS[kind])


NOT_AGREED = _l("You can make an account after you agree. Read the conditions, and tick the box.")


def registration_boxes() -> Mapping[str, Field]:
    """Give the boxes for the form of a new account."""
    return {
        kind.value: consent_box(kind, NOT_AGREED if TEXTS[kind].required else "")
        for kind in ConsentKind
    }


def with_consent(base: type[AnyForm], actor: Actor) -> type[AnyForm]:
    """Give the form of a contribution, with the box where its writer still has to agree."""
    if not must_be_asked(actor):
        return base
    return form_with(base, {FIELD: consent_box(ConsentKind.TAKING_PART, ASKED)})


def agreed_now(form: FlaskForm) -> bool:
    """Tell whether the box was on the form and was ticked."""
    return FIELD in form and bool(form[FIELD].data)


class CloseForm(FlaskForm):
    """Close one's own account: the password shows that it is you."""

    password = PasswordField(_l("Password"), validators=[Optional()])
    sure = BooleanField(
        _l("I know that this cannot be undone."),
        validators=[InputRequired(_l("Tick this box if you are sure."))],
    )


class FindForm(FlaskForm):
    """Find an account by its address."""

    address = address_field()


class ReasonForm(FlaskForm):
    """Suspend or restore an account, with a reason."""

    reason = prose(_l("Reason"), LONGEST_REASON, description=_l("The person reads this in a mail."))


class SureForm(FlaskForm):
    """Close somebody else's account."""

    sure = BooleanField(
        _l("The person asked for this, or the law does. It cannot be undone."),
        validators=[InputRequired(_l("Tick this box if you are sure."))],
    )


class LocalMoment(DateTimeLocalField):
    """A moment, typed as the clock on the wall shows it; gives it in UTC as `moment`."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs)

    @property
    def moment(self) -> datetime | None:
        """The moment that was typed."""
        return moment_of(self.data.date(), self.data.time()) if self.data else None

    def pre_validate(self, form: Any) -> None:
        """Refuse a time that the clock skips."""
        del form
        try:
            _ = self.moment
        except NoSuchTime:
            raise StopValidation(_l("The clock skips this time on that day.")) from None


def _entry(label: Sentence, *, required: bool = True, help_: Sentence = "") -> Field:
    return prose(label, LONGEST_ENTRY, required=required, description=help_)


class IncidentForm(FlaskForm):
    """What is known of an incident."""

    version = stale_check()
    what = _entry(_l("What happened?"))
    began_at = LocalMoment(_l("When did it begin?"), [Optional()])
    discovered_at = LocalMoment(_l("When was it discovered?"), [Filled()])
    whose = _entry(_l("Whose data is it, and which data?"))
    how_many = IntegerField(_l("About how many people?"), [Optional(), NumberRange(0, MOST_PEOPLE)])
    consequences = _entry(_l("What can the consequences be?"))
    measures = _entry(_l("What was done, and what will be?"))
    reported_at = LocalMoment(
        _l("When was it reported to the Autoriteit Persoonsgegevens?"), [Optional()]
    )
    not_reported = _entry(
        _l("Why does it not have to be reported?"), required=False,
        help_=_l("Only where there is probably no risk for people."),
    )  # fmt: skip
    told_at = LocalMoment(_l("When were the people told?"), [Optional()])

    def show(self, version: IncidentVersion) -> None:
        """Show what is known, to write the next version from it."""
        self.version.data = str(version.number)
        for name in INCIDENT_FIELDS:
            stored = getattr(version, name)
            self[name].data = local_time(stored) if isinstance(stored, datetime) else stored

    @property
    def text(self) -> IncidentText:
        """What was written."""
        written: dict[str, Any] = {
            name: self[name].moment if isinstance(self[name], LocalMoment) else self[name].data
            for name in INCIDENT_FIELDS
        }
        return IncidentText(**{**written, "not_reported": written["not_reported"] or ""})
