"""Privacy: what people agree to, see, take along and leave behind (AVG).

A consent has a kind and the version of a text, and is withdrawn, never changed. An export of one's
own data is made by a job and lies ready for seven days, for its owner only. An account that closes
leaves a tombstone: texts and numbering stay under a neutral name. What is kept has a period, and a
daily job holds to it and writes a log. Incidents are noted in versions that are never overwritten.

What every package keeps, for how long, and what it does when an account closes, each says itself
(foundation/personal_data); here it is exported, held to and closed.
"""

from datetime import time

from flask import Flask

from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.core.people import add_grants
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.personal_data.closing import add_fact, on_closing
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.people.accounts.registering import on_registering
from consult.people.privacy import (
    answers,
    consents,
    exports,
    inactive_accounts,
    labels,
    personal,
    retention,
    suspending,
)
from consult.people.privacy.models import Consent


def init_app(app: Flask) -> None:
    """Register what is agreed to, what privacy itself keeps, and what it does and shows."""
    record_rows(Consent)
    add_labels(*labels.LABELS)
    add_grants(consents.GRANTS)
    boxes = lazy("consult.people.privacy.forms:registration_boxes")
    on_registering(boxes, consents.note_agreed)
    answer(answers.ANSWERS)

    declare(
        Topic.SECURITY,
        exports.READY,
        suspending.SUSPENDED,
        suspending.RESTORED,
        inactive_accounts.UNUSED,
    )
    handle("make-data-export", exports.make_export)
    repeat("retention", retention.run_retention, Interval.DAY, time(4, 15))

    personal_data(*personal.PARTS)
    add_fact(inactive_accounts.last_use)
    on_closing(*personal.AT_CLOSING)
    register_rules(*personal.RULES, *inactive_accounts.RULES)

    bring_pages(app, lazy("consult.people.privacy.views:init_pages"))
