"""Forms of the publisher: its texts, and its logo."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field
from wtforms.validators import StopValidation

from consult.foundation.core.forms import (
    fill_localized,
    form_with,
    line,
    localized,
    localized_data,
    prose,
    show_errors,
    stale_check,
)
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.mail_addresses import mail_field
from consult.people.publisher.models import Publisher, PublisherText
from consult.people.publisher.services import colour_errors

LONGEST_NAME = 120


class PublisherForm(FlaskForm):
    """Who speaks here; the texts are added per language."""

    version = stale_check()
    email = mail_field(_l("E-mail address"), required=False)
    phone = line(_l("Phone"), 40, required=False, render_kw={"inputmode": "tel"})
    address = prose(
        _l("Address"),
        500,
        required=False,
        description=_l("Where people visit you or write to, over as many lines as you like."),
    )
    accent = line(
        _l("Colour of links and buttons"),
        7,
        required=False,
        description=_l("Written as #1b6b3a. Leave it empty to keep the colours of the theme."),
    )
    band = line(
        _l("Colour of the head of a page"),
        7,
        required=False,
        description=_l("Leave it empty, and it is made from the colour of links and buttons."),
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Check the fields, and that the colours can be read: all errors together."""
        fine = bool(super().validate(extra_validators))
        wrong = colour_errors(self.accent.data or "", self.band.data or "")
        return show_errors(self, wrong) and fine

    def text(self) -> PublisherText:
        """Read what was written."""
        said = {name: localized_data(self, name, LANGUAGES) for name in _TEXTS}
        return PublisherText(
            **said,
            email=self.email.data or "",
            phone=self.phone.data or "",
            address=self.address.data or "",
            accent=self.accent.data or "",
            band=self.band.data or "",
        )


_TEXTS = ("name", "about", "imprint", "help")


def publisher_form(publisher: Publisher | None) -> PublisherForm:
    """Make the form, filled with what is known of the publisher."""
    fields = {
        **localized(line, _l("Name"), LANGUAGES, "name", longest=LONGEST_NAME),
        **localized(prose, _l("Who you are"), LANGUAGES, "about", required=False),
        **localized(prose, _l("Imprint"), LANGUAGES, "imprint", required=False),
        **localized(prose, _l("Help of your own"), LANGUAGES, "help", required=False),
    }
    form = form_with(PublisherForm, fields)()
    if publisher is None or form.is_submitted():
        return form
    form.version.data = str(publisher.version)
    for name in _TEXTS:
        fill_localized(form, name, getattr(publisher, name))
    for name in ("email", "phone", "address", "accent", "band"):
        form[name].data = getattr(publisher, name)
    return form


class LogoForm(FlaskForm):
    """A picture to choose."""

    file = FileField(
        _l("Logo"),
        description=_l("SVG or PNG, at most 200 kB. It is shown 48 pixels high."),
        render_kw={"accept": ".svg,.png,image/svg+xml,image/png"},
    )

    holds_name = BooleanField(
        _l("The name stands in the logo"),
        description=_l("Then it does not stand beside it once more."),
    )

    def validate_file(self, field: Field) -> None:
        """Ask for a file."""
        if not (field.data and getattr(field.data, "filename", "")):
            raise StopValidation(_l("Choose a file."))
