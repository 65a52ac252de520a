"""One decision about several contributions, with one reason; what stands in the way is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.moderation.holding import decide_at_desk
from consult.consultation.moderation.queries import KINDS, get_contribution
from consult.consultation.moderation.services import Judgement, ensure_complete
from consult.consultation.moderation.subjects import Moderated
from consult.consultation.moderation.suspected import Unconfirmed
from consult.foundation.core.db import random_id
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, Sentence
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.people import Actor

MOST = 50
"""So many are decided about at once: nobody read more."""


@dataclass(frozen=True)
class Ticked:
    """A contribution that was ticked, in the version that stood in the list."""

    contribution: Moderated
    seen: int


@dataclass(frozen=True)
class Undecided:
    """What a batch left as it was, and why."""

    contribution: Moderated
    why: Sentence


def read_ticked(keys: Sequence[str], *, lock: bool = False) -> list[Ticked]:
    """Read what was ticked: `kind:id:version` each, as the list wrote it.

    Raises InvalidInput for nothing, for too many, and for what the list did not write; NotFound
    for what is not there.
    """
    if not keys:
        text = _l("Tick what you want to decide about.")
        raise InvalidInput(text, _l("Each line of the list has a box."))
    if len(keys) > MOST:
        raise InvalidInput(
            _l("You ticked %(many)s; at most %(most)s go at once.", many=len(keys), most=MOST),
            _l("Untick some, and take those afterwards."),
        )
    return [_read(key, lock=lock) for key in dict.fromkeys(keys)]


def _read(key: str, *, lock: bool) -> Ticked:
    kind, _, rest = key.partition(":")
    public_id, _, version = rest.partition(":")
    seen = plain_number(version)
    if kind not in KINDS or seen is None or len(public_id) > len(random_id()):
        raise NotFound(_l("There is no such contribution."), _l("Go back to the queue."))
    return Ticked(get_contribution(kind, public_id, lock=lock), seen)


def decide_batch(
    actor: Actor, ticked: Sequence[Ticked], judgement: Judgement, now: datetime
) -> list[Undecided]:
    """Decide the same about several contributions, and return what was left as it was, with why.

    Left is what somebody else reads or decided about, what is no longer what stood in the list, and
    what may hold personal data where it would be published. All the rest is taken back with one
    press. Raises InvalidInput without the reason that the verb needs: then nothing is decided.
    """
    ensure_complete(judgement)
    act, left = random_id(), []
    for one in ticked:
        about_this = Judgement(judgement.verb, judgement.reason, judgement.ground, one.seen)
        try:
            decide_at_desk(actor, one.contribution, about_this, now, act)
        except (Conflict, NotAllowed, Unconfirmed) as refusal:
            left.append(Undecided(one.contribution, str(refusal)))
    return left
