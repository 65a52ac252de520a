"""Invitations: an organiser asks somebody, by e-mail address, to sit at a body.

An invitation waits, is sent, and ends once: accepted, declined, expired after thirty days, or
revoked. Its link opens one page; of the link only a digest is kept, and it is worth nothing after
the end. Accepting makes an account where there is none, a membership, and a mandate if the person
is to speak for an organisation, all together or not at all. A file of invitations is a batch: it is
checked whole first, and what is good in it is sent at once.
"""

from datetime import time

from flask import Flask

from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.foundation.notifications.delivery import after_sending
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.personal_data.closing import on_closing
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.policy.questions import answer
from consult.lazy import lazy
from consult.people.invitations import answers, daily, labels, letters, personal


def init_app(app: Flask) -> None:
    """Register what invitations answer, mail, do by the day and show."""
    add_labels(*labels.LABELS)
    answer(answers.ANSWERS)

    declare(Topic.SECURITY, letters.INVITE, letters.REMIND)
    handle(letters.WRITE, letters.write_waiting)
    after_sending(letters.INVITE, letters.note_sent)
    repeat("invitations-daily", daily.daily, Interval.DAY, time(8, 0))

    personal_data(*personal.PARTS)
    on_closing(personal.forget_who_was_invited)
    register_rules(*personal.RULES)

    bring_pages(app, lazy("consult.people.invitations.views:init_pages"))
