"""Rewritings of a database by somebody without the key: `verify` names every one.

Each is drawn by a seed: a kind, and a place. `make test-long` tries a thousand.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from consult.consultation.comments.models import CommentKind
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.checkpoints import kept_heads, publish_log
from consult.foundation.record.digests import field_digest, new_salt
from consult.foundation.record.merkle import leaf_hash
from consult.foundation.record.models import Event, EventDetail, Leaf
from consult.foundation.record.services import append_leaves, entry
from consult.foundation.record.verify import verify_record
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import ResponseText, prepare_response
from tests.cast import person
from tests.conftest import Note
from tests.factories import find_round
from tests.proposals.test_services import TEXT, stored
from tests.record.test_rows import past_the_program, tamper

pytestmark = pytest.mark.usefixtures("app")
SEED = 2026

Draw = random.Random


def live(now: datetime) -> None:
    """Let the cast do a little of everything, publish the log, and take the triggers away."""
    pia, mo, ana = (person(name) for name in ("pia", "mo", "ana"))
    for nth in range(6):
        at = now + timedelta(minutes=nth)
        with unit_of_work():
            proposal = stored(submit_proposal(pia, find_round("open"), TEXT, at, at))
        with unit_of_work():
            hide = Judgement(Verb.HIDE, "Staat een naam in.", Ground.PERSONAL_DATA)
            decide(mo, proposal, Judgement(Verb.PUBLISH, "Duidelijk."), at)
            if nth % 3 == 2:
                decide(mo, proposal, hide, at)
        if nth % 3 == 2:
            continue
        said = CommentText(kind=CommentKind.REACTION, body=f"Dit helpt ons {nth}.", language="nl")
        with unit_of_work():
            add_comment(person("kees"), proposal, said, at, at)
        with unit_of_work():
            answer = ResponseText(Outcome.ADOPTED, {"nl": f"Wij nemen {nth} over."})
            prepare_response(ana, proposal, answer, None, at)
    with unit_of_work():
        append_leaves()
    assert publish_log() is not None
    past_the_program("SELECT 1")  # the triggers are gone from here on


def one_of(draw: Draw, statement: str) -> int:
    found = db.session.scalars(text(statement)).all()
    assert found, statement
    return int(draw.choice(found))


def change(table: str, values: str, where: str = "1 = 1") -> Callable[[Draw], None]:
    """Return a change of one row of a table."""

    def act(draw: Draw) -> None:
        id_ = one_of(draw, f"SELECT id FROM {table} WHERE {where}")
        tamper(f"UPDATE {table} SET {values} WHERE id = {id_}")

    return act


def remove(table: str) -> Callable[[Draw], None]:
    """Return the removal of one row of a table."""

    def act(draw: Draw) -> None:
        tamper(f"DELETE FROM {table} WHERE id = {one_of(draw, f'SELECT id FROM {table}')}")

    return act


SPOKE = "SELECT event_id FROM event_detail WHERE CAST(content AS TEXT) != '{}'"


def _rewrite_content(draw: Draw) -> None:
    tamper(
        'UPDATE event_detail SET content = \'{"title": "Anders"}\', erased_at = '
        f"'2026-11-23 12:00:00' WHERE event_id = {one_of(draw, SPOKE)}"
    )


def _empty_content(draw: Draw) -> None:
    tamper(
        "UPDATE event_detail SET content = '{}', reason = '', salts = '{}', erased_at = "
        f"'2026-11-23 12:00:00' WHERE event_id = {one_of(draw, SPOKE)}"
    )


def _another_reason(draw: Draw) -> None:
    reasoned = "SELECT event_id FROM event_detail WHERE reason != ''"
    id_ = one_of(draw, reasoned)
    tamper(f"UPDATE event_detail SET reason = 'Zomaar.' WHERE event_id = {id_}")


def _another_actor(draw: Draw) -> None:
    id_ = one_of(draw, "SELECT event_id FROM event_detail WHERE actor_id IS NOT NULL")
    tamper(f"UPDATE event_detail SET actor_id = actor_id + 1 WHERE event_id = {id_}")


def _lose_the_last(draw: Draw) -> None:
    """Delete the last events with everything that speaks of them."""
    many = draw.randint(1, 20)
    last = db.session.scalar(select(Event.id).order_by(Event.id.desc()).offset(many - 1).limit(1))
    for statement in (
        f"DELETE FROM receipt WHERE event_id >= {last}",
        f"DELETE FROM leaf WHERE event_id >= {last}",
        f"DELETE FROM event_detail WHERE event_id >= {last}",
        f"DELETE FROM event WHERE id >= {last}",
    ):
        tamper(statement)


def _lose_all(_draw: Draw) -> None:
    for table in ("receipt", "leaf", "event_detail", "event"):
        tamper(f"DELETE FROM {table}")


def _lose_the_places(_draw: Draw) -> None:
    tamper("DELETE FROM leaf")


def _swap_places(draw: Draw) -> None:
    positions = db.session.scalars(select(Leaf.position)).all()
    one, other = draw.sample(list(positions), 2)
    both = {leaf.position: (leaf.event_id, leaf.digest) for leaf in db.session.scalars(
        select(Leaf).where(Leaf.position.in_((one, other)))
    )}  # fmt: skip
    tamper(f"DELETE FROM leaf WHERE position IN ({one}, {other})")
    for position, (event, digest) in ((one, both[other]), (other, both[one])):
        tamper(f"INSERT INTO leaf VALUES ({position}, {event}, '{digest}')")


def _take_one_out(draw: Draw) -> None:
    """Remove an event from the middle, and number the places anew."""
    places = db.session.scalars(select(Leaf.position).order_by(Leaf.position)).all()
    position = draw.choice(places[1:-1])
    event = db.session.scalar(select(Leaf.event_id).where(Leaf.position == position))
    for statement in (
        f"DELETE FROM receipt WHERE event_id = {event}",
        f"DELETE FROM leaf WHERE event_id = {event}",
        f"DELETE FROM event_detail WHERE event_id = {event}",
        f"DELETE FROM event WHERE id = {event}",
        *(f"UPDATE leaf SET position = {at - 1} WHERE position = {at}" for at in places
          if at > position),
    ):  # fmt: skip
        tamper(statement)


def _rewrite_with_its_digests(draw: Draw) -> None:
    """Rewrite a text, its row, its digests and its place: all but the checkpoint."""
    row = one_of(draw, "SELECT id FROM proposal")
    event = db.session.scalars(
        select(Event).where(Event.subject_type == "proposal", Event.subject_id == row)
        .order_by(Event.id.desc())
    ).first()  # fmt: skip
    assert event is not None
    detail = db.session.get_one(EventDetail, event.id)
    name, salt = f"row.proposal.{row}.title", new_salt()
    fields = event.fields | {name: field_digest(salt, "Iets anders")}
    salts = detail.salts | {name: salt}
    tamper(f"UPDATE proposal SET title = 'Iets anders' WHERE id = {row}")
    _store(event.id, fields, salts)


def _store(event: int, fields: dict[str, str], salts: dict[str, str]) -> None:
    for table, key, column, value in (
        ("event", "id", "fields", fields), ("event_detail", "event_id", "salts", salts),
    ):  # fmt: skip
        written = str(value).replace("'", '"')
        tamper(f"UPDATE {table} SET {column} = '{written}' WHERE {key} = {event}")
    changed = db.session.get_one(Event, event, populate_existing=True)
    digest = leaf_hash(entry(changed)).hex()
    tamper(f"UPDATE leaf SET digest = '{digest}' WHERE event_id = {event}")


KINDS: dict[str, Callable[[Draw], None]] = {
    "content rewritten as if erased": _rewrite_content,
    "content emptied as if erased": _empty_content,
    "a reason rewritten": _another_reason,
    "another actor": _another_actor,
    "another plan": change("event", "plan_id = 99", "plan_id IS NOT NULL"),
    "another round": change("event", "round_id = 99", "round_id IS NOT NULL"),
    "another moment": change("event", "at = '2020-01-01 00:00:00'"),
    "another verb": change("event", "verb = 'proposal.praised'"),
    "another subject": change("event", "subject_id = subject_id + 1"),
    "digests taken away": change("event", "fields = '{}'"),
    "a text rewritten": change("proposal", "action = 'Niets doen.'"),
    "a title rewritten": change("proposal", "title = 'Iets anders'"),
    "a state changed": change("proposal", "state = 'withdrawn'"),
    "another author": change("proposal", "author_id = NULL"),
    "another theme": change("proposal", "theme_id = NULL, period = 'nooit'"),
    "a kept version rewritten": change("proposal_version", "content = '{}'"),
    "a comment rewritten": change("comment", "body = 'Niets.'"),
    "a comment hidden": change("comment", "state = 'hidden'"),
    "a decision reversed": change("decision", "verb = 'return', ground = NULL"),
    "a decision without its reason": change("decision", "reason = ''"),
    "another moderator": change("decision", "decided_by_id = 1"),
    "an answer reversed": change("response", "outcome = 'not_adopted'"),
    "an answer rewritten": change("response", "reason = 'Nee.'"),
    "a receipt of another": change("receipt", "person_id = person_id + 1"),
    "a receipt with another code": change("receipt", "code = 'AAAAA'"),
    "a role more": change("plan_role", "role = 'organiser'", "role != 'organiser'"),
    "a mandate longer": change("mandate", "ends_on = '2099-12-31'"),
    "a consent taken back": change("consent", "withdrawn_at = '2026-11-23 12:00:00'"),
    "a round closed earlier": change("round", "closes_at = '2026-11-01 12:00:00'"),
    "a proposal gone": remove("proposal_version"),
    "a decision gone": remove("decision"),
    "an answer gone": remove("response"),
    "a receipt gone": remove("receipt"),
    "a role gone": remove("plan_role"),
    "the last events gone": _lose_the_last,
    "all events gone": _lose_all,
    "the places gone": _lose_the_places,
    "two places swapped": _swap_places,
    "an event taken out, the places numbered anew": _take_one_out,
    "a text rewritten with all its digests": _rewrite_with_its_digests,
}


def test_what_nobody_touched_is_sound(now: datetime) -> None:
    live(now)
    verdict = verify_record(kept_heads())
    assert verdict.faults == []
    assert verdict.checkpoints == 1


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize(
    "tries", [pytest.param(len(KINDS), id="each kind"), pytest.param(1000, marks=pytest.mark.long)]
)
def test_every_rewriting_is_named(now: datetime, tries: int, note: Note) -> None:
    live(now)
    heads = kept_heads()
    draw = random.Random(SEED)
    missed = []
    for nth in range(tries):
        kind = list(KINDS)[nth % len(KINDS)]
        KINDS[kind](draw)
        if not verify_record(heads).faults:
            missed.append(kind)
        db.session.rollback()
    assert missed == []
    assert verify_record(heads).faults == [], "each was taken back"
    note(f"{tries} rewritings of {len(KINDS)} kinds, {tries - len(missed)} named")
