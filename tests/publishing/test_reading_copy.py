"""Reading copies of a round: what they hold, what they leave out, and that others can read them."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pytest
from flask import Flask
from odf.opendocument import load
from odf.teletype import extractText
from odf.text import A, H
from pypdf import PdfReader

from consult.consultation.rounds.models import Round
from consult.foundation.settings.environment import CC0
from consult.interfaces.publishing import reading_copy
from consult.interfaces.publishing.documents.composition import compose
from consult.interfaces.publishing.documents.open_text import odt_of
from consult.interfaces.publishing.documents.round_composition import LONGEST_PROPOSAL
from consult.interfaces.publishing.reading_copy import COPIES, CopyKind, make_reading_copy
from tests.exchange.samples import COMMENT, PARTICIPANT, PROPOSAL, ROUND, VERSION_2, write_jsonl
from tests.exchange.test_exporting import put_in
from tests.publishing.document_samples import HOSTILE, hostile, plan

KIND = pytest.mark.parametrize("kind", list(COPIES))


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consult.interfaces.exchange.bulk.BREATH", 0)


def words_of_docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = (c.text for table in document.tables for row in table.rows for c in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def words_of_odt(content: bytes) -> str:
    return str(extractText(load(io.BytesIO(content)).text))


def words_of_pdf(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


READ: dict[str, Callable[[bytes], str]] = {
    "docx": words_of_docx, "odt": words_of_odt, "pdf": words_of_pdf,
}  # fmt: skip


def copy(round_: Round, kind: str, path: Path, now: datetime, language: str | None = None) -> str:
    make_reading_copy(round_, kind, path, now, language=language)
    return " ".join(READ[kind](path.read_bytes()).split())


def a_round(folder: Path, now: datetime, *lines: dict[str, Any]) -> Round:
    return put_in(write_jsonl(folder / "round.jsonl", *lines), now)


@KIND
def test_a_copy_holds_the_numbers_and_the_proposals_with_their_answers(
    app: Flask, tmp_path: Path, now: datetime, kind: str
) -> None:
    del app
    round_ = a_round(tmp_path, now, *VERSION_2)
    said = copy(round_, kind, tmp_path / "copy", now, "en")
    answer = next(line for line in VERSION_2 if line["type"] == "response")
    for text in (
        "Round with everything",
        CC0, "Proposals received", "By theme", "Groen in de wijk", "Een boom in elke straat",
        "Het is heet.", str(answer.get("author", "")), f"/nl/rounds/{round_.slug}",
    ):  # fmt: skip
        assert text in said, text
    assert "published comments are left out" in said
    for line in VERSION_2:
        if line["type"] == "comment":
            assert line["body"] not in said


@KIND
def test_a_copy_is_in_the_language_of_the_round_or_the_one_that_is_asked_for(
    app: Flask, tmp_path: Path, now: datetime, kind: str
) -> None:
    del app
    german = {**ROUND, "language": "de"}
    round_ = a_round(tmp_path, now, german, PARTICIPANT, PROPOSAL, COMMENT)
    assert "De ronde in cijfers" in copy(round_, kind, tmp_path / "copy", now)
    assert "The round in numbers" in copy(round_, kind, tmp_path / "copy", now, "en")


@KIND
def test_a_copy_says_how_much_it_leaves_out(
    app: Flask, tmp_path: Path, now: datetime, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app
    many = [{**PROPOSAL, "id": f"p{n}", "title": f"Nummer {n} hier"} for n in range(1, 6)]
    comments = [{**COMMENT, "id": f"c{n}", "body": "Kanarie."} for n in range(3)]
    round_ = a_round(tmp_path, now, ROUND, PARTICIPANT, *many, *comments)
    monkeypatch.setattr(reading_copy, "MOST_PROPOSALS", 3)
    said = copy(round_, kind, tmp_path / "copy", now, "en")
    assert "the 3 proposals with the lowest numbers. The other 2 published" in said
    assert "The 3 published comments are left out." in said
    assert [n for n in range(1, 6) if f"Nummer {n} hier" in said] == [1, 2, 3]
    assert "Kanarie" not in said
    small = CopyKind(COPIES[kind].write, signs=len(PROPOSAL["body"]) + 10)
    monkeypatch.setitem(COPIES, kind, small)
    assert "the 1 proposals" in copy(round_, kind, tmp_path / "copy", now, "en")


@KIND
def test_what_is_too_long_for_a_copy_is_cut_and_says_where_it_is(
    app: Flask, tmp_path: Path, now: datetime, kind: str
) -> None:
    del app
    long = {**PROPOSAL, "body": "woord " * (LONGEST_PROPOSAL // 5) + "allerlaatste"}
    round_ = a_round(tmp_path, now, ROUND, PARTICIPANT, long)
    said = copy(round_, kind, tmp_path / "copy", now, "en")
    assert "allerlaatste" not in said
    assert "Cut off here. The whole text:" in said
    assert f"/nl/rounds/{round_.slug}/proposals/1" in said.replace(" ", "")


@KIND
def test_a_copy_holds_nothing_that_is_not_public(
    app: Flask, tmp_path: Path, now: datetime, kind: str
) -> None:
    del app
    hidden = {**PROPOSAL, "id": "p2", "status": "hidden", "title": "Kanarie verborgen"}
    named = {**PARTICIPANT, "name": "Kanarie naam"}
    round_ = a_round(tmp_path, now, ROUND, named, PROPOSAL, hidden)
    said = copy(round_, kind, tmp_path / "copy", now, "en")
    assert PROPOSAL["title"].split()[0] in said
    assert "Kanarie" not in said


@KIND
def test_an_empty_round_has_a_copy_too(
    app: Flask, tmp_path: Path, now: datetime, kind: str
) -> None:
    del app
    said = copy(a_round(tmp_path, now, ROUND), kind, tmp_path / "copy", now, "en")
    assert "There are no published proposals." in said


def test_the_pdf_is_tagged(app: Flask, tmp_path: Path, now: datetime) -> None:
    del app
    make_reading_copy(a_round(tmp_path, now, *VERSION_2), "pdf", tmp_path / "copy.pdf", now)
    reader = PdfReader(tmp_path / "copy.pdf")
    root = reader.root_object
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith("nl")


def test_the_contents_of_an_odt_lead_to_its_headings(
    app: Flask, tmp_path: Path, now: datetime
) -> None:
    del app
    make_reading_copy(a_round(tmp_path, now, *VERSION_2), "odt", tmp_path / "copy.odt", now)
    content = (tmp_path / "copy.odt").read_bytes()
    assert content[30:38] == b"mimetype"
    document = load(io.BytesIO(content))
    jumps = [a.getAttribute("href") for a in document.text.getElementsByType(A)]
    marks = [
        mark.getAttribute("name")
        for heading in document.text.getElementsByType(H)
        for mark in heading.childNodes
        if mark.nodeType == mark.ELEMENT_NODE
    ]
    assert [jump for jump in jumps if jump.startswith("#")] == [f"#{mark}" for mark in marks]


@pytest.mark.usefixtures("words")
def test_an_odt_holds_whatever_people_write() -> None:
    """Markdown of every kind, and signs that XML forbids: each part stays well-formed."""
    for document in (plan(), *map(hostile, HOSTILE)):
        content = odt_of(compose(document), document.as_of)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in ("content.xml", "styles.xml", "meta.xml"):
                ET.fromstring(archive.read(name))  # noqa: S314  (we wrote it ourselves)
        assert words_of_odt(content)
        assert content == odt_of(compose(document), document.as_of)


def test_a_copy_comes_by_command(app: Flask, tmp_path: Path, now: datetime) -> None:
    round_ = a_round(tmp_path, now, *VERSION_2)
    run = app.test_cli_runner().invoke
    path = tmp_path / "copy.odt"
    args = ["consult", "export-round", round_.slug, "--format", "odt", "--language", "en"]
    assert run(args=[*args, "--output", str(path)]).exit_code == 0
    assert "The round in numbers" in words_of_odt(path.read_bytes())
    assert "The round in numbers" in words_of_odt(run(args=args).stdout_bytes)
    refused = run(args=[*args, "--complete"])
    assert refused.exit_code == 2
    assert "Leave --complete out" in " ".join(refused.stderr.replace("│", " ").split())
