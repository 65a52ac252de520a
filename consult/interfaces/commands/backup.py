"""`flask consult backup`, `restore` and `upgrade`: everything in one archive, and back."""

import sys
from pathlib import Path

import click
from flask import current_app

from consult.foundation.files.services import storage
from consult.foundation.record.verify import Verdict
from consult.interfaces.backup import backup, restore
from consult.interfaces.backup.upgrade import (
    UpgradeError,
    look_first,
    plan_upgrade,
    upgrade,
    way_back,
)
from consult.interfaces.commands.sentences import in_sentences


def say(sentence: str) -> None:
    """Show progress on standard error, so that standard output holds results only."""
    click.echo(sentence, err=True)


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lost", multiple=True, metavar="ID", help="Leave out a file that is lost for good.")
@in_sentences
def backup_command(target: Path, lost: tuple[str, ...]) -> None:
    """Write everything to one archive, also while people are at work."""
    storage().check()
    counts = backup(target, say, lost)
    click.echo(f"{target}: {sum(counts.values())} rows in {len(counts)} tables")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--unsound", is_flag=True, help="Take it even if its record does not verify.")
@in_sentences
def restore_command(source: Path, *, unsound: bool) -> None:
    """Put an archive back into an empty database and storage, verified, or not at all."""
    storage().check()
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


@click.command("upgrade")
@click.option("--check", is_flag=True, help="Only look, and change nothing.")
@click.option(
    "--backups",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the backup goes; `backups` in the instance folder if not named.",
)
@in_sentences
def upgrade_command(*, check: bool, backups: Path | None) -> None:
    """Look first, make a backup, migrate to the schema of this version, and verify."""
    folder = backups or current_app.config["INSTANCE"] / "backups"
    plan = plan_upgrade()
    findings = look_first(plan, folder)
    for finding in findings:
        say(f"{'NO' if finding.stands_in_the_way else 'ok'}  {finding.sentence}")
    if any(finding.stands_in_the_way for finding in findings):
        raise UpgradeError("The upgrade cannot begin. Nothing was changed.")
    if not plan.steps:
        click.echo("Nothing to do: the database is at the schema of this version.")
        return
    if check:
        click.echo(f"The upgrade can begin: {len(plan.steps)} steps. Nothing was changed.")
        return
    made = upgrade(plan, folder.absolute(), say)
    click.echo(f"The database is at schema {plan.new}, and verified.")
    for line in way_back(plan, made):
        say(line)
