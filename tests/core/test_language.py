"""The language of texts is told where it is clear, and otherwise not."""

import subprocess
import sys

import pytest

from consult.foundation.analysis.language import language_of

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["Het is niet de bedoeling dat een ander het doet"], "nl"),
        (["It should not be the end of the world"], "en"),
        (["Der Etat der städtischen Bühnen soll gekürzt werden"], "de"),
        (["Volem un habitatge digne per a tothom al barri"], "ca"),
        (["Wy wolle mear beammen en blommen yn ús doarp"], "fy"),
        (["Şehirde daha fazla ağaç ve park istiyoruz, lütfen"], "tr"),
        (["نريد المزيد من الأشجار والحدائق في المدينة الكبيرة"], "ar"),
        (["Ok", "Goed", "Eens"], "und"),
        ([], "und"),
        (["12 345 678", "?!"], "und"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_text_tells_its_language_where_it_is_clear(texts: list[str], language: str) -> None:
    assert language_of(texts) == language


def test_some_words_of_another_language_do_not_change_it() -> None:
    """Five English words in a German debate once made it English."""
    german = ["Die Stadt soll bei den Bühnen sparen und nicht bei den Kindern"] * 40
    assert language_of([*german, "Please keep the swimming pool open for the children"]) == "de"


def test_a_debate_in_two_languages_is_in_none() -> None:
    dutch = ["De gemeente moet meer bomen planten in de wijk, en snel ook"] * 10
    english = ["The city should plant many more trees in every street, and soon"] * 10
    assert language_of(dutch + english) == "und"


def test_no_command_waits_for_the_library() -> None:
    code = "import sys, consult; consult.create_app({'SECRET_KEY': 'k' * 40, 'TESTING': True}); "
    code += "sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
