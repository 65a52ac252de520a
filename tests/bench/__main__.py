"""Run the bench: `python -m tests.bench`; without options everything, on both databases."""

import argparse
import os
import sys
import time
from collections.abc import Sequence

from tests.bench.operations import GROUPS, WRITING
from tests.bench.report import Table, flush_ms, heading, write
from tests.bench.running import Turns, run
from tests.bench.start import measured_start
from tests.bench.stores import ENGINES, KEPT, ROOT, say, store_of
from tests.bench.writers import run_writers

PAGE = ROOT / "docs" / "measurements.md"
SIZES = (2_000, 100_000)
LEAST = 100
"""With fewer proposals the words that are searched for are not there."""


def _size(text: str) -> int:
    if (found := int(text)) < LEAST:
        raise argparse.ArgumentTypeError(f"at least {LEAST}")
    return found


def _groups(text: str) -> list[str]:
    found = text.split(",")
    if unknown := set(found) - set(GROUPS):
        raise argparse.ArgumentTypeError(f"no operation: {', '.join(sorted(unknown))}")
    return found


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the options of the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    add = parser.add_argument
    add("--size", type=_size, action="append", help="proposals; repeat it for more")
    add("--database", choices=ENGINES, action="append", help="repeat it for both")
    add("--only", type=_groups, default=[], help=f"some of {','.join(GROUPS)}")
    add("--rounds", type=int, default=5, help="how often each is measured")
    add("--seconds", type=float, default=1.5, help="how long each time")
    add("--write", action="store_true", help="write the tables to docs/measurements.md")
    return parser.parse_args(arguments)


def main() -> None:
    """Measure, print, and write to docs/measurements.md when asked."""
    asked = options()
    turns = Turns(asked.rounds, asked.seconds)
    begun, loads = time.monotonic(), []
    sizes = asked.size or SIZES
    tables: list[Table | str] = []
    start = measured_start()
    for engine in asked.database or ENGINES:
        with store_of(engine) as store:
            for size in sizes if asked.only != [WRITING] else ():
                store.filled(size)
                loads.append(os.getloadavg()[0])
                say(f"{engine}, {size:,} proposals (load {loads[-1]:.1f})")
                tables.append(Table(engine, size, *run(store, size, asked.only, turns)))
            if WRITING in asked.only or not asked.only:
                tables.append(run_writers(store, sizes[0], turns))
    minutes = (time.monotonic() - begun) / 60
    text = "\n\n".join([heading(turns, flush_ms(KEPT), loads, minutes), start, *map(str, tables)])
    sys.stdout.write(f"{text}\n")
    if asked.write:
        write(PAGE, text)


if __name__ == "__main__":
    main()
