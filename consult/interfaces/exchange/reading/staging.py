"""Reading files into a staged copy and checking it as a whole, before anything is stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from consult.interfaces.exchange.format.lines import Line, RoundLine
from consult.interfaces.exchange.format.problems import ImportNote, LinePlace, Problem
from consult.interfaces.exchange.reading.decidim import read_decidim
from consult.interfaces.exchange.reading.decidim_survey import tables_in
from consult.interfaces.exchange.reading.defaults import completed
from consult.interfaces.exchange.reading.json_lines import read_jsonl
from consult.interfaces.exchange.reading.polis import read_polis
from consult.interfaces.exchange.reading.staged import BATCH, Staged

ReadingProgress = Callable[[int], None]
ReadPath = Callable[[Path], Iterator[Line | Problem | ImportNote]]
TABLES = frozenset({".csv", ".xlsx", ".ods"})
"""How files of tables end: they tell what is wrong with them before they give the round."""


def read_path(path: Path, component: str | None = None) -> Iterator[Line | Problem | ImportNote]:
    """Read a file in the interchange format, or the tables of a Polis or Decidim export.

    `component` names the one to take of the components of a Decidim export.
    """
    if path.is_dir() or path.suffix.lower() == ".csv":
        tables = tables_in(path)
        if tables is not None:
            return read_decidim(tables, component)
    return read_polis(path) if path.is_dir() else read_jsonl(path)


def _stage_one(
    staged: Staged, source: int, found: Iterable[Line | Problem | ImportNote]
) -> Iterator[int]:
    """Keep what one path gives; the round must be there, once, and first."""
    path = staged.paths[source]
    is_table = path.is_dir() or path.suffix.lower() in TABLES
    first: Line | Problem | None = None
    round_line: RoundLine | None = None
    for count, one in enumerate(found, 1):
        if isinstance(one, ImportNote):
            staged.notes.append(one)
            continue
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
            staged.add_line(source, completed(one, round_line) if round_line else one)
        if not (isinstance(one, Problem) and is_table):
            first = first or one
        yield count
    if first is None and not is_table:
        text = "the file is empty."
        staged.add_problem(source, Problem(LinePlace(str(path)), text, "Begin with a round line."))


def read_all(
    paths: Sequence[Path],
    progress: ReadingProgress | None = None,
    read: ReadPath = read_path,
) -> Staged:
    """Read paths, each holding one round, into a staged copy that is not checked yet.

    `progress` hears of every 1,000th line; `read` reads one path. The caller closes what it is
    given.
    """
    staged = Staged(paths)
    done = 0
    try:
        for source, path in enumerate(staged.paths):
            for _ in _stage_one(staged, source, read(path)):
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
