"""Version 2 of the format: what real sources hold is kept and shown, and nothing is invented."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.consultation.comments.models import Alignment, AuthorRole, Comment
from consult.consultation.moderation.models import Decision
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import (
    Origin,
    Position,
    PositionHistory,
    Proposal,
    Stance,
)
from consult.consultation.proposals.positions import take_position
from consult.consultation.rounds.models import Moderation, Round, RoundState
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.verify import verify_record
from consult.interfaces.exchange.exporting.files import FORMATS
from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.exchange.format.lines import RoundLine
from consult.interfaces.exchange.format.problems import LinePlace
from consult.interfaces.exchange.format.schema import build
from consult.interfaces.exchange.importing.errors import ImportRefused
from consult.interfaces.exchange.importing.rounds import Options, import_rounds
from consult.interfaces.exchange.reading.staging import stage
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import (
    CommitmentText,
    make_commitment,
    publish_commitment,
)
from consult.outcomes.responses.models import Outcome, Response
from consult.outcomes.responses.services import (
    ResponseText,
    prepare_response,
    publish_responses,
)
from consult.people.organisations.models import Sector
from tests.cast import person
from tests.exchange.samples import (
    COMMENT,
    DECISION,
    PARTICIPANT,
    POSITION,
    PROPOSAL,
    RESPONSE,
    ROUND,
    VERSION_2,
    WHOLE,
    write_jsonl,
)

TWO = {**ROUND, "version": 2}
KEEP = Options(keep_names=True)


def put_in(path: Path, now: datetime, options: Options = KEEP) -> Round:
    (round_,) = import_rounds(SYSTEM, [path], options, now)
    return round_


def exported(round_: Round, *, complete: bool = True) -> str:
    return b"".join(FORMATS["jsonl"](Export(round_, complete=complete))).decode()


@pytest.fixture
def kept(app: Flask, samples: Path, now: datetime) -> Round:
    """The round with everything, imported."""
    del app
    options = Options(plan="open-overheid", keep_names=True)
    return put_in(write_jsonl(samples / "two.jsonl", *VERSION_2), now, options)


def proposals(round_: Round) -> list[Proposal]:
    rows = select(Proposal).where(Proposal.round_id == round_.id).order_by(Proposal.number)
    return list(db.session.scalars(rows))


def test_everything_has_its_place(kept: Round) -> None:
    assert kept.title["en"] == "Round with everything"
    assert kept.introduction == {"nl": "Wat wilt u **weten**?"}
    assert kept.questions == {"nl": "Wat mist u?", "en": "What do you miss?"}
    assert (kept.moderation, kept.source_url) == (
        Moderation.POST,
        "https://voorbeeld.example/rondes/2",
    )
    assert kept.answered_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    tree, bare = proposals(kept)
    assert (tree.reference, tree.scope, tree.author_role) == (
        "CITY-PROP-2026-01-17", "Noord", AuthorRole.MEETING,
    )  # fmt: skip
    assert tree.theme is not None
    assert (tree.theme.slug, tree.theme.title) == ("groen-in-de-wijk", {"nl": "Groen in de wijk"})
    assert len(tree.title) > 200
    assert tree.counted == {Stance.SUPPORT: 120, Stance.NEUTRAL: 0, Stance.OBJECT: 7}
    assert (tree.support_count, tree.object_count) == (121, 7)  # one more took a position by name
    assert (tree.source_note, str(tree.source_date)) == ("Wijkbijeenkomst Noord", "2026-01-05")
    assert [link.get("title") for link in tree.links] == ["De bijeenkomst", None]
    assert tree.published_at == datetime(2026, 1, 8, 11, tzinfo=UTC)
    assert (bare.action, bare.origin, bare.counted) == ("", None, {})
    assert bare.continues_id == tree.id
    comment = db.session.scalars(select(Comment).where(Comment.round_id == kept.id)).one()
    assert (comment.language, comment.alignment, comment.author_role) == (
        "en", Alignment.AGAINST, AuthorRole.GOVERNMENT,
    )  # fmt: skip
    assert (comment.likes, comment.dislikes) == (12, 0)
    first, second = db.session.scalars(
        select(Response).where(Response.round_id == kept.id).order_by(Response.id)
    )
    assert (first.given_by, first.given_at) == (
        "Dienst Groen",
        datetime(2026, 2, 20, 9, tzinfo=UTC),
    )
    assert (second.reason, second.given_at) == ("", None)
    assert verify_record().faults == []


@pytest.mark.usefixtures("app")
def test_what_nobody_said_stays_unknown(samples: Path, now: datetime) -> None:
    round_ = put_in(
        write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, POSITION, DECISION), now
    )
    (proposal,) = proposals(round_)
    assert (round_.moderation, proposal.origin) == (None, None)
    decision = db.session.scalars(select(Decision).where(Decision.round_id == round_.id)).one()
    assert decision.decided_at is None


@pytest.mark.usefixtures("app")
def test_version_1_says_what_it_always_said(samples: Path, now: datetime) -> None:
    """There an action is new unless it says otherwise, and a decision fell at the closing."""
    round_ = put_in(write_jsonl(samples / "f.jsonl", *WHOLE), now)
    (proposal,) = proposals(round_)
    assert proposal.origin is Origin.NEW
    decision = db.session.scalars(select(Decision).where(Decision.round_id == round_.id)).one()
    assert decision.decided_at == round_.closes_at


def continued_in(samples: Path, now: datetime, **continues: str) -> dict[str, str | None]:
    """Import proposals a, b and c that continue others; tell what each continues."""
    lines = [
        {"type": "proposal", "id": key, "title": f"Voorstel {key}"}
        | ({"continues": continues[key]} if key in continues else {})
        for key in "abc"
    ]
    path = write_jsonl(samples / "continued.jsonl", TWO, *lines)
    import_rounds(SYSTEM, [path], KEEP, now)
    found = {one.title[-1]: one for one in db.session.scalars(select(Proposal))}
    assert verify_record().sound
    ids = {one.id: key for key, one in found.items()}
    return {key: ids.get(one.continues_id or 0) for key, one in found.items()}


@pytest.mark.usefixtures("app")
def test_a_proposal_continues_one_that_stands_before_or_after_it(
    samples: Path, now: datetime
) -> None:
    found = continued_in(samples, now, a="c", b="a")
    assert found == {"a": "c", "b": "a", "c": None}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("continues", "said"),
    [
        ({"a": "b", "b": "a"}, "leads in a circle"),
        ({"a": "a"}, "leads in a circle"),
        ({"c": "elders"}, "which has no good line in this file"),
    ],
)
def test_what_cannot_be_continued_is_refused_by_name(
    samples: Path, now: datetime, continues: dict[str, str], said: str
) -> None:
    with pytest.raises(ImportRefused, match=said):
        continued_in(samples, now, **continues)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "of_version_2",
    [
        {"type": "theme", "id": "x", "title": "X"},
        {**PROPOSAL, "id": "p2", "reference": "A-1"},
        {**COMMENT, "id": "c2", "likes": 1},
        {**RESPONSE, "created_at": "2026-02-20T10:00:00+01:00"},
    ],
    ids=lambda one: one["type"],
)
def test_a_file_says_of_which_version_it_is(
    samples: Path, now: datetime, of_version_2: dict[str, Any]
) -> None:
    lines = [ROUND, PARTICIPANT, PROPOSAL, of_version_2]
    with pytest.raises(ImportRefused, match='Write "version": 2 into the round line'):
        put_in(write_jsonl(samples / "f.jsonl", *lines), now)
    put_in(write_jsonl(samples / "f.jsonl", TWO, *lines[1:]), now)


def test_it_goes_elsewhere_and_comes_back_the_same(
    kept: Round, elsewhere: Flask, samples: Path, now: datetime
) -> None:
    once = exported(kept)
    path = samples / "again.jsonl"
    path.write_text(once, encoding="utf-8")
    with elsewhere.app_context():
        assert exported(put_in(path, now)) == once


def test_it_is_known_again(kept: Round, samples: Path, now: datetime) -> None:
    options = Options(plan="open-overheid", keep_names=True)
    assert put_in(samples / "two.jsonl", now, options).id == kept.id
    path = samples / "own.jsonl"
    path.write_text(exported(kept), encoding="utf-8")
    assert put_in(path, now, options).id == kept.id
    assert len(proposals(kept)) == 2


@pytest.mark.usefixtures("app")
def test_what_came_in_before_version_2_is_known_again(
    samples: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digests that version 1 kept: an import then is not another one now."""
    from consult.interfaces.exchange.format.keys import (  # noqa: PLC0415
        fingerprint_of_version_1,
    )

    found = build(ROUND, LinePlace("f.jsonl", 1))
    assert isinstance(found, RoundLine)
    path = write_jsonl(samples / "f.jsonl", *WHOLE)
    with monkeypatch.context() as before:
        before.setattr(
            "consult.interfaces.exchange.reading.staged.fingerprint",
            lambda line: fingerprint_of_version_1(line, found),
        )
        before.setattr(
            "consult.interfaces.exchange.importing.rounds.fingerprint",
            lambda line: fingerprint_of_version_1(line, found),
        )
        round_ = put_in(path, now)
    assert put_in(path, now).id == round_.id
    own = samples / "own.jsonl"
    own.write_text(exported(round_), encoding="utf-8")
    assert put_in(own, now).id == round_.id


