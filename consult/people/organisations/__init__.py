"""Organisations and bodies: who takes part, and who speaks for whom.

An organisation belongs to a sector, and if it is government, to a layer. A body (a stakeholder
forum, a programme board, a coalition, an umbrella meeting) has members: people and organisations,
each from a day until a day. A mandate says that a person speaks for an organisation: an
organiser records it, or the contact of the organisation grants it to whoever asks. The contact, who
speaks for it too, confirms and revokes. What has ended stays on record.
"""

from flask import Flask

from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.core.people import add_grants
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.personal_data.closing import on_closing
from consult.foundation.personal_data.export_parts import name_rows, personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.people.accounts.identities import on_organisations_named
from consult.people.organisations import (
    answers,
    labels,
    mandates,
    models,
    on_behalf,
    personal,
    places,
    provider,
)
from consult.people.organisations.models import (
    Body,
    Mandate,
    MandateRequest,
    Membership,
    Organisation,
    PlaceRequest,
    SeatGroup,
)


def init_app(app: Flask) -> None:
    """Register who sits and speaks where, and what organisations answer, mail and show."""
    record_rows(Organisation, leaving_out=(Organisation.name_order,))
    for table in (Body, SeatGroup, Membership, Mandate, MandateRequest, PlaceRequest):
        record_rows(table)
    add_labels(*labels.LABELS)
    add_grants(*models.GRANTS, *on_behalf.GRANTS)
    answer(answers.ANSWERS)
    declare(Topic.MEMBERSHIP, *mandates.KINDS, *places.KINDS)
    on_organisations_named(provider.follow_provider)

    name_rows(*personal.NAMED)
    personal_data(*personal.PARTS)
    on_closing(*personal.AT_CLOSING)
    register_rules(*personal.RULES)

    bring_pages(app, lazy("consult.people.organisations.views:init_pages"))
