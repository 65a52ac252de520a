"""Who must follow when the text of a proposal goes out of public sight, or comes back.

Packages above keep copies of it: a frozen version of the plan has its title. They register here.
"""

from collections.abc import Callable
from datetime import datetime

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.people import Actor
from consult.foundation.core.registries import add_new

WithdrawCopies = Callable[[Actor, Proposal, str | None, datetime], None]
RestoreCopies = Callable[[Actor, Proposal, datetime], None]
_gone: list[WithdrawCopies] = []
_back: list[RestoreCopies] = []


def when_no_longer_public(act: WithdrawCopies) -> None:
    """Register what follows when a text goes: (who, proposal, ground, when); in the transaction.

    The ground is that of hiding; None where its author withdrew it, or has it back to change it.
    """
    add_new(_gone, [act])


def when_public_again(act: RestoreCopies) -> None:
    """Register what follows when a text that was gone is shown again; in the transaction."""
    add_new(_back, [act])


def remove_public_copies(
    actor: Actor, proposal: Proposal, ground: str | None, now: datetime
) -> None:
    """Let everybody follow who keeps a copy of a text that is no longer public."""
    for act in _gone:
        act(actor, proposal, ground, now)


def restore_public_copies(actor: Actor, proposal: Proposal, now: datetime) -> None:
    """Let everybody follow who left a text out that is public again."""
    for act in _back:
        act(actor, proposal, now)
