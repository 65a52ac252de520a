"""The personal address that stops the mails of one topic, without signing in (RFC 8058).

It holds a number and a topic, signed for this use alone: no address, no name, no key to anything.
"""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from consult.foundation.core.addresses import address_of
from consult.foundation.notifications.kinds import DEFAULTS, DIGEST, MessageKind, Topic

EVERYTHING = "digest"
"""Stands for all topics that come in a digest."""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")


def sign(person_id: int, topic: str) -> str:
    """Make the token of a person and a topic (or EVERYTHING)."""
    return str(_signer().dumps([person_id, topic]))


def read(token: str) -> tuple[int, str] | None:
    """Read a token: (person, topic or EVERYTHING); None when we did not make it."""
    try:
        person_id, topic = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    if topic != EVERYTHING and topic not in set(DEFAULTS):
        return None
    return int(person_id), topic if topic == EVERYTHING else Topic(topic)


def address_to_stop(person_id: int | None, kind: MessageKind, language: str) -> str:
    """Return the address that stops mails of a kind; empty for what is always sent."""
    if person_id is None or (kind.always and kind.name != DIGEST):
        return ""
    topic = EVERYTHING if kind.name == DIGEST else kind.topic.value
    return address_of("accounts.unsubscribe", language, token=sign(person_id, topic))