def test_pages_show_it_and_say_what_is_not_known(
    kept: Round, client: FlaskClient, browse: Callable[[str], FlaskClient]
) -> None:
    page = client.get(f"/en/rounds/{kept.slug}/proposals/1").text
    for shown in (
        "Answer of Dienst Groen", "20 February 2026", "Wijkbijeenkomst Noord, 5 January 2026",
        "CITY-PROP-2026-01-17", "A meeting", "Noord", "De bijeenkomst",
        "https://voorbeeld.example/plan.pdf", "12 likes at the source", "Against",
        "The source counted without saying who:", "support 120,", "object 7.",
    ):  # fmt: skip
        assert shown in page, shown
    assert 'rel="nofollow noopener ugc"' in page
    bare = client.get(f"/en/rounds/{kept.slug}/proposals/2").text
    assert "No reason was given." in bare
    assert "The source does not say when it was given." in bare
    assert "New or existing" not in bare
    front = client.get(f"/en/rounds/{kept.slug}").text
    assert "What became of the proposals" in front
    desk = browse("ana").get(f"/en/rounds/{kept.slug}/responses").text
    assert "No reason given" in desk
    log = client.get(f"/en/rounds/{kept.slug}/moderation-log").text
    assert "not known" in log


def test_a_position_taken_here_joins_what_the_source_counted(kept: Round, now: datetime) -> None:
    kept.closes_at = now.replace(year=now.year + 1)
    kept.open_to_everyone = True
    kept.answered_at = None
    (tree, _) = proposals(kept)
    with unit_of_work():
        take_position(person("lotte"), tree, Stance.SUPPORT, "", now)
    db.session.expire_all()
    assert (tree.support_count, tree.counted_support) == (122, 120)


