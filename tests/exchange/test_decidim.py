"""The open data of Decidim, as its releases wrote it: read as it is, and nothing is guessed.

No export of a real platform is at hand. The columns are those of Decidim's public export code
(docs/import-format.md says of which releases); the rows were invented.
"""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.consultation.comments.models import AuthorRole, Comment
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.interfaces.exchange.exporting.files import FORMATS
from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.exchange.format.lines import (
    CommentLine,
    Line,
    ParticipantLine,
    ProposalLine,
    ResponseLine,
    RoundLine,
    ThemeLine,
)
from consult.interfaces.exchange.format.problems import ImportNote, Problem
from consult.interfaces.exchange.importing.rounds import Options, import_rounds
from consult.interfaces.exchange.reading.decidim import read_decidim
from consult.interfaces.exchange.reading.decidim_cells import prose_of, time_of
from consult.interfaces.exchange.reading.decidim_survey import DecidimTables, tables_in
from consult.interfaces.exchange.reading.staging import stage

HERE = Path(__file__).parent / "decidim"
SAMPLE = Path(__file__).parents[2] / "samples" / "decidim-example"


def read(
    proposals: Path | str, comments: Path | str | None = None, component: str | None = None
) -> tuple[list[Line], list[str], list[str]]:
    """Return the lines, the problems and the notes of two tables."""
    there = HERE / comments if comments else None
    found = list(read_decidim(DecidimTables(HERE / proposals, there), component))
    return (
        [one for one in found if not isinstance(one, Problem | ImportNote)],
        [str(one) for one in found if isinstance(one, Problem)],
        [str(one) for one in found if isinstance(one, ImportNote)],
    )


def proposals_of(lines: list[Line]) -> dict[str, ProposalLine]:
    return {one.id: one for one in lines if isinstance(one, ProposalLine)}


def comments_of(lines: list[Line]) -> dict[str, CommentLine]:
    return {one.id: one for one in lines if isinstance(one, CommentLine)}


def changed(tmp_path: Path, name: str, *pairs: tuple[str, str]) -> Path:
    text = (HERE / name).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("proposals", "comments", "component", "counts"),
    [
        ("proposals-0.19.csv", "comments-0.22.csv", None, (3, 3, 1)),
        ("proposals-0.26.csv", "comments-0.24.csv", None, (3, 3, 1)),
        ("proposals-0.29.csv", None, None, (3, 0, 1)),
        ("proposals-0.31.csv", "comments-0.31.csv", "71", (2, 3, 0)),
        ("proposals-0.31.csv", "comments-0.31-comma.csv", "71", (2, 2, 0)),
        ("proposals-0.31.csv", None, "72", (1, 0, 0)),
    ],
)
def test_each_release_is_read_as_it_is(
    proposals: str, comments: str | None, component: str | None, counts: tuple[int, int, int]
) -> None:
    lines, told, _ = read(proposals, comments, component)
    assert told == []
    assert isinstance(lines[0], RoundLine)
    kinds = (ProposalLine, CommentLine, ResponseLine)
    assert tuple(sum(isinstance(one, kind) for one in lines) for kind in kinds) == counts


def test_an_early_release() -> None:
    lines, _, _ = read("proposals-0.19.csv", "comments-0.22.csv")
    round_line = lines[0]
    assert isinstance(round_line, RoundLine)
    assert (round_line.id, round_line.language) == ("pla-barri-12", "ca")
    assert (round_line.source, round_line.url) == (
        "Decidim participa.exemple.cat",
        "https://participa.exemple.cat/processes/pla-barri",
    )
    lanes = proposals_of(lines)["341"]
    assert lanes.body == "Calen carrils segurs;\nara no n'hi ha cap."
    assert (lanes.scope, lanes.theme, lanes.totals) == ("Gràcia", "category-9", {"support": 57})
    assert [link["url"].rsplit("/", 2)[-2] for link in lanes.links or ()] == [
        "meetings", "meetings", "proposals",
    ]  # fmt: skip
    assert (lanes.author, lanes.author_role) == (None, None)  # this release does not tell
    amendment = proposals_of(lines)["350"]
    assert amendment.links == [
        {"url": lanes.url, "title": "Més carrils bici al carrer Gran"},
    ]
    (answer,) = (one for one in lines if isinstance(one, ResponseLine))
    assert (answer.outcome, answer.reason, answer.created_at) == (
        "adopted", {"ca": "S'inclourà al pla.", "es": "Se incluirá en el plan."}, None,
    )  # fmt: skip


