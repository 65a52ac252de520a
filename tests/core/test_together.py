"""Two do the same at once: one is done, the other too or refused in a sentence, on both databases.

Every unique constraint of the schema is named here, with the act that could break it. Each act is
done by threads that have read what they act on before any of them begins, and that wait for each
other once more before the first row is written, if the database lets them get there together.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import UniqueConstraint

from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.meetings.models import Meeting, MeetingKind, Presence
from consult.consultation.meetings.services import MeetingText, note_attendance, plan_meeting
from consult.consultation.plans.models import Role, Theme
from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.roles import grant_role
from consult.consultation.plans.services import PlanText, create_plan, take_in_body
from consult.consultation.plans.themes import ThemeText, add_theme
from consult.consultation.proposals.cosigning import cosign_proposal
from consult.consultation.proposals.models import Stance
from consult.consultation.proposals.positions import take_position
from consult.consultation.proposals.services import (
    revise_proposal,
)
from consult.consultation.rounds.editing import RoundText, create_round
from consult.foundation.core.db import Base
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue
from consult.foundation.notifications.broadcasts import tell_once
from consult.foundation.notifications.kinds import Frequency, Topic
from consult.foundation.notifications.services import choose
from consult.foundation.record.services import append_leaves
from consult.interfaces.exchange.reading.columns import ColumnField
from consult.interfaces.exchange.reading.spreadsheet import ColumnChoices, SheetRound
from consult.interfaces.exchange.reading.upload_choices import UploadChoices
from consult.interfaces.exchange.services import keep_assignment
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import (
    CommitmentText,
    make_commitment,
    publish_commitment,
)
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import ResponseText, prepare_response
from consult.outcomes.summaries.services import SummaryText, save_summary
from consult.people.accounts.factors import add_passkey
from consult.people.accounts.identities import come_in, link_identity
from consult.people.accounts.one_time_tokens import spend
from consult.people.accounts.passkeys import PasskeyRegistration
from consult.people.accounts.provider import Claims
from consult.people.accounts.services import (
    Registration,
    create_person,
    make_administrator,
    welcome_person,
)
from consult.people.following.searches import take_search
from consult.people.organisations.mandates import ask_mandate, record_mandate
from consult.people.organisations.memberships import add_person
from consult.people.organisations.models import (
    Body,
    BodyKind,
    Layer,
    Membership,
    Sector,
)
from consult.people.organisations.on_behalf import remember_choice
from consult.people.organisations.places import ask_place
from consult.people.organisations.seats import Agreed, agree_on_seats
from consult.people.organisations.services import (
    BodyText,
    OrganisationFacts,
    create_body,
    create_organisation,
)
from consult.people.privacy.closing import close_account
from consult.people.privacy.exports import ask_export
from consult.people.privacy.inactive_accounts import note_use
from consult.people.privacy.incidents import IncidentText, add_version, note_incident
from consult.people.privacy.models import ClosedBy, Incident
from tests.cast import PASSWORD, person
from tests.core.together import (
    TEXT,
    Act,
    Start,
    as_,
    forum,
    hand_in,
    helder,
    meet,
    plan,
    proposal_of,
    the,
)
from tests.factories import find_round, make_proposal
from tests.world import NOON, both

DAY = timedelta(days=1)
BODY = BodyText(BodyKind.FORUM, both("Tafel", "Table"))
PLAN = PlanText(both("Plan", "Plan"), date(2027, 1, 1), date(2028, 1, 1))
CITY = OrganisationFacts("Gemeente Utrecht", Sector.GOVERNMENT, Layer.MUNICIPALITY, "gm0344")
ROUND = RoundText(both("Ronde", "Round"), NOON + 30 * DAY, NOON + 60 * DAY, open_to_everyone=True)
LEAK = IncidentText("Een lek", NOON - DAY, "leden", "geen", "gedicht")
NEW = Registration("nienke@consult.example", "Nienke", "nl", PASSWORD, {"taking_part": True})
CLAIMS = Claims("https://idp.example", "s-1", "Nienke", "nienke@consult.example", (), False)
MEETING = MeetingText(both("Overleg", "Meeting"), MeetingKind.REGULAR, NOON - DAY, NOON)


def with_a_proposal() -> None:
    make_proposal("open")


def with_a_meeting() -> None:
    with unit_of_work():
        plan_meeting(person("ana"), forum(), MEETING, NOON)


def with_a_commitment() -> None:
    with unit_of_work():
        text = CommitmentText(the(Theme).id, both("Eén plek", "One place"))
        made = make_commitment(person("ana"), plan(), text, NOON)
        publish_commitment(person("ana"), made, NOON)


def with_a_body() -> None:
    with unit_of_work():
        create_body(person("adi"), BODY, "tafel", NOON)


def with_an_incident() -> None:
    with unit_of_work():
        note_incident(person("adi"), LEAK, NOON)


def commitment_text() -> CommitmentText:
    return CommitmentText(the(Theme).id, both("Eén plek", "One place"))


def presences() -> dict[int, Presence]:
    return {the(Membership, person_id=person("pia").id).id: Presence.PRESENT}


def seats() -> dict[Sector, Agreed]:
    return {Sector.KNOWLEDGE: Agreed(3, 24)}


def platform(service: Callable[..., Any], *args: Any) -> Start:
    """Let the platform act, or whoever has no account yet: a service without an actor."""

    def start() -> Act:
        read = [one() if callable(one) and not isinstance(one, type) else one for one in args]
        return lambda: service(*read)

    return start


def comment(who: str) -> Start:
    def start() -> Act:
        actor, proposal = person(who), proposal_of()
        return lambda: add_comment(actor, proposal, CommentText("Ja."), NOON, NOON)

    return start


def passkey(who: str) -> Start:
    return as_(who, add_passkey, PasskeyRegistration("a-key", "public", 0, True), "Telefoon")


def grant(who: str) -> Start:
    def start() -> Act:
        actor, on = person(who), plan()
        return lambda: grant_role(actor, on, "sam@consult.example", Role.HOLDER, NOON)

    return start


def seat_for_sam(who: str) -> Start:
    def start() -> Act:
        actor, body, since = person(who), forum(), date(2026, 11, 23)
        return lambda: add_person(actor, body, "sam@consult.example", since, None, NOON)

    return start


def mandate_for_sam(who: str) -> Start:
    def start() -> Act:
        actor, of, since = person(who), helder(), date(2026, 11, 23)
        return lambda: record_mandate(actor, of, "sam@consult.example", since, "", NOON)

    return start


def administrator(who: str) -> Start:
    return as_(who, make_administrator, lambda: person("sam"))


def no_more() -> None:
    """Nothing has to be there first."""


DONE_ONCE = (["InvalidInput", "done"], ["Conflict", "done"], ["Clash", "done"])
ONE = [*DONE_ONCE, ["NotAllowed", "done"]]
BOTH = [["done", "done"]]
EITHER = [*ONE, *BOTH]


def ask_twice() -> Act:
    return lambda: enqueue("nothing", {}, NOON, key="one")


Tried = tuple[Callable[[], None], list[list[str]], tuple[Start, ...]]


def tried(prepare: Callable[[], None], expected: list[list[str]], *starts: Start) -> Tried:
    """Say what has to be there first, how it may end, and the acts that are done at once."""
    return prepare, expected, starts


ACTS: dict[str, Tried] = {
    # series of numbers
    "commitment plan_id number": tried(
        no_more, BOTH, *[as_("ana", make_commitment, plan, commitment_text)] * 2),
    "plan_version plan_id number": tried(
        with_a_commitment, BOTH, *[as_("ana", freeze_plan, plan, "Versie")] * 2),
    "meeting body_id number": tried(
        no_more, BOTH, *[as_(who, plan_meeting, forum, MEETING) for who in ("ana", "adi")]),
    "proposal round_id number": tried(no_more, BOTH, hand_in("pia"), hand_in("lotte")),
    "comment thread_id number": tried(with_a_proposal, BOTH, comment("kees"), comment("lotte")),
    "leaf position": tried(no_more, EITHER, *[platform(append_leaves)] * 2),
    "theme position": tried(
        no_more, BOTH,
        *[as_("ana", add_theme, plan, ThemeText(both(x, x)), x) for x in ("een", "twee")]),
    "incident_version incident_id number": tried(
        with_an_incident, ONE,
        *[as_("adi", add_version, lambda: the(Incident), LEAK, 1)] * 2),
    "proposal_version proposal_id number": tried(
        with_a_proposal, ONE, *[as_("pia", revise_proposal, proposal_of, TEXT, 1)] * 2),
    # addresses of pages, and codes
    "body slug": tried(no_more, ONE, *[as_("adi", create_body, BODY, "tafel")] * 2),
    "organisation slug": tried(
        no_more, ONE,
        *[as_("adi", create_organisation, OrganisationFacts("A", Sector.BUSINESS), "a")] * 2),
    "organisation tooi": tried(
        no_more, ONE, *[as_("adi", create_organisation, CITY, slug) for slug in ("a", "b")]),
    "plan slug": tried(no_more, ONE, *[as_("adi", create_plan, PLAN, "plan-6")] * 2),
    "round slug": tried(no_more, ONE, *[as_("ana", create_round, plan, ROUND, "r-9")] * 2),
    "theme plan_id slug": tried(
        no_more, ONE, *[as_("ana", add_theme, plan, ThemeText(both("X", "X")), "x")] * 2),
    # who sits and acts where
    "plan_body plan_id body_id": tried(
        with_a_body, ONE, *[as_("adi", take_in_body, plan, lambda: the(Body, slug="tafel"))] * 2),
    "seat_group body_id sector": tried(
        no_more, ONE, *[as_("ana", agree_on_seats, forum, seats, 1)] * 2),
    "membership": tried(no_more, ONE, seat_for_sam("ana"), seat_for_sam("adi")),
    "plan_role": tried(no_more, ONE, grant("ana"), grant("adi")),
    "mandate": tried(no_more, ONE, mandate_for_sam("ana"), mandate_for_sam("adi")),
    "mandate_request": tried(no_more, ONE, *[as_("sam", ask_mandate, helder, "Ik.")] * 2),
    "place_request": tried(no_more, ONE, *[as_("sam", ask_place, forum, "Ik.")] * 2),
    "last_spoken_for person_id": tried(no_more, BOTH, *[as_("pia", remember_choice, None)] * 2),
    "attendance meeting_id membership_id": tried(
        with_a_meeting, EITHER,
        *[as_("ana", note_attendance, lambda: the(Meeting), presences, 2)] * 2),
    "person_platform_role person_id platform_role_id": tried(
        no_more, EITHER, administrator("adi"), administrator("adi")),
    # what people say, and what is said to them
    "position proposal_id person_id": tried(
        with_a_proposal, BOTH,
        *[as_("kees", take_position, proposal_of, one, "Nee.")
          for one in (Stance.SUPPORT, Stance.OBJECT)]),
    "co_signature proposal_id organisation_id": tried(
        with_a_proposal, ONE,
        *[as_(who, cosign_proposal, proposal_of, lambda: helder().id) for who in ("kees", "pia")]),
    "response proposal_id": tried(
        with_a_proposal, ONE,
        *[as_("ana", prepare_response, proposal_of, ResponseText(Outcome.ADOPTED, {"nl": x}), None)
          for x in ("Ja.", "Jazeker.")]),
    "summary round_id": tried(
        no_more, ONE,
        *[as_("ana", save_summary, lambda: find_round("closed"), SummaryText({"nl": x}), None)
          for x in ("Een.", "Twee.")]),
    "column_assignment plan_id name": tried(
        no_more, BOTH,
        *[as_("ana", keep_assignment, lambda: get_plan("open-overheid"), "Lijst", ["t", "b"],
              UploadChoices(ColumnChoices(0, 1, {0: ColumnField.TITLE, 1: ColumnField.BODY}),
                            SheetRound("x", "nl", "y"), is_announced=False))] * 2),
    # accounts
    "person email made by an operator": tried(no_more, ONE, *[as_("adi", create_person, NEW)] * 2),
    "person email": tried(no_more, ONE, *[platform(welcome_person, NEW, NOON)] * 2),
    "passkey credential": tried(no_more, ONE, passkey("pia"), passkey("sam")),
    "linked_identity issuer subject": tried(
        no_more, EITHER, *[platform(come_in, CLAIMS, "nl", NOON)] * 2),
    "linked_identity of two people": tried(
        no_more, ONE, *[as_(who, link_identity, CLAIMS) for who in ("pia", "sam")]),
    "preference person_id topic": tried(
        no_more, EITHER,
        *[platform(choose, lambda: person("pia").id, {Topic.ROUNDS: Frequency.WEEKLY}, NOON)] * 2),
    "followed_search words": tried(no_more, EITHER, *[platform(take_search, "fiets", NOON)] * 2),
    "account_use person_id": tried(
        no_more, EITHER, *[platform(note_use, lambda: person("pia").id, NOON)] * 2),
    "data_export": tried(no_more, ONE, *[as_("pia", ask_export, "nl")] * 2),
    "tombstone person_id": tried(
        no_more, ONE,
        *[platform(close_account, lambda: person("adi"), lambda: person("sam"), NOON,
                   ClosedBy.ADMINISTRATOR)] * 2),
    # what the platform does once
    "broadcast key": tried(no_more, EITHER, *[platform(tell_once, "k", "queue", NOON)] * 2),
    "job key": tried(no_more, ONE, ask_twice, ask_twice),
    "spent_token digest": tried(no_more, BOTH, *[platform(spend, "a-token", NOON)] * 2),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_two_at_once_are_one_after_the_other(app: Flask, act: str) -> None:
    prepare, expected, starts = ACTS[act]
    prepare()
    ends = meet(app, *starts)
    assert ends in expected


MADE_AT_RANDOM = {
    "body public_id", "event public_id", "incident public_id", "job public_id", "message public_id",
    "person fs_uniquifier", "person public_id", "stored_file public_id", "data_export public_id",
    "sheet_upload public_id", "held_decision public_id",
    "sign_in_session key", "receipt code", "comment public_id", "proposal public_id",
    "invitation_key digest", "kept_form key",
}  # fmt: skip
OF_A_ROW_MADE_WITH_IT = {
    "event_detail event_id", "leaf event_id", "receipt event_id", "meeting_file file_id",
    "attribution proposal_id", "second_look decision_id",
    "proposal thread_id", "attachment file_id",
    "search_entry subject_type subject_id",
}  # fmt: skip
TRIED_ELSEWHERE = {
    "suspected_data proposal_id": "kept by a job, which one worker does",
    "suspected_data comment_id": "the same",
    "claim proposal_id": "an upsert: who comes second holds nothing",
    "claim comment_id": "the same",
    "held_decision proposal_id": "tests/moderation/test_together.py: two moderators",
    "held_decision comment_id": "the same",
    "moderation_rules plan_id": "tests/moderation/test_rules.py: two versions of a list",
    "once actor key": "test_a_form_that_is_sent_twice_at_once_gets_one_answer",
    "message key": "tests/notifications: a key is written once",
    "invitation body_id address": "tests/invitations/test_together.py",
    "imported_id round_id kind external_id": "tests/exchange: two imports at once",
    "lane name": "tests/jobs: two workers",
    "storage_place setting": "tests/storage/test_places.py: two nodes that come first",
    "rate_count key": "tests/core/test_rate_limits.py: counted at the same instant",
    "public_revision slot": "migration 0036 makes all rows, and nobody adds one",
    "facet_count round_id facet value slot": "the database adds to a row that is there",
    "tally_slot round_id slot": "counted in the row that is there",
    "sector_count proposal_id sector": "counted while the proposal's row is held",
    "follow person_id kind subject_id": "the person is held",
    "search_hit subject_type subject_id search_id": "one job, claimed by one worker",
    "statement_in_view round_id person_id": "the person is held",
    "search_word word": "learned by a job, which passes by a word that is there",
    "retention_run kind ran_at": "one job, claimed by one worker",
    "gap_warning body_id since": "one job, claimed by one worker",
    "platform_role name": "made by the first administrator, as person_platform_role",
    "round_body round_id body_id": "part of a round, which is held",
    "summary_section summary_id theme_id": "part of a summary, whose round is held",
    "commitment_source commitment_id proposal_id": "part of a commitment, which is held",
}


def unique_things() -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                yield " ".join([table.name, *(one.name for one in constraint.columns)])
        for index in table.indexes:
            if index.unique:
                yield " ".join([table.name, *(one.name for one in index.columns)])
        key = [one.name for one in table.primary_key]
        if key != ["id"]:
            yield " ".join([table.name, *key])


def test_every_unique_constraint_is_tried_or_cannot_be_met() -> None:
    known = ACTS.keys() | MADE_AT_RANDOM | OF_A_ROW_MADE_WITH_IT | TRIED_ELSEWHERE.keys()
    assert set(unique_things()) <= known
