"""`flask consult backup` and `restore`: everything in one archive, and back."""

import sys
from pathlib import Path

import click

from consult.backup import backup, restore
from consult.record.verify import Verdict


def say(sentence: str) -> None:
    """Show progress on standard error, so that standard output holds results only."""
    click.echo(sentence, err=True)


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lost", multiple=True, metavar="ID", help="Leave out a file that is lost for good.")
def backup_command(target: Path, lost: tuple[str, ...]) -> None:
    """Write everything to one archive, also while people are at work."""
    counts = backup(target, say, lost)
    click.echo(f"{target}: {sum(counts.values())} rows in {len(counts)} tables")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--unsound", is_flag=True, help="Take it even if its record does not verify.")
def restore_command(source: Path, *, unsound: bool) -> None:
    """Put an archive back into an empty database and storage, verified, or not at all."""
    done = restore(source, say, unsound=unsound)
    for note in done.notes:
        say(note)
    click.echo(
        f"{sum(done.rows.values())} rows and {done.files} files restored; {_word(done.verdict)}"
    )
    if done.verdict and not done.verdict.sound:
        for fault in done.verdict.faults:
            say(fault)
        sys.exit(1)


def _word(verdict: Verdict | None) -> str:
    if verdict is None:
        return "the record is verified by `flask consult upgrade`, which comes next"
    return "record " + ("sound" if verdict.sound else "NOT SOUND")


KEEPING = (backup_command, restore_command)
