"""Dutch is complete: every text of the interface has a translation, none is unfinished."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
DUTCH = ROOT / "consult" / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd]")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every text of the interface, gathered anew from code and templates."""
    target = tmp_path_factory.mktemp("texts") / "messages.pot"
    extract = ["-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    extract += ["-k", "_l", "-k", "lazy_gettext", "-o", str(target), "consult", "templates"]
    subprocess.run([sys.executable, *extract], check=True, cwd=ROOT)
    with target.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def dutch() -> Catalog:
    """The Dutch catalogue."""
    with DUTCH.open("rb") as file:
        return read_po(file, locale="nl")


def strings(message: Message) -> list[str]:
    found = message.string
    return [found] if isinstance(found, str) else list(found or ())


def test_no_text_is_missing(texts: Catalog, dutch: Catalog) -> None:
    missing = [message.id for message in texts if message.id and message.id not in dutch]
    assert not missing, f"{len(missing)} missing; gather them with `make texts`: {missing[:5]}"


def test_every_text_is_translated(dutch: Catalog) -> None:
    empty = [message.id for message in dutch if message.id and not all(strings(message))]
    assert not empty, f"{len(empty)} not translated: {empty[:5]}"


def test_no_translation_is_unfinished(dutch: Catalog) -> None:
    assert not [message.id for message in dutch if message.id and message.fuzzy]


def test_translations_keep_the_placeholders(dutch: Catalog) -> None:
    wrong = []
    for message in dutch:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[-1]
        wanted = sorted(set(PLACEHOLDER.findall(source)))
        wrong += [source for s in strings(message) if sorted(set(PLACEHOLDER.findall(s))) != wanted]
    assert not wrong


def test_no_translation_is_left_over(texts: Catalog, dutch: Catalog) -> None:
    known = {message.id for message in texts}
    assert not [message.id for message in dutch if message.id and message.id not in known]
