"""A plugin of pytest for the run on one mutant: these tests, in this order, for so long."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

ORDER, RAN = "CONSULT_MUTANT_TESTS", "CONSULT_MUTANT_RAN"
"""The variables that name the file with the tests, and the file for how many of them were run."""
PATIENCE = 60
"""So many seconds a test may take that took none before, until it is said to hang."""
HANGS = "it hangs"


class Limits:
    """Runs what is asked until its time is up; the time of the processor, not of the wall."""

    def __init__(self, asked: dict[str, Any], ran: Path) -> None:
        self.before: dict[str, float] = asked["tests"]
        self.seconds: float = asked["seconds"]
        self.order = {test: place for place, test in enumerate(self.before)}
        self.path, self.ran, self.begun = ran, 0, 0.0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        wanted = [one for one in items if one.nodeid in self.order]
        items[:] = sorted(wanted, key=lambda one: self.order[one.nodeid])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        self.begun = self.begun or time.process_time()
        signal.setitimer(signal.ITIMER_REAL, PATIENCE + 30 * self.before[item.nodeid])
        if time.process_time() - self.begun > self.seconds:
            return True  # it is not run, and nothing is said about it
        self.ran += 1
        return None

    def pytest_sessionfinish(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.path.write_text(str(self.ran), encoding="utf-8")


def _hangs(*_: Any) -> None:
    pytest.fail(HANGS, pytrace=False)


def pytest_configure(config: pytest.Config) -> None:
    """Read what is to be run."""
    asked = json.loads(Path(os.environ[ORDER]).read_text(encoding="utf-8"))
    config.pluginmanager.register(Limits(asked, Path(os.environ[RAN])))
    signal.signal(signal.SIGALRM, _hangs)
