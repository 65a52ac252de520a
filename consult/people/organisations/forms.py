"""Forms of bodies, organisations and mandates."""

from collections.abc import Sequence
from datetime import date
from typing import Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectField

from consult.foundation.core.days import DayField
from consult.foundation.core.forms import (
    Filled,
    choices,
    fill_localized,
    form_with,
    line,
    localized,
    localized_data,
    prose,
    stale_check,
)
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.mail_addresses import mail_field
from consult.foundation.core.names import LONGEST_OF_ORGANISATION, name_field
from consult.foundation.core.numbers import key_of_row
from consult.foundation.core.slugs import LONGEST
from consult.people.accounts.safe_redirects import local_path
from consult.people.organisations.labels import BODY_KINDS, LAYERS, SECTORS
from consult.people.organisations.models import Body, BodyKind, Layer, Organisation, Sector
from consult.people.organisations.services import BodyText, OrganisationFacts
from consult.people.organisations.tooi import PublicBody, code_of


class OrganisationForm(FlaskForm):
    """What is said about an organisation."""

    version = stale_check()
    name = name_field(_l("Name"), LONGEST_OF_ORGANISATION)
    sector = SelectField(_l("Sector"), choices=choices(SECTORS.items()))
    layer = SelectField(
        _l("Layer of government"),
        choices=choices([("", _l("Does not apply")), *LAYERS.items()]),
        description=_l("For a government organisation only."),
    )
    tooi = line(
        _l("TOOI code"),
        100,
        required=False,
        description=_l(
            "For a Dutch public body: the code under which all of the government knows it, such "
            "as gm0363, or its address."
        ),
    )
    slug = line(
        _l("Last part of its address"),
        LONGEST,
        required=False,
        description=_l("Leave it empty, and it is made from the name. It cannot change later."),
    )

    @classmethod
    def of(
        cls,
        organisation: Organisation | None = None,
        chosen: PublicBody | None = None,
        named: str = "",
    ) -> "OrganisationForm":
        """Make the form, filled with an organisation (its address then stays as it is).

        For a new one, a public body that was chosen from the list fills it, or the name by which
        somebody asked for it.
        """
        form = cls()
        if organisation is None:
            if named and not form.is_submitted():
                form.name.data = named
            if chosen is not None and not form.is_submitted():
                form.name.data = chosen.name[:1].upper() + chosen.name[1:]
                form.sector.data = Sector.GOVERNMENT.value
                form.layer.data = chosen.layer.value
                form.tooi.data = chosen.code
            return form
        del form.slug
        if not form.is_submitted():
            form.version.data = str(organisation.version)
            form.name.data = organisation.name
            form.sector.data = organisation.sector.value
            form.layer.data = organisation.layer.value if organisation.layer else ""
            form.tooi.data = organisation.tooi or ""
        return form

    def facts(self) -> OrganisationFacts:
        """Read what was written."""
        layer = Layer(self.layer.data) if self.layer.data else None
        tooi = code_of(self.tooi.data or "") or None
        return OrganisationFacts(self.name.data, Sector(self.sector.data), layer, tooi)


class BodyForm(FlaskForm):
    """What stands on the page of a body; the texts are added per language."""

    version = stale_check()
    kind = SelectField(_l("Kind"), choices=choices(BODY_KINDS.items()))
    half_yearly = BooleanField(
        _l("This body must meet at least every six months"),
        description=_l(
            "For the space in which government and civil society talk about the plan (OGP "
            "standard 1.1). After five months without a meeting the organisers are warned."
        ),
    )
    slug = line(
        _l("Last part of its address"),
        LONGEST,
        required=False,
        description=_l("Leave it empty, and it is made from the name. It cannot change later."),
    )


_BODY_TEXTS = {
    "name": (line, _l("Name"), True),
    "description": (prose, _l("What it does"), False),
    "house_rules": (prose, _l("House rules"), False),
}


