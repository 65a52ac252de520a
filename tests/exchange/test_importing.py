import csv
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import Decision, Ground, Verb
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import (
    Origin,
    Position,
    PositionHistory,
    Proposal,
    Source,
    Stance,
)
from consult.consultation.rounds.models import Round, RoundTally
from consult.foundation.core.db import Base, db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.people import SYSTEM, Anonymous
from consult.foundation.core.search import found_ids
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.foundation.record.models import Event
from consult.foundation.record.verify import verify_record
from consult.interfaces.exchange.exporting.files import FORMATS
from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.exchange.importing.contributions import Comments, cents
from consult.interfaces.exchange.importing.errors import ImportRefused
from consult.interfaces.exchange.importing.rounds import Options, import_rounds
from consult.interfaces.exchange.models import ImportedId
from consult.interfaces.exchange.reading.staged import Pending
from consult.outcomes.responses.models import Response
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation
from tests.exchange.samples import (
    COMMENT,
    DECISION,
    PARTICIPANT,
    POSITION,
    PROPOSAL,
    RESPONSE,
    ROUND,
    WHOLE,
    write_jsonl,
    write_polis,
)

PLAIN = Options()
OPEN_OVERHEID = Options(plan="open-overheid")


def put_in(path: Path, now: datetime, options: Options = PLAIN) -> Round:
    (round_,) = import_rounds(SYSTEM, [path], options, now)
    return round_


def counted() -> dict[str, int]:
    """Count the rows of every table."""
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def only(model: type[Any], round_: Round) -> Any:
    return db.session.scalars(select(model).where(model.round_id == round_.id)).one()


def file_of(samples: Path, *objects: dict[str, Any] | str) -> Path:
    return write_jsonl(samples / "round.jsonl", *objects)


@pytest.mark.usefixtures("app")
def test_a_round_is_stored_with_all_that_belongs_to_it(samples: Path, now: datetime) -> None:
    fields = {"problem": "Niemand vindt ze.", "origin": "continued", "amount": "1250.50"}
    proposal = {**PROPOSAL, "fields": fields, "theme": "toegang", "source": "letter"}
    path = file_of(samples, ROUND, PARTICIPANT, proposal, COMMENT, POSITION, DECISION, RESPONSE)
    round_ = put_in(path, now, OPEN_OVERHEID)
    assert (round_.slug, round_.plan.slug) == ("ronde-1", "open-overheid")
    assert round_.title == {"nl": "Voorbeeldronde (verzonnen)"}
    assert (round_.published_at, round_.answered_at) == (round_.opens_at, None)
    stored = only(Proposal, round_)
    assert (stored.number, stored.title, stored.state) == (1, PROPOSAL["title"], "published")
    assert (stored.problem, stored.action) == ("Niemand vindt ze.", PROPOSAL["body"])
    assert (stored.theme.slug, stored.source, stored.amount_cents) == (
        "toegang",
        Source.LETTER,
        125_050,
    )
    assert (stored.outcome, stored.comment_count, stored.support_count) == ("adopted", 1, 1)
    author = stored.author
    assert (author.imported, author.active, author.email) == (True, False, None)
    assert author.display_name.startswith("Alias ")
    comment = only(Comment, round_)
    assert (comment.number, comment.depth, comment.author_id) == (1, 0, author.id)
    assert comment.thread.comment_count == 1
    assert only(Decision, round_).verb is Verb.PUBLISH
    response = only(Response, round_)
    assert (response.published_at, response.given_at) == (now, None)
    assert (round_.moderation, stored.origin) == (None, Origin.CONTINUED)
    tally = only(RoundTally, round_)
    assert (tally.received, tally.published, tally.comments) == (1, 1, 1)
    assert verify_record().sound
    verbs = Counter(db.session.scalars(select(Event.verb).where(Event.round_id == round_.id)))
    assert verbs == Counter(
        {
            "round.created": 1,
            "proposal.imported": 1,
            "comment.imported": 1,
            "decision.imported": 1,
            "response.imported": 1,
            "round.imported": 1,
        }
    )


