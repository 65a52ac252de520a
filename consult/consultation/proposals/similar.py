"""Public proposals that look like one that is being written: by the words of its title.

What is like it shares words with the title, one of them in its own title. A word weighs more the
fewer proposals hold it (inverse document frequency); one that more hold than are counted
(core.search) weighs nothing, so that no word reads a whole round.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from math import log

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import public_proposal
from consult.consultation.rounds.models import Round
from consult.foundation.analysis.stems import index_terms, vocabulary_of, words_of_query
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.core.search import find_holders
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can

MOST_SHOWN = 3
SAYS_SOMETHING = 8
"""How many letters a title has that is worth to be looked for while it is typed."""
_MOST_WORDS = 8
_SHORTEST = 4
_MOST_READ = 30
_LIKE = 0.5
"""The share of the weight of the words that another proposal must hold as well."""
_FEWEST_WORDS = 2
"""How many of them it must hold, where the title has so many: one word alone says too little."""


def similar_proposals(
    actor: Actor, round_: Round, title: str, now: datetime, without: int | None = None
) -> Sequence[Proposal]:
    """Return public proposals of the plan that share words with a title, the most alike first.

    Those that the reader may not read are none of them; `without` is the proposal itself.
    """
    ids = [id_ for id_ in _by_likeness(title) if id_ != without]
    if not ids:
        return []
    found = {
        one.id: one
        for one in db.session.scalars(
            select(Proposal)
            .join(Proposal.round)
            .options(contains_eager(Proposal.round))
            .where(Proposal.id.in_(ids), Round.plan_id == round_.plan_id, public_proposal())
        )
    }
    known = [found[id_] for id_ in ids if id_ in found and _is_titled_alike(title, found[id_])]
    return [one for one in known if can(actor, Action.PROPOSAL_READ_TEXT, one, now)][:MOST_SHOWN]


def _is_titled_alike(title: str, other: Proposal) -> bool:
    """Whether the titles share a word: what a long text mentions somewhere makes it no likeness."""
    mine, theirs = (
        vocabulary_of(" ".join(index_terms(one, other.language))) for one in (title, other.title)
    )
    return not mine.isdisjoint(theirs)


def _by_likeness(title: str) -> list[int]:
    """Return the ids of the proposals whose words weigh enough, the heaviest first."""
    words = sorted({one for one in words_of_query(title) if len(one) >= _SHORTEST}, key=len)
    holders = {word: find_holders("proposal", word) for word in words[-_MOST_WORDS:]}
    everybody = 1 + max((hits.number for hits in holders.values()), default=0)
    weights: defaultdict[int, float] = defaultdict(float)
    shared: Counter[int] = Counter()
    whole = 0.0
    for hits in holders.values():
        weight = log(1 + everybody / (hits.number or 1)) if hits.is_exact else 0.0
        whole += weight
        for id_ in hits.ids if hits.is_exact else ():
            weights[id_] += weight
            shared[id_] += 1
    heaviest = sorted(weights.items(), key=lambda one: (-one[1], -one[0]))[:_MOST_READ]
    fewest = min(_FEWEST_WORDS, len(words))
    return [id_ for id_, weight in heaviest if weight >= _LIKE * whole and shared[id_] >= fewest]