@pytest.mark.usefixtures("app")
def test_an_undated_position_counts_and_stays_undated(samples: Path, now: datetime) -> None:
    undated = {**POSITION, "created_at": None, "value": -1}
    dated = {**POSITION, "id": "v2"}
    path = write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, dated, undated)
    round_ = put_in(path, now)
    (proposal,) = proposals(round_)
    assert (proposal.support_count, proposal.object_count) == (0, 1)
    taken = db.session.scalars(
        select(PositionHistory.taken_at).where(PositionHistory.proposal_id == proposal.id)
    ).all()
    assert max(taken) == round_.closes_at
    positions = [line for line in exported(round_).splitlines() if '"position"' in line]
    assert ["created_at" in line for line in positions] == [True, False]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("lines", "answered"),
    [
        ([RESPONSE], False),
        ([{**RESPONSE, "created_at": "2026-02-20T10:00:00+01:00"}], True),
        ([], False),
    ],
    ids=["undated", "dated", "none"],
)
def test_a_round_is_called_answered_only_where_the_source_says_so(
    samples: Path, now: datetime, lines: list[dict[str, Any]], *, answered: bool
) -> None:
    path = write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, *lines)
    assert (put_in(path, now).answered_at is not None) is answered


@pytest.mark.usefixtures("app")
def test_a_round_with_an_open_question_is_not_called_answered(samples: Path, now: datetime) -> None:
    said = {**TWO, "answered_at": "2026-03-01T09:00:00+01:00"}
    more = {**PROPOSAL, "id": "p2"}
    path = write_jsonl(samples / "f.jsonl", said, PARTICIPANT, PROPOSAL, more, RESPONSE)
    assert put_in(path, now).answered_at is None


