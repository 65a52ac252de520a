"""A request whose act met another one is done once more, by itself: nothing of it was stored.

The second time it reads what the other one did, and ends as if it had come a moment later: it
succeeds, or it is refused by the sentence that fits. See docs/decisions/0022.
"""

from itertools import chain

from flask import Flask, request
from flask.typing import ResponseReturnValue

from consult.foundation.core.errors import Clash
from consult.foundation.core.unit_of_work import has_done_work

TRIES = 3


def init_retry(app: Flask) -> None:
    """Let the application do a request again, at most twice, after a `Clash`."""
    dispatch = app.dispatch_request

    def dispatch_again() -> ResponseReturnValue:
        for _ in range(TRIES - 1):
            try:
                return dispatch()
            except Clash:
                if has_done_work():  # a part of it was stored, and must not be done twice
                    raise
                for file in chain.from_iterable(request.files.listvalues()):
                    file.stream.seek(0)
        return dispatch()

    app.dispatch_request = dispatch_again  # type: ignore[method-assign]
