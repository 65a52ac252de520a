"""Files of every kind become the same lines, or are refused in a sentence."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from docx import Document

from consult.foundation.core.errors import Refusal
from consult.foundation.files.kinds import LARGEST
from consult.interfaces.exchange.format.lines import Line, ParticipantLine, ProposalLine, RoundLine
from consult.interfaces.exchange.format.problems import ImportNote, Problem
from consult.interfaces.exchange.reading import sheet_ods
from consult.interfaces.exchange.reading.columns import ColumnField, guess, heading_row
from consult.interfaces.exchange.reading.sheet_cells import letter_of
from consult.interfaces.exchange.reading.spreadsheet import (
    ColumnChoices,
    SheetRound,
    read_spreadsheet,
)
from consult.interfaces.exchange.reading.spreadsheets import (
    kind_of,
    open_spreadsheet,
    rows_of,
)
from tests.exchange.sheets import (
    GOOD,
    HEADS,
    changed,
    csv_of,
    ods_cell,
    ods_of,
    ods_row,
    xlsx_of,
)

pytestmark = [pytest.mark.one_engine, pytest.mark.usefixtures("app")]

SHEET = "xl/worksheets/sheet1.xml"
TEXT = {"value_type": "string"}
TWO = {0: ColumnField.TITLE, 1: ColumnField.BODY}
THREE = {**TWO, 2: ColumnField.CREATED_AT}
ODS_HEADS = ods_row(ods_cell("Titel", **TEXT), ods_cell("Tekst", **TEXT))
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)
Found = tuple[list[Line], list[Problem], list[ImportNote]]


def read(
    folder: Path,
    content: bytes,
    columns: Mapping[int, ColumnField],
    name: str = "inbreng.xlsx",
    **of: object,
) -> Found:
    """Read a file whose first row holds the headings, as a round."""
    path = folder / f"sheet{kind_of(name, content)}"
    path.write_bytes(content)
    round_ = SheetRound(**{"title": "Van papier", "language": "nl", "source": "Workshop", **of})  # type: ignore[arg-type]
    found = list(read_spreadsheet(ColumnChoices(0, 1, columns), round_)(path))
    lines = [one for one in found if not isinstance(one, Problem | ImportNote)]
    return (
        lines,
        [one for one in found if isinstance(one, Problem)],
        [one for one in found if isinstance(one, ImportNote)],
    )


def proposals(found: Found) -> list[ProposalLine]:
    assert found[1] == []
    return [one for one in found[0] if isinstance(one, ProposalLine)]


def refusal(folder: Path, content: bytes, name: str = "inbreng.xlsx") -> str:
    """Return the sentence with which a file is refused, wherever it is noticed."""

    def look() -> None:
        path = folder / f"sheet{kind_of(name, content)}"
        path.write_bytes(content)
        list(rows_of(open_spreadsheet(path), 0, "nl"))

    with pytest.raises(Refusal) as caught:
        look()
    return str(caught.value)


def test_letters_stand_over_columns() -> None:
    assert [letter_of(at) for at in (0, 25, 26, 99)] == ["A", "Z", "AA", "CV"]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv", "cp1252", "utf-16", "tab"])
def test_each_kind_of_file_gives_the_same_lines(tmp_path: Path, kind: str) -> None:
    rows = (("Titel", "Tekst"), ("Café", "Één plek"))
    files = {
        "xlsx": xlsx_of(*rows),
        "ods": ods_of(*(ods_row(*(ods_cell(one, **TEXT) for one in row)) for row in rows)),
        "csv": csv_of(*rows),
        "cp1252": csv_of(*rows, encoding="cp1252"),
        "utf-16": csv_of(*rows, encoding="utf-16"),
        "tab": csv_of(*rows, sign="\t"),
    }
    name = "a.csv" if kind not in {"xlsx", "ods"} else f"a.{kind}"
    (found,) = proposals(read(tmp_path, files[kind], TWO, name))
    assert (found.id, found.title, found.body) == ("row 2", "Café", "Één plek")


def test_headings_are_guessed_in_both_languages_and_each_field_once() -> None:
    heads = ["Titel*", "Title", "Toelichting", "Submitted by", "Foo", "DATUM"]
    guessed = [one and one.value for one in guess(heads)]
    assert guessed == ["title", None, "body", "author", None, "created_at"]


def test_the_row_of_the_headings_is_found_below_a_title() -> None:
    assert heading_row([["Opbrengst workshop"], ["Titel", "Tekst"], ["a", "b"]]) == 1
    assert heading_row([["Opbrengst"], ["x", "y"]]) == 1
    assert heading_row([["x"], ["y"]]) == 0
    assert heading_row([]) == 0


def test_what_nobody_says_is_left_out(tmp_path: Path) -> None:
    lines, wrong, notes = read(tmp_path, csv_of(("t", "b"), ("Een", "Twee")), TWO, "a.csv")
    assert (wrong, notes) == ([], [])
    round_, proposal = lines
    assert isinstance(round_, RoundLine)
    assert isinstance(proposal, ProposalLine)
    assert (round_.opens_at, round_.closes_at, round_.moderation) == (None, None, None)
    assert (proposal.created_at, proposal.author, proposal.status) == (None, None, None)
    assert (proposal.source, proposal.author_role, proposal.totals) == (None, None, None)


def test_days_of_the_round_are_those_of_the_netherlands(tmp_path: Path) -> None:
    days = (date(2026, 3, 1), date(2026, 3, 31))
    lines, *_ = read(tmp_path, csv_of(("t", "b"), ("Een", "Twee")), TWO, "a.csv", days=days)
    (round_,) = (one for one in lines if isinstance(one, RoundLine))
    assert str(round_.opens_at) == "2026-02-28 23:00:00+00:00"
    assert str(round_.closes_at) == "2026-03-31 21:59:00+00:00"


def test_a_person_is_an_id_that_tells_nothing_unless_names_are_kept(tmp_path: Path) -> None:
    columns = {at: one for at, one in enumerate(guess(HEADS)) if one}
    content = xlsx_of(HEADS, *GOOD, (*GOOD[0][:2], "jan jansen", *GOOD[0][3:]))
    lines, wrong, _ = read(tmp_path, content, columns, salt="geheim")
    assert wrong == []
    people = [one for one in lines if isinstance(one, ParticipantLine)]
    assert [one.organisation for one in people] == ["Stichting Helder", None]
    assert all(one.name is None and "jan" not in one.id for one in people)
    kept, *_ = read(tmp_path, content, columns, salt="geheim", keeps_names=True)
    named = [one for one in kept if isinstance(one, ParticipantLine)]
    assert [(one.id, one.name) for one in named] == [
        (people[0].id, "Jan Jansen"),
        (people[1].id, "Els de Vries"),
    ]
    salted, *_ = read(tmp_path, content, columns, salt="anders")
    others = {one.id for one in salted if isinstance(one, ParticipantLine)}
    assert not others & {one.id for one in people}


@pytest.mark.parametrize(
    ("said", "at"),
    [
        (date(2026, 3, 5), "2026-03-04T23:00"),
        (datetime(2026, 3, 5, 14, 30), "2026-03-05T13:30"),  # noqa: DTZ001  (a cell has no zone)
        ("5 maart 2026", "2026-03-04T23:00"),
        ("maandag 5 mrt. 2026 om 14.30 uur", "2026-03-05T13:30"),
        ("5-3-2026", "2026-03-04T23:00"),
        ("05/03/2026", "2026-03-04T23:00"),
        ("March 5, 2026", "2026-03-04T23:00"),
        ("2026-07-05 09:00:01", "2026-07-05T07:00"),
        ("2026-03-05T14:30:00+01:00", "2026-03-05T13:30"),
        (46086, "2026-03-04T23:00"),
        ("46086", "2026-03-04T23:00"),
    ],
)
def test_dates_are_read_as_people_write_them(tmp_path: Path, said: object, at: str) -> None:
    found = read(tmp_path, xlsx_of(("t", "b", "d"), ("Een", "Twee", said)), THREE)
    (proposal,) = proposals(found)
    assert proposal.created_at
    assert proposal.created_at.isoformat().startswith(at)
    assert bool(found[2]) == (said in {46086, "46086"})  # a number that became a date is told


@pytest.mark.parametrize(
    "said", ["3/25/2026", "5-3-26", "gisteren", "31 februari 2026", 12, "5 foo 2026", "1-1-1023"]
)
def test_what_is_no_date_is_refused_and_not_guessed_at(tmp_path: Path, said: object) -> None:
    content = xlsx_of(("t", "b", "d"), ("Een", "Twee", said))
    _, (told,), _ = read(tmp_path, content, THREE)
    assert (told.place.line, told.field) == (2, "created_at")


def test_numbers_are_what_the_person_sees(tmp_path: Path) -> None:
    columns = {**TWO, 2: ColumnField.SUPPORT, 3: ColumnField.AMOUNT, 4: ColumnField.REFERENCE}
    content = xlsx_of(
        ("t", "b", "l", "e", "n"),
        (2023.0, True, 12.0, 1250.5, 7.0),
        ("a", 0.5, "1.200", "€ 1.250,50", "A-8"),
    )
    one, two = proposals(read(tmp_path, content, columns))
    assert (one.title, one.body, one.reference, one.id) == ("2023", "WAAR", "7", "7")
    assert (one.fields, two.fields) == ({"amount": "1250.50"}, {"amount": "1250.50"})
    assert two.body == "0,5"
    assert [list((line.totals or {}).values()) for line in (one, two)] == [[12], [1200]]


@pytest.mark.parametrize(
    ("field", "said", "wanted"),
    [
        (ColumnField.SUPPORT, -1, "holds"),
        (ColumnField.SUPPORT, 1.5, "not a number of things"),
        (ColumnField.SUPPORT, "veel", "not a number of things"),
        (ColumnField.AMOUNT, "1250.50", "not an amount"),
        (ColumnField.AMOUNT, 0.001, "not an amount"),
        (ColumnField.SECTOR, "geen idee", 'holds "geen idee"'),
        (ColumnField.STATUS, "draft", 'holds "draft"'),
        (ColumnField.LANGUAGE, "Klingonisch", "not a language"),
        (ColumnField.URL, "ergens", "not an address"),
        (ColumnField.PERIOD, "x" * 121, "121 characters"),
        (ColumnField.PROBLEM, "#N/A", "the error #N/A"),
    ],
)
def test_a_wrong_cell_is_told_by_its_column(
    tmp_path: Path, field: ColumnField, said: object, wanted: str
) -> None:
    lines, (told,), _ = read(
        tmp_path, xlsx_of(("t", "b", "x"), ("Een", "Twee", said)), {**TWO, 2: field}
    )
    assert (told.place.line, told.field) == (2, field)
    assert wanted in str(told.text)
    assert [type(one) for one in lines] == [RoundLine]


def test_all_errors_of_a_row_are_told_together(tmp_path: Path) -> None:
    columns = {**THREE, 3: ColumnField.SUPPORT}
    content = csv_of(("t", "b", "d", "l"), ("", "", "ooit", "veel"), ("x", "y", "", ""))
    _, wrong, _ = read(tmp_path, content, columns, "a.csv")
    assert [(one.place.line, one.field) for one in wrong] == [
        (2, "created_at"), (2, "support"), (2, "title"), (2, "body"),
    ]  # fmt: skip


def test_rows_keep_the_numbers_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    content = b'sep=;\r\nt;b\r\nEen;"twee\r\nregels"\r\n\r\n;leeg\r\n'
    lines, (told,), _ = read(tmp_path, content, TWO, "a.csv")
    assert [one.id for one in lines if isinstance(one, ProposalLine)] == ["row 2"]
    assert (told.place.line, told.field) == (4, "title")

    def gaps(book: object) -> None:
        sheet = book.worksheets[0]  # type: ignore[attr-defined]
        sheet["A1"], sheet["B1"], sheet["A900"], sheet["B900"] = "t", "b", "Een", "Twee"

    (one,) = proposals(read(tmp_path, xlsx_of(fill=gaps), TWO))
    assert one.id == "row 900"


def test_a_code_that_stands_twice_is_refused(tmp_path: Path) -> None:
    columns = {**TWO, 2: ColumnField.REFERENCE}
    content = csv_of(("t", "b", "n"), ("Een", "Twee", "A1"), ("Drie", "Vier", "A1"))
    _, (told,), _ = read(tmp_path, content, columns, "a.csv")
    assert (told.place.line, told.field) == (3, "reference")
    assert "row 2" in str(told.text)


def test_a_formula_is_its_result_or_an_error(tmp_path: Path) -> None:
    content = xlsx_of(("t", "b"), ("=A1", "x"), ("Goed", "y"))
    _, (told,), _ = read(tmp_path, content, TWO)
    assert (told.place.line, told.field) == (2, "title")
    assert "formula" in str(told.text)
    stored = changed(content, {SHEET: lambda xml: xml.replace(b"<v></v>", b"<v>5</v>", 1)
                               .replace(b"<v />", b"<v>5</v>", 1)})  # fmt: skip
    one, _two = proposals(read(tmp_path, stored, TWO))
    assert one.title == "5"


def test_of_merged_cells_the_others_are_empty_and_the_help_says_so(tmp_path: Path) -> None:
    content = xlsx_of(
        ("t", "b"), ("Een", "Twee"), ("", "Drie"),
        fill=lambda book: book.worksheets[0].merge_cells("A2:A3"),
    )  # fmt: skip
    _, (told,), _ = read(tmp_path, content, TWO)
    assert (told.place.line, told.field) == (3, "title")
    assert "merged" in str(told.help)


def test_an_ods_as_libreoffice_writes_it(tmp_path: Path) -> None:
    content = ods_of(
        ODS_HEADS,
        ods_row(
            ods_cell("Een <text:span>vet</text:span> woord\ntwee<text:s text:c='2'/>", **TEXT),
            ods_cell("5 mrt 26", value_type="date", date_value="2026-03-05"),
            "<office:annotation><text:p>notitie</text:p></office:annotation>",
        ),
        ods_row("<table:covered-table-cell/>", ods_cell("x", **TEXT)),
        ods_row(ods_cell(formula="of:=A1"), ods_cell("#DEEL/0!", error="error")),
        ods_row(ods_cell(repeated=16384), repeated=1_048_000),
    )
    lines, wrong, _ = read(tmp_path, content, TWO, "a.ods")
    (one,) = (line for line in lines if isinstance(line, ProposalLine))
    assert (one.title, one.body) == ("Een vet woord twee", "5 mrt 26")
    assert [(told.place.line, told.field) for told in wrong] == [
        (3, "title"), (4, "title"), (4, "body"),
    ]  # fmt: skip


def test_direction_marks_are_taken_out_and_other_scripts_stay(tmp_path: Path) -> None:
    content = xlsx_of(("t", "b"), ("العنوان", "نص\u202b عربي\u202c"))
    (one,) = proposals(read(tmp_path, content, TWO))
    assert (one.title, one.body) == ("العنوان", "نص عربي")


def _with_macros(content: bytes) -> bytes:
    return changed(content, {"xl/vbaProject.bin": lambda _: b"x"})


def _word(folder: Path) -> bytes:
    document = Document()
    document.save(str(folder / "a.docx"))
    return (folder / "a.docx").read_bytes()


def test_what_is_no_spreadsheet_is_refused_in_a_sentence(tmp_path: Path) -> None:
    good = xlsx_of(HEADS, *GOOD)
    refused = {
        "XLS": OLE,
        "password": OLE + "EncryptedPackage".encode("utf-16-le"),
        "text document": _word(tmp_path),
        "macros": _with_macros(good),
        "damaged": good[: len(good) // 2],
        "empty": b"",
    }
    for word, content in refused.items():
        assert word in refusal(tmp_path, content), word
    assert "too large" in refusal(tmp_path, b"x" * (LARGEST + 1))
    assert "damaged" in refusal(tmp_path, b"<html><table>", "a.xls")
    assert "no spreadsheet" in refusal(tmp_path, b"<html><table>", "a.csv")
    assert "no spreadsheet" in refusal(tmp_path, b"\x89PNG\r\n\x00\x00", "a.csv")
    assert "no CSV" in refusal(tmp_path, b't;b\nx;"y\n', "a.csv")
    assert "password" in refusal(tmp_path, ods_of(manifest="<encryption-data/>"), "a.ods")


def test_bounds_are_on_what_a_file_unpacks_to(tmp_path: Path) -> None:
    bomb = changed(
        xlsx_of(HEADS, *GOOD),
        {SHEET: lambda _: b"<worksheet><sheetData>" + (b"<row/>" + b" " * 1000) * 120_000},
    )
    assert len(bomb) < 500_000
    assert "100 MB" in refusal(tmp_path, bomb)


@pytest.mark.parametrize(
    "long",
    [
        b"<!--" + b"x" * 2_000_000 + b"-->",
        b"<!--" + b"<row>" * 400_000 + b"-->",
        b"<![CDATA[" + b"<a>" * 700_000 + b"]]>",
        b"<row" + b" " * 2_000_000 + b"/>",
        b"<a/>" * 6_000_000,
    ],
    ids=["a comment", "a comment with tags", "CDATA", "a tag", "tags"],
)
def test_what_would_keep_a_parser_busy_is_not_parsed(tmp_path: Path, long: bytes) -> None:
    there = b"<sheetData>"
    slow = changed(xlsx_of(HEADS, *GOOD), {SHEET: lambda xml: xml.replace(there, long + there)})
    assert "damaged" in refusal(tmp_path, slow)


def test_a_comment_of_a_usual_length_is_read_over(tmp_path: Path) -> None:
    said = changed(
        xlsx_of(HEADS, *GOOD),
        {SHEET: lambda xml: xml.replace(b"<sheetData>", b"<!-- <made> by hand --><sheetData>")},
    )
    assert len(proposals(read(tmp_path, said, TWO))) == len(GOOD)


def test_what_stands_around_the_cells_of_an_ods_is_forgotten(tmp_path: Path) -> None:
    """Two million elements nobody knows took half a gigabyte."""
    path, there = tmp_path / "sheet.ods", b"<table:table "
    junk = b"<a/>" * 100_000
    path.write_bytes(
        changed(ods_of(ODS_HEADS), {"content.xml": lambda xml: xml.replace(there, junk + there, 1)})
    )
    with zipfile.ZipFile(path) as archive:
        for _event, element in sheet_ods._events(archive):
            root = element.getroottree().getroot()
    assert sum(1 for _ in root.iter()) < 100


def test_a_sheet_of_another_name_is_within_the_same_bounds(tmp_path: Path) -> None:
    def renamed(sheet: bytes) -> bytes:
        book = xlsx_of(HEADS, *GOOD)
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w", 8) as new:
            for name in old.namelist():
                content = old.read(name).replace(b"sheet1.xml", b"sheet1.dat")
                if name == SHEET:
                    content = content.replace(b"<sheetData>", b"<sheetData>" + sheet, 1)
                new.writestr(name.replace("sheet1.xml", "sheet1.dat"), content)
        return made.getvalue()

    assert len(read(tmp_path, renamed(b""), TWO)[0]) > 1
    assert "100 MB" in refusal(tmp_path, renamed((b"<row/>" + b" " * 1000) * 120_000))
    assert "damaged" in refusal(tmp_path, renamed(b"<!DOCTYPE x>"))


def test_bounds_are_on_rows_and_columns(tmp_path: Path) -> None:
    cell = ods_cell("a", **TEXT)
    assert "10,000" in refusal(tmp_path, ods_of(ods_row(cell, repeated=1_048_576)), "a.ods")
    assert "10,000" in refusal(tmp_path, csv_of(*[("a", "b")] * 10_001), "a.csv")
    wide = ods_row(ods_cell("a", repeated=1_000_000, **TEXT))
    assert "100 filled" in refusal(tmp_path, ods_of(wide), "a.ods")
    assert "100 filled" in refusal(tmp_path, ods_of(ods_row(ods_cell(repeated=200), cell)), "a.ods")
    assert "100 filled" in refusal(tmp_path, csv_of(["a"] * 101), "a.csv")
    far = changed(
        xlsx_of(("a",), ("b",)), {SHEET: lambda xml: xml.replace(b'r="2"', b'r="2000000000"')}
    )
    assert "larger than can be read" in refusal(tmp_path, far)


@pytest.mark.parametrize(
    "head", ['<!DOCTYPE x [<!ENTITY a "aaa">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">']
)
def test_no_entity_is_ever_read(tmp_path: Path, head: str) -> None:
    assert "damaged" in refusal(tmp_path, ods_of(ODS_HEADS, head=head), "a.ods")
    inside = changed(
        xlsx_of(HEADS),
        {SHEET: lambda xml: xml.replace(b"<worksheet", head.encode() + b"<worksheet", 1)},
    )
    assert "damaged" in refusal(tmp_path, inside)
    hidden = changed(ods_of(ODS_HEADS), {"content.xml": lambda xml: xml.decode().encode("utf-16")})
    assert "damaged" in refusal(tmp_path, hidden, "a.ods")


def test_a_sheet_without_rows_says_so(tmp_path: Path) -> None:
    _, (told,), _ = read(tmp_path, csv_of(("t", "b")), TWO, "a.csv")
    assert told.place.line == 0
    assert "no row with a proposal" in str(told.text)