@pytest.mark.usefixtures("app")
def test_a_round_of_which_something_was_left_out_is_not_called_answered(
    samples: Path, now: datetime
) -> None:
    said = {**TWO, "answered_at": "2026-03-01T09:00:00+01:00"}
    broken = {**RESPONSE, "outcome": "perhaps"}
    path = write_jsonl(samples / "f.jsonl", said, PARTICIPANT, PROPOSAL, RESPONSE, broken)
    assert put_in(path, now, Options(keep_going=True)).answered_at is None


@pytest.mark.usefixtures("app")
def test_when_a_round_was_held_may_be_unknown(samples: Path, now: datetime) -> None:
    said = {key: one for key, one in TWO.items() if key not in {"opens_at", "closes_at"}}
    undated = {key: one for key, one in PROPOSAL.items() if key != "created_at"}
    path = write_jsonl(samples / "f.jsonl", said, PARTICIPANT, undated)
    round_ = put_in(path, now)
    assert not round_.dates_known
    assert round_.state_at(now) is RoundState.CLOSED
    (proposal,) = proposals(round_)
    assert proposal.arrived_at == now
    again = json.loads(exported(round_).splitlines()[0])
    assert again.keys() & {"opens_at", "closes_at"} == set()
    assert len(proposals(put_in(path, now + timedelta(days=1)))) == 1


@pytest.mark.parametrize("name", ["opens_at", "closes_at"])
def test_one_of_its_moments_alone_is_refused(samples: Path, name: str) -> None:
    without = {key: one for key, one in TWO.items() if key != name}
    with stage([write_jsonl(samples / "f.jsonl", without)]) as staged:
        (told,) = staged.problems()
    assert f"stands without {name}" in str(told)


@pytest.mark.usefixtures("app")
def test_the_answers_of_an_import_can_be_finished_here(samples: Path, now: datetime) -> None:
    more = {**PROPOSAL, "id": "p2", "title": "Nog een"}
    path = write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, more, RESPONSE)
    round_ = put_in(path, now, Options(plan="open-overheid"))
    first, second = proposals(round_)
    ana = person("ana")
    with unit_of_work():
        text = ResponseText(Outcome.NOT_ADOPTED, {"nl": "Dat doen wij niet."})
        prepare_response(ana, second, text, None, now)
    with unit_of_work():
        publish_responses(ana, db.session.get_one(Round, round_.id), now)
    db.session.expire_all()
    assert round_.answered_at == now
    given = select(Response.proposal_id, Response.given_at).where(Response.round_id == round_.id)
    assert {row[0]: row[1] for row in db.session.execute(given)} == {first.id: None, second.id: now}


