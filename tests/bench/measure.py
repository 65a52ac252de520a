"""Measuring: requests for a while, and the processor time that was spent on them."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")
WARM, MOST_WARM = 0.3, 3
"""Seconds and requests before the clock runs."""


@dataclass(frozen=True)
class Cell:
    """One measurement."""

    requests: int
    seconds: float
    cpu_seconds: float
    database_seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time of the server per request (user and system)."""
        return 1000 * self.cpu_seconds / self.requests

    @property
    def database_ms(self) -> float:
        """Milliseconds of processor time of the database's own processes per request."""
        return 1000 * self.database_seconds / self.requests

    @property
    def all_ms(self) -> float:
        """Both together: what SQLite does, it does within the server."""
        return self.cpu_ms + self.database_ms


@dataclass(frozen=True)
class Meter:
    """Reads the processor time of a server (a process group) and of PostgreSQL."""

    group: int
    postmaster: int | None = None

    def read(self) -> tuple[float, float]:
        """Return the seconds that each has used so far."""
        server = database = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            used = int(fields[11]) + int(fields[12])
            if int(fields[2]) == self.group:
                server += used
            elif stat.parent.name == str(self.postmaster):
                database += used + int(fields[13]) + int(fields[14])  # of children that ended too
            elif fields[1] == str(self.postmaster):
                database += used
        return server / TICKS, database / TICKS


def measure(act: Callable[[], object], meter: Meter, seconds: float) -> Cell:
    """Do an act again and again for a while."""
    warm, tries = time.perf_counter(), 0
    while tries < MOST_WARM and time.perf_counter() - warm < WARM:
        act()
        tries += 1
    before, start, done = meter.read(), time.perf_counter(), 0
    while not done or time.perf_counter() - start < seconds:
        act()
        done += 1
    took, after = time.perf_counter() - start, meter.read()
    return Cell(done, took, after[0] - before[0], after[1] - before[1])


def middle(values: Sequence[float]) -> str:
    """Write the median with its spread."""
    return f"{_short(median(values))} ({_short(min(values))}-{_short(max(values))})"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
