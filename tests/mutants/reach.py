"""Which tests reach which lines: written down once, and anew for the files that changed."""

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.copies import FAILED, PASSED, ROOT, Copies, Copy
from tests.mutants.mutations import Mutant
from tests.mutants.watching import FOLDER

SWEEPS = ("tests/house/", "tests/policy/")
"""Tests that reach everything; they come last."""
ELSEWHERE = ("tests/browser/", "tests/long/")
EARLY = frozenset(("fixture tests::template", "fixture tests::session_app"))
"""What is done before every test."""
WORLD = "fixture tests::template"
_SLOW = 5
"""A test of so many seconds waits until all others were asked."""
_NO_TESTS = 5
_AT_ONCE = 20
"""So many files of tests are watched in one run."""


@dataclass(frozen=True)
class Test:
    """A test, as it was when nothing was changed."""

    address: str
    seconds: float
    lines: int
    """How many lines it reaches of those that may be changed: a page reaches more than a rule."""

    @property
    def package(self) -> str:
        """The folder it stands in."""
        return self.address.split("/")[1]

    def __str__(self) -> str:
        return self.address


class Reach:
    """What was written down of all tests that pass."""

    def __init__(self, told: Iterable[dict[str, Any]]) -> None:
        self.tests: dict[str, Test] = {}
        self.left_out: list[str] = []
        self.world: dict[str, set[int]] = {}
        self._reached: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for file in told:
            self._add(file)

    def _add(self, file: dict[str, Any]) -> None:
        fixtures = file["fixtures"]
        for module, lines in fixtures.get(WORLD, {}).items():
            self.world.setdefault(module, set()).update(lines)
        for address, test in file["tests"].items():
            if not test["passed"]:
                self.left_out.append(address)
                continue
            asked = [fixtures[one] for one in test["fixtures"] if one not in EARLY]
            for lines_of in (test["lines"], *asked):
                for module, lines in lines_of.items():
                    for line in lines:
                        self._reached[module][line].add(address)
            count = sum(len(lines) for lines in test["lines"].values())
            self.tests[address] = Test(address, test["seconds"], count)

    def tests_for(self, mutant: Mutant) -> list[Test]:
        """Return the tests that reach a mutant, those first that are most about it.

        What runs when a module is imported is reached by every test: then those count that reach
        the function it is part of, or else the module.
        """
        found = self._between(mutant.module, mutant.first, mutant.last)
        if mutant.early and not found:
            found = self._between(mutant.module, *mutant.body) or self._between(mutant.module)
        return self._in_order(found, mutant)

    def makes_the_world(self, mutant: Mutant) -> bool:
        """Whether the world of the tests may be another one with this change."""
        lines = self.world.get(mutant.module, set())
        return any(mutant.first <= one <= mutant.last for one in lines)

    def _between(self, module: str, first: int = 0, last: int = 1_000_000) -> set[str]:
        reached = self._reached.get(module, {})
        return {one for line, tests in reached.items() if first <= line <= last for one in tests}

    def _in_order(self, found: Iterable[str], mutant: Mutant) -> list[Test]:
        package = mutant.module.split("/")[2]
        again: dict[str, int] = defaultdict(int)

        def rank(test: Test) -> tuple[bool, bool, int, bool, int]:
            function = test.address.partition("[")[0]
            again[function] += 1
            is_sweep = test.address.startswith(SWEEPS)
            is_slow = test.seconds > _SLOW
            return is_sweep, is_slow, again[function], test.package != package, test.lines

        return sorted((self.tests[one] for one in sorted(found)), key=rank)


class Archive:
    """Where it is written down, and what it was written down of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._noting = threading.Lock()

    def read(self) -> Reach:
        """Read all there is."""
        return Reach(json.loads(self._path(one).read_text("utf-8")) for one in self._files
                     if self._path(one).exists())  # fmt: skip

    @property
    def missing(self) -> list[str]:
        """The files of tests of which nothing is known, or what was so before they changed."""
        return [one for one in self._files if self._known.get(one) != self._digest(one)]

    def write(self, copies: Copies) -> Iterator[str]:
        """Run what is missing; says in a sentence how each part went."""
        missing = self.missing
        parts = max(1, round(len(missing) / _AT_ONCE)) if len(missing) > copies.number else 1
        shares = [share for at in range(parts) if (share := missing[at::parts])]
        yield from copies.each(self._write, shares)

    def _write(self, copy: Copy, files: list[str]) -> str:
        arguments = ["-p", "tests.mutants.watching", "-m", "not long and not browser", *files]
        outcome = copy.run(arguments, None, **{FOLDER: str(self.folder)})
        if outcome.code not in {PASSED, FAILED, _NO_TESTS}:
            return f"{', '.join(files)} could not be watched ({outcome.code})\n{outcome.tail}"
        for one in files:
            if not self._path(one).exists():  # nothing in it runs here
                self._path(one).write_text('{"tests": {}, "fixtures": {}}', encoding="utf-8")
        self.note(files)
        return f"{len(files)} files of tests watched in {outcome.seconds:.0f} s ({outcome.code})"

    def note(self, files: Iterable[str]) -> None:
        """Note that these files were watched as they are now."""
        with self._noting:
            known = self._known | {one: self._digest(one) for one in files}
            (self.folder / "known").write_text(json.dumps(known), encoding="utf-8")

    @property
    def _known(self) -> dict[str, str]:
        path = self.folder / "known"
        return json.loads(path.read_text("utf-8")) if path.exists() else {}

    def _path(self, file: str) -> Path:
        return self.folder / f"{file.replace('/', '.')}.json"

    @cached_property
    def _files(self) -> list[str]:
        found = (str(one.relative_to(ROOT)) for one in (ROOT / "tests").rglob("test_*.py"))
        return sorted(one for one in found if not one.startswith(ELSEWHERE))

    def _digest(self, file: str) -> str:
        here = (ROOT / file).read_bytes()
        return hashlib.sha256(self._product + here).hexdigest()

    @cached_property
    def _product(self) -> bytes:
        digest = hashlib.sha256()
        for folder in ("consult", "templates", "migrations"):
            for path in sorted((ROOT / folder).rglob("*")):
                if path.suffix in {".py", ".html", ".txt"}:
                    digest.update(path.read_bytes())
        return digest.digest()
