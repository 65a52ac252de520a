"""The build step of the assets: what is kept of them, a stamp, a lock without addresses, themes."""

import gzip
import re
import shutil
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "consult" / "static"
CLASS = re.compile(r"\.([a-z][\w-]+)")
PAGE = '<p class="utrecht-paragraph nl-link">{{ "utrecht-alert--" ~ kind }}</p>'


@pytest.fixture(name="assets", scope="module")
def load_assets() -> ModuleType:
    spec = util.spec_from_file_location("tools_assets", ROOT / "tools" / "assets.py")
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    sys.modules["tools_assets"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(name="laid", scope="module")
def lay_once(tmp_path_factory: pytest.TempPathFactory, assets: ModuleType) -> Path:
    """Lay the files of a small project with one page, one sheet and one theme."""
    root = tmp_path_factory.mktemp("project")
    (root / "package-lock.json").write_text("{}")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    for name, text in (("templates/page.html", PAGE), ("consult/static/css/own.css", "a {}" * 99)):
        path = root / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    sheet = root / "mine.css"
    sheet.write_text(".mine-theme {}" * 99)
    assets.lay_theme(f"mine={sheet}", root / "consult" / "static" / "vendor")
    assets.copy(root, root / "consult" / "static" / "vendor")
    return root


@pytest.fixture(name="root")
def copy_laid(laid: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid, tmp_path / "root", symlinks=True))


@pytest.fixture(name="vendor")
def name_vendor(root: Path) -> Path:
    return root / "consult" / "static" / "vendor"


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ("package-lock.json", "{ }"),
        ("templates/page.html", f'{PAGE}<table class="utrecht-table">'),
        ("consult/static/css/own.css", "b {}"),
    ],
)
def test_a_copy_is_current_until_what_it_was_made_of_changes(
    assets: ModuleType, root: Path, vendor: Path, changed: str, text: str
) -> None:
    assert assets.is_current(root, vendor)
    (root / changed).write_text(text)
    assert not assets.is_current(root, vendor)


def test_other_words_on_a_page_change_nothing(assets: ModuleType, root: Path, vendor: Path) -> None:
    (root / "templates/page.html").write_text(PAGE.replace("<p", "<p lang='nl'"))
    assert assets.is_current(root, vendor)


def test_a_missing_file_makes_it_stale(assets: ModuleType, root: Path, vendor: Path) -> None:
    (vendor / "components.css").unlink()
    assert not assets.is_current(root, vendor)


def test_what_only_the_tests_read_is_served_by_nobody(
    assets: ModuleType, root: Path, vendor: Path
) -> None:
    assert (root / "build" / "axe.min.js").is_file()
    assert not list(vendor.rglob("axe*"))
    (root / "build" / "axe.min.js").unlink()
    assert not assets.is_current(root, vendor)


def test_of_the_components_what_a_page_names_stays_in_a_layer(laid: Path) -> None:
    sheet = (laid / "consult/static/vendor/components.css").read_text()
    assert sheet.startswith("@layer components {")
    names = set(CLASS.findall(sheet))
    assert {"utrecht-paragraph", "nl-link", "utrecht-alert--error"} <= names
    assert not {name for name in names if name.startswith(("utrecht-table", "utrecht-button"))}


def test_every_text_is_laid_compressed_under_its_digest(assets: ModuleType, laid: Path) -> None:
    vendor = laid / "consult/static/vendor"
    for name in ("css/own.css", "vendor/themes/mine.css", "vendor/components.css"):
        text = laid / "consult/static" / name
        made = vendor / "compressed" / assets.digest_of(text)
        assert gzip.decompress(made.with_suffix(".gz").read_bytes()) == text.read_bytes()
        assert made.with_suffix(".br").stat().st_size <= made.with_suffix(".gz").stat().st_size


def test_the_sheet_of_fonts_names_each_under_its_digest(assets: ModuleType, laid: Path) -> None:
    vendor = laid / "consult/static/vendor"
    named = re.findall(r'url\("([^?]+)\?v=(\w+)"\)', (vendor / "fonts.css").read_text())
    assert {name for name, _ in named} == {
        str(path.relative_to(vendor)) for path in vendor.rglob("*.woff2")
    }
    assert all(assets.digest_of(vendor / name) == digest for name, digest in named)


def test_our_sheets_name_their_images_by_digest(assets: ModuleType) -> None:
    for sheet in (STATIC / "css").glob("*.css"):
        for image, _, digest in re.findall(r'url\("([^"?]+)(\?v=)?(\w*)"\)', sheet.read_text()):
            made = assets.digest_of((sheet.parent / image).resolve())
            assert digest == made, f"{sheet.name}: {image} needs ?v={made}"


def test_what_had_a_rule_has_it_still(assets: ModuleType) -> None:
    sheet = (ROOT / "node_modules" / assets.SHEET).read_text()
    whole = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    texts = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    texts += [path.read_text() for path in (STATIC / "js").glob("*.js")]
    words = {word for text in texts for word in re.findall(r"[\w-]+", text)}
    begun = tuple(word for word in words if word.endswith("-") and word.startswith("utrecht"))
    used = {one for one in CLASS.findall(whole) if one in words or one.startswith(begun)}
    kept = (STATIC / "vendor" / "components.css").read_text()
    selectors = {
        one
        for many in re.findall(r"[{}]([^{}@]+)\{", whole)
        for one in re.split(r",(?![^(]*\))", many)
        if ":is(" not in one and ":not(" not in one and set(CLASS.findall(one)) <= used
    }
    assert len(selectors) > 100
    assert not {one for one in selectors if one not in kept}


def test_no_name_of_a_component_is_put_together_out_of_sight() -> None:
    """The build finds whole names, and beginnings that say the component."""
    found = [
        (path.name, hit[0])
        for path in (ROOT / "templates").rglob("*.html")
        for hit in re.finditer(r"\b(utrecht|rhc)-(?![a-z])", path.read_text())
    ]
    assert not found


@pytest.mark.parametrize("argument", ["mine", "../x=mine.css", "mine=nowhere.css"])
def test_a_wrong_theme_is_refused(assets: ModuleType, root: Path, argument: str) -> None:
    with pytest.raises(SystemExit, match="NAME=FILE"):
        assets.lay_theme(argument, root / "vendor")