def test_ids_of_comments_and_proposals_overlap() -> None:
    """A comment on a proposal and an answer to a comment are told apart by the type alone."""
    lines, _, _ = read("proposals-0.19.csv", "comments-0.22.csv")
    said = comments_of(lines)
    assert [(one.proposal, one.parent) for one in said.values()] == [
        ("341", None), ("341", None), ("341", "72"),
    ]  # fmt: skip
    assert (said["72"].author, said["72"].author_role) == ("group-5", "organisation")


def test_languages_and_the_apostrophe_before_a_formula() -> None:
    lines, _, _ = read("proposals-0.26.csv", "comments-0.24.csv")
    equal = proposals_of(lines)["1202"]
    assert (equal.title, equal.language) == ("=Igualdad ya", "es")
    assert equal.body == '- Más "puntos lila"\n- Más luz'
    assert proposals_of(lines)["1203"].status == "withdrawn"
    said = comments_of(lines)
    assert (said["902"].body, said["902"].language) == ("- No lo veo claro", "es")
    assert (said["903"].alignment, said["901"].alignment) == ("in_favour", None)


def test_authors_are_people_offices_or_meetings(tmp_path: Path) -> None:
    lines, _, notes = read("proposals-0.29.csv")
    found = proposals_of(lines)
    assert (found["2310"].author, found["2310"].author_role) == ("88", "participant")
    assert (found["2311"].author, found["2311"].author_role) == (None, "government")
    assert (found["2312"].author, found["2312"].status) == ("95", "withdrawn")
    names = {one.id: one.name for one in lines if isinstance(one, ParticipantLine)}
    assert names == {"88": "Marta Puig", "91": "Joan Sala", "95": None}
    assert "1 proposals have several authors" in notes[0]
    at_meeting = changed(
        tmp_path, "proposals-0.29.csv",
        ("https://participa.exemple.cat/;", "https://participa.exemple.cat/f/14/meetings/8;"),
    )  # fmt: skip
    official = proposals_of(read(at_meeting)[0])["2311"]
    assert (official.author_role, official.source, official.source_note) == (
        "meeting", "meeting", "Ajuntament d'Exemple",
    )  # fmt: skip


def test_a_table_of_several_components_asks_which(tmp_path: Path) -> None:
    _, (told,), _ = read("proposals-0.31.csv")
    assert "holds the components 71 (2 proposals), 72 (1 proposals)" in told
    assert "--component" in told
    _, (told,), _ = read("proposals-0.31.csv", component="99")
    assert "has no component 99. It has: 71, 72." in told
    lines, _, _ = read("proposals-0.31.csv", component="72")
    (fountain,) = proposals_of(lines).values()
    assert fountain.totals is None, "hidden votes are not nought"
    assert (fountain.theme, fountain.scope) == ("taxonomy-52", None)
    del tmp_path


def test_a_state_of_its_own_is_no_outcome() -> None:
    lines, _, notes = read("proposals-0.31.csv", component="72")
    assert not [one for one in lines if isinstance(one, ResponseLine)]
    assert (
        "answers without an outcome are not taken over, by their state (en_estudi: 1)" in notes[0]
    )


def test_unknown_columns_are_listed(tmp_path: Path) -> None:
    path = changed(tmp_path, "proposals-0.29.csv", (";reference;", ";reference2;"))
    lines, told, notes = read(path)
    assert told == []
    assert "the columns reference2 are not known here, and are passed over." in notes[0]
    assert proposals_of(lines)["2310"].reference is None


def test_answers_to_what_is_gone_stand_alone(tmp_path: Path) -> None:
    path = changed(tmp_path, "comments-0.31.csv", ("\n5501;", "\n5500;"))
    lines, told, notes = read("proposals-0.31.csv", path, "71")
    assert told == []
    assert comments_of(lines)["5502"].parent is None
    assert "1 answers are to comments that are not in the file" in notes[-1]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2024-10-21 16:20:11 UTC", "yesterday", "line 2, field created_at: holds"),
        ("\n2311;", "\n;", "line 6, field id: is missing"),
        ("Pla de verd;", '"Pla" de verd;', "is not CSV"),
    ],
)
def test_a_bad_cell_is_told_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    _, told, _ = read(changed(tmp_path, "proposals-0.29.csv", (old, new)))
    assert any(says in one for one in told), told


