import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment, CommentKind, ContributionState, Thread
from consult.consultation.moderation.models import Decision, Verb
from consult.consultation.proposals.models import (
    Origin,
    Position,
    PositionHistory,
    Proposal,
    Stance,
)
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.people import SYSTEM, Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.exchange.exporting.files import FORMATS, find_round
from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.exchange.importing.rounds import Options, import_rounds
from consult.outcomes.responses.models import Outcome, Response
from consult.people.organisations.models import Organisation
from tests.cast import person
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
from tests.privacy.planted import unpacked

KEEP = Options(keep_names=True)
SAMPLES = Path(__file__).parents[2] / "samples"

RICH = (
    {**ROUND, "id": "Ronde 1 (bron)"},
    PARTICIPANT,
    {**PARTICIPANT, "id": "u2", "organisation": "Nieuwe Club", "sector": "business"},
    {"type": "participant", "id": "u3", "organisation": "Vage Club"},
    {
        **PROPOSAL,
        "organisation": "Nieuwe Club",
        "language": "en",
        "fields": {
            "problem": "P",
            "result": "R",
            "openness": "O",
            "origin": "existing",
            "possible_holder": "Ministerie",
            "period": "2027",
            "amount": "10.05",
        },
        "status": "published",
        "source": "meeting",
    },
    {**PROPOSAL, "id": "p2", "organisation": "Vage Club", "status": "pending"},
    {**PROPOSAL, "id": "p3", "status": "hidden", "title": "=SOM(A1)"},
    {**PROPOSAL, "id": "p4", "status": "withdrawn"},
    {**PROPOSAL, "id": "p5", "status": "late"},
    {**COMMENT, "id": "late-parent", "parent": "c9", "kind": "question"},
    COMMENT,
    {**COMMENT, "id": "c9", "body": "Later in het bestand.", "status": "hidden"},
    {**COMMENT, "id": "c3", "parent": "late-parent", "author": "u2", "kind": "suggestion"},
    POSITION,
    {**POSITION, "value": 0, "created_at": "2026-01-06T12:00:00.123456Z", "reason": "Omdat."},
    {"type": "position", "id": "v7", "proposal": "p1", "participant": "u3", "value": "pass"},
    DECISION,
    {
        "type": "decision",
        "subject": {"type": "comment", "id": "c9"},
        "verb": "hide",
        "ground": "off_topic",
        "reason": "Gaat ergens anders over.",
        "created_at": "2026-01-09T10:00:00Z",
    },
    {"type": "decision", "subject": {"type": "proposal", "id": "p4"}, "verb": "withdraw"},
    {"type": "decision", "subject": {"type": "proposal", "id": "p3"}, "verb": "hide"},
    RESPONSE,
)


def export(round_: Round, format_: str = "jsonl", *, complete: bool = False) -> str:
    return unpacked(b"".join(FORMATS[format_](Export(round_, complete=complete))))


def put_in(path: Path, now: datetime, options: Options = KEEP) -> Round:
    (round_,) = import_rounds(SYSTEM, [path], options, now)
    return round_


@pytest.mark.parametrize("keep_names", [True, False])
def test_a_complete_export_imported_elsewhere_gives_the_same_bytes(
    app: Flask, elsewhere: Flask, samples: Path, now: datetime, *, keep_names: bool
) -> None:
    del app
    options = Options(keep_names=keep_names, salt="here")
    path = write_jsonl(samples / "round.jsonl", *RICH)
    once = export(put_in(path, now, options), complete=True)
    assert len(once.splitlines()) == len(RICH)
    again = samples / "again.jsonl"
    again.write_text(once, encoding="utf-8")
    with elsewhere.app_context():
        later = now + timedelta(days=3)
        options = Options(keep_names=keep_names, salt="there")
        assert export(put_in(again, later, options), complete=True) == once


@pytest.mark.parametrize("name", ["round.jsonl", "polis-example", "decidim-example"])
def test_each_sample_goes_elsewhere_and_comes_back_the_same(
    app: Flask, elsewhere: Flask, samples: Path, now: datetime, name: str
) -> None:
    del app
    once = export(put_in(SAMPLES / name, now), complete=True)
    again = samples / "again.jsonl"
    again.write_text(once, encoding="utf-8")
    with elsewhere.app_context():
        assert export(put_in(again, now), complete=True) == once


