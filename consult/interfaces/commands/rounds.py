"""`flask consult list-rounds`."""

import click
from sqlalchemy import select

from consult.consultation.rounds.models import Round, RoundTally
from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.languages import pick
from consult.interfaces.commands.sentences import in_sentences


@click.command("list-rounds")
@in_sentences
def list_rounds() -> None:
    """List the rounds, one a line: id, state, number of proposals, plan, title."""
    rows = db.session.execute(
        select(Round, RoundTally.received)
        .join(RoundTally, RoundTally.round_id == Round.id)
        .order_by(Round.id)
    )
    for round_, received in rows:
        title, _ = pick(round_.title, "nl")
        state = round_.state_at(now())
        click.echo(f"{round_.slug}\t{state}\t{received}\t{round_.plan.slug}\t{title}")
