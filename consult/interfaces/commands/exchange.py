"""`flask consult import-round, export-round`."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click
from flask import current_app
from flask_babel import force_locale

from consult.foundation.core.clock import now
from consult.foundation.core.db import db, read_one_moment
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.people import SYSTEM, Anonymous
from consult.interfaces.commands.sentences import in_sentences
from consult.interfaces.exchange.exporting.files import FORMATS, by_a_file, export_of, find_round
from consult.interfaces.exchange.importing.rounds import Options, import_rounds
from consult.interfaces.exchange.reading.staged import LeftOut
from consult.interfaces.exchange.reading.staging import read_path
from consult.interfaces.publishing.reading_copy import COPIES, make_reading_copy

PERIOD = 1.0
"""Seconds between two lines about progress."""
NOT_WHOLE = 3
"""The exit code of an import that left something out."""
LEFT_OUT = Path("import-left-out.jsonl")
UNTOLD = "cannot be told"


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


class _Progress:
    """Tells how far an import is, at most once a second, on standard error."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def _due(self) -> bool:
        if time.monotonic() - self._told < PERIOD:
            return False
        self._told = time.monotonic()
        return True

    def reading(self, lines: int) -> None:
        if self._due():
            _say(f"reading: {lines} lines")

    def storing(self, kind: str, done: int, total: int) -> None:
        if self._due() or done == total:
            _say(f"{kind}s: {done} of {total} ({done * 100 // total}%)")


@click.command("import-round")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--plan", help="The plan to import into, by its slug; otherwise 'imported'.")
@click.option(
    "--keep-going",
    is_flag=True,
    help="Leave out what is refused, and import the rest; the exit code is then 3.",
)
@click.option(
    "--left-out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=LEFT_OUT,
    show_default=True,
    help="With --keep-going: the file that gets every line that is left out, and why.",
)
@click.option("--keep-names", is_flag=True, help="Keep the names of persons.")
@click.option("--component", help="Which component to take of a Decidim export.")
@in_sentences
def import_round(
    paths: tuple[Path, ...],
    plan: str | None,
    left_out: Path,
    component: str | None,
    *,
    keep_going: bool,
    keep_names: bool,
) -> None:
    """Import rounds: files in the interchange format, or tables of a Polis or Decidim export."""
    progress = _Progress()
    counts: Counter[str] = Counter()
    options = Options(
        plan=plan,
        keep_going=keep_going,
        keep_names=keep_names,
        salt=current_app.config["SECRET_KEY"],
        reading=progress.reading,
        storing=progress.storing,
        refused=_say,
        read=partial(read_path, component=component),
        noted=_say,
        leaving_out=lambda lines: write_left_out(lines, left_out, counts),
    )
    with force_locale("en"):  # as everything else that a command says
        for round_ in import_rounds(SYSTEM, paths, options, now()):
            click.echo(round_.slug)
    if counts:
        numbers = ", ".join(f"{kind}: {number}" for kind, number in counts.items())
        _say(f"Left out ({numbers}). Each line, and why: {left_out}")
        sys.exit(NOT_WHOLE)


def write_left_out(lines: Iterator[LeftOut], path: Path, counts: Counter[str]) -> None:
    """Write every line that an import leaves out, and why, as JSON Lines; count them by type."""

    def written() -> Iterator[bytes]:
        for one in lines:
            counts[one.type or UNTOLD] += 1
            where = {"file": one.place.file, "line": one.place.line, "type": one.type or None}
            said = {**where, "why": one.why, "content": one.content}
            yield (json.dumps(said, ensure_ascii=False) + "\n").encode()

    _write_file(written(), path)


@click.command("export-round")
@click.argument("name", metavar="ROUND")
@click.option(
    "--format",
    "format_",
    type=click.Choice([*FORMATS, *COPIES]),
    default="jsonl",
    help="docx, odt and pdf are copies to read; the others are data.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
@click.option("--complete", is_flag=True, help="All that was handed in, with who wrote it.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of what the file says of itself.")
@in_sentences
def export_round(
    name: str, format_: str, output: Path | None, language: str | None, *, complete: bool
) -> None:
    """Export a round: what the public sees, or all of it."""
    if complete and format_ in COPIES:
        raise click.UsageError(
            f"A copy to read ({', '.join(COPIES)}) holds what everybody may read. Leave --complete "
            f"out, or choose another format: {', '.join(FORMATS)}."
        )
    read_one_moment()
    actor = SYSTEM if complete else Anonymous()
    round_ = find_round(actor, name, now(), complete=complete)
    if format_ in COPIES:
        write = partial(make_reading_copy, round_, format_, now=now(), language=language)
        parts = by_a_file(write)
    else:
        parts = FORMATS[format_](export_of(round_, now(), complete=complete, language=language))
    try:
        if output is None:
            for part in parts:
                sys.stdout.buffer.write(part)
        else:
            _write_file(parts, output)
    finally:
        db.session.rollback()


def _write_file(parts: Iterator[bytes], output: Path) -> None:
    """Write a file whole or not at all."""
    part = output.with_name(output.name + ".part")
    try:
        with part.open("wb") as file:
            file.writelines(parts)
        part.replace(output)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written ({error.strerror}).") from error
    finally:
        part.unlink(missing_ok=True)
