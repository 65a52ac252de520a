"""Change the product in small ways, one at a time: `make mutants`.

Only tests that reach the changed line are run, until the first failure. A change that no test
notices is a survivor: it says which test is missing, or stands in tests/mutants/same.py with the
reason why nobody gets anything else. A run goes on where the last one stopped.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path

from tests.copies import FAILED, PASSED, ROOT, TOO_LONG, Copies, Copy, Outcome
from tests.mutants.inside import HANGS, ORDER, RAN
from tests.mutants.mutations import COUNT, SEED, Mutant, chosen
from tests.mutants.reach import Archive, Reach, Test
from tests.mutants.results import FINDS, Result, Results, Tried, Verdict
from tests.mutants.same import SAME

KEPT = ROOT / "build" / "mutants"
SECONDS = 60.0
"""How long the tests of one mutant may take together."""
MINUTES = 150
ENOUGH = 0.9
_AT_FIRST = 40
"""So many tests are run first: most mutants are found by them, and they stand in a few files."""
_LONGEST_SECONDS = 900
"""After so long on the wall clock a run is stopped, whatever it does."""


def main() -> int:
    """Do what was asked; gives 0 only where enough were found."""
    asked = _arguments().parse_args()
    asked.until = time.monotonic() + 60 * asked.minutes
    mutants = chosen(asked.seed)
    results = Results(KEPT / "results.jsonl")
    if asked.show:
        return _show(mutants, results, asked.show)
    if asked.list:
        for one in islice(_counted(mutants, results), asked.count):
            print(_line(one, results.of(one)))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    with tempfile.TemporaryDirectory(prefix="consult-mutants-") as folder:
        copies = Copies(Path(folder), asked.workers)
        archive = Archive(KEPT / "reach")
        for sentence in archive.write(copies):
            print(sentence, flush=True)
        if asked.reach:
            return 0
        run = _Run(Path(folder), copies, archive.read(), results, asked)
        run.all(mutants)
    return _sum_up(mutants, results, asked.count)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many mutants ({COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"which ones ({SEED})")
    parser.add_argument("--list", action="store_true", help="say what became of them; run nothing")
    parser.add_argument("--show", metavar="ID", help="show what one changes; run nothing")
    parser.add_argument("--survivors", action="store_true", help="try those again that survived")
    parser.add_argument("--reach", action="store_true", help="only watch which test reaches what")
    parser.add_argument("--seconds", type=float, default=SECONDS,
                        help=f"for the tests of one mutant ({SECONDS:.0f})")  # fmt: skip
    parser.add_argument("--minutes", type=float, default=MINUTES,
                        help=f"for this run; the next one goes on ({MINUTES})")  # fmt: skip
    parser.add_argument("--workers", type=int, default=2, help="how many at once (2)")
    return parser


def _counted(mutants: Sequence[Mutant], results: Results) -> Iterator[Mutant]:
    """Return those that count, in the order of the seed: others are replaced by the next."""
    same = {one.id for one in SAME}
    for one in mutants:
        result = results.of(one)
        is_broken = result is not None and result.verdict is Verdict.BROKEN
        if one.id not in same and not is_broken and one.is_python:
            yield one


class _Run:
    """One run on what is left to try."""

    def __init__(
        self,
        folder: Path,
        copies: Copies,
        reach: Reach,
        results: Results,
        asked: argparse.Namespace,
    ) -> None:
        self.folder, self.copies, self.reach, self.results = folder, copies, reach, results
        self.count: int = asked.count
        self.again: bool = asked.survivors
        self.seconds: float = asked.seconds
        self.until: float = asked.until
        self.printing = threading.Lock()
        self.tried: set[str] = set()
        self.world = folder / "world"

    def all(self, mutants: Sequence[Mutant]) -> None:
        """Try all; one that turns out to be none is replaced by the next of the seed."""
        if self.reach.left_out:
            print(f"{len(self.reach.left_out)} tests are left out; they do not pass unchanged:",
                  *self.reach.left_out, sep="\n    ")  # fmt: skip
        self._make_world(self.copies.every[0])
        while True:
            wanted = islice(_counted(mutants, self.results), self.count)
            left = [one for one in wanted if self._is_left(one)]
            if not left or time.monotonic() > self.until:
                return
            self.tried |= {one.id for one in left}
            for _ in self.copies.each(self._try, left):
                pass

    def _is_left(self, mutant: Mutant) -> bool:
        result = self.results.of(mutant)
        if mutant.id in self.tried:
            return False
        return result is None or (self.again and result.verdict not in FINDS)

    def _make_world(self, copy: Copy) -> None:
        self.world.mkdir()
        command = [sys.executable, "-m", "tests.mutants.ready_world", str(self.world)]
        subprocess.run(command, cwd=copy.folder, check=True)

    def _try(self, copy: Copy, mutant: Mutant) -> None:
        if time.monotonic() > self.until:
            return
        result = self._result(copy, mutant)
        with self.printing:
            self.results.add(result)
            print(_line(mutant, result), flush=True)

    def _result(self, copy: Copy, mutant: Mutant) -> Result:
        tests = self.reach.tests_for(mutant)
        tried = Tried(mutant.id, mutant.digest, len(tests))
        with copy.changed(Path(mutant.module), mutant.after):
            for batch in _batches(tests, self.seconds):
                outcome = self._run(copy, mutant, batch, tried)
                if outcome.code != PASSED:
                    return _not_passed(outcome, tried)
        if not tests:
            return tried.comes_to(Verdict.UNREACHED)
        return tried.comes_to(Verdict.SURVIVED if tried.ran == len(tests) else Verdict.NOT_ALL)

    def _run(self, copy: Copy, mutant: Mutant, tests: Sequence[Test], tried: Tried) -> Outcome:
        order, ran = copy.folder / "order.json", copy.folder / "ran"
        asked = {"tests": {one.address: one.seconds for one in tests}, "seconds": self.seconds}
        order.write_text(json.dumps(asked), encoding="utf-8")
        ran.unlink(missing_ok=True)
        there = {ORDER: str(order), RAN: str(ran)}
        if not self.reach.makes_the_world(mutant):
            there["CONSULT_TEST_WORLD"] = str(self.world / "template.sqlite")
        files = dict.fromkeys(one.address.partition("::")[0] for one in tests)
        outcome = copy.run(["-x", "-p", "tests.mutants.inside", *files], _LONGEST_SECONDS, **there)
        tried.ran += int(ran.read_text("utf-8")) if ran.exists() else 0
        tried.seconds += outcome.seconds
        return outcome


def _batches(tests: Sequence[Test], seconds: float) -> Iterator[Sequence[Test]]:
    """Return the first tests, of a few files, and then the others that there is time for."""
    ends = list(accumulate(one.seconds for one in tests))
    there_is_time_for = max(_AT_FIRST, sum(one <= seconds for one in ends))
    for batch in (tests[:_AT_FIRST], tests[_AT_FIRST:there_is_time_for]):
        if batch:
            yield batch


def _not_passed(outcome: Outcome, tried: Tried) -> Result:
    if outcome.code == TOO_LONG:
        return tried.comes_to(Verdict.HANGS)
    if outcome.code != FAILED:
        return tried.comes_to(Verdict.BROKEN, reason=outcome.tail)
    verdict = Verdict.HANGS if HANGS in outcome.reason else Verdict.FOUND
    return tried.comes_to(verdict, test=outcome.first, reason=outcome.reason)


def _line(mutant: Mutant, result: Result | None) -> str:
    where = f"{mutant.id} {mutant.module}:{mutant.first} {mutant.function} {mutant.operator}"
    if result is None:
        return f"{where}: not tried"
    by = f" by {result.test}" if result.test else ""
    ran = f", {result.ran} of {result.reaching} tests, {result.seconds:.0f} s"
    return f"{where}: {result.verdict}{by}{ran}"


def _show(mutants: Sequence[Mutant], results: Results, wanted: str) -> int:
    for one in mutants:
        if one.id.startswith(wanted):
            result = results.of(one)
            print(_line(one, result), one.diff, sep="\n")
            print(result.reason if result else "")
            return 0
    print(f"There is no mutant {wanted}.")
    return 2


def _sum_up(mutants: Sequence[Mutant], results: Results, count: int) -> int:
    """Say how it went, with every survivor."""
    sample = list(islice(_counted(mutants, results), count))
    tried = [(one, result) for one in sample if (result := results.of(one)) is not None]
    for one, result in tried:
        if result.verdict not in FINDS:
            print(f"\n{_line(one, result)}\n{one.diff}")
    print()
    for verdict, number in Counter(result.verdict for _, result in tried).most_common():
        print(f"{number:4} {verdict}")
    found = sum(result.verdict in FINDS for _, result in tried)
    minutes = sum(result.seconds for _, result in tried) / 60
    print(f"{found} of {len(tried)} found, {len(sample) - len(tried)} not tried yet; "
          f"{minutes:.0f} minutes of tests; {len(SAME)} change nothing for anybody")  # fmt: skip
    return 0 if len(tried) == len(sample) and found >= ENOUGH * len(sample) else 1


if __name__ == "__main__":
    sys.exit(main())
