"""A name from outside leads nowhere, misleads nobody, and keeps its ending."""

import pytest

from consult.foundation.files.names import LONGEST, MOST_BYTES, file_name


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("nota.pdf", "nota.pdf"),
        ("../../etc/nota.pdf", "nota.pdf"),
        ("C:\\Users\\Pia\\Bureaublad\\nota.pdf", "nota.pdf"),
        ("/srv/geheim/", "file"),
        ("", "file"),
        ("..", "file"),
        (" . ", "file"),
        (".pdf", "file.pdf"),
        ("\u200b\u2060.docx", "file.docx"),
        ("nota.pdf. . ", "nota.pdf"),
        ("rapport\u202efdp.exe", "rapportfdp.exe"),
        ("\u2066bijlage\u2069.pdf", "bijlage.pdf"),
        ("twee\r\nregels\x00.pdf", "twee regels.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("aux", "_aux"),
        ("Lpt1.begroting.xlsx", "_Lpt1.begroting.xlsx"),
        ("consult.pdf", "consult.pdf"),
        ('wat? "nu": <dit>|*.pdf', "wat- -nu-- -dit---.pdf"),
        ("versie 1.2 van het plan", "versie 1.2 van het plan"),
        ("e\u0301e\u0301n.odt", "één.odt"),
        ("計画.pdf", "計画.pdf"),
    ],
)
def test_a_name_is_read(sent: str, read: str) -> None:
    assert file_name(sent) == read


@pytest.mark.parametrize("sign", ["a", "é", "計", "\N{SEEDLING}", "a\u0301"])
@pytest.mark.parametrize("ending", [".pdf", ".docx", ".ods"])
def test_a_long_name_keeps_its_ending(sign: str, ending: str) -> None:
    read = file_name(sign * 400 + ending)
    assert read.endswith(ending)
    assert len(read) <= LONGEST
    assert len(read.encode()) <= MOST_BYTES
    assert file_name(read) == read