@pytest.mark.usefixtures("app")
def test_what_was_imported_is_found_by_search(samples: Path, now: datetime) -> None:
    put_in(file_of(samples, *WHOLE), now)
    for subject, query in (("proposal", "bijlagen plek"), ("comment", "goede")):
        statement = found_ids(subject, query)
        assert statement is not None
        assert len(db.session.scalars(statement).all()) == 1


@pytest.mark.usefixtures("app")
def test_the_body_gives_way_where_the_file_names_an_action(samples: Path, now: datetime) -> None:
    proposals = [
        {**PROPOSAL, "id": "a", "fields": {"action": "Doe het."}},
        {**PROPOSAL, "id": "b", "fields": {"action": "Doe het.", "problem": "Waarom."}},
        {**PROPOSAL, "id": "c", "fields": {"action": PROPOSAL["body"]}},
    ]
    round_ = put_in(file_of(samples, ROUND, PARTICIPANT, *proposals), now)
    rows = db.session.execute(
        select(Proposal.problem, Proposal.action)
        .where(Proposal.round_id == round_.id)
        .order_by(Proposal.number)
    )
    body = PROPOSAL["body"]
    assert [tuple(row) for row in rows] == [
        (body, "Doe het."),
        (f"{body}\n\nWaarom.", "Doe het."),
        ("", body),
    ]


@pytest.mark.usefixtures("app")
def test_importing_again_changes_nothing(samples: Path, now: datetime) -> None:
    path = file_of(samples, *WHOLE)
    first = put_in(path, now)
    before = counted()
    assert put_in(path, now).id == first.id
    assert counted() == before
    reworded = file_of(samples, *[dict(reversed(one.items())) for one in WHOLE])
    put_in(reworded, now)
    assert counted() == before


@pytest.mark.usefixtures("app")
def test_a_longer_file_adds_what_is_new(samples: Path, now: datetime) -> None:
    put_in(file_of(samples, *WHOLE), now)
    answer = {**COMMENT, "id": "c2", "parent": "c1", "body": "Inderdaad."}
    earlier = {**POSITION, "value": -1, "created_at": "2026-01-06T23:00:00Z"}
    later = {**POSITION, "value": "pass", "created_at": "2026-01-09T23:00:00Z"}
    round_ = put_in(file_of(samples, *WHOLE, answer, earlier, later), now)
    proposal = only(Proposal, round_)
    assert (proposal.comment_count, proposal.support_count, proposal.pass_count) == (2, 0, 1)
    history = db.session.scalars(
        select(PositionHistory.stance).where(PositionHistory.proposal_id == proposal.id)
    )
    assert Counter(history) == Counter([Stance.SUPPORT, Stance.OBJECT, Stance.PASS])
    numbers = db.session.execute(
        select(Comment.number, Comment.depth, Comment.parent_id, Comment.root_id)
        .where(Comment.round_id == round_.id)
        .order_by(Comment.number)
    ).all()
    assert [row[:2] for row in numbers] == [(1, 0), (2, 1)]
    assert numbers[1][2] == numbers[1][3]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({**PROPOSAL, "body": "Anders."}, 'is the proposal "p1", which was imported before'),
        ({**COMMENT, "body": "Anders."}, 'is the comment "c1", which was imported before'),
        ({**ROUND, "title": "Anders"}, 'is the round "ronde-1", which was imported before'),
        ({**RESPONSE, "outcome": "not_adopted"}, 'is the response "p1", which was imported'),
        ({**POSITION, "value": -1}, "which was imported before with other content"),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_the_same_id_with_other_content_is_refused(
    samples: Path, now: datetime, changed: dict[str, Any], says: str
) -> None:
    put_in(file_of(samples, *WHOLE), now)
    before = counted()
    objects = [changed if one["type"] == changed["type"] else one for one in WHOLE]
    with pytest.raises(ImportRefused, match=says):
        put_in(file_of(samples, *objects), now)
    assert counted() == before


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("{", "round.jsonl, line 8: is not JSON"),
        ({**PROPOSAL, "id": "p2", "theme": "onbekend"}, 'line 8, field theme: holds "onbekend"'),
        ({**COMMENT, "id": "c2", "author": "u9"}, 'refers to the participant "u9"'),
        ({**ROUND, "id": "x"}, "is a second round line"),
    ],
    ids=["json", "theme", "reference", "round"],
)
def test_one_bad_line_refuses_all_and_leaves_everything_untouched(
    samples: Path, now: datetime, bad: dict[str, Any] | str, says: str
) -> None:
    before = counted()
    with pytest.raises(ImportRefused, match=says):
        put_in(file_of(samples, *WHOLE, bad), now)
    assert counted() == before


