"""Jobs: work that is done after the commit, by a worker, at least once.

A job is a row written in the same transaction as the change that asks for it, so there is no mail
for a comment that was rolled back. A worker claims a job, does it and marks it done; a job that
fails is tried again later, and one that keeps failing stays visible. The packages above register
what each kind of job does.
"""

from flask import Flask

from consult.foundation.jobs import personal
from consult.foundation.jobs.giving_way import note_requests
from consult.foundation.personal_data.retention import register_rules


def init_app(app: Flask) -> None:
    """Register how long jobs are kept, and for whom their worker gives way."""
    note_requests(app)
    register_rules(*personal.RULES)
