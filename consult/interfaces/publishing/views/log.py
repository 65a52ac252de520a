"""The published log as files (C2SP tlog-tiles), for whoever checks it."""

import re

from flask import Response, make_response
from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import NotFound
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer
from consult.foundation.policy.view_permissions import public
from consult.foundation.record.published_log import published_log

root = Routes()
"""Its addresses have no language in front."""

_NUMBER = r"(x[0-9]{3}/)*[0-9]{3}"
_LASTING = re.compile(rf"tile/([0-9]|[1-5][0-9]|6[0-3]|entries)/{_NUMBER}(\.p/[1-9][0-9]{{0,2}})?")
_GROWING = re.compile(rf"checkpoint|keys|checkpoints/[0-9]{{12}}|opened/{_NUMBER}")


@root.get("/log/<int:number>/<path:name>")
@public
def log_file(number: int, name: str) -> Answer:
    """Return a file of the published log; NotFound where it has no such file."""
    lasting = bool(_LASTING.fullmatch(name))
    known = lasting or _GROWING.fullmatch(name)
    content = published_log(number).read(name) if known else None
    if content is None:
        raise NotFound(
            _l("The log has no such file."), _l("docs/record-format.md says which there are.")
        )
    answer: Response = make_response(content)
    if lasting:
        answer.mimetype = "application/octet-stream"
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        answer.headers["Content-Type"] = "text/plain; charset=utf-8"
        answer.headers["Cache-Control"] = "no-cache"
    return answer
