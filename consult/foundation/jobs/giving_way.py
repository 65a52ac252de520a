"""Giving way: a worker that shares its process with the web rests while people are answered.

After each piece of work it waits many times as long as that took, if a request was under way
meanwhile: so it takes a small part of the processor, and of the turns of a database with one
writer. Nothing of it is lost, it is only done later; and no rest is long. Kept pages are answered
before the application and count for nothing. A worker of its own has no requests beside it, and
never rests.
"""

import threading
import time
from dataclasses import dataclass

from flask import Flask, request

TIMES = 29
"""How many times as long it rests as it worked: three threads at work take a tenth together."""
LONGEST_REST = 2.0
"""Seconds."""
UNDER_WAY = "consult.under_way"


@dataclass
class _Requests:
    """How many requests began in this process, and how many are under way."""

    begun: int = 0
    under_way: int = 0


class _Piece(threading.local):
    """The piece of work that a thread is at: since when, and how many requests had begun then."""

    since: float | None = None
    begun = 0


_requests = _Requests()
_counting = threading.Lock()
_piece = _Piece()


def begin_work() -> None:
    """Begin a piece of work, in a thread that gives way."""
    _piece.since, _piece.begun = time.monotonic(), _requests.begun


def give_way() -> None:
    """Rest after a piece of work, if somebody was answered meanwhile, and begin the next one.

    Whoever never began one does not give way.
    """
    if _piece.since is None:
        return
    if _requests.under_way or _requests.begun > _piece.begun:
        time.sleep(min(LONGEST_REST, TIMES * (time.monotonic() - _piece.since)))
    begin_work()


def note_requests(app: Flask) -> None:
    """Note when a request begins and ends that the application answers."""
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    with _counting:
        _requests.begun += 1
        _requests.under_way += 1
    request.environ[UNDER_WAY] = True


def _end(_fault: BaseException | None) -> None:
    if request.environ.pop(UNDER_WAY, False):
        with _counting:
            _requests.under_way -= 1
