"""The page that says how the record stands, and how to check it oneself."""

from flask import render_template

from consult.foundation.core.clock import now
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer
from consult.foundation.policy.view_permissions import public
from consult.foundation.record.checkpoints import origin_of
from consult.foundation.record.published_log import published_log
from consult.foundation.record.queries import present_log
from consult.interfaces.verification.queries import cosigners, record_state

routes = Routes()


@routes.get("/record")
@public
def record() -> Answer:
    """Say when the record was last checked, what was found, and who cosigned it."""
    log = present_log()
    files = published_log(log.id) if log else None
    return render_template(
        "verification/record.html",
        state=record_state(now()),
        number=log.id if log else 0,
        origin=origin_of(log, log.id) if log else "",
        head=files.head() if files else None,
        keys=[str(key) for key in files.verifiers()] if files else [],
        cosigners=cosigners(files) if files else [],
    )