@pytest.mark.usefixtures("app")
def test_a_commitment_can_be_made_from_an_import(
    samples: Path, now: datetime, browse: Callable[[str], FlaskClient]
) -> None:
    round_ = put_in(
        write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL),
        now,
        Options(plan="open-overheid"),
    )
    (proposal,) = proposals(round_)
    plan = db.session.scalars(select(Plan).where(Plan.slug == "open-overheid")).one()
    page = browse("ana").get(f"/nl/plans/{plan.slug}/commitments/new?proposal={proposal.id}")
    assert "Publiceer agenda" in page.get_data(as_text=True)
    with unit_of_work():
        title = {"nl": "Agenda's online", "en": "Agendas online"}
        text = CommitmentText(theme_id=None, title=title, sources={proposal.id: {}})
        made = make_commitment(person("ana"), plan, text, now)
        publish_commitment(person("ana"), made, now)
    assert [one.proposal_id for one in made.sources] == [proposal.id]
    for address in ("plans/open-overheid", f"plans/open-overheid/commitments/{made.number}"):
        assert "Agendas online" in browse("ana").get(f"/en/{address}").text
    assert "Without a theme" in browse("ana").get("/en/plans/open-overheid").text
    with unit_of_work():
        frozen = freeze_plan(person("ana"), plan, "Concept", now)
    assert json.loads(frozen.content)["themes"][-1]["number"] == 0
    assert browse("ana").get(f"/en/plans/open-overheid/versions/{frozen.number}").status_code == 200
    for kind in ("pdf", "docx"):
        assert browse("ana").get(f"/en/plans/open-overheid/plan.{kind}").status_code == 200


@pytest.mark.usefixtures("app")
def test_themes_of_a_file_are_made_once(samples: Path, now: datetime) -> None:
    themes: list[dict[str, Any]] = [
        {"type": "theme", "id": "8", "title": {"nl": "Toegang", "en": "Access"}},
        {"type": "theme", "id": "9", "title": "Иной"},
        {"type": "theme", "id": "dialoog", "title": "Heet hier anders"},
    ]
    named = [{**PROPOSAL, "id": one["id"], "theme": one["id"]} for one in themes]
    path = write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, *themes, *named)
    round_ = put_in(path, now, Options(plan="open-overheid"))
    slugs = [one.theme.slug for one in proposals(round_) if one.theme]
    assert slugs[1:] == ["inoy", "dialoog"]
    before = len(db.session.scalars(select(Plan).where(Plan.id == round_.plan_id)).one().themes)
    more = write_jsonl(
        samples / "g.jsonl", {**TWO, "id": "ronde-3"}, themes[1], PARTICIPANT, named[1]
    )
    put_in(more, now, Options(plan="open-overheid"))
    db.session.expire_all()
    plan = db.session.get_one(Plan, round_.plan_id)
    assert len(plan.themes) == before
    assert put_in(path, now, Options(plan="open-overheid")).id == round_.id


@pytest.mark.usefixtures("app")
def test_an_answer_in_several_languages_goes_in_and_out(
    samples: Path, now: datetime, client: FlaskClient
) -> None:
    said = {"nl": "Dat doen wij.", "fy": "Dat dogge wy."}
    subject = {"type": "proposal", "id": PROPOSAL["id"]}
    response = {**RESPONSE, "subject": subject, "reason": said, "language": "fy"}
    response.pop("proposal", None)
    round_ = put_in(write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, response), now)
    (stored,) = db.session.scalars(select(Response).where(Response.round_id == round_.id))
    assert (stored.language, stored.reason) == ("fy", "Dat dogge wy.")
    assert stored.reasons == said
    (line,) = (one for one in map(json.loads, exported(round_).splitlines())
               if one["type"] == "response")  # fmt: skip
    assert line["reason"] == said
    assert line["language"] == "fy"
    cells = b"".join(FORMATS["csv"](Export(round_))).decode()
    assert "nl: Dat doen wij." in cells
    assert "Dat doen wij." in client.get(f"/nl/rounds/{round_.slug}/proposals/1").text
    for word in ("doen", "dogge"):
        found = client.get(f"/nl/search?q={word}&kind=response").text
        assert f"/nl/rounds/{round_.slug}/proposals/1#response" in found, word
    assert verify_record().faults == []