@pytest.mark.usefixtures("app")
def test_one_bad_file_refuses_the_good_ones_too(samples: Path, now: datetime) -> None:
    good = write_jsonl(samples / "good.jsonl", *WHOLE)
    bad = write_jsonl(samples / "bad.jsonl", {**ROUND, "id": "ronde-2"}, COMMENT)
    before = counted()
    with pytest.raises(ImportRefused, match=r"bad\.jsonl, line 2"):
        import_rounds(SYSTEM, [good, bad], Options(), now)
    assert counted() == before


@pytest.mark.usefixtures("app")
def test_keep_going_leaves_out_what_is_refused(samples: Path, now: datetime) -> None:
    told: list[str] = []
    bad = {**PROPOSAL, "id": "p2", "theme": "onbekend"}
    on_bad = {**COMMENT, "id": "c2", "proposal": "p2"}
    path = file_of(samples, *WHOLE, bad, on_bad)
    round_ = put_in(path, now, Options(keep_going=True, refused=told.append))
    assert len(told) == 2
    assert only(Proposal, round_).title == PROPOSAL["title"]
    assert only(Comment, round_).body == COMMENT["body"]


@pytest.mark.usefixtures("app")
def test_themes_are_known_by_slug_and_by_title(samples: Path, now: datetime) -> None:
    themes = ["dialoog", "Dialogue", "Actieve openbaarheid"]
    proposals = [{**PROPOSAL, "id": theme, "theme": theme} for theme in themes]
    round_ = put_in(file_of(samples, ROUND, PARTICIPANT, *proposals), now, OPEN_OVERHEID)
    stored = db.session.scalars(
        select(Proposal).where(Proposal.round_id == round_.id).order_by(Proposal.number)
    )
    slugs = [row.theme.slug for row in stored if row.theme]
    assert slugs == ["dialoog", "dialoog", "openbaarheid"]


@pytest.mark.usefixtures("app")
def test_a_plan_is_made_once_where_none_is_named(samples: Path, now: datetime) -> None:
    one = put_in(file_of(samples, *WHOLE), now)
    two = put_in(file_of(samples, {**ROUND, "id": "ronde-2"}), now)
    assert one.plan_id == two.plan_id
    assert db.session.scalars(select(Plan.slug).where(Plan.id == one.plan_id)).one() == "imported"
    with pytest.raises(NotFound, match="nergens"):
        put_in(file_of(samples, *WHOLE), now, Options(plan="nergens"))
    with pytest.raises(ImportRefused, match="imported into the plan imported"):
        put_in(file_of(samples, *WHOLE), now, OPEN_OVERHEID)


@pytest.mark.usefixtures("app")
def test_an_address_that_another_round_has_is_refused(samples: Path, now: datetime) -> None:
    with pytest.raises(ImportRefused, match="leads to the address open, which another round has"):
        put_in(file_of(samples, {**ROUND, "id": "open"}), now)


@pytest.mark.usefixtures("app")
def test_organisations_are_found_by_name_and_made_with_a_sector(
    samples: Path, now: datetime
) -> None:
    names = ["Stichting Helder Bestuur", "Nieuwe Club", "Onbekende Club"]
    made = {**PARTICIPANT, "id": "u2", "organisation": names[1], "sector": "knowledge"}
    vague = {**PARTICIPANT, "id": "u3", "organisation": names[2]}
    proposals = [{**PROPOSAL, "id": name, "organisation": name} for name in names]
    round_ = put_in(file_of(samples, ROUND, PARTICIPANT, made, vague, *proposals), now)
    rows = db.session.execute(
        select(Organisation.slug, Proposal.sector, Proposal.on_behalf_of)
        .select_from(Proposal)
        .outerjoin(Organisation, Organisation.id == Proposal.organisation_id)
        .where(Proposal.round_id == round_.id)
        .order_by(Proposal.number)
    )
    assert [tuple(row) for row in rows] == [
        ("helder-bestuur", "civil_society", ""),
        ("nieuwe-club", "knowledge", ""),
        (None, None, "Onbekende Club"),
    ]


