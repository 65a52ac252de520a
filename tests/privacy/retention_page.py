"""The retention table, printed as docs/retention.md.

`python -m tests.privacy.retention_page` writes the page anew; a test holds it to the table.
"""

import tempfile
from pathlib import Path

from flask_babel import force_locale

from consult.foundation.personal_data.retention import rules
from consult.people.privacy.retention import how_long

PAGE = Path(__file__).parents[2] / "docs" / "retention.md"


def page() -> str:
    """Write the table."""
    with force_locale("en"):
        rows = [
            f"| `{rule.kind}` | {rule.what} | {how_long(rule)} | {rule.effect} | {rule.why} |"
            for rule in rules()
        ]
    return "\n".join(
        [
            "# How long everything is kept",
            "",
            "Printed from the rules in the code (`Rule(...)`); do not edit.",
            "Make it anew with `python -m tests.privacy.retention_page`.",
            "",
            "A job holds to it every night at 04:15 (Europe/Amsterdam) and writes a line in the",
            "log per kind and run that did something. `flask consult retention --dry-run` says",
            "what would go now. Administrators see the log on `/retention`.",
            "",
            "| kind | what | how long | then | why |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Write the page."""
    from tests.conftest import make_app  # noqa: PLC0415  (conftest imports the cast)

    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder), f"sqlite:///{folder}/retention.sqlite")
        with app.app_context():
            PAGE.write_text(page())


if __name__ == "__main__":
    main()
