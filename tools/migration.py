"""Write a migration of what changed in the models, in the numbering of the house.

Called by `make migration NAME="what it does"`. The file is a draft: read it, and add what alembic
does not see (data, triggers, names of constraints).
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ROOT / "migrations" / "versions"
FLASK = str(Path(sys.executable).parent / "flask")


def next_number() -> str:
    """Return the number after the last migration, with four digits."""
    numbers = [int(path.name[:4]) for path in VERSIONS.glob("[0-9]*.py")]
    return f"{max(numbers) + 1:04}"


def main() -> None:
    """Bring an empty database up to date, compare it with the models, and write the difference."""
    name = " ".join(sys.argv[1:]).strip()
    if not re.fullmatch(r"[A-Za-z][\w ,'-]{2,80}", name):
        sys.exit('Say what the migration does: make migration NAME="A deadline for answers"')
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CONSULT_INSTANCE"] = folder
        os.environ["CONSULT_DATABASE_URL"] = f"sqlite:///{folder}/empty.sqlite"
        subprocess.run([FLASK, "db", "upgrade"], check=True, capture_output=True)
        number = next_number()
        subprocess.run([FLASK, "db", "migrate", "--rev-id", number, "-m", name], check=True)


if __name__ == "__main__":
    main()