@pytest.mark.usefixtures("app")
def test_an_export_holds_what_was_imported(samples: Path, now: datetime) -> None:
    path = write_jsonl(samples / "round.jsonl", *RICH)
    lines = [json.loads(line) for line in export(put_in(path, now), complete=True).splitlines()]
    by_id = {(line["type"], line.get("id")): line for line in lines}
    assert lines[0]["id"] == "Ronde 1 (bron)"
    assert by_id["proposal", "p1"]["fields"] == RICH[4]["fields"]
    assert by_id["proposal", "p1"]["body"] == PROPOSAL["body"]
    assert by_id["proposal", "p2"]["organisation"] == "Vage Club"
    assert by_id["participant", "u3"] == {**RICH[3]}
    assert by_id["comment", "c3"]["parent"] == "late-parent"
    assert [line["verb"] for line in lines if line["type"] == "decision"] == [
        "publish",
        "hide",
        "hide",
        "withdraw",
    ]


@pytest.mark.usefixtures("app")
def test_our_own_export_is_known_again(samples: Path, now: datetime) -> None:
    path = write_jsonl(samples / "round.jsonl", *RICH)
    once = export(put_in(path, now), complete=True)
    own = samples / "own.jsonl"
    own.write_text(once, encoding="utf-8")
    assert export(put_in(own, now), complete=True) == once


def test_a_polis_round_goes_elsewhere_with_every_vote(
    app: Flask, elsewhere: Flask, samples: Path, now: datetime
) -> None:
    del app
    once = export(put_in(write_polis(samples / "talk"), now), complete=True)
    path = samples / "talk.jsonl"
    path.write_text(once, encoding="utf-8")
    with elsewhere.app_context():
        assert export(put_in(path, now), complete=True) == once


@pytest.mark.usefixtures("app")
def test_the_public_export_holds_no_private_string(samples: Path, now: datetime) -> None:
    canaries = {
        "name": "kanarie-naam",
        "person": "kanarie-persoon",
        "club": "kanarie-club",
        "pending": "kanarie-wacht",
        "hidden": "kanarie-verborgen",
        "answer": "kanarie-antwoord",
        "vote": "kanarie-stem",
        "decision": "kanarie-besluit",
        "response": "kanarie-terugkoppeling",
    }
    who = {
        "type": "participant",
        "id": canaries["person"],
        "name": canaries["name"],
        "organisation": canaries["club"],
    }
    own = {**PROPOSAL, "author": canaries["person"]}
    hidden = {**own, "id": "p3", "status": "hidden", "title": canaries["hidden"]}
    said = {**COMMENT, "author": canaries["person"]}
    path = write_jsonl(
        samples / "round.jsonl",
        ROUND,
        who,
        own,
        {**own, "id": "p2", "status": "pending", "body": canaries["pending"]},
        hidden,
        said,
        {**said, "id": "c2", "status": "hidden", "body": canaries["hidden"]},
        {**said, "id": "c3", "parent": "c2", "body": "Een antwoord."},
        {**said, "id": "c4", "proposal": "p3", "body": canaries["answer"]},
        {**POSITION, "participant": canaries["person"], "reason": canaries["vote"]},
        {
            **DECISION,
            "subject": {"type": "proposal", "id": "p3"},
            "verb": "hide",
            "reason": canaries["decision"],
        },
        {**RESPONSE, "proposal": "p3", "reason": canaries["response"]},
    )
    round_ = put_in(path, now)
    for format_ in FORMATS:
        public = export(round_, format_)
        assert PROPOSAL["title"] in public
        assert COMMENT["body"] in public
        assert "Een antwoord." in public
        assert [word for word in canaries.values() if word in public] == []
        complete = export(round_, format_, complete=True)
        assert canaries["hidden"] in complete
    lines = [json.loads(line) for line in export(round_).splitlines()]
    (answer,) = (line for line in lines if line.get("body") == "Een antwoord.")
    assert "parent" not in answer
    again = samples / "public.jsonl"
    again.write_text(export(round_).replace('"ronde-1"', '"ronde-2"'), encoding="utf-8")
    put_in(again, now)


@pytest.mark.usefixtures("app")
def test_a_round_that_the_public_may_not_read_is_not_exported(now: datetime) -> None:
    with pytest.raises(NotFound):
        find_round(Anonymous(), "draft", now, complete=False)
    assert find_round(SYSTEM, "draft", now, complete=True).slug == "draft"
    with pytest.raises(NotFound, match='"nergens"'):
        find_round(Anonymous(), "nergens", now, complete=False)


@pytest.mark.usefixtures("app")
def test_a_round_is_found_by_the_id_of_its_source(samples: Path, now: datetime) -> None:
    round_ = put_in(write_jsonl(samples / "round.jsonl", *RICH), now)
    assert round_.slug == "ronde-1-bron"
    for name in ("ronde-1-bron", "Ronde 1 (bron)"):
        assert find_round(Anonymous(), name, now, complete=False).id == round_.id


