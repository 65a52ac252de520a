"""The Word document: real headings, lists, links and table headers, in its own language."""

import io
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pytest
from docx.oxml.ns import qn

from consult.interfaces.publishing.documents import PlanDocument, ThemeChapter, render_docx
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


def read(document: PlanDocument) -> Any:
    return docx.Document(io.BytesIO(render_docx(document)))


def styled(document: Any, name: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == name]


def test_headings_are_headings() -> None:
    document = read(plan())
    assert styled(document, "Title") == ["Actieplan Open Overheid 2023-2027"]
    assert styled(document, "Heading 1") == [
        "Introduction",
        "All commitments at a glance",
        "Theme 1. De burger is eigenaar",
        "Theme 2. Toegankelijkheid verbeteren",
        "Theme 3. De ambtelijke eed",
        "About this document",
    ]
    assert styled(document, "Heading 2") == [
        "Commitment 1. Zien wie uw gegevens bekijkt",
        "Commitment 2. Tweede actiepunt",
    ]
    assert "The problem" in styled(document, "Heading 3")
    assert styled(document, "Heading 4") == ["Een kop van de schrijver"] * 2


def test_the_table_of_contents_leads_to_the_headings() -> None:
    document = read(plan())
    body = document.element.body
    names = set(body.xpath(".//w:bookmarkStart/@w:name"))
    anchors = body.xpath(".//w:hyperlink/@w:anchor")
    assert len(anchors) == 8
    assert set(anchors) == names
    assert any("TOC" in field.text for field in body.xpath(".//w:instrText"))
    kinds = body.xpath(".//w:fldChar/@w:fldCharType")
    assert kinds == ["begin", "separate", "end"]


def test_lists_are_lists_and_each_begins_at_its_own_number() -> None:
    document = read(plan())
    assert styled(document, "List Bullet")[:2] == ["eerste punt", "tweede punt"]
    assert styled(document, "List Number")[:4] == ["drie", "vier", "vijf", "zes"]
    numbering = document.part.numbering_part.element
    starts = {}
    for line in document.paragraphs:
        for number in line._p.xpath("w:pPr/w:numPr/w:numId/@w:val"):
            (kind,) = numbering.xpath(f"w:num[@w:numId='{number}']/w:abstractNumId/@w:val")
            (level,) = numbering.xpath(f"w:abstractNum[@w:abstractNumId='{kind}']/w:lvl[1]")
            starts[line.text] = level.find(qn("w:start")).get(qn("w:val"))
    assert starts["vijf"] == "5"


def test_links_are_links() -> None:
    document = read(plan())
    targets = {rel.target_ref for rel in document.part.rels.values() if "hyperlink" in rel.reltype}
    assert targets == {PROPOSAL, WEB, "https://wetten.example/woo"}
    shown = {
        link.address: link.text
        for p in document.paragraphs
        for link in p.hyperlinks
        if link.address
    }
    assert shown[PROPOSAL] == "Show who looked"


def test_the_language_stands_in_the_styles_and_on_words_of_another() -> None:
    for language, tag in (("nl", "nl-NL"), ("en", "en-GB")):
        document = read(plan(language))
        styles = document.styles.element
        assert styles.xpath("w:docDefaults//w:lang/@w:val") == [tag]
        assert document.core_properties.language == tag
    (words,) = {
        run.text
        for run in read(plan()).element.body.xpath(".//w:r[w:rPr/w:lang[@w:val='en-GB']]/w:t")
    }
    assert words == "Show who looked"


def test_header_rows_are_marked() -> None:
    document = read(plan())
    assert len(document.tables) == 3
    for table in document.tables:
        marked = [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in table.rows]
        assert marked == [True] + [False] * (len(table.rows) - 1)
    assert [cell.text for cell in document.tables[0].rows[1].cells] == [
        "1",
        "Zien wie uw gegevens bekijkt",
        "Dienst Registers",
        "2027",
    ]


def test_the_properties_are_those_of_the_document() -> None:
    properties = read(plan()).core_properties
    assert properties.title == "Actieplan Open Overheid 2023-2027"
    assert properties.author == "Consult"
    assert properties.created.isoformat()[:19] == "2026-11-23T21:10:00"
    assert not properties.comments
    undated = zipfile.ZipFile(io.BytesIO(render_docx(living()))).read("docProps/core.xml")
    assert b"created" not in undated


def test_the_cover_says_version_moment_digest_and_address() -> None:
    facts = [line.split("\t")[0:2] for line in styled(read(plan()), "Facts")[:4]]
    assert facts == [
        ["Version", "2"],
        ["Frozen on", "23 november 2026 om 22:10 (+01:00)"],
        ["On the web", WEB],
        ["Digest (SHA-256)", DIGEST],
    ]


def test_the_cover_has_no_footer_and_other_pages_have_a_number() -> None:
    section = read(plan()).sections[0]
    assert section.different_first_page_header_footer
    footer = section.footer.paragraphs[0]
    assert "Version 2" in footer.text
    assert "PAGE" in footer._p.xpath(".//w:instrText")[0].text


def test_empty_chapters_and_an_empty_plan_say_so() -> None:
    lines = [p.text for p in read(plan()).paragraphs]
    assert lines.count("No commitments under this theme yet.") == 2
    lines = [p.text for p in read(plan(introduction="", notes=(), themes=())).paragraphs]
    assert "This plan has no themes and no commitments yet." in lines


def test_equal_documents_are_equal_bytes_without_a_template_maker() -> None:
    content = render_docx(plan())
    assert content == render_docx(plan())
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not {"docProps/thumbnail.jpeg", "docProps/app.xml"} & set(archive.namelist())


@pytest.mark.parametrize(
    "text", [*HOSTILE, LONGEST_WORD], ids=lambda text: text[:12].encode("ascii", "replace")
)
def test_no_text_stops_a_plan_from_leaving_the_house(text: str) -> None:
    content = render_docx(hostile(text))
    archive = zipfile.ZipFile(io.BytesIO(content))
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(archive.read(name))  # noqa: S314  (we wrote it ourselves)
    assert len(docx.Document(io.BytesIO(content)).paragraphs) > 10


def test_markup_and_all_signs_are_text() -> None:
    for text in (HOSTILE[0], "中文 👍🏽", "العربية"):
        entry = commitment(problem=text)
        document = read(plan(themes=(ThemeChapter(number=1, title=text, commitments=(entry,)),)))
        assert text in [p.text for p in document.paragraphs]
