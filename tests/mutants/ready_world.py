"""Fill the template database once, for all runs: `python -m tests.mutants.ready_world FOLDER`."""

import sys
from pathlib import Path

from tests.conftest import fill_template
from tests.databases import Databases

if __name__ == "__main__":
    fill_template(Databases(Path(sys.argv[1])))
