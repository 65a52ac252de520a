"""The forms of privacy: boxes to agree, closing an account, suspending one, noting an incident."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar, Unpack

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, PasswordField
from wtforms.validators import InputRequired

from consult.foundation.core.calendar import local_time
from consult.foundation.core.days import LocalMomentField
from consult.foundation.core.errors import Sentence
from consult.foundation.core.field_arguments import FieldArguments
from consult.foundation.core.forms import Filled, form_with, prose, stale_check
from consult.foundation.core.languages import reader_language
from consult.foundation.core.mail_addresses import mail_field
from consult.foundation.core.numbers import NumberField
from consult.foundation.core.people import Actor
from consult.people.accounts.forms import not_endless
from consult.people.privacy.consents import ASKED, FIELD, must_be_asked
from consult.people.privacy.incidents import FIELDS as INCIDENT_FIELDS
from consult.people.privacy.incidents import IncidentText
from consult.people.privacy.models import ConsentKind, IncidentVersion
from consult.people.privacy.texts import TEXTS, ConsentText

AnyForm = TypeVar("AnyForm", bound=FlaskForm)
LONGEST_REASON = 1_000
LONGEST_ENTRY = 5_000
MOST_PEOPLE = 100_000_000


class ConsentBox(BooleanField):
    """A box to agree with a text, which stands beside it; never ticked beforehand."""

    def __init__(
        self,
        label: Sentence,
        validators: list[object] | None = None,
        *,
        consent: ConsentText,
        **kwargs: Unpack[FieldArguments],
    ) -> None:
        self.consent = consent
        super().__init__(label, validators, **kwargs)
        self.type = BooleanField.__name__  # drawn as any box


def _label(kind: ConsentKind) -> Sentence:
    # Written in the language of the reader when the form is made, not when this file is loaded.
    return TEXTS[kind].said


def consent_box(kind: ConsentKind, refusal: Sentence = "") -> Field:
    """Make the box for a consent; with a refusal it must be ticked."""
    validators: list[object] = [InputRequired(refusal)] if refusal else []
    return ConsentBox(_label(kind), validators=validators, consent=TEXTS[kind])


NOT_AGREED = _l("You can make an account after you agree. Read the conditions, and tick the box.")


def registration_boxes() -> Mapping[str, Field]:
    """Return the boxes for the form of a new account."""
    return {
        kind.value: consent_box(kind, NOT_AGREED if TEXTS[kind].required else "")
        for kind in ConsentKind
    }


def with_consent(base: type[AnyForm], actor: Actor) -> type[AnyForm]:
    """Return the form of a contribution, with the box where its writer still has to agree."""
    if not must_be_asked(actor):
        return base
    return form_with(base, {FIELD: consent_box(ConsentKind.TAKING_PART, ASKED)})


def agreed_in(form: FlaskForm) -> str | None:
    """Return the language of the box that was ticked on the form; None if none was."""
    return reader_language() if FIELD in form and form[FIELD].data else None


class CloseForm(FlaskForm):
    """Close one's own account: the password shows that it is you."""

    password = PasswordField(_l("Password"), validators=[not_endless])
    sure = BooleanField(
        _l("I know that this cannot be undone."),
        validators=[InputRequired(_l("Tick this box if you are sure."))],
    )


class FindForm(FlaskForm):
    """Find an account by its address."""

    address = mail_field(_l("E-mail address"))


class ReasonForm(FlaskForm):
    """Suspend or restore an account, with a reason."""

    reason = prose(_l("Reason"), LONGEST_REASON, description=_l("The person reads this in a mail."))


class SureForm(FlaskForm):
    """Close somebody else's account."""

    sure = BooleanField(
        _l("The person asked for this, or the law does. It cannot be undone."),
        validators=[InputRequired(_l("Tick this box if you are sure."))],
    )


def _entry(label: Sentence, *, required: bool = True, help_: Sentence = "") -> Field:
    return prose(label, LONGEST_ENTRY, required=required, description=help_)


class IncidentForm(FlaskForm):
    """What is known of an incident."""

    version = stale_check()
    what = _entry(_l("What happened?"))
    began_at = LocalMomentField(_l("When did it begin?"))
    discovered_at = LocalMomentField(_l("When was it discovered?"), [Filled()])
    whose = _entry(_l("Whose data is it, and which data?"))
    how_many = NumberField(_l("About how many people?"), least=0, most=MOST_PEOPLE)
    consequences = _entry(_l("What can the consequences be?"))
    measures = _entry(_l("What was done, and what will be?"))
    reported_at = LocalMomentField(_l("When was it reported to the Autoriteit Persoonsgegevens?"))
    not_reported = _entry(
        _l("Why does it not have to be reported?"), required=False,
        help_=_l("Only where there is probably no risk for people."),
    )  # fmt: skip
    told_at = LocalMomentField(_l("When were the people told?"))

    def show(self, version: IncidentVersion) -> None:
        """Show what is known, to write the next version from it."""
        self.version.data = str(version.number)
        for name in INCIDENT_FIELDS:
            stored = getattr(version, name)
            self[name].data = local_time(stored) if isinstance(stored, datetime) else stored

    @property
    def text(self) -> IncidentText:
        """What was written."""
        written = {
            name: self[name].moment if isinstance(self[name], LocalMomentField) else self[name].data
            for name in INCIDENT_FIELDS
        }
        return IncidentText(**{**written, "not_reported": written["not_reported"] or ""})
