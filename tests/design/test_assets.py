"""The build step of the assets: a stamp, a lock without addresses, themes that survive."""

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(name="assets")
def load_assets() -> ModuleType:
    spec = util.spec_from_file_location("tools_assets", ROOT / "tools" / "assets.py")
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    sys.modules["tools_assets"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(name="root")
def make_root(tmp_path: Path, assets: ModuleType) -> Path:
    (tmp_path / "package-lock.json").write_text("{}")
    for source in (*assets.FILES, *assets.FOR_TESTS):
        path = tmp_path / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a {}")
    return tmp_path


def test_the_lock_names_no_registry() -> None:
    assert "http" not in (ROOT / "package-lock.json").read_text()


def test_a_copy_is_current_until_the_lock_changes(assets: ModuleType, root: Path) -> None:
    vendor = root / "vendor"
    assert not assets.is_current(root, vendor)
    assets.copy(root, vendor)
    assert assets.is_current(root, vendor)
    (root / "package-lock.json").write_text("{ }")
    assert not assets.is_current(root, vendor)


def test_a_missing_file_makes_it_stale(assets: ModuleType, root: Path) -> None:
    vendor = root / "vendor"
    assets.copy(root, vendor)
    (vendor / "components.css").unlink()
    assert not assets.is_current(root, vendor)


def test_what_only_the_tests_read_is_served_by_nobody(assets: ModuleType, root: Path) -> None:
    vendor = root / "vendor"
    assets.copy(root, vendor)
    assert (root / "build" / "axe.min.js").is_file()
    assert not list(vendor.rglob("axe*"))
    (root / "build" / "axe.min.js").unlink()
    assert not assets.is_current(root, vendor)


def test_the_components_stand_in_a_layer(assets: ModuleType, root: Path) -> None:
    vendor = root / "vendor"
    assets.copy(root, vendor)
    assert (vendor / "components.css").read_text().startswith("@layer components {")


def test_a_theme_survives_a_new_copy(assets: ModuleType, root: Path) -> None:
    sheet = root / "mine.css"
    sheet.write_text(".mine-theme {}")
    vendor = root / "vendor"
    assets.lay_theme(f"mine={sheet}", vendor)
    assets.copy(root, vendor)
    assert (vendor / "themes" / "mine.css").is_file()


@pytest.mark.parametrize("argument", ["mine", "../x=mine.css", "mine=nowhere.css"])
def test_a_wrong_theme_is_refused(assets: ModuleType, root: Path, argument: str) -> None:
    with pytest.raises(SystemExit, match="NAME=FILE"):
        assets.lay_theme(argument, root / "vendor")
