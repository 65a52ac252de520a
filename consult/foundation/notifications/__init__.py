"""Notifications: messages to one person each, kept as rows first and sent afterwards.

Each kind of message is declared once, with its topic. Of each topic a person chooses whether its
messages come at once, in a digest (daily or weekly) or not at all; what is for a digest waits as a
notice. A message is written in the transaction of the change it tells about, in the language of
its reader, with exactly one recipient, and sent by a queue beside the jobs: it waits, is sent, was
left out (its reader may no longer read it) or has failed for good, where an administrator sees it.
In the demonstration the mail stays in the house and is shown on a page.
"""

from flask import Flask

from consult.foundation.core.labels import add_labels
from consult.foundation.jobs.queues import add_queue
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.foundation.notifications import (
    broadcasts,
    delivery,
    digests,
    labels,
    personal,
    transport,
)
from consult.foundation.notifications.kinds import DIGEST, Topic, declare
from consult.foundation.personal_data.closing import on_closing
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.personal_data.retention import register_rules


def init_app(app: Flask) -> None:
    """Bind the mail library, and register the work that mail is."""
    add_labels(*labels.LABELS)
    transport.init_app(app)
    declare(Topic.SECURITY, DIGEST)
    handle("broadcast", broadcasts.spread)
    handle("digests-batch", digests.make_digests)
    repeat("digests", digests.start_digests, Interval.DAY, digests.HOUR)
    add_queue(delivery.MAIL, delivery.deliver, delivery.mail_waits)

    personal_data(*personal.PARTS)
    on_closing(personal.forget_mails)
    register_rules(*personal.RULES)
