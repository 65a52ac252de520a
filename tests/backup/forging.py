"""Archives made to be refused: taken apart, altered, and sealed again so that the seal is right."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from consult.interfaces.backup.archive import DIGITS, SEAL, seal_of

Line = dict[str, Any]


@dataclass
class Forged:
    """An archive in pieces. `honest` computes the manifest anew from what is in it."""

    members: dict[str, bytes]
    manifest: Any
    honest: bool = True
    extra: list[tuple[zipfile.ZipInfo | str, bytes]] = field(default_factory=list)
    as_is: bytes | None = None
    """The bytes of the manifest, where they are to be no JSON of ours."""

    @classmethod
    def of(cls, path: Path) -> "Forged":
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        return cls(members, json.loads(members.pop("manifest.json")))

    def rows(self, table: str) -> list[Line]:
        lines = self.members[f"tables/{table}.jsonl"].splitlines()
        return [json.loads(line) for line in lines]

    def put(self, table: str, rows: list[Line]) -> None:
        text = "".join(json.dumps(row) + "\n" for row in rows)
        self.members[f"tables/{table}.jsonl"] = text.encode()

    def change(self, table: str, act: Callable[[Line], object], row: int = 0) -> None:
        """Change one row of a table."""
        rows = self.rows(table)
        act(rows[row])
        self.put(table, rows)

    def write(self, path: Path) -> Path:
        """Write it with a right seal."""
        if self.honest:
            self.manifest["members"] = {
                name: {
                    "size": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                    **({"rows": content.count(b"\n")} if name.startswith("tables/") else {}),
                }
                for name, content in self.members.items()
            }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.members.items():
                archive.writestr(name, content)
            for entry, content in self.extra:
                archive.writestr(entry, content)
            said = json.dumps(self.manifest).encode() if self.as_is is None else self.as_is
            archive.writestr("manifest.json", said)
            archive.comment = SEAL + b"0" * DIGITS
        return seal(path)


def seal(path: Path) -> Path:
    """Make the seal of an archive right."""
    with path.open("r+b") as file:
        length = path.stat().st_size - DIGITS
        digits = seal_of(file, length).encode()
        file.seek(length)
        file.write(digits)
    return path