def native_round(now: datetime) -> Round:
    """Hand something in to a round of our own, as the services would store it."""
    round_ = db.session.scalars(select(Round).where(Round.slug == "answered")).one()
    helder = db.session.scalars(select(Organisation)).one()
    pia, lotte = person("pia"), person("lotte")
    with unit_of_work():
        states = (ContributionState.PUBLISHED, ContributionState.DRAFT, ContributionState.HIDDEN)
        for number, state in enumerate(states, 1):
            thread = Thread(round_id=round_.id)
            db.session.add(thread)
            db.session.flush()
            proposal = Proposal(
                round_id=round_.id,
                number=number,
                thread_id=thread.id,
                author_id=pia.id,
                organisation_id=helder.id,
                language="nl",
                state=state,
                title=f"Voorstel {number}",
                problem="Alleen een probleem." if number == 1 else "",
                action="" if number == 1 else "Doen.",
                origin=Origin.NEW,
                created_at=now,
                saved_at=now,
                arrived_at=now,
            )
            db.session.add(proposal)
            db.session.flush()
            comment = Comment(
                thread_id=thread.id,
                round_id=round_.id,
                number=1,
                author_id=lotte.id,
                kind=CommentKind.QUESTION,
                body=f"Vraag {number}",
                language="nl",
                state=ContributionState.PUBLISHED,
                arrived_at=now,
            )
            db.session.add(comment)
            stance = {"proposal_id": proposal.id, "person_id": lotte.id, "stance": Stance.NEUTRAL}
            db.session.add(Position(**stance, taken_at=now))
            db.session.add(PositionHistory(**stance, taken_at=now))
            db.session.add(
                Decision(
                    round_id=round_.id, proposal_id=proposal.id, verb=Verb.PUBLISH, decided_at=now
                )
            )
            db.session.add(
                Response(
                    round_id=round_.id,
                    proposal_id=proposal.id,
                    outcome=Outcome.ADOPTED,
                    reason="Ja.",
                    language="nl",
                    prepared_at=now,
                    published_at=now if number == 1 else None,
                )
            )
    return round_


def test_a_round_of_our_own_goes_elsewhere_and_comes_back_the_same(
    app: Flask, elsewhere: Flask, samples: Path, now: datetime
) -> None:
    del app
    once = export(native_round(now), complete=True)
    lines = [json.loads(line) for line in once.splitlines()]
    assert [line["title"] for line in lines if line["type"] == "proposal"] == [
        "Voorstel 1",
        "Voorstel 3",
    ]
    assert {line["name"] for line in lines if line["type"] == "participant"} == {
        "Pia Jansen",
        "Lotte Smit",
    }
    path = samples / "own.jsonl"
    path.write_text(once.replace('"id":"answered"', '"id":"elders"'), encoding="utf-8")
    with elsewhere.app_context():
        again = export(put_in(path, now), complete=True)
    assert again == path.read_text(encoding="utf-8")


@pytest.mark.usefixtures("app")
def test_the_json_export_is_one_object(samples: Path, now: datetime) -> None:
    round_ = put_in(write_jsonl(samples / "round.jsonl", *RICH), now)
    found = json.loads(export(round_, "json", complete=True))
    assert (found["format"], found["version"]) == ("consult-round", 2)
    assert found["round"]["title"] == ROUND["title"]
    sizes = {name: len(items) for name, items in found.items() if isinstance(items, list)}
    assert sizes == {
        "participants": 3,
        "themes": 0,
        "proposals": 5,
        "comments": 4,
        "positions": 3,
        "decisions": 4,
        "responses": 1,
        "theme_changes": 0,
    }


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.usefixtures("app")
def test_the_csv_export_has_a_row_for_each_contribution(samples: Path, now: datetime) -> None:
    round_ = put_in(write_jsonl(samples / "round.jsonl", *RICH), now)
    rows = table(export(round_, "csv", complete=True))
    assert len(rows) == 9
    first = rows[0]
    assert (first["number"], first["support"], first["pass"], first["neutral"]) == (
        "1",
        "1",
        "1",
        "0",
    )
    assert (first["comments"], first["outcome"]) == ("3", "adopted")
    assert [row["title"] for row in rows if row["id"] == "p3"] == ["'=SOM(A1)"]
    public = table(export(round_, "csv"))
    assert [row["id"] for row in public] == ["p1", "c1", "late-parent", "c3"]


def test_the_rich_sample_covers_every_type() -> None:
    assert {line["type"] for line in RICH} == {line["type"] for line in WHOLE}
