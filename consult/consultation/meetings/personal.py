"""What meetings keep about people: who was there. It stays when an account closes."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from consult.consultation.meetings.models import Attendance, Meeting
from consult.foundation.personal_data.export_parts import ExportPart
from consult.people.organisations.models import Membership


def _attended_by(person_id: int) -> ColumnElement[bool]:
    return Attendance.membership_id.in_(
        select(Membership.id).where(Membership.person_id == person_id)
    )


NAMED = (Meeting.title,)
PARTS = (
    ExportPart(
        "attendance", _l("Meetings that I was at"), Attendance, where=_attended_by,
        leaves_out=("membership_id",), place=24,
    ),
)  # fmt: skip
