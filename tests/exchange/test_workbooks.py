import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from consult.consultation.comments.models import Comment, ContributionState
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.csv_files import unguarded
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.settings.environment import CC0
from consult.interfaces.exchange.exporting import sheets
from consult.interfaces.exchange.exporting.cells import LONGEST, MISSING, fitted
from consult.interfaces.exchange.exporting.columns import COLUMNS, TableName, columns_of
from consult.interfaces.exchange.exporting.files import FORMATS, export_of
from consult.outcomes.responses.models import Response
from tests.exchange.samples import COMMENT, PARTICIPANT, PROPOSAL, VERSION_2, write_jsonl
from tests.exchange.test_exporting import RICH, put_in, table
from tests.exchange.workbooks import (
    Tables,
    by_calamine,
    by_odfpy,
    by_openpyxl,
    records_of,
)
from tests.privacy.planted import unpacked

PUBLIC_SHEETS = ["Read me", "Data dictionary", "Proposals", "Comments", "Answers"]
READERS = (("xlsx", by_openpyxl), ("ods", by_odfpy), ("xlsx", by_calamine), ("ods", by_calamine))
READER = pytest.mark.parametrize(("format_", "read"), READERS)
Reader = Callable[[bytes], Tables]

HOSTILE = (
    "=1+1", '=HYPERLINK("https://kwaad.example","klik")', "+31 6", "-1", "@SUM(A1)", "\t=1+1",
    "\uff1d1+1", "'=1+1", "https://voorbeeld.example/x", "0012", "1e5", "TRUE", "2026-01-01",
    "  twee blanks vooraan en achteraan  ", "drie   blanks\tén een tab", "één\n\n\ntwee\n",
    "\n begint op de tweede regel", "😀 emoji 👩‍👩‍👧", "مرحبا בעולם \u200f rtl", "\u202eomgekeerd",
    "<b>&amp;</b> ]]> <!-- \"'", "_x0041_ en _x000D_", "stx\x02 bel\x07 esc\x1b\uffff",
    "regel\r\nregel\rregel", "e\u0301\u0301\u0301",
)  # fmt: skip


def book(round_: Round, format_: str, now: datetime, *, complete: bool = False) -> bytes:
    return b"".join(FORMATS[format_](export_of(round_, now, complete=complete)))


def kept(text: str) -> str:
    """A text as a cell holds it: one kind of line ends, and a sign for what XML cannot hold."""
    for bad in "\x02\x07\x1b\uffff":
        text = text.replace(bad, MISSING)
    return text.replace("\r\n", "\n").replace("\r", "\n")


@READER
def test_every_cell_is_what_the_database_holds(
    app: Flask, samples: Path, now: datetime, format_: str, read: Reader
) -> None:
    del app
    round_ = put_in(write_jsonl(samples / "round.jsonl", *VERSION_2), now)
    found = read(book(round_, format_, now))
    assert list(found) == PUBLIC_SHEETS
    for name in (TableName.PROPOSALS, TableName.COMMENTS, TableName.ANSWERS):
        assert found[name][0] == [column.name for column in columns_of(name)]
    rows = {row["number"]: row for row in records_of(found["Proposals"])}
    published = db.session.scalars(
        select(Proposal).where(
            Proposal.round_id == round_.id, Proposal.state == ContributionState.PUBLISHED
        )
    ).all()
    assert len(rows) == len(published) > 0
    for proposal in published:
        same(rows[proposal.number], proposal)
    answers = records_of(found["Answers"])
    given = db.session.scalars(select(Response).where(Response.round_id == round_.id)).all()
    assert [(a["outcome"], a["answer"], a["answer_author"]) for a in answers] == [
        (str(one.outcome), one.reason or None, one.given_by or None) for one in given
    ]
    said = {row["id"]: row for row in records_of(found["Comments"])}
    for line in VERSION_2:
        if line["type"] == "comment":
            assert said[line["id"]]["body"] == line["body"]
            assert said[line["id"]]["likes"] == line.get("likes")
            assert said[line["id"]]["dislikes"] == line.get("dislikes")
            assert said[line["id"]]["url"] == line.get("url")


