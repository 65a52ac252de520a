"""What became of each mutant, kept in a file: a run goes on where the last one stopped."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from tests.mutants.mutations import Mutant


class Verdict(StrEnum):
    """What became of a mutant."""

    FOUND = "found"
    HANGS = "found: a test hangs"
    SURVIVED = "survived: all tests that reach it pass"
    NOT_ALL = "not found by the tests there was time for"
    UNREACHED = "no test reaches this line"
    BROKEN = "no mutant: the product does not start"


FINDS = frozenset((Verdict.FOUND, Verdict.HANGS))


@dataclass(frozen=True)
class Result:
    """What became of one mutant."""

    mutant: str
    digest: str
    """Of the function as it was then: a result is of that one only."""
    verdict: Verdict
    test: str = ""
    """The test that found it."""
    reason: str = ""
    ran: int = 0
    reaching: int = 0
    """How many tests reach it."""
    seconds: float = 0.0


@dataclass
class Tried:
    """A mutant that is being tried."""

    mutant: str
    digest: str
    reaching: int
    ran: int = 0
    seconds: float = 0.0

    def comes_to(self, verdict: Verdict, test: str = "", reason: str = "") -> Result:
        """Say what became of it."""
        told = {**asdict(self), "seconds": round(self.seconds, 1)}
        return Result(verdict=verdict, test=test, reason=reason, **told)


class Results:
    """The results so far; the last one of a mutant counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        found = [Result(**{**told, "verdict": Verdict(told["verdict"])})
                 for told in map(json.loads, lines)]  # fmt: skip
        self._known = {one.mutant: one for one in found}

    def of(self, mutant: Mutant) -> Result | None:
        """Return the result of a mutant, if it was tried as it is now."""
        found = self._known.get(mutant.id)
        return found if found is not None and found.digest == mutant.digest else None

    def add(self, result: Result) -> None:
        """Keep a result."""
        self._known[result.mutant] = result
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
