"""The content of the demonstration, read from the folder `content` and checked as a whole."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from consult.interfaces.demonstration import checks
from consult.interfaces.demonstration.reading import ContentFault, build, fault
from consult.interfaces.demonstration.schema import Content, DemoRound

FOLDER = Path(__file__).with_name("content")


@cache
def load(folder: Path = FOLDER) -> Content:
    """Read and check the content; raises ContentFault with a sentence for each fault."""
    found = _tables(sorted(folder.glob("*.toml")))
    rounds = found.pop("rounds", [])
    found["rounds"] = []
    content: Content = build(Content, found, "The content")
    content = _with_rounds(content, [_round(folder, table) for table in rounds])
    if faults := checks.faults(content):
        raise ContentFault(faults)
    return content


def _with_rounds(content: Content, rounds: list[DemoRound]) -> Content:
    return Content(**{**vars(content), "rounds": tuple(rounds)})


def _round(folder: Path, table: dict[str, Any]) -> DemoRound:
    """Read a round together with the files in the folder named after its key."""
    parts = _tables(sorted((folder / table["key"]).glob("*.toml")))
    for kind in ("proposals", "statements", "comments"):
        for contribution in parts.get(kind, []):
            _spell_out(contribution, table["moderator"])
    return build(DemoRound, {**table, **parts}, "The round")


def _spell_out(contribution: dict[str, Any], moderator: str) -> None:
    """Write `published = "-3 10:00"` as the decision that it is: the usual one, so a short form."""
    at = contribution.pop("published", None)
    if at is not None:
        publish = {"verb": "publish", "by": moderator, "at": at, "reason": ""}
        contribution["decisions"] = [publish, *contribution.get("decisions", [])]


def _tables(paths: list[Path]) -> dict[str, Any]:
    """Put the tables of several files together; lists of the same name are joined."""
    found: dict[str, Any] = {}
    for path in paths:
        for name, value in _read(path):
            if name not in found:
                found[name] = value
            elif isinstance(value, list) and isinstance(found[name], list):
                found[name] = [*found[name], *value]
            else:
                raise fault(path.name, f"{name!r} stands in another file as well.")
    return found


def _read(path: Path) -> Iterator[tuple[str, Any]]:
    """Read one file. What people say in it was invented, and the file has to say so."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise fault(path.name, f"this is not TOML ({error}).") from None
    says_itself = {"plan", "bodies", "organisations", "rounds"} & tables.keys()
    if tables.pop("invented", False) is not True and not says_itself:
        raise fault(path.name, "the line 'invented = true' is missing.")
    yield from tables.items()
