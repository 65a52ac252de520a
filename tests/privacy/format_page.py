"""The format of an export of one's own data, printed as docs/my-data-format.md.

`python -m tests.privacy.format_page` writes the page anew; a test holds it to the parts.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask_babel import force_locale
from sqlalchemy import JSON, Boolean, Date, Integer

from consult.foundation.core.db import Moment
from consult.foundation.personal_data.export_parts import ExportPart, parts, points_at_person
from consult.people.privacy.fields import label_of_field

PAGE = Path(__file__).parents[2] / "docs" / "my-data-format.md"
HEAD = """# The format of an export of my data

Printed from the parts that the packages register (`Part(...)`); do not edit.
Make it anew with `python -m tests.privacy.format_page`.

The archive `my-data-<day>.zip` holds `my-data.json` (UTF-8), the same to read as `my-data.html`,
and the files that the person attached, as `files/<number>-<name>`.

`my-data.json` is one object:

| field | what |
| --- | --- |
| `format` | `consult-my-data` |
| `version` | 1; a field that is added does not change it |
| `platform` | the address of the site |
| `person` | the public id of the person |
| `language` | of the page to read: `nl` or `en` |
| `made_at` | when it was made |
| `parts` | an object: for each part below, a list of rows |

Moments are ISO 8601 with an offset, days are `YYYY-MM-DD`. A reference to something else (a round,
an organisation) is its slug or its number on the site. Texts in several languages are objects by
language. Left out are passwords and other secrets, and the numbers of other people.
"""
ACTS = """## acts: What I did here

Every entry of the record that the person made: `event` (its public id), `verb`, `at`, `about` (the
kind of thing) and `number` (which one), `seal` (the salted digest of each field). For what is the
person's own: `said` and `reason`. `erased_at` instead, where what was said was emptied.
"""


def type_of(column: Any) -> str:
    """Name the JSON type of a column."""
    if points_at_person(column):
        return "boolean: it was this person"
    if column.foreign_keys:
        return "slug, number or id"
    kinds = (Boolean, "boolean"), (Moment, "moment"), (Date, "day"), (JSON, "object or list")
    for kind, name in kinds:
        if isinstance(column.type, kind):
            return name
    return "number" if isinstance(column.type, Integer) else "string"


def _rows(part: ExportPart) -> Iterator[str]:
    for name, column in part.columns():
        empty = ", or null" if column.nullable else ""
        yield f"| `{name}` | {type_of(column)}{empty} | {label_of_field(name, part.name)} |"
    if part.name == "account":
        yield f"| `platform_roles` | list of strings | {label_of_field('platform_roles')} |"


def page() -> str:
    """Write the page."""
    with force_locale("en"):
        sections = [
            "\n".join(
                [f"## {part.name}: {part.title}", "", "| field | type | what |",
                 "| --- | --- | --- |", *_rows(part), ""]
            )
            for part in parts()
        ]  # fmt: skip
    return "\n".join([HEAD, *sections, ACTS])


def main() -> None:
    """Write the page."""
    from tests.conftest import make_app  # noqa: PLC0415  (conftest imports the cast)

    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder), f"sqlite:///{folder}/format.sqlite")
        with app.app_context():
            PAGE.write_text(page())


if __name__ == "__main__":
    main()
