"""Forms of whoever sits at a body, and of its seats."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField

from consult.foundation.core.days import DayField
from consult.foundation.core.forms import Filled, choices, form_with, stale_check
from consult.foundation.core.numbers import NumberField, key_of_row
from consult.people.organisations.forms import address_field
from consult.people.organisations.labels import FUNCTIONS, SECTORS
from consult.people.organisations.memberships import MemberPlace
from consult.people.organisations.models import (
    Body,
    Function,
    Membership,
    Organisation,
    SeatGroup,
    Sector,
)
from consult.people.organisations.seats import LONGEST_TERM, MOST_SEATS, Agreed


class PeriodForm(FlaskForm):
    """From a day until a day; the page fills in today."""

    starts_on = DayField(_l("From"), validators=[Filled()])
    ends_on = DayField(
        _l("Until"),
        description=_l(
            "The first day on which it no longer holds. Leave it empty, and a seat is taken for "
            "its term."
        ),
    )

    def from_today(self, today: date) -> None:
        """Show today as the start, in a form that was just opened."""
        if not self.is_submitted():
            self.starts_on.data = today


def _function() -> SelectField:
    return SelectField(
        _l("Function"), choices=choices(FUNCTIONS.items()), default=Function.MEMBER.value
    )


def _seat() -> SelectField:
    return SelectField(_l("Seat"))


def _offer_seats(form: FlaskForm, sectors: Iterable[Sector]) -> None:
    """Offer the seats of these sectors; a body without seats does not ask."""
    offered = [(one.value, SECTORS[one]) for one in sectors]
    form.seat.choices = choices([("", _l("No seat")), *offered])
    if not offered:
        del form.seat


def _place(form: FlaskForm) -> MemberPlace:
    seat = form.seat.data if "seat" in form else ""
    return MemberPlace(Sector(seat) if seat else None, Function(form.function.data))


class PersonMemberForm(PeriodForm):
    """A person as a member of a body."""

    address = address_field()
    seat = _seat()
    function = _function()

    @classmethod
    def among(cls, sectors: Iterable[Sector], **arguments: object) -> "PersonMemberForm":
        """Make the form with the sectors that have seats."""
        form = cls(**arguments)
        _offer_seats(form, sectors)
        return form

    def place(self) -> MemberPlace:
        """Read the place that was chosen."""
        return _place(self)


class OrganisationMemberForm(PeriodForm):
    """An organisation as a member of a body."""

    organisation_id = SelectField(_l("Organisation"), coerce=key_of_row)
    seat = BooleanField(_l("It fills a seat of its sector"), default=True)
    function = _function()

    @classmethod
    def among(
        cls, organisations: Sequence[Organisation], *, seats: bool, **arguments: object
    ) -> "OrganisationMemberForm":
        """Make the form with the organisations to choose from; `seats`: whether there are any."""
        form = cls(**arguments)
        form.organisation_id.choices = choices((one.id, one.name) for one in organisations)
        if not seats:
            del form.seat
        return form

    def place_of(self, organisation: Organisation) -> MemberPlace:
        """Read the place that was chosen."""
        takes = "seat" in self and self.seat.data
        return MemberPlace(organisation.sector if takes else None, Function(self.function.data))


class PlaceForm(FlaskForm):
    """Another seat or function of a member."""

    seat = _seat()
    function = _function()

    @classmethod
    def of(cls, membership: Membership, sectors: Iterable[Sector]) -> "PlaceForm":
        """Make the form; an organisation can fill a seat of its own sector only."""
        form = cls(
            seat=membership.seat.value if membership.seat else "",
            function=membership.function.value,
        )
        own = membership.organisation.sector if membership.organisation else None
        _offer_seats(form, [one for one in sectors if own in {None, one}])
        return form

    def place(self) -> MemberPlace:
        """Read the place that was chosen."""
        return _place(self)


class RenewForm(FlaskForm):
    """Until when the next term lasts."""

    ends_on = DayField(_l("Until"), validators=[Filled()])


class SeatsForm(FlaskForm):
    """How many seats each sector has, and for how many months; the fields are added per sector."""

    version = stale_check()

    def agreed(self) -> dict[Sector, Agreed]:
        """Read what was written; a sector with no seats is left out."""
        found = {
            sector: Agreed(self[f"{sector}_seats"].data, self[f"{sector}_months"].data)
            for sector in Sector
        }
        return {sector: one for sector, one in found.items() if one.seats}


def seats_form(body: Body, groups: Mapping[Sector, SeatGroup]) -> SeatsForm:
    """Make the form of the seats of a body, filled with what was agreed."""
    fields: dict[str, object] = {}
    for sector in Sector:
        group = groups.get(sector)
        fields[f"{sector}_seats"] = NumberField(
            _l("Seats"),
            least=0,
            most=MOST_SEATS,
            validators=[Filled()],
            default=group.seats if group else 0,
        )
        fields[f"{sector}_months"] = NumberField(
            _l("Term in months"),
            least=1,
            most=LONGEST_TERM,
            validators=[Filled()],
            default=group.term_months if group else 24,
        )
    form = form_with(SeatsForm, fields)()
    if not form.is_submitted():
        form.version.data = str(body.version)
    return form
