"""Names: real ones pass, and none hides what it is, looks like another one or leads elsewhere."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from consult.foundation.core.names import name_fault, name_field, tidy_name

pytestmark = pytest.mark.one_engine

REAL = [
    "O'Neill",
    "'t Hooft",
    "José",
    "Jose\u0301",
    "Ağaoğlu",
    "李小龙",
    "Жанна",
    "\u0645\u062d\u0645\u062f",
    "שָׁלוֹם",
    "van der Berg-Jansen",
    "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
    "J.R.R. Tolkien",
    "dr.ir. J. de Vries",
    "J.de Vries",
    "prof. mr. dr. A.B. Jansen",
    "Łukasz Żółć",
    "Nguyễn Thị Ánh",
    "Seán Ó Súilleabháin",
    "3M",
    "Д'Артаньян",
    "Ана-Мария Петрова",
    "กิ่งแก้ว",
    "ნინო",
    "Αλέξανδρος",
    "田中さくら",
    "김철수",
    "ジョン・スミス",
    "\u0645\u062d\u0645\u062f (Mohammed)",
    "李小龙 Bruce Lee",
    "क्षितिज",
    "ශ්\u200dරී",
    "Hawai\u02bbi",
    "ⵜⵉⴼⵉⵏⴰⵖ",
    "Buurman88",
    "Ministerie van BZK",
    "N.V. Waterschap",
    "St.John",
    "Marcel·la",
]
NONE = [
    "", " ", "\u200b", "\u3164", "\u2060\u200e", "\u0301", "...", "🌱", "\u2800",
    "M\u200bo", "M\u2060o", "a\u00adb", "a\u034fb", "x\u200dy", "a\u3164b", "P\ufe0fia", "a\ue000",
    "M\u043e", "\u0410na", "\u03a1ia", "M\u0585", "\u041c\u043e Yilmaz", "Pia \u0408ansen",
    "e" + "\u0301" * 100, "P\u0335\u0335ia", "a\u0300\u0301\u0302\u0303\u0304",
    "https://evil.example", "www.evil.example", "evil.example", "EVIL.COM", "evil\u3002com",
    "evil\uff0ecom", "Klik op evil.nl/x", "t.co", "pia@consult.example", "a\uff20b", "evil.com.",
    "mailto:x", "x" * 121,
]  # fmt: skip


class Sample(Form):
    name = name_field("Name")


@pytest.mark.parametrize("name", REAL)
def test_a_real_name_is_kept(app: Flask, name: str) -> None:
    with app.test_request_context("/en/"):
        form = Sample(MultiDict({"name": f" {name}\u200b"}))
        assert form.validate(), form.errors
        assert form.name.data == tidy_name(name)


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_name_is_refused_with_one_sentence(app: Flask, name: str) -> None:
    with app.test_request_context("/en/"):
        assert name_fault(name)
        form = Sample(MultiDict({"name": name}))
        assert not form.validate()
        assert len(form.name.errors) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Pia\u00a0 \u3000Jansen\t", "Pia Jansen"),
        ("\ufeffMo\u200e", "Mo"),
        ("\uff2d\uff4f", "Mo"),
        ("Jose\u0301", "Jos\u00e9"),
        ("Pia\nJansen", "Pia Jansen"),
    ],
)
def test_a_name_is_kept_tidy(typed: str, kept: str) -> None:
    assert tidy_name(typed) == kept
