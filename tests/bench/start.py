"""What it costs to start: `flask consult list-rounds` beside an empty program (empty.py).

It is run where the application is found already compiled, as every second start finds it.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from statistics import median
from tempfile import TemporaryDirectory

from tests.copies import ROOT

COMMAND = ("consult", "list-rounds")
PROGRAMS = {"ours": "consult", "empty": "tests.bench.empty"}
TIMES = 7


def _cpu(arguments: tuple[str, ...], environ: Mapping[str, str]) -> float:
    """Return the seconds of CPU, of user and system, that a command of Flask takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "flask", *arguments]
    subprocess.run(command, env=environ, cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured_start(times: int = TIMES) -> str:
    """Start both programs in turns, and say what they took."""
    with TemporaryDirectory() as folder:
        environ = {
            **os.environ,
            "CONSULT_DATABASE_URL": f"sqlite:///{folder}/start.sqlite",
            "CONSULT_INSTANCE": folder,
        }
        environs = {name: {**environ, "FLASK_APP": place} for name, place in PROGRAMS.items()}
        _cpu(("db", "upgrade"), environs["ours"])
        found: dict[str, list[float]] = {name: [] for name in PROGRAMS}
        for _ in range(times):
            for name, taken in found.items():
                taken.append(_cpu(COMMAND, environs[name]))
    ours, empty = median(found["ours"]), median(found["empty"])
    pairs = [one / other for one, other in zip(found["ours"], found["empty"], strict=True)]
    return (
        f"`flask consult list-rounds` takes {ours:.2f} s of CPU, an empty program of "
        f"Flask-SQLAlchemy {empty:.2f} s: {median(pairs):.2f} times ({min(pairs):.2f} to "
        f"{max(pairs):.2f}, {times} starts of each in turns)."
    )
