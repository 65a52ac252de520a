"""A plugin of pytest that writes down which test reaches which lines, for each file of tests.

What a fixture of more than one test reaches is written once, under the fixture; a test has the
names of those it asks for.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

from tests.copies import ROOT
from tests.mutants.places import modules

FOLDER = "CONSULT_REACH"
"""The variable that names the folder to write in."""


class Watcher:
    """Watches a run of tests; one context for each test and each fixture of many."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.coverage = coverage.Coverage(
            data_file=None, config_file=False, include=[str(ROOT / one) for one in modules()]
        )
        self.coverage.set_option(
            "run:disable_warnings", ["no-data-collected", "module-not-measured"]
        )
        self.coverage.start()
        self.tests: dict[str, dict[str, Any]] = {}
        self.skipped: set[str] = set()
        self.apart = 0.0
        self.context = ""

    def _switch(self, context: str) -> None:
        self.context = context
        self.coverage.switch_context(context)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._switch(item.nodeid)
        definitions = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009
        wide = [
            _name(each)
            for name in getattr(item, "fixturenames", ())
            for each in definitions.get(name, ())[-1:]
            if each.scope != "function"
        ]
        self.tests[item.nodeid] = {"seconds": 0.0, "passed": True, "fixtures": wide}
        self.apart, begun = 0.0, time.process_time()
        answer = yield
        spent = time.process_time() - begun - self.apart
        self.tests[item.nodeid]["seconds"] = round(spent, 3)
        self._switch("")
        return answer

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        outside, begun, apart = self.context, time.process_time(), self.apart
        self._switch(_name(fixturedef))
        try:
            return (yield)
        finally:
            self._switch(outside)
            self.apart = apart + time.process_time() - begun

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome == "failed":
            self.tests[report.nodeid]["passed"] = False
        elif report.outcome == "skipped":
            self.skipped.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        reached = self._lines()
        files: dict[str, dict[str, Any]] = defaultdict(dict)
        for test in self.tests.keys() - self.skipped:
            told = self.tests[test]
            files[test.partition("::")[0]][test] = {**told, "lines": reached.get(test, {})}
        for file, tests in files.items():
            names = {name for told in tests.values() for name in told["fixtures"]}
            fixtures = {name: reached.get(name, {}) for name in names}
            _write(self.folder, file, {"tests": tests, "fixtures": fixtures})

    def _lines(self) -> dict[str, dict[str, list[int]]]:
        """Return, for each context, the lines it reached, for each module."""
        found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        data = self.coverage.get_data()
        for path in data.measured_files():
            module = str(Path(path).relative_to(ROOT))
            for line, contexts in data.contexts_by_lineno(path).items():
                for context in contexts:
                    found[context][module].append(line)
        return found


def _name(fixture: pytest.FixtureDef[Any]) -> str:
    return f"fixture {fixture.baseid}::{fixture.argname}"


def _write(folder: Path, file: str, told: dict[str, Any]) -> None:
    path = folder / f"{file.replace('/', '.')}.json"
    path.write_text(json.dumps(told), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch before the product is imported."""
    config.pluginmanager.register(Watcher(Path(os.environ[FOLDER])))