@pytest.mark.usefixtures("app")
def test_an_answer_that_was_imported_in_one_language_is_known_again(
    samples: Path, now: datetime
) -> None:
    answer = {**RESPONSE, "reason": "Dat doen wij."}
    round_ = put_in(write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, answer), now)
    both = {**answer, "reason": {"nl": "Dat doen wij.", "en": "We do that."}}
    again = write_jsonl(samples / "g.jsonl", TWO, PARTICIPANT, PROPOSAL, both)
    assert put_in(again, now).id == round_.id
    other = {**answer, "reason": {"nl": "Toch niet.", "en": "We do that."}}
    with pytest.raises(ImportRefused, match="imported before with other content"):
        put_in(write_jsonl(samples / "h.jsonl", TWO, PARTICIPANT, PROPOSAL, other), now)


@pytest.mark.usefixtures("app")
def test_what_became_of_themes_goes_in_and_out(
    samples: Path, now: datetime, client: FlaskClient
) -> None:
    at = "2026-04-01T10:00:00+00:00"
    theme = {"type": "theme", "id": "taal", "title": "Taal"}
    changes: list[dict[str, Any]] = [
        {"type": "theme_change", "theme": "taal", "becomes": {"nl": "Taal", "en": "Language"},
         "reason": "Dit ontbrak.", "created_at": at},
        {"type": "theme_change", "theme": "dialoog", "proposal": PROPOSAL["id"], "was": "Dialoog",
         "reason": "Te vaag.", "created_at": at},
    ]  # fmt: skip
    about = {**TWO, "kind": "themes"}
    put_forward = {**PROPOSAL, "theme": "dialoog"}
    path = write_jsonl(samples / "f.jsonl", about, PARTICIPANT, theme, put_forward, *changes)
    round_ = put_in(path, now, Options(plan="open-overheid"))
    told = [one for one in map(json.loads, exported(round_, complete=False).splitlines())
            if one["type"] == "theme_change"]  # fmt: skip
    proposal = told[1].pop("proposal")
    assert changes[1].pop("proposal")
    assert proposal
    assert told == changes
    page = client.get(f"/en/rounds/{round_.slug}/themes").text
    assert "“Language” was added to the plan." in page
    assert "“Dialoog” was taken out of the plan." in page
    assert "Te vaag." in page
    plan = db.session.get_one(Plan, round_.plan_id)
    assert "dialoog" in [one.slug for one in plan.themes], "an import takes nothing out of a plan"
    assert put_in(path, now, Options(plan="open-overheid")).id == round_.id
    assert verify_record().faults == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"theme": "onbekend"}, "no theme of the file or the plan"),
        ({"proposal": "p9"}, "refers to the proposal"),
        ({"was": None}, "says neither what the theme was called"),
        ({"reason": None}, "a theme_change line needs it"),
    ],
)
@pytest.mark.usefixtures("app")
def test_a_change_of_no_theme_is_refused(
    samples: Path, now: datetime, change: dict[str, Any], told: str
) -> None:
    line = {"type": "theme_change", "theme": "dialoog", "was": "Dialoog", "reason": "Vaag.",
            "created_at": "2026-04-01T10:00:00+00:00"}  # fmt: skip
    path = write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, {**line, **change})
    with pytest.raises(ImportRefused, match=told):
        put_in(path, now, Options(plan="open-overheid"))


@pytest.mark.usefixtures("app")
def test_a_position_keeps_the_sector_that_its_source_names(samples: Path, now: datetime) -> None:
    business = {**PARTICIPANT, "sector": "business"}
    named = {**POSITION, "sector": "government"}
    other = {**PROPOSAL, "id": "p2", "title": "Nog een"}
    unnamed = {**POSITION, "id": "v2", "proposal": "p2"}
    round_ = put_in(
        write_jsonl(samples / "f.jsonl", TWO, business, PROPOSAL, other, named, unnamed), now
    )
    held = db.session.scalars(select(Position.sector).order_by(Position.proposal_id)).all()
    assert held == [Sector.GOVERNMENT, Sector.BUSINESS]
    lines = [one for one in map(json.loads, exported(round_).splitlines())
             if one["type"] == "position"]  # fmt: skip
    assert [one.get("sector") for one in lines] == ["government", None]