@pytest.mark.usefixtures("app")
def test_names_become_aliases_unless_kept(samples: Path, now: datetime) -> None:
    put_in(file_of(samples, *WHOLE), now)
    kept = {**ROUND, "id": "ronde-2"}
    put_in(file_of(samples, kept, *WHOLE[1:]), now, Options(keep_names=True))
    names = db.session.scalars(
        select(Person.display_name).where(Person.imported).order_by(Person.id)
    ).all()
    assert names[0].startswith("Alias ")
    assert names[1] == "Pia"
    content = str(db.session.scalars(select(ImportedId.remains)).all())
    assert "Pia" not in content


@pytest.mark.usefixtures("app")
def test_what_was_withdrawn_stands_in_the_record(samples: Path, now: datetime) -> None:
    gone = {**PROPOSAL, "id": "p2", "status": "withdrawn"}
    withdrawal = {
        **DECISION,
        "subject": {"type": "proposal", "id": "p2"},
        "verb": "withdraw",
        "reason": "Dubbel.",
    }
    path = file_of(samples, *WHOLE, gone, withdrawal)
    round_ = put_in(path, now)
    tally = only(RoundTally, round_)
    assert (tally.received, tally.published, tally.withdrawn) == (2, 1, 1)
    assert only(Decision, round_).verb is Verb.PUBLISH
    before = counted()
    put_in(path, now)
    assert counted() == before


class Break(Exception):  # noqa: N818
    pass


