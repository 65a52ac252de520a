"""`flask consult verify`, `work`, `retention`: looking after the platform."""

import sys
import threading
from typing import TextIO, cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from werkzeug.local import LocalProxy

from consult.foundation.core.clock import now
from consult.foundation.core.errors import InvalidInput
from consult.foundation.files.services import check_storages
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import run_all
from consult.foundation.jobs.worker import append_pending_events, publish_entries, work
from consult.foundation.record.checkpoints import begin_again, kept_heads
from consult.foundation.record.notes import NoteError, read_note
from consult.foundation.record.verify import verify_at_once
from consult.foundation.settings.environment import SettingsError
from consult.foundation.settings.validators import SHORTEST_KEY
from consult.foundation.storage.services import use_storage
from consult.interfaces.commands.sentences import in_sentences
from consult.people.privacy.retention import due_now, run_rule


def say(sentence: str) -> None:
    """Show progress on standard error, so that standard output holds results only."""
    click.echo(sentence, err=True)


@click.command("verify")
@with_appcontext
@click.option(
    "--against",
    type=click.File(),
    multiple=True,
    help="A checkpoint that was kept elsewhere.",
)
@in_sentences
def verify_command(against: tuple[TextIO, ...]) -> None:
    """Compare the record with itself, with every kept checkpoint, and with the tables."""
    try:
        heads = kept_heads(*(read_note(file.read()) for file in against))
    except NoteError as error:
        raise InvalidInput(f"A checkpoint cannot be used: {error}.") from error
    verdict = verify_at_once(heads, lambda events: say(f"{events} events"))
    for sentence in (*verdict.losses, *verdict.faults):
        click.echo(sentence, err=True)
    word = "sound but for what was lost" if verdict.losses else "sound"
    click.echo(
        f"{verdict.events} events, {verdict.leaves} leaves, {verdict.checkpoints} checkpoints, "
        f"{verdict.rows} rows, {verdict.receipts} receipts, "
        f"{verdict.erased} erased: " + (word if verdict.sound else "NOT SOUND")
    )
    if not verdict.sound:
        sys.exit(1)


@click.command("begin-log-again")
@with_appcontext
@in_sentences
def begin_log_again_command() -> None:
    """Begin a new public log, where a restore lost entries that a checkpoint covers."""
    lost = begin_again(now())
    if lost is None:
        raise InvalidInput(
            "The log holds all that its last checkpoint covers.", "There is no reason for another."
        )
    click.echo(f"{lost} entries were lost. A new log has begun; its first entry says so.")


@click.command("work")
@with_appcontext
@click.option("--once", is_flag=True, help="Do what is due now, and stop.")
@in_sentences
def work_command(*, once: bool) -> None:
    """Do the jobs: send mail, give events their place in the log."""
    if len(current_app.config["SECRET_KEY"]) < SHORTEST_KEY:
        raise SettingsError(
            "The worker needs CONSULT_SECRET_KEY, the same as the site: it signs links in mails."
        )
    check_storages()
    if once:
        ask_due(now(), set())
        jobs = run_all(now(), clock=now)
        while append_pending_events():
            pass
        while publish_entries():
            pass
        click.echo(f"{jobs} jobs done")
        return
    here = cast("LocalProxy[Flask]", current_app)
    work(here._get_current_object(), threading.Event())  # noqa: SLF001  (Flask's own advice)


@click.command("use-storage")
@with_appcontext
@in_sentences
def use_storage_command() -> None:
    """Let the files and the record of this database lie where the settings say from now on."""
    use_storage()
    click.echo("The next process that starts marks the places that its settings name.")


@click.command("retention")
@with_appcontext
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@in_sentences
def retention_command(*, dry_run: bool) -> None:
    """Hold to the periods of docs/retention.md now; the worker does so every night."""
    with current_app.test_request_context():
        at = now()
        for rule, waiting in due_now(at):
            number = waiting if dry_run else run_rule(rule, at)
            if number:
                click.echo(f"{rule.kind}: {number}")
    if dry_run:
        say("Nothing was changed.")
