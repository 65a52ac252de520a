"""Copies of the product in which one thing at a time is changed, and the tests are run."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Given = TypeVar("Given")
Result = TypeVar("Result")

ROOT = Path(__file__).parents[1]

_LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "instance", "build", "__pycache__", ".*_cache", ".hypothesis",
    "*.egg-info",
)  # fmt: skip
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
    def errors(self) -> list[str]:
        """The same for the tests that could not even begin."""
        return [line for line in self.output.splitlines() if line.startswith("ERROR ")]

    @property
    def finds(self) -> bool:
        """Whether a test failed, and by what it says; and not because nothing could be run."""
        if self.code != FAILED or not self.failures:
            return False
        return not self.reason.startswith(_NO_TEST)

    @property
    def first(self) -> str:
        """The first test that failed."""
        return self._said.partition(" ")[2].partition(" - ")[0]

    @property
    def reason(self) -> str:
        """What the first test that failed says, on one line."""
        return self._said.partition(" - ")[2]

    @property
    def _said(self) -> str:
        return next(iter(self.failures + self.errors), "")

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

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        inherited = {name: said for name, said in os.environ.items() if name != "PYTEST_ADDOPTS"}
        path = os.pathsep.join(filter(None, (str(self.folder), inherited.get("PYTHONPATH", ""))))
        # Wide lines: pytest cuts what it says of a failure at the edge of the screen.
        return {**inherited, "PYTHONPATH": path, "COLUMNS": "300", **more}

    def _ensure_that_it_is_run(self) -> None:
        """Make sure that this copy is imported, and not the product that is installed."""
        said = subprocess.run(
            [sys.executable, "-c", "import consult; print(consult.__file__)"],
            cwd=self.folder, env=self._environment({}), capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        if said != str(self.folder / "consult" / "__init__.py"):
            raise RuntimeError(f"the tests would run {said} instead of the copy")

    def run(self, arguments: Sequence[str], patience: float | None, **environment: str) -> Outcome:
        """Run tests here, for so many seconds at most."""
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0",
            "--basetemp", str(self.scratch), *arguments,
        ]  # fmt: skip
        begun = time.monotonic()
        process = self._running = subprocess.Popen(
            command, cwd=self.folder, env=self._environment(environment), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
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

    @contextmanager
    def changed(self, path: Path, text: str) -> Iterator[None]:
        """Let a file, named by its path in the repository, say something else for a while."""
        there = self.folder / path
        before = there.read_text(encoding="utf-8")
        self._write(there, text)
        try:
            yield
        finally:
            self._write(there, before)

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        # Python tells a new text by its second and its length, and may take these for the same.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()


class Copies:
    """Some copies, each used by one worker at a time."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = max(1, number)
        self.every = [Copy(folder / str(one)) for one in range(self.number)]
        self._free: queue.Queue[Copy] = queue.Queue()
        for copy in self.every:
            self._free.put(copy)

    def each(
        self, work: Callable[[Copy, Given], Result], given: Sequence[Given]
    ) -> Iterator[Result]:
        """Do the work for each; who stops asking for results stops what is done, too."""

        def with_a_copy(one: Given) -> Result:
            copy = self._free.get()
            try:
                return work(copy, one)
            finally:
                self._free.put(copy)

        pool = ThreadPoolExecutor(self.number)
        try:
            yield from pool.map(with_a_copy, given)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for copy in self.every:
                copy.stop()
            raise
        finally:
            pool.shutdown()