@pytest.mark.usefixtures("app")
def test_an_import_that_broke_off_is_not_seen_and_goes_on(
    samples: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    comments = [{**COMMENT, "id": f"c{n}", "body": f"Nummer {n}."} for n in range(2, 40)]
    answers = [{**one, "id": f"a{n}", "parent": one["id"]} for n, one in enumerate(comments)]
    path = file_of(samples, *WHOLE, *answers, *comments)
    monkeypatch.setattr("consult.interfaces.exchange.importing.promotion.Importer.batch", 10)
    store = Comments.store
    calls = 0

    def breaking(self: Comments, batch: Sequence[Pending]) -> list[tuple[int, int]]:
        nonlocal calls
        calls += 1
        rows = store(self, batch)
        if calls == 4:
            raise Break
        return rows

    monkeypatch.setattr(Comments, "store", breaking)
    with pytest.raises(Break):
        put_in(path, now)
    half = db.session.scalars(select(Round).where(Round.slug == "ronde-1")).one()
    assert db.session.scalar(select(func.count()).where(Comment.round_id == half.id)) == 30
    assert half.published_at is None
    assert not can(Anonymous(), Action.ROUND_READ, half, now)
    db.session.rollback()
    round_ = put_in(path, now)
    assert round_.published_at is not None
    assert only(Proposal, round_).comment_count == 77
    numbers = db.session.scalars(select(Comment.number).where(Comment.round_id == round_.id))
    assert sorted(numbers) == list(range(1, 78))
    broken = db.session.scalar(
        select(func.count()).where(
            Comment.round_id == round_.id, (Comment.depth > 0) != Comment.parent_id.is_not(None)
        )
    )
    assert broken == 0
    assert verify_record().sound


@pytest.mark.usefixtures("app")
def test_two_imports_of_one_round_at_once_do_not_mix(
    samples: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(samples, *WHOLE)
    store = Comments.store

    def meanwhile(self: Comments, batch: Sequence[Pending]) -> list[tuple[int, int]]:
        store(self, batch)
        return store(self, batch)

    monkeypatch.setattr(Comments, "store", meanwhile)
    with pytest.raises(ImportRefused, match="changed at the same time"):
        put_in(path, now)
    monkeypatch.undo()
    assert only(Proposal, put_in(path, now)).comment_count == 1


@pytest.mark.usefixtures("app")
def test_a_polis_export_is_stored_with_passes_apart(samples: Path, now: datetime) -> None:
    round_ = put_in(write_polis(samples / "talk"), now)
    rows = db.session.execute(
        select(
            Proposal.state,
            Proposal.action,
            Proposal.support_count,
            Proposal.neutral_count,
            Proposal.object_count,
            Proposal.pass_count,
        )
        .where(Proposal.round_id == round_.id)
        .order_by(Proposal.number)
    )
    assert [tuple(row) for row in rows] == [
        ("published", "The first statement", 2, 0, 0, 0),
        ("hidden", "A second statement, with a comma", 0, 0, 1, 1),
        ("pending", "A third one that waits", 0, 0, 0, 0),
    ]
    decision = only(Decision, round_)
    assert (decision.verb, decision.ground) == (Verb.HIDE, Ground.SOURCE_MODERATION)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "states", "votes"),
    [
        pytest.param(
            "15-per-hour-seattle", (30, 1, 23), 2995, marks=pytest.mark.long_on_postgresql
        ),
        pytest.param("brexit-consensus", (50, 0, 0), 5312, marks=pytest.mark.long_on_postgresql),
        ("london.youth.policing", (36, 0, 3), 640),
        pytest.param("scoop-hivemind.biodiversity", (154, 0, 162), 29802, marks=pytest.mark.long),
        pytest.param(
            "scoop-hivemind.freshwater", (51, 0, 29), 3979, marks=pytest.mark.long_on_postgresql
        ),
    ],
)
def test_a_real_export_is_stored_to_the_last_vote(
    app: Flask,
    elsewhere: Flask,
    real_data: Path,
    tmp_path: Path,
    now: datetime,
    name: str,
    states: tuple[int, int, int],
    votes: int,
) -> None:
    del app
    folder = real_data / "polis" / name
    round_ = put_in(folder, now)
    before = counted()
    assert round_.slug == name
    tally = only(RoundTally, round_)
    assert (tally.published, tally.pending, tally.hidden) == states
    assert tally.received == sum(states)
    assert before["position_history"] == votes
    assert before["decision"] == states[2]
    latest, recounted = read_tables(folder)
    assert before["position"] == latest.total()
    stances = db.session.execute(select(Position.stance, func.count()).group_by(Position.stance))
    assert {stance: count for stance, count in stances} == {  # noqa: C416
        Stance.SUPPORT: latest["1"],
        Stance.OBJECT: latest["-1"],
        Stance.PASS: latest["0"],
    }
    sums = db.session.execute(
        select(
            func.sum(Proposal.support_count),
            func.sum(Proposal.object_count),
            func.sum(Proposal.pass_count),
            func.sum(Proposal.neutral_count),
        )
    ).one()
    assert tuple(sums) == (latest["1"], latest["-1"], latest["0"], 0)
    history = db.session.execute(
        select(ImportedId.external_id, PositionHistory.stance, func.count())
        .join(ImportedId, ImportedId.local_id == PositionHistory.proposal_id)
        .where(ImportedId.kind == "proposal", ImportedId.round_id == round_.id)
        .group_by(ImportedId.external_id, PositionHistory.stance)
    )
    stored = {(id_, stance): count for id_, stance, count in history}
    for statement, agrees, disagrees in recounted:
        assert stored.get((statement, Stance.SUPPORT), 0) == agrees
        assert stored.get((statement, Stance.OBJECT), 0) == disagrees
    put_in(folder, now)
    assert counted() == before
    once = b"".join(FORMATS["jsonl"](Export(round_, complete=True)))
    again = tmp_path / "again.jsonl"
    again.write_bytes(once)
    with elsewhere.app_context():
        there = Export(put_in(again, now), complete=True)
        assert b"".join(FORMATS["jsonl"](there)) == once


def read_tables(folder: Path) -> tuple[Counter[str], list[tuple[str, int, int]]]:
    """Return the latest votes by value, and (statement, agrees, disagrees), as Polis has them."""
    with (folder / "participants-votes.csv").open(newline="", encoding="utf-8") as file:
        latest = Counter(
            value
            for row in csv.DictReader(file)
            for column, value in row.items()
            if column.isdigit() and value
        )
    with (folder / "comments.csv").open(newline="", encoding="utf-8") as file:
        counts = [
            (row["comment-id"], int(row["agrees"]), int(row["disagrees"]))
            for row in csv.DictReader(file)
        ]
    return latest, counts


def test_amounts_are_kept_in_cents() -> None:
    assert [cents(one) for one in (None, "0", "12", "1250.50")] == [None, 0, 1200, 125_050]
