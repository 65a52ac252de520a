"""A file is read as people make it, and every row that cannot be used says why."""

import csv
import io

import pytest
from flask import Flask

from consult.foundation.core.csv_files import written
from consult.foundation.core.errors import InvalidInput
from consult.people.invitations.sheet import MOST_ROWS, Known, check, decode

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.one_engine]

KNOWN = Known(
    frozenset({"lid@consult.example"}),
    frozenset({"gevraagd@consult.example"}),
    {"stichting helder bestuur": 1, "helder-bestuur": 1},
)


def reasons(text: str) -> list[tuple[int, str]]:
    found = check(text, "utf-8", "nl", KNOWN)
    return [(row["line"], row["reason"]) for row in found.bad_rows]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize(
    "headings",
    [
        ["e-mail", "naam", "organisatie", "taal"],
        ["E-mail address", "Name", "Organisation", "Language"],
        ["EMAIL", "naam", "organization", "taal"],
    ],
)
def test_signs_and_headings_of_both_languages(sign: str, headings: list[str]) -> None:
    row = ["Nienke@Consult.example ", " Nienke  de Vries", "Stichting Helder Bestuur", "English"]
    found = check(f"{sign.join(headings)}\n{sign.join(row)}\n", "utf-8", "nl", KNOWN)
    assert found.bad_rows == []
    assert found.rows == [
        {
            "address": "nienke@consult.example",
            "name": "Nienke de Vries",
            "organisation_id": 1,
            "language": "en",
        }
    ]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("e-mail;naam\na@consult.example;Zoë".encode(), "utf-8"),
        ("e-mail;naam\na@consult.example;Zoë".encode("utf-8-sig"), "utf-8"),
        ("e-mail;naam\r\na@consult.example;Zoë\r\n".encode("cp1252"), "cp1252"),
        ("e-mail\tnaam\r\na@consult.example\tZoë\r\n".encode("utf-16"), "utf-16"),
    ],
)
def test_what_excel_and_others_save(content: bytes, encoding: str) -> None:
    text, found = decode(content)
    assert found == encoding
    assert check(text, found, "nl", KNOWN).rows[0]["name"] == "Zoë"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("e-mail\na@consult.example".encode("utf-16-le"), "cannot be read as text"),
        (b"\x81\x8d\x8f", "cannot be read as text"),
        (b"PK\x03\x04\x00\x00", "cannot be read as text"),
        (b"a" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_what_helps(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refused:
        decode(content)
    assert refused.value.help


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no column|not name a column|nobody"),
        ("naam;organisatie\nA;B", "does not name a column with e-mail"),
        ("e-mail;email\na@b.example;c@d.example", "names a column twice"),
        ("e-mail;naam", "nobody in this file"),
        ('e-mail;naam\na@b.example;"Nooit gesloten\nb@b.example;B', "From line 2"),
        ("e-mail\n" + "a@b.example\n" * (MOST_ROWS + 1), "more than 10,000"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        check(text, "utf-8", "nl", KNOWN)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";Naam", "no-address"),
        ("geen adres;Naam", "not-an-address"),
        ("a@b@c.example;", "not-an-address"),
        (f"{'x' * 250}@consult.example;", "not-an-address"),
        ("Lid@consult.example;", "member"),
        ("gevraagd@consult.example;", "invited"),
        (f"nieuw@consult.example;{'x' * 121}", "long-name"),
        ("nieuw@consult.example;;Onbekend", "organisation"),
        ("nieuw@consult.example;;;fr", "language"),
        ("nieuw@consult.example;;;nl;te veel", "cells"),
    ],
)
def test_a_bad_row_has_its_line_and_its_reason(row: str, reason: str) -> None:
    text = f"e-mail;naam;organisatie;taal\n\ngoed@consult.example\n{row}\n"
    assert reasons(text) == [(4, reason)]


def test_an_address_that_stands_twice_names_the_other_line() -> None:
    text = "e-mail\na@consult.example\nb@consult.example\nA@consult.example\n"
    found = check(text, "utf-8", "nl", KNOWN)
    assert len(found.rows) == 2
    assert [(row["line"], row["other"]) for row in found.bad_rows] == [(4, 2)]


def test_lines_are_counted_as_an_editor_does() -> None:
    text = 'sep=;\ne-mail;naam\na@consult.example;"Twee\nregels"\nfout;\n'
    found = check(text, "utf-8", "nl", KNOWN)
    assert found.rows[0]["name"] == "Twee regels"
    assert [row["line"] for row in found.bad_rows] == [5]


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+31", "-x", "@x"])
def test_a_formula_is_text_on_the_way_in_and_out(cell: str) -> None:
    found = check(f"e-mail;naam\na@consult.example;{cell}\n", "utf-8", "nl", KNOWN)
    assert found.rows[0]["name"] == cell
    out = "".join(written([["e-mail", "naam"], ["fout", cell]]))
    assert list(csv.reader(io.StringIO(out), delimiter=";"))[1][1] == f"'{cell}"
    back = check(out.replace("fout", "a@b.example"), "utf-8", "nl", KNOWN)
    assert back.rows[0]["name"] == cell, "the mark that we put before it is taken off"


def test_ten_thousand_rows_are_enough(app: Flask) -> None:
    text = "e-mail\n" + "".join(f"p{n}@consult.example\n" for n in range(MOST_ROWS))
    assert len(check(text, "utf-8", "nl", KNOWN).rows) == MOST_ROWS
    assert app
