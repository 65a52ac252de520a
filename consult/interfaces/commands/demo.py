"""`flask consult demo`."""

import sys

import click
from flask.cli import with_appcontext

from consult.foundation.core.clock import now
from consult.interfaces.commands.sentences import in_sentences
from consult.interfaces.demonstration.build import accounts, build, is_built


@click.command("demo")
@with_appcontext
@click.option("--unless-built", is_flag=True, help="Do nothing when there is a plan already.")
@in_sentences
def demo_command(*, unless_built: bool) -> None:
    """Build the demonstration, and print its accounts."""
    if not (unless_built and is_built()):
        with click.progressbar(
            length=1, label="Building the demonstration", file=sys.stderr
        ) as bar:

            def progress(done: int, whole: int) -> None:
                bar.length = whole
                bar.update(done - bar.pos)

            build(now(), progress)
    for account in accounts("en"):
        click.echo(f"  {account['email']:28} {account['about']}")
    click.echo(f"  The password of all of them: {accounts('en')[0]['password']}")
