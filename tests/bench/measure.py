"""Measuring: requests for a while, and the processor time the server spent on them."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cell:
    """One measurement."""

    requests: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time of the server per request (user and system)."""
        return 1000 * self.cpu_seconds / self.requests


def cpu_of_group(group: int) -> float:
    """Return the processor time that a process group has used, in seconds."""
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            used += int(fields[11]) + int(fields[12])
    return used / TICKS


def measure(act: Callable[[], None], group: int, seconds: float) -> Cell:
    """Do an act again and again for a while."""
    for _ in range(3):
        act()
    cpu, start, done = cpu_of_group(group), time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        act()
        done += 1
    return Cell(done, time.perf_counter() - start, cpu_of_group(group) - cpu)


def middle(values: list[float]) -> str:
    """Write the median with its spread."""
    return f"{median(values):.2f} ({min(values):.2f}-{max(values):.2f})"
