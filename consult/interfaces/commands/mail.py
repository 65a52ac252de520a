"""`flask consult mail`: how the mail stands, for an operator and for monitors."""

import sys

import click

from consult.foundation.core.clock import now
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.outbox import failed_messages, mail_state, try_again, try_now

SHOWN = 50


@click.command("mail")
@click.option("--try-again", "again", is_flag=True, help="Send what failed once more.")
@click.option("--try-now", "at_once", is_flag=True, help="Do not wait for the end of a pause.")
def mail(*, again: bool, at_once: bool) -> None:
    """Say what waits, what failed and since when; leaves with 1 unless all is well."""
    if again or at_once:
        with unit_of_work():
            number = try_again(SYSTEM, now()) if again else 0
            try_now(SYSTEM, now())
        click.echo(f"{number} failed messages are tried again; the pause is over.")
        return
    state = mail_state(now())
    since = f" since {state.oldest:%Y-%m-%d %H:%M} UTC" if state.oldest else ""
    click.echo(f"{state.word}: {state.waiting} waiting{since}, {state.failed} failed")
    if state.failing_since:
        again_at = f", tried again at {state.paused_until:%H:%M} UTC" if state.paused_until else ""
        click.echo(
            f"the mail server fails since {state.failing_since:%Y-%m-%d %H:%M} UTC"
            f"{again_at}: {state.reason}"
        )
    for one in failed_messages(None, SHOWN):
        click.echo(f"{one.id}\t{one.kind}\t{one.name or '-'}\t{one.failure}")
    if state.word != "ok":
        sys.exit(1)
