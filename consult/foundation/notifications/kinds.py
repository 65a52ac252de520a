"""What kinds of messages there are, and to which topic each belongs.

The package that writes a kind declares it: `declare(Topic.MEETINGS, "meeting-planned")`. One that
nobody declared is always sent at once, so that nothing is lost; a test finds it.
"""

import enum
from dataclasses import dataclass


class Frequency(enum.StrEnum):
    """How often a person hears about a topic."""

    IMMEDIATELY = "immediately"
    DAILY = "daily"
    WEEKLY = "weekly"
    SITE = "site"
    """Among the notices on the site, and by no mail."""
    OFF = "off"


class Topic(enum.StrEnum):
    """What a message is about; a person chooses per topic."""

    CONTRIBUTION = "contribution"
    """What became of what they handed in."""
    REPLIES = "replies"
    ROUNDS = "rounds"
    MEETINGS = "meetings"
    MEMBERSHIP = "membership"
    """Mandates and memberships."""
    QUEUE = "queue"
    """What arrives, for whoever moderates or organises."""
    WARNINGS = "warnings"
    """What an organiser must not forget."""
    FOLLOWING = "following"
    """What happens to what they follow."""
    RECORD = "record"
    """The checkpoint of the public log, for whoever wants to keep one."""
    SECURITY = "security"
    """Keys to the account, invitations, what is done with one's data: always sent, at once."""


DEFAULTS: dict[Topic, Frequency] = {
    Topic.CONTRIBUTION: Frequency.IMMEDIATELY,
    Topic.REPLIES: Frequency.DAILY,
    Topic.ROUNDS: Frequency.IMMEDIATELY,
    Topic.MEETINGS: Frequency.IMMEDIATELY,
    Topic.MEMBERSHIP: Frequency.IMMEDIATELY,
    Topic.QUEUE: Frequency.DAILY,
    Topic.WARNINGS: Frequency.IMMEDIATELY,
    Topic.FOLLOWING: Frequency.DAILY,
    Topic.RECORD: Frequency.OFF,
}
"""What is chosen for whoever chose nothing. A topic that is not here cannot be chosen."""


AT_ONE_TIME = {Frequency.DAILY, Frequency.WEEKLY}
"""What comes together in one mail."""
AT_A_DESK = {Topic.QUEUE}
"""What a desk of its own shows and counts: as a notice it is never new."""


@dataclass(frozen=True)
class MessageKind:
    """One kind of message.

    `about` names the fact that the message is about: whether its reader may still read that is
    asked again when it is sent. What is `always` sent comes at once, whatever was chosen.
    """

    name: str
    topic: Topic
    about: str = ""
    always: bool = False


_kinds: dict[str, MessageKind] = {}


def declare(topic: Topic, *names: str, about: str = "", always: bool = False) -> None:
    """Declare kinds of messages on a topic, each in one way only (ValueError)."""
    for name in names:
        made = MessageKind(name, topic, about, always or topic not in DEFAULTS)
        if _kinds.setdefault(name, made) != made:
            raise ValueError(f"{name} is declared twice, in different ways")


def declared() -> dict[str, MessageKind]:
    """Return the kinds that were declared, by name."""
    return dict(_kinds)


def kind_of(name: str) -> MessageKind:
    """Return a kind; one that nobody declared is always sent at once."""
    return _kinds.get(name) or MessageKind(name, Topic.SECURITY, always=True)


def topics_in_use() -> list[Topic]:
    """Return the topics that can be chosen and have a kind that heeds the choice, in order."""
    used = {kind.topic for kind in _kinds.values() if not kind.always}
    return [topic for topic in Topic if topic in used]


BELOW_THE_FOOT = "\f"
"""What stands after this mark in a text stands below the foot of the letter."""
DIGEST = "digest"
"""The digest itself: its topics were chosen; nothing is asked twice."""