def body_form(body: Body | None = None) -> BodyForm:
    """Make the form of a body, filled with one; its address then stays as it is."""
    fields: dict[str, object] = {}
    for name, (kind, label, required) in _BODY_TEXTS.items():
        fields |= localized(kind, label, LANGUAGES, name, required=required)
    form = form_with(BodyForm, fields)()
    if body is None:
        return form
    del form.slug
    if not form.is_submitted():
        form.version.data = str(body.version)
        form.kind.data = body.kind.value
        form.half_yearly.data = body.half_yearly
        for name in _BODY_TEXTS:
            fill_localized(form, name, getattr(body, name))
    return form


def body_text(form: FlaskForm) -> BodyText:
    """Read what was written in a form of `body_form`."""
    texts = {name: localized_data(form, name, LANGUAGES) for name in _BODY_TEXTS}
    return BodyText(kind=BodyKind(form.kind.data), half_yearly=bool(form.half_yearly.data), **texts)


def address_field() -> Field:
    """Make the field for the e-mail address by which a person is found."""
    return mail_field(
        _l("E-mail address of the person"),
        description=_l("The address with which the person signs in."),
        render_kw={"spellcheck": "false"},
    )


class MandateForm(FlaskForm):
    """That a person speaks for an organisation."""

    address = address_field()
    starts_on = DayField(_l("From"), validators=[Filled()])
    is_contact = BooleanField(
        _l("This person is the contact of the organisation"),
        description=_l("A contact confirms and revokes who else speaks for it."),
    )
    note = line(
        _l("How you know"),
        500,
        description=_l(
            "For example: letter of 3 March. Only organisers of plans and administrators read it."
        ),
    )

    def from_today(self, today: date) -> None:
        """Show today as the start, in a form that was just opened."""
        if not self.is_submitted():
            self.starts_on.data = today


class EndForm(FlaskForm):
    """The day from which a membership or mandate no longer holds, and why."""

    ends_on = DayField(_l("Until"), validators=[Filled()])
    reason = line(_l("Why?"), 500, required=False)


NOT_IN_THE_LIST = 0


class RequestForm(FlaskForm):
    """To ask whether one may speak for an organisation, in the register or not."""

    organisation_id = SelectField(_l("Organisation"), coerce=key_of_row, default=NOT_IN_THE_LIST)
    named = line(
        _l("My organisation is not in the list. It is called:"),
        LONGEST_OF_ORGANISATION,
        required=False,
    )
    note = line(
        _l("What do you do there?"),
        500,
        description=_l("For example: adviser. Whoever decides reads it."),
    )
    next = HiddenField(filters=[local_path])

    @classmethod
    def among(cls, organisations: Sequence[Organisation]) -> "RequestForm":
        """Make the form with the organisations to choose from."""
        form = cls()
        listed = ((one.id, one.name) for one in organisations)
        form.organisation_id.choices = choices([(NOT_IN_THE_LIST, _l("Choose one")), *listed])
        return form


class ChooseOrganisationForm(FlaskForm):
    """Which organisation of the register somebody meant who asked for one by name."""

    organisation_id = SelectField(_l("It is this organisation"), coerce=key_of_row)

    @classmethod
    def among(cls, organisations: Sequence[Organisation], **more: object) -> Self:
        """Make the form with the organisations to choose from."""
        form = cls(**more)
        form.organisation_id.choices = choices((one.id, one.name) for one in organisations)
        return form


class AskPlaceForm(FlaskForm):
    """To ask for a place at a body."""

    note = line(
        _l("Who are you, and why do you want to take part?"),
        500,
        description=_l("Whoever looks after the body reads it, and nobody else."),
    )
    next = HiddenField(filters=[local_path])


class DecideForm(FlaskForm):
    """To grant what was asked, or to refuse it with a reason."""

    reason = line(_l("Reason"), 500, required=False)
