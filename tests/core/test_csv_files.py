"""One habit for the CSV that leaves, and a reader for the CSV that people have."""

import csv
import io
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.foundation.core.csv_files import (
    BrokenCsv,
    decoded,
    guarded,
    records,
    unguarded,
    written,
)
from consult.foundation.core.visible import says_nothing

ROWS = [
    ["naam", "plaats; provincie", "bedrag"],
    ["Jan, Piet", "'s-Gravenhage", 'twee\nregels "ja"'],
]
SIGNS = (",", ";", "\t")


def read(text: str) -> list[list[str]]:
    return [cells for _, cells in records(io.StringIO(text, newline=""))]


def test_what_leaves_has_one_habit() -> None:
    out = "".join(written([["naam", "op"], ["=1", None], [datetime(2026, 10, 25, tzinfo=UTC), 7]]))
    assert out == "\ufeffnaam;op\r\n'=1;\r\n2026-10-25T00:00:00+00:00;7\r\n"
    assert read(out)[1] == ["'=1", ""]


@pytest.mark.parametrize(
    ("sign", "end", "start"), [*product(SIGNS, ("\r\n", "\n"), ("", "\ufeff"))]
)
def test_what_people_bring_is_read(sign: str, end: str, start: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sign, lineterminator=end).writerows(ROWS)
    assert read(start + out.getvalue()) == ROWS
    assert read(f"{start}sep={sign}{end}{end}" + out.getvalue()) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_spreadsheets_save_is_text(encoding: str) -> None:
    found = decoded("naam;plaats\nZoë;Curaçao".encode(encoding))
    assert found == ("naam;plaats\nZoë;Curaçao", encoding.removesuffix("-sig"))


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00", b"\x81\x8d", b"\xff\xfea", b"a\x00b\x00"])
def test_what_is_no_text_is_not_read(content: bytes) -> None:
    assert decoded(content) is None


def test_lines_are_counted_as_an_editor_does() -> None:
    text = 'sep=;\n\na;b\n"x\ny";1\n;\nz;2\n'
    assert [line for line, _ in records(io.StringIO(text, newline=""))] == [3, 4, 7]
    with pytest.raises(BrokenCsv) as broken:
        read('a;b\n1;2\n"3;4\n')
    assert broken.value.line == 3


@pytest.mark.parametrize("text", ["", "\n\n", "sep=;\n", "\ufeff", " ; \n"])
def test_next_to_nothing_is_nothing(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("sign", [*"=+-@\t\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_is_taken_for_a_formula(sign: str) -> None:
    cells = [f"{sign}1+1"]
    if not sign.isspace():
        cells += [f"  {sign}1", f"\u00a0{sign}1", f"\n{sign}1"]
    assert [guarded(cell) for cell in cells] == [f"'{cell}" for cell in cells]
    assert [unguarded(guarded(cell)) for cell in cells] == cells
    assert guarded(f"a{sign}1") == unguarded(f"a{sign}1") == f"a{sign}1"


CELLS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=9)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back(rows: list[tuple[str, str]]) -> None:
    # A lone tab is put behind an apostrophe, and is something then.
    kept = [list(row) for row in rows if not all(says_nothing(guarded(cell)) for cell in row)]
    found = read("".join(written([("een", "twee"), *rows])))[1:]
    assert [[unguarded(cell) for cell in row] for row in found] == [
        [unguarded(guarded(cell)) for cell in row] for row in kept
    ]


def test_nothing_else_reads_or_writes_csv() -> None:
    product_files = (Path(__file__).parents[2] / "consult").rglob("*.py")
    users = [path.name for path in product_files if "import csv\n" in path.read_text("utf-8")]
    assert users == ["csv_files.py"]