@pytest.mark.usefixtures("app")
def test_a_conversation_of_fifty_answers_is_kept_and_shown(
    samples: Path, now: datetime, client: FlaskClient
) -> None:
    said = [
        {**COMMENT, "id": f"c{n}", "parent": f"c{n - 1}" if n else None, "body": f"Laag {n}."}
        for n in range(52)
    ]
    with pytest.raises(ImportRefused, match="51 answers deep; at most 50"):
        put_in(write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, *said), now)
    round_ = put_in(write_jsonl(samples / "f.jsonl", TWO, PARTICIPANT, PROPOSAL, *said[:51]), now)
    page = client.get(f"/nl/rounds/{round_.slug}/proposals/1?comment=51").text
    assert "Laag 0." in page
    assert "Laag 50." in page


def test_a_public_export_counts_what_it_does_not_hold(
    app: Flask, samples: Path, now: datetime
) -> None:
    del app
    hidden = {**PROPOSAL, "id": "p2", "status": "hidden"}
    waits = {**COMMENT, "id": "c2", "status": "pending"}
    lines = [TWO, PARTICIPANT, PROPOSAL, hidden, COMMENT, waits]
    round_ = put_in(write_jsonl(samples / "f.jsonl", *lines), now)
    counts = {"received": 2, "published": 1, "hidden": 1, "comments": 1, "comments_pending": 1}
    found = [json.loads(line) for line in exported(round_, complete=False).splitlines()]
    [totals] = [line for line in found if line["type"] == "totals"]
    assert counts.items() <= totals.items()
    assert not [line for line in exported(round_).splitlines() if '"totals"' in line]
    whole = json.loads(b"".join(FORMATS["json"](Export(round_))).decode())
    assert counts.items() <= whole["totals"].items()


UNPUBLISHED = [
    {**TWO, "id": "kept"},
    PARTICIPANT,
    PROPOSAL,
    {**PROPOSAL, "id": "p6", "not_for_publication": "Mijn baas leest mee."},
    {**PROPOSAL, "id": "p7", "status": "late", "not_for_publication": "Privé."},
    {**PROPOSAL, "id": "p8", "status": "not_for_publication"},
    {**COMMENT, "id": "c6", "not_for_publication": "Over collega's."},
]


def test_what_is_not_for_publication_goes_along_in_complete_exports_only(
    app: Flask, elsewhere: Flask, samples: Path, now: datetime
) -> None:
    del app
    round_ = put_in(write_jsonl(samples / "kept.jsonl", *UNPUBLISHED), now)
    first = exported(round_)
    assert first.count('"not_for_publication":"') == 3
    assert first.count('"status":"not_for_publication"') == 3
    tally = round_.tally
    assert (tally.received, tally.published, tally.late) == (3, 1, 1)
    assert (tally.not_for_publication, tally.comments_not_for_publication) == (2, 1)
    public = exported(round_, complete=False)
    assert "leest mee" not in public
    assert '"not_for_publication":2,"comments_not_for_publication":1' in public
    (samples / "again.jsonl").write_text(first)
    with elsewhere.app_context():
        assert exported(put_in(samples / "again.jsonl", now)) == first


@pytest.mark.parametrize("status", ["published", "pending", "hidden"])
def test_what_is_not_for_publication_was_not_published(samples: Path, status: str) -> None:
    line = {**PROPOSAL, "status": status, "not_for_publication": "Privé."}
    with stage([write_jsonl(samples / "kept.jsonl", TWO, PARTICIPANT, line)]) as staged:
        (told,) = staged.problems()
    assert f'is "{status}", of a proposal that is not for publication' in str(told)
