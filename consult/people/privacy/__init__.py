"""Privacy: what people agree to, see, take along and leave behind (AVG).

A consent has a kind and the version of a text, and is withdrawn, never changed. An export of one's
own data is made by a job and lies ready for seven days, for its owner only. An account that closes
leaves a tombstone: texts and numbering stay under a neutral name. What is kept has a period, and a
daily job holds to it and writes a log. Incidents are noted in versions that are never overwritten.

The floors above register their part: `personal_data` (what stands in an export), `on_closing` and
`forbids_closing` (parts.py), `retention` (retention.py).
"""

from datetime import time

from flask import Flask

from consult.foundation.core.extensions import language_prefix
from consult.foundation.jobs.services import handle
from consult.foundation.jobs.timetable import Every, repeat
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.policy.questions import answer
from consult.people.privacy import answers, exports, retention, suspending, unused, views


def init_app(app: Flask) -> None:
    """Bring consents, exports, closing, retention and incidents."""
    answer(answers.ANSWERS)
    app.register_blueprint(views.pages(), url_prefix=language_prefix())
    unused.init_app(app)
    handle("make-data-export", exports.make_export)
    repeat("retention", retention.run_retention, Every.DAY, time(4, 15))
    declare(Topic.SECURITY, exports.READY, suspending.SUSPENDED, suspending.RESTORED, unused.UNUSED)
