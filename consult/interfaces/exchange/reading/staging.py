"""Reading files into a staged copy and checking it as a whole, before anything is stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from consult.interfaces.exchange.format.lines import Line, RoundLine
from consult.interfaces.exchange.format.problems import LinePlace, Problem
from consult.interfaces.exchange.reading.defaults import completed
from consult.interfaces.exchange.reading.json_lines import read_jsonl
from consult.interfaces.exchange.reading.polis import read_polis
from consult.interfaces.exchange.reading.staged import BATCH, Staged

ReadingProgress = Callable[[int], None]


def read_path(path: Path) -> Iterator[Line | Problem]:
    """Read a file in the interchange format, or a Polis export where the path is a folder."""
    return read_polis(path) if path.is_dir() else read_jsonl(path)


def _stage_one(staged: Staged, source: int, found: Iterable[Line | Problem]) -> Iterator[int]:
    """Keep what one path gives; the round must be there, once, and first."""
    path = staged.paths[source]
    first: Line | Problem | None = None
    round_line: RoundLine | None = None
    for count, one in enumerate(found, 1):
        if isinstance(one, Problem):
            staged.add_problem(source, one)
        elif isinstance(one, RoundLine) and first is not None:
            text = "is a second round line, or does not stand first."
            help_ = "Begin the file with its one round; put another round in its own file."
            staged.add_problem(source, Problem(one.place, text, help_))
        else:
            if isinstance(one, RoundLine):
                round_line = one
            elif first is None:
                text = "is the first line and no round line."
                staged.add_problem(source, Problem(one.place, text, "Begin with the round."))
            whole = completed(one, round_line) if round_line else one
            staged.add_line(source, whole, round_line.closes_at if round_line else None)
        # A Polis folder tells what is wrong with its tables before its round.
        if not (isinstance(one, Problem) and path.is_dir()):
            first = first or one
        yield count
    if first is None and not path.is_dir():
        text = "the file is empty."
        staged.add_problem(source, Problem(LinePlace(str(path)), text, "Begin with a round line."))


def read_all(paths: Sequence[Path], progress: ReadingProgress | None = None) -> Staged:
    """Read paths, each holding one round, into a staged copy that is not checked yet.

    `progress` hears of every 1,000th line. The caller closes what it is given.
    """
    staged = Staged(paths)
    done = 0
    try:
        for source, path in enumerate(staged.paths):
            for _ in _stage_one(staged, source, read_path(path)):
                done += 1
                if progress and done % BATCH == 0:
                    progress(done)
        staged.all_in()
    except BaseException:
        staged.close()
        raise
    return staged


def stage(paths: Sequence[Path], progress: ReadingProgress | None = None) -> Staged:
    """Read and check paths, each holding one round.

    Gives the staged rounds with all problems of all paths. Raises nothing for what stands in the
    files. The caller closes what it is given.
    """
    staged = read_all(paths, progress)
    staged.check()
    return staged
