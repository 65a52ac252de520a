"""Switch the guards of the product off, one by one: `make guards`.

Every guard of the list is switched off in a copy, and the tests that are named with it are run
until the first failure. A guard without which everything passes is held by no test.
"""

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.copies import PASSED, ROOT, Copies, Copy
from tests.guards.everything import GUARDS
from tests.guards.guard import Guard, NotThere, Place, place_of, tests_of

LONGEST_SECONDS = 600
Found = tuple[Guard, Place, list[str]]


def main() -> int:
    """Do what was asked; gives 0 only where everything was found."""
    asked = _arguments().parse_args()
    words = [said.lower() for said in asked.only or [""]]
    guards = [one for one in GUARDS if any(said in one.guards.lower() for said in words)]
    if not guards:
        print(f"No guard has “{'” or “'.join(words)}” in its name.")
        return 2
    found, missing = _look_up(guards)
    for sentence in missing:
        print(sentence)
    if missing:
        return 2
    if asked.list:
        for guard, place, tests in found:
            where = place.path.relative_to(ROOT)
            print(f"{guard.guards}\n    {where}, {guard.within}: {', '.join(tests)}")
        print(f"{len(found)} guards")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    with tempfile.TemporaryDirectory(prefix="consult-guards-") as folder:
        run = _Run(Path(folder), asked.workers, reasons=asked.reasons)
        return run.all(found, baseline=not asked.no_baseline)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make guards", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        metavar="WORDS",
        help="guards with these words in the name (more than once: or these)",
    )
    parser.add_argument("--list", action="store_true", help="show where each stands; run nothing")
    parser.add_argument("--no-baseline", action="store_true", help="do not run the tests unchanged")
    parser.add_argument("--reasons", action="store_true", help="say what the failing test says")
    parser.add_argument("--workers", type=int, default=2, help="how many at once (2)")
    return parser


def _look_up(guards: Sequence[Guard]) -> tuple[list[Found], list[str]]:
    """Find each guard and its tests; gives those, and a sentence for each that is not there."""
    found: list[Found] = []
    missing = []
    for guard in guards:
        try:
            found.append((guard, place_of(guard), tests_of(guard)))
        except NotThere as sentence:
            missing.append(str(sentence))
    names = [one.guards for one in GUARDS]
    missing += sorted({f"“{name}” is the name of two guards." for name in names
                       if names.count(name) > 1})  # fmt: skip
    return found, missing


class _Run:
    """One run: some copies, each used by one worker at a time, and a count of what was found."""

    def __init__(self, folder: Path, workers: int, *, reasons: bool) -> None:
        self.reasons = reasons
        self.copies = Copies(folder, workers)
        self.printing = threading.Lock()
        self.tried = 0

    def all(self, found: Sequence[Found], *, baseline: bool) -> int:
        """Run everything, and say at the end how it went."""
        begun = time.monotonic()
        if baseline and not self._passes_unchanged(found):
            return 1
        held = sum(self.copies.each(lambda copy, one: self._try(copy, one, len(found)), found))
        minutes, seconds = divmod(round(time.monotonic() - begun), 60)
        print(f"{held} of {len(found)} guards found in {minutes} min {seconds} s")
        return 0 if held == len(found) else 1

    def _passes_unchanged(self, found: Sequence[Found]) -> bool:
        """Run all tests that are named, on each database: only what passes can turn red."""
        wanted: dict[str, dict[str, None]] = {}
        for guard, _, tests in found:
            wanted.setdefault(guard.database, {}).update(dict.fromkeys(tests))
        return all(self.copies.each(self._passes, list(wanted.items())))

    def _passes(self, copy: Copy, wanted: tuple[str, dict[str, None]]) -> bool:
        database, tests = wanted
        outcome = copy.run(list(tests), None, CONSULT_TEST_DATABASE=database)
        passed = outcome.code == PASSED
        said = "all pass" if passed else f"NOT all pass ({outcome.code})\n{outcome.tail}"
        with self.printing:
            print(f"With every guard on, on {database}: {len(tests)} tests, {said} "
                  f"({outcome.seconds:.0f} s)", flush=True)  # fmt: skip
        return passed

    def _try(self, copy: Copy, one: Found, of_all: int) -> bool:
        guard, place, tests = one
        with copy.changed(place.path.relative_to(ROOT), place.switched_off):
            outcome = copy.run(
                ["-x", *tests], LONGEST_SECONDS, CONSULT_TEST_DATABASE=guard.database
            )
        if outcome.finds:
            said = f"found by {outcome.first}{f', {outcome.reason}' if self.reasons else ''}"
        elif outcome.code == PASSED:
            said = "NOT FOUND: everything passes without it"
        else:
            said = f"NOT FOUND: its entry is broken ({outcome.code})\n{outcome.tail}"
        with self.printing:
            self.tried += 1
            print(f"[{self.tried}/{of_all}] {guard.guards}: {said} ({outcome.seconds:.1f} s)",
                  flush=True)  # fmt: skip
        return outcome.finds


if __name__ == "__main__":
    sys.exit(main())
