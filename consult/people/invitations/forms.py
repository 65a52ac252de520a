"""Forms of invitations: one person, a file, and the answer."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, SelectField, TextAreaField
from wtforms.validators import StopValidation

from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.forms import choices, line, prose
from consult.foundation.core.languages import LANGUAGE_NAMES, LANGUAGES
from consult.foundation.core.mail_addresses import mail_field
from consult.foundation.core.names import name_field
from consult.foundation.core.numbers import key_of_row
from consult.foundation.files.names import file_name
from consult.people.invitations.answering import LONGEST_REASON
from consult.people.invitations.services import Offer, Period
from consult.people.invitations.sheet import decode
from consult.people.organisations.member_forms import PeriodForm
from consult.people.organisations.models import Organisation

LONGEST_NOTE = 2_000


def _note() -> Field:
    return prose(
        _l("A personal note"),
        LONGEST_NOTE,
        required=False,
        description=_l("It stands in the mail and on the page of the invitation."),
    )


def _language(label: Sentence) -> Field:
    return SelectField(
        label, choices=choices((code, LANGUAGE_NAMES[code]) for code in LANGUAGES)
    )  # fmt: skip


class _Offered(PeriodForm):
    """From when until when somebody is to be a member, with a note."""

    note = _note()

    def period(self) -> Period:
        """Read what was written."""
        return Period(self.starts_on.day, self.ends_on.data)


class InviteForm(_Offered):
    """One person to invite."""

    address = mail_field(_l("E-mail address"), render_kw={"spellcheck": "false"})
    name = name_field(
        _l("Name"),
        required=False,
        description=_l("To write to. The person can choose another name."),
    )
    organisation_id = SelectField(
        _l("Speaks for"),
        coerce=key_of_row,
        description=_l("Who accepts then also speaks for this organisation."),
    )
    language = _language(_l("Language of the mail"))

    @classmethod
    def among(cls, register: Sequence[Organisation], today: date, **more: object) -> "InviteForm":
        """Make the form with the organisations to choose from."""
        form = cls(**more)
        names = [(one.id, one.name) for one in register]
        form.organisation_id.choices = choices([(0, _l("For nobody but themselves")), *names])
        form.from_today(today)
        return form

    def offer(self) -> Offer:
        """Read what was written."""
        return Offer(
            address=self.address.data,
            name=self.name.data or "",
            organisation_id=self.organisation_id.data or None,
            language=self.language.data,
            note=self.note.data or "",
        )


class FileForm(_Offered):
    """A file of people to invite, or the same as text."""

    file = FileField(_l("CSV file"), render_kw={"accept": ".csv,.txt,text/csv,text/plain"})
    pasted = TextAreaField(
        _l("Or paste the lines here"),
        description=_l("The first line names the columns."),
        render_kw={"spellcheck": "false"},
    )
    language = _language(_l("Language of the mails"))

    def validate_pasted(self, field: Field) -> None:
        """Ask for one of the two."""
        pasted = bool((field.data or "").strip())
        if not pasted and not self.has_file:
            raise StopValidation(_l("Choose a file, or paste the lines."))
        if pasted and self.has_file:
            raise StopValidation(
                _l("You chose a file and pasted lines as well. All of them stand here now.")
            )

    @property
    def has_file(self) -> bool:
        """Whether a file was chosen."""
        return bool(self.file.data and getattr(self.file.data, "filename", ""))

    def content(self) -> bytes | str:
        """Return what was sent: the file, or else the text."""
        if self.has_file:
            self.file.data.stream.seek(0)
            found: bytes = self.file.data.read()
            return found
        return str(self.pasted.data)

    def keep_file(self) -> str:
        """Put the lines of a file that was sent in the box for lines; return its name.

        A browser does not keep a chosen file. Gives nothing where none was sent, or it is no text.
        """
        if not self.has_file:
            return ""
        try:
            lines = decode(self.content())[0]
        except InvalidInput:
            return ""
        pasted = (self.pasted.data or "").strip("\r\n")
        self.pasted.data = f"{pasted}\n{lines}" if pasted else lines
        return file_name(self.file.data.filename)


class DeclineForm(FlaskForm):
    """To decline, with a reason if you like."""

    reason = line(
        _l("Why?"),
        LONGEST_REASON,
        required=False,
        description=_l("Only who looks after this body reads it."),
    )
