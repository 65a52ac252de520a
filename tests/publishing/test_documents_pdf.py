"""The PDF: tagged, titled, in its own language, and the same bytes each time."""

import io
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pdfua
import pytest
from pypdf import PdfReader

from consult.interfaces.publishing.documents import PlanDocument, ThemeChapter, render_pdf
from tests.publishing.document_samples import (
    DIGEST,
    HOSTILE,
    LONGEST_WORD,
    PROPOSAL,
    WEB,
    commitment,
    hostile,
    living,
    plan,
)

pytestmark = pytest.mark.usefixtures("words")


def read(document: PlanDocument) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(document)))


def text_of(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def links(reader: PdfReader) -> set[str]:
    found = set()
    for page in reader.pages:
        for reference in page.get("/Annots", []):
            annotation: Any = reference.get_object()
            action = annotation.get("/A", {})
            if "/URI" in action:
                found.add(str(action["/URI"]))
    return found


def tags(reader: PdfReader) -> list[str]:
    """List the kinds of the structure tree, in reading order."""
    found: list[str] = []
    root: Any = reader.trailer["/Root"]
    role_map = root["/StructTreeRoot"].get("/RoleMap", {})

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for inner in node:
                walk(inner)
        elif isinstance(node, dict):
            if "/S" in node:
                kind = str(role_map.get(node["/S"], node["/S"]))
                found.append(kind.removeprefix("/"))
            if "/K" in node:
                walk(node["/K"])

    walk(root["/StructTreeRoot"])
    return found


def outline(reader: PdfReader) -> list[Any]:
    def titles(items: list[Any]) -> list[Any]:
        return [titles(i) if isinstance(i, list) else str(i.title) for i in items]

    return titles(reader.outline)


def empty() -> PlanDocument:
    return plan(introduction="", notes=(), subtitle="", themes=())


@pytest.mark.parametrize(
    "document",
    [plan(), plan("en"), living(), empty(), plan(themes=(ThemeChapter(number=1, title="A"),))],
    ids=["nl", "en", "living", "empty", "one empty theme"],
)
def test_machine_checks_find_nothing(document: PlanDocument) -> None:
    report = pdfua.validate(io.BytesIO(render_pdf(document)))
    assert [(found.rule_id, found.message) for found in report.findings] == []


def test_it_is_tagged_titled_and_says_its_language() -> None:
    reader = read(plan())
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "nl-NL"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert reader.metadata
    assert reader.metadata.title == "Actieplan Open Overheid 2023-2027"
    assert reader.metadata.author == "Consult"
    assert read(plan("en")).trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]


def test_the_structure_has_headings_lists_links_and_a_table_with_headers() -> None:
    found = tags(read(plan()))
    levels = [int(tag[1]) for tag in found if re.fullmatch("H[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {"TOC", "TOCI", "L", "LI", "Link", "Table", "THead", "TH", "TD", "BlockQuote"} <= set(
        found
    )
    assert found.count("Table") == 3  # the overview, and one in the text of each commitment


def test_the_bookmarks_are_the_chapters_and_commitments() -> None:
    assert outline(read(plan())) == [
        "Inhoud",
        "Introduction",
        "All commitments at a glance",
        "De burger is eigenaar",
        ["Zien wie uw gegevens bekijkt", "Tweede actiepunt"],
        "Toegankelijkheid verbeteren",
        "De ambtelijke eed",
        "About this document",
    ]


def test_the_links_lead_to_the_proposals_the_web_and_what_people_linked_to() -> None:
    assert links(read(plan())) == {PROPOSAL, WEB, "https://wetten.example/woo"}


def test_the_cover_of_a_version_shows_its_digest_whole() -> None:
    cover = read(plan()).pages[0].extract_text()
    for expected in ("Actieplan Open Overheid", "Vijfde actieplan", "1 januari 2023", WEB, DIGEST):
        assert expected in cover
    assert "23 november 2026 om 22:10 (+01:00)" in cover


def test_a_living_plan_says_that_it_can_change() -> None:
    text = text_of(read(living()))
    assert "The plan can change." in text
    assert "Digest" not in text
    taken = replace(living(), as_of=plan().frozen_at)
    assert "Taken on 23 november 2026" in text_of(read(taken))


def test_empty_chapters_and_an_empty_plan_say_so() -> None:
    assert text_of(read(plan())).count("No commitments under this theme yet.") == 2
    text = text_of(read(empty()))
    assert "This plan has no themes and no commitments yet." in text
    assert "All commitments at a glance" not in text


def test_a_commitment_of_which_little_is_known() -> None:
    bare = commitment(
        holder=None,
        partners=(),
        starts_on=None,
        ends_on=None,
        origin="",
        problem="",
        description="",
        results="",
        relevance="",
        funding="",
        amount_cents=None,
        sources=(),
    )
    text = text_of(read(plan(themes=(ThemeChapter(number=1, title="A", commitments=(bare,)),))))
    assert "Holder Not known yet" in text
    assert "Partners" not in text
    assert "This commitment was not made from a proposal." in text


def test_every_page_after_the_cover_has_its_number() -> None:
    reader = read(plan())
    assert len(reader.pages) > 4
    for number, page in enumerate(reader.pages[1:], 2):
        assert re.search(rf"Version 2\s+{number}\b", page.extract_text())


def test_equal_documents_are_equal_bytes() -> None:
    assert render_pdf(plan()) == render_pdf(plan())
    assert render_pdf(living()) == render_pdf(living())


def test_the_dates_are_those_of_the_document() -> None:
    assert read(plan()).metadata["/CreationDate"] == "D:20261123211000Z"  # type: ignore[index]
    assert "/CreationDate" not in (read(living()).metadata or {})


def test_no_path_of_this_machine_leaves_with_it() -> None:
    reader = read(plan())
    everything = repr(reader.metadata) + reader.xmp_metadata.stream.get_data().decode()  # type: ignore[union-attr]
    assert "/home" not in everything
    assert "documents" not in everything
    assert b"template.typ" not in render_pdf(plan())


@pytest.mark.parametrize(
    "text", [*HOSTILE, LONGEST_WORD], ids=lambda text: text[:12].encode("ascii", "replace")
)
def test_no_text_stops_a_plan_from_leaving_the_house(text: str) -> None:
    if len(text) < 1000:
        document = hostile(text)
    else:
        chapter = ThemeChapter(number=1, title="A", commitments=(commitment(problem=text),))
        document = plan(title=text, themes=(chapter,))
    report = pdfua.validate(io.BytesIO(render_pdf(document)))
    assert not report.findings


def test_markup_is_text() -> None:
    text = text_of(read(hostile(HOSTILE[0])))
    assert '#read("/etc/passwd")' in text
    assert "root:" not in text


def test_signs_that_cannot_be_shown_are_owned_up_to() -> None:
    sentence = "Some signs cannot be shown in this file."
    assert sentence in text_of(read(plan(title="Plan 中文")))
    assert sentence not in text_of(read(plan()))


def test_a_long_word_breaks_and_stays_whole_when_copied() -> None:
    word = "abcdefghij" * 20
    entry = commitment(problem=word)
    reader = read(plan(themes=(ThemeChapter(number=1, title="A", commitments=(entry,)),)))
    assert word in text_of(reader).replace(" ", "")