def same(row: dict[str, object], proposal: Proposal) -> None:
    texts = (proposal.action, proposal.problem, proposal.result, proposal.openness)
    body = str(row["body"] or "")
    assert body.startswith(proposal.action)
    assert all(text in body for text in texts)
    assert row["links"] == (
        "\n".join(f"{one['url']} {one.get('title', '')}".strip() for one in proposal.links) or None
    )
    for column, expected in {
        "title": proposal.title,
        "reference": proposal.reference,
        "url": proposal.source_url,
        "scope": proposal.scope,
        "author_role": proposal.author_role,
        "language": proposal.language,
        "outcome": proposal.outcome,
        "comments": proposal.comment_count,
        "support": proposal.support_count,
        "neutral": proposal.neutral_count,
        "object": proposal.object_count,
        "pass": proposal.pass_count,
        "counted_support": proposal.counted_support,
        "counted_object": proposal.counted_object,
        "source": proposal.source,
        "source_note": proposal.source_note,
        "author": None,
    }.items():
        assert row[column] == (None if expected == "" else expected), column


@READER
def test_hostile_cells_stay_the_texts_they_were(
    app: Flask, samples: Path, now: datetime, format_: str, read: Reader
) -> None:
    del app
    lines = [{**COMMENT, "id": f"c{n}", "body": "x"} for n in range(len(HOSTILE))]
    path = write_jsonl(samples / "round.jsonl", VERSION_2[0], PARTICIPANT, PROPOSAL, *lines)
    round_ = put_in(path, now)
    with unit_of_work():
        said = select(Comment).where(Comment.round_id == round_.id).order_by(Comment.id)
        for comment, text in zip(db.session.scalars(said), HOSTILE, strict=True):
            comment.body = text
        proposals = select(Proposal).where(Proposal.round_id == round_.id)
        db.session.scalars(proposals).one().title = "=1+1|😀"
    found = read(book(round_, format_, now))
    assert [row["title"] for row in records_of(found["Proposals"])] == ["=1+1|😀"]
    bodies = [row["body"] for row in records_of(found["Comments"])]
    for body, text in zip(bodies, HOSTILE, strict=True):
        # calamine passes over the tabs of an ODS (`text:tab`).
        passed = "\t" if read is by_calamine and format_ == "ods" else ""
        assert body == kept(text).replace(passed, ""), repr(text)


@READER
def test_a_text_that_is_too_long_is_cut_and_says_where_it_is(
    app: Flask, samples: Path, now: datetime, format_: str, read: Reader
) -> None:
    del app
    text = "😀" + "a" * 40_000
    long = {**PROPOSAL, "body": text}
    path = write_jsonl(
        samples / "round.jsonl", VERSION_2[0], PARTICIPANT, long, {**COMMENT, "body": text}
    )
    round_ = put_in(path, now)
    found = read(book(round_, format_, now))
    cells = [records_of(found[name])[0]["body"] for name in ("Proposals", "Comments")]
    for cell in map(str, cells):
        assert len(cell.encode("utf-16-le")) // 2 == LONGEST
        whole, _, mark = cell.partition(" […] ")
        assert text.startswith(whole)
        assert len(whole) > 32_000
        assert f"/rounds/{round_.slug}/proposals/1" in mark
    complete = read(book(round_, format_, now, complete=True))
    assert "JSON Lines" in str(records_of(complete["Comments"])[0]["body"])


