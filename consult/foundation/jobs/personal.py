"""How long jobs keep what they were about."""

from flask_babel import lazy_gettext as _l

from consult.foundation.jobs.models import Job
from consult.foundation.personal_data.retention import DAY, Rule, before, deletes

RULES = (
    Rule(
        "jobs", _l("Work that was done"), _l("it was done"), 30 * DAY, _l("deleted"),
        _l("Long enough to find out what went wrong."), before(Job.done_at), deletes(Job),
    ),
    Rule(
        "failed_jobs", _l("Work that failed for good"), _l("it failed"), 90 * DAY, _l("deleted"),
        _l("Long enough to repair it."), before(Job.failed_at), deletes(Job),
    ),
)  # fmt: skip
