"""A copy of the product in which one guard at a time is switched off, and the tests are run."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.guards.guard import ROOT, Guard, Place

_LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "instance", "build", "__pycache__", ".*_cache", ".hypothesis",
    "*.egg-info",
)  # fmt: skip
LONGEST_SECONDS = 600
PASSED, FAILED, TOO_LONG = 0, 1, -1
_NO_TEST = ("NameError", "UnboundLocalError", "SyntaxError", "ImportError", "ModuleNotFoundError")
"""What a test says when the product was broken, and no guard of it switched off."""


@dataclass(frozen=True)
class Outcome:
    """What a run of tests came to."""

    code: int
    output: str
    seconds: float

    @property
    def failures(self) -> list[str]:
        """The lines that name the tests that failed, the first one first."""
        return [line for line in self.output.splitlines() if line.startswith("FAILED ")]

    @property
    def finds(self) -> bool:
        """Whether a test failed, and by what it says; and not because nothing could be run."""
        if self.code != FAILED or not self.failures:
            return False
        return not self.reason.startswith(_NO_TEST)

    @property
    def first(self) -> str:
        """The first test that failed."""
        return self.failures[0].removeprefix("FAILED ").partition(" - ")[0]

    @property
    def reason(self) -> str:
        """What the first test that failed says, on one line."""
        return self.failures[0].partition(" - ")[2]

    @property
    def tail(self) -> str:
        """The end of what pytest said."""
        return "\n".join(self.output.splitlines()[-30:])


class Copy:
    """A folder with all that the tests need, apart from every other one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "product"
        self.scratch = folder / "scratch"
        self._running: subprocess.Popen[str] | None = None
        shutil.copytree(ROOT, self.folder, ignore=_LEFT_BEHIND)
        self._ensure_that_it_is_run()

    def _environment(self, database: str = "sqlite") -> dict[str, str]:
        inherited = {name: said for name, said in os.environ.items() if name != "PYTEST_ADDOPTS"}
        path = os.pathsep.join(filter(None, (str(self.folder), inherited.get("PYTHONPATH", ""))))
        # Wide lines: pytest cuts what it says of a failure at the edge of the screen.
        here = {"PYTHONPATH": path, "CONSULT_TEST_DATABASE": database, "COLUMNS": "300"}
        return {**inherited, **here}

    def _ensure_that_it_is_run(self) -> None:
        """Make sure that this copy is imported, and not the product that is installed."""
        said = subprocess.run(
            [sys.executable, "-c", "import consult; print(consult.__file__)"],
            cwd=self.folder, env=self._environment(), capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        if said != str(self.folder / "consult" / "__init__.py"):
            raise RuntimeError(f"the tests would run {said} instead of the copy")

    def run(self, tests: Sequence[str], database: str, *, to_the_end: bool = False) -> Outcome:
        """Run tests here, until the first failure or to the end."""
        until = [] if to_the_end else ["-x"]
        command = [
            sys.executable, "-m", "pytest", *until, "-q", "-p", "no:cacheprovider", "-n", "0",
            "--basetemp", str(self.scratch), *tests,
        ]  # fmt: skip
        begun = time.monotonic()
        process = self._running = subprocess.Popen(
            command, cwd=self.folder, env=self._environment(database), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        patience = None if to_the_end else LONGEST_SECONDS
        try:
            output, _ = process.communicate(timeout=patience)
            code = process.returncode
        except subprocess.TimeoutExpired:
            self.stop()
            output, _ = process.communicate()
            code, output = TOO_LONG, f"{output}\nStopped after {patience} seconds."
        return Outcome(code, output, time.monotonic() - begun)

    def stop(self) -> None:
        """End the tests that run here, with all that they started."""
        if self._running is not None and self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGKILL)

    def without(self, guard: Guard, place: Place, tests: Sequence[str]) -> Outcome:
        """Run tests with a guard switched off; afterwards it is on again."""
        path = self.folder / place.path.relative_to(ROOT)
        before = path.read_text(encoding="utf-8")
        self._write(path, place.switched_off)
        try:
            return self.run(tests, guard.database)
        finally:
            self._write(path, before)

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        # Python tells a new text by its second and its length, and may take these for the same.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()