@pytest.mark.parametrize("signs", [LONGEST, LONGEST + 1])
def test_a_cell_has_room_for_as_many_signs_as_excel_counts(signs: int) -> None:
    for sign in ("a", "😀", "é"):
        text = sign * (signs // len(sign.encode("utf-16-le")) * 2)
        cell = fitted(text, "<cut>")
        assert len(cell.encode("utf-16-le")) // 2 <= LONGEST
        assert (cell == text) is (len(text.encode("utf-16-le")) // 2 <= LONGEST)


@READER
def test_what_has_no_room_on_a_sheet_goes_on_in_the_next(
    app: Flask, samples: Path, now: datetime, monkeypatch: pytest.MonkeyPatch,
    format_: str, read: Reader,
) -> None:  # fmt: skip
    del app
    lines = [{**COMMENT, "id": f"c{n}"} for n in range(6)]
    path = write_jsonl(samples / "round.jsonl", VERSION_2[0], PARTICIPANT, PROPOSAL, *lines)
    round_ = put_in(path, now)
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)
    found = read(book(round_, format_, now))
    assert [name for name in found if name.startswith("Comments")] == ["Comments", "Comments 2"]
    ids = [row["id"] for n in ("Comments", "Comments 2") for row in records_of(found[n])]
    assert ids == [f"c{n}" for n in range(6)]
    assert found["Comments"][0] == found["Comments 2"][0]


@READER
def test_a_complete_workbook_has_everything_and_no_licence(
    app: Flask, samples: Path, now: datetime, format_: str, read: Reader
) -> None:
    del app
    round_ = put_in(write_jsonl(samples / "round.jsonl", *RICH), now)
    content = book(round_, format_, now, complete=True)
    found = read(content)
    assert list(found) == [*PUBLIC_SHEETS, "Positions", "Participants"]
    assert [row["id"] for row in records_of(found["Proposals"])] == ["p1", "p2", "p3", "p4", "p5"]
    assert {row["id"] for row in records_of(found["Participants"])} == {"u1", "u2", "u3"}
    positions = {(row["participant"], row["position"]) for row in records_of(found["Positions"])}
    assert positions == {("u1", "support"), ("u1", "neutral"), ("u3", "pass")}
    assert "CC0" not in unpacked(content)
    public = book(round_, format_, now)
    assert CC0 in unpacked(public)
    assert "u3" not in unpacked(public)


@READER
def test_the_first_sheets_say_what_the_file_is(
    app: Flask, samples: Path, now: datetime, format_: str, read: Reader
) -> None:
    del app
    round_ = put_in(write_jsonl(samples / "round.jsonl", *RICH), now)
    told: dict[str, dict[object, object]] = {}
    for language in ("nl", "en"):
        export = export_of(round_, now, language=language)
        rows = read(b"".join(FORMATS[format_](export)))
        told[language] = dict(map(tuple, rows["Read me"][1:]))  # type: ignore[arg-type]
        named = {(row[0], row[1]) for row in rows["Data dictionary"][1:]}
        assert named == {(name, column) for name in PUBLIC_SHEETS[2:] for column in rows[name][0]}
        assert all(row[2] for row in rows["Data dictionary"])
    assert told["en"]["Licence"] == told["nl"]["Licentie"] == CC0
    assert told["en"]["Proposals received"] == told["nl"]["Ontvangen voorstellen"]
    assert told["en"]["Round"] == round_.title["nl"]


def test_an_ods_is_packed_as_the_standard_says(app: Flask, samples: Path, now: datetime) -> None:
    del app
    content = book(put_in(write_jsonl(samples / "round.jsonl", *RICH), now), "ods", now)
    media = b"application/vnd.oasis.opendocument.spreadsheet"
    # Part 2, 3.3: the first file of the zip, not compressed, with nothing between name and content.
    assert content[30 : 38 + len(media)] == b"mimetype" + media
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = ET.fromstring(archive.read("META-INF/manifest.xml"))  # noqa: S314  (we wrote it ourselves)
        name = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}full-path"
        listed = {entry.get(name) for entry in manifest}
        assert listed | {"mimetype", "META-INF/manifest.xml"} == {"/", *archive.namelist()}
        root = ET.fromstring(archive.read("content.xml"))  # noqa: S314  (we wrote it ourselves)
        assert all(entry.extra == b"" for entry in archive.infolist())
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    assert root.get(f"{office}version") == "1.3"
    assert [child.tag for child in root] == [f"{office}automatic-styles", f"{office}body"]


def test_the_same_round_gives_the_same_ods(app: Flask, samples: Path, now: datetime) -> None:
    del app
    round_ = put_in(write_jsonl(samples / "round.jsonl", *RICH), now)
    assert book(round_, "ods", now) == book(round_, "ods", now)


def test_the_page_about_the_format_names_every_column(app: Flask) -> None:
    del app
    page = (Path(__file__).parents[2] / "docs" / "import-format.md").read_text(encoding="utf-8")
    _, _, table = page.partition("| column | stands in | holds |\n|---|---|---|\n")
    with force_locale("en"):
        told = [f"| `{c.name}` | {', '.join(c.tables)} | {c.holds} |" for c in COLUMNS]
    assert table.partition("\n\n")[0].splitlines() == told


def test_csv_has_the_columns_of_the_sheets(app: Flask, samples: Path, now: datetime) -> None:
    del app
    round_ = put_in(write_jsonl(samples / "round.jsonl", *VERSION_2), now)
    rows = table(book(round_, "csv", now).decode())
    found = by_openpyxl(book(round_, "xlsx", now))
    sheets_rows = [*records_of(found["Proposals"]), *records_of(found["Comments"])]
    assert len(rows) == len(sheets_rows)
    for row, other in zip(rows, sheets_rows, strict=True):
        for name, value in other.items():
            if name != "kind":
                assert unguarded(row[name]) == ("" if value is None else str(value)), name
    answers = [
        {name: row[name] for name in ("outcome", "answer", "answer_author")}
        for row in rows
        if row["answer"]
    ]
    assert [one["answer"] for one in answers] == [
        one["answer"] for one in records_of(found["Answers"]) if one["answer"]
    ]
