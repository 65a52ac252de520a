"""The partials: what a strict policy forbids is not in them, and forms say what is wrong where."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length

from consult.foundation.core.forms import choices
from consult.foundation.core.text import lines

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
OURS = sorted(
    path for room in ("layouts", "partials", "errors") for path in (TEMPLATES / room).glob("*.html")
)


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(
        _=lambda text, **values: text % values if values else text,
        ngettext=lambda one, many, num: (one if num == 1 else many) % {"num": num},
        csrf_token=lambda: "token",
        once_key=lambda: "key",
        ask_language=lambda: False,
        other_language_url=lambda: "/en/",
        url_for=lambda *_args, **_more: "/",
        locale="en",
    )
    made.filters.update(
        day=lambda at: at.strftime("%Y-%m-%d"),
        number=str,
        share_of=lambda part, whole: f"{part} of {whole}",
        file_size=str,
        lines=lines,
        markdown=str,
        localized=lambda texts: texts["en"],
        label=lambda value, enum: f"{enum}: {value}",
    )
    return made


def render(source: str, **values: Any) -> str:
    return environment().from_string(source).render(**values)


class Sample(Form):
    version = HiddenField()
    title = StringField("Title", [InputRequired("Give a title."), Length(max=120)])
    theme = SelectField("Theme", choices=choices([("a", "A"), ("b", "B")]))
    origin = RadioField("Origin", choices=choices([("new", "New"), ("old", "Old")]))
    mandate = BooleanField("For an organisation")


FIELDS = (
    '{% from "partials/forms.html" import form, field, error_summary with context %}'
    '{{ error_summary(f) }}{% call form("/here") %}'
    "{% for one in f %}{{ field(one) }}{% endfor %}{% endcall %}"
)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_that_a_strict_policy_forbids(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle=", source)
    assert not re.search(r"\son[a-z]+=", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_every_partial_says_how_to_use_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("{#")


def test_a_form_carries_both_keys() -> None:
    page = render(FIELDS, f=Sample())
    assert 'name="csrf_token" value="token"' in page
    assert 'name="once" value="key"' in page


def test_an_error_stands_at_its_field_and_in_the_summary() -> None:
    sample = Sample(MultiDict({"theme": "a", "origin": "new"}))
    assert not sample.validate()
    page = render(FIELDS, f=sample)
    assert 'href="#title"' in page
    assert 'aria-describedby="title-error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="title-error"' in page


def test_every_field_has_a_label_and_choices_have_a_legend() -> None:
    page = render(FIELDS, f=Sample())
    for name in ("title", "theme", "mandate", "origin-0", "origin-1"):
        assert f'for="{name}"' in page
        assert f'id="{name}"' in page
    assert "<legend" in page


def test_what_may_stay_empty_says_so() -> None:
    page = render(FIELDS, f=Sample())
    labels = dict(re.findall(r'<label[^>]*for="(\w+)">(.*?)</label>', page, re.DOTALL))
    assert "optional" not in labels["title"]
    assert "optional" in labels["theme"] or Sample().theme.flags.required


def test_a_status_is_a_word_and_a_shape() -> None:
    page = render(
        '{% from "partials/status.html" import status with context %}{{ status("round", "open") }}'
    )
    assert "RoundState: open" in page
    assert "<svg" in page


def test_what_people_typed_is_escaped() -> None:
    page = render(
        '{% from "partials/journey.html" import journey with context %}{{ journey(steps) }}',
        steps=[{"label": "<b>", "at": datetime(2026, 1, 2, tzinfo=UTC), "who": "<i>",
                "state": "done", "text": "<script>"}],
    )  # fmt: skip
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<script>" not in page


def test_a_chart_gives_the_same_numbers_as_a_table() -> None:
    page = render(
        '{% from "partials/charts.html" import bars with context %}{{ bars("Themes", rows) }}',
        rows=[("One", 3, None), ("Two", 0, "/two")],
    )
    assert page.count("<tr") == 3
    assert page.count("<svg") == 2
    assert 'href="/two"' in page


def test_a_chart_of_nothing_is_no_error() -> None:
    source = '{% from "partials/charts.html" import bars, stacked with context %}'
    page = render(source + '{{ bars("A", []) }}{{ stacked("B", ["x"], []) }}')
    assert page.count("<figure") == 1, "bars of nothing are left out"


def test_one_page_needs_no_pager() -> None:
    page = render(
        '{% from "partials/pager.html" import pager with context %}{{ pager(page) }}',
        page={"next_cursor": None, "is_first": True},
    )
    assert page.strip() == ""