def test_a_table_without_rows_is_no_round(tmp_path: Path) -> None:
    header = (HERE / "proposals-0.29.csv").read_text(encoding="utf-8").split("\n", 1)[0]
    path = tmp_path / "empty.csv"
    path.write_text(f"{header}\n", encoding="utf-8")
    _, (told,), _ = read(path)
    assert "there is no round" in told


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Één</p><p>Twee</p>", "Één\n\nTwee"),
        ("<ul><li>a</li><li><strong>b</strong></li></ul>", "- a\n- **b**"),
        ('<p>Zie <a href="https://a.nl">hier</a>.</p>', "Zie [hier](https://a.nl)."),
        ("<script>alert(1)</script><p>x</p>", "x"),
        ("1 < 2 en 3 > 2", "1 < 2 en 3 > 2"),
        ("  platte tekst\nmet regels ", "platte tekst\nmet regels"),
    ],
)
def test_a_page_becomes_markdown_and_plain_text_stays(html: str, markdown: str) -> None:
    assert prose_of(html) == markdown


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2021-04-21 12:10:38 UTC", "2021-04-21T12:10:38+00:00"),
        ("2021-04-21 12:10:38 +0200", "2021-04-21T12:10:38+02:00"),
        ("2021-04-21T12:10:38.123Z", "2021-04-21T12:10:38+00:00"),
        ("2021-04-31 12:10:38 UTC", None),
        ("21-04-2021", None),
        ("", None),
    ],
)
def test_times_are_read_as_decidim_writes_them(cell: str, time: str | None) -> None:
    assert time_of(cell) == time


def test_a_folder_of_tables_is_known_by_its_headers(tmp_path: Path) -> None:
    tables = tables_in(SAMPLE)
    assert tables is not None
    assert (tables.proposals.name, (tables.comments or SAMPLE).name) == (
        "proposals.csv",
        "proposal_comments.csv",
    )
    alone = tables_in(SAMPLE / "proposals.csv")
    assert alone is not None
    assert alone.comments is None
    assert tables_in(SAMPLE.parent / "polis-example") is None
    assert tables_in(tmp_path) is None


@pytest.mark.usefixtures("app")
def test_the_sample_comes_in_whole_and_is_shown(now: datetime, client: FlaskClient) -> None:
    notes: list[str] = []
    (round_,) = import_rounds(SYSTEM, [SAMPLE], Options(noted=notes.append), now)
    with (SAMPLE / "proposals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    stored = {
        row.reference: row
        for row in db.session.scalars(select(Proposal).where(Proposal.round_id == round_.id))
    }
    assert {row["reference"] for row in rows} == stored.keys()
    for row in rows:
        assert stored[row["reference"]].support_count == int(row["votes"])
    assert round_.answered_at is None  # two proposals have no answer
    meeting = stored["LM-PROP-2026-03-103"]
    assert (meeting.author_role, meeting.source_note) == (
        AuthorRole.MEETING, "Wijkavond in de Windhoek",
    )  # fmt: skip
    comments = select(Comment).where(Comment.round_id == round_.id).order_by(Comment.id)
    assert [one.depth for one in db.session.scalars(comments)] == [0, 1, 0, 0, 0]
    page = client.get(f"/nl/rounds/{round_.slug}/proposals/{stored['LM-PROP-2026-03-101'].number}")
    for shown in ("Een geveltuin voor elk huis", "200 geveltuinen", "Groen", "Windhoek", "64"):
        assert shown in page.text
    (note,) = notes
    assert "1 answers are to comments that are not in the file; they stand alone." in note


def test_it_goes_elsewhere_and_comes_back_the_same(
    app: Flask, elsewhere: Flask, tmp_path: Path, now: datetime
) -> None:
    del app

    def exported(path: Path) -> str:
        (round_,) = import_rounds(SYSTEM, [path], Options(keep_names=True), now)
        return b"".join(FORMATS["jsonl"](Export(round_, complete=True))).decode()

    once = exported(SAMPLE)
    path = tmp_path / "again.jsonl"
    path.write_text(once, encoding="utf-8")
    with elsewhere.app_context():
        assert exported(path) == once


def test_the_import_takes_the_sample_without_a_problem() -> None:
    with stage([SAMPLE]) as staged:
        assert staged.report() == []
        assert staged.count(0, "theme") == 1
        (theme,) = (one for one in staged.lines(0, "theme") if isinstance(one, ThemeLine))
        assert theme.title == {"nl": "Groen", "en": "Green"}
