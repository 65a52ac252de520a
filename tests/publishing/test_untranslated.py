"""Files say which of their texts is not translated, and in which language it is."""

import io
from datetime import datetime
from pathlib import Path

import docx
import pytest
from flask import Flask

from consult.interfaces.publishing.documents import render_docx
from consult.interfaces.publishing.documents.composition import compose
from consult.interfaces.publishing.documents.content import Untranslated, prose_in
from consult.interfaces.publishing.documents.prose import Items, Paragraph
from consult.interfaces.publishing.reading_copy import COPIES
from tests.exchange.samples import PARTICIPANT, PROPOSAL, RESPONSE, ROUND
from tests.publishing.document_samples import commitment, plan
from tests.publishing.test_reading_copy import a_round, copy

SENTENCE = "Not translated. This text is in Dutch."


def test_a_text_is_taken_in_the_language_of_the_file_or_said_not_to_be() -> None:
    both = {"nl": "Ja.", "en": "Yes."}
    assert prose_in(both, "en") == "Yes."
    assert prose_in({"nl": "Ja."}, "en") == Untranslated("Ja.", "nl")
    assert prose_in({}, "en") == ""


def test_a_plan_says_it_once_before_each_text_and_marks_its_words(app: Flask) -> None:
    text = Untranslated("Eerst **dit**.\n\n- en dat", "nl")
    theme = plan().themes[0]
    document = plan(
        language="en",
        introduction=text,
        themes=(type(theme)(number=1, title="T", commitments=(commitment(problem=text),)),),
    )
    with app.app_context():
        composed = compose(document)
        made = docx.Document(io.BytesIO(render_docx(document)))
    assert composed.introduction is not None
    said, first, items = composed.introduction.blocks
    assert isinstance(said, Paragraph)
    assert [(one.text, one.language) for one in said.spans] == [(SENTENCE, None)]
    assert isinstance(first, Paragraph)
    assert {one.language for one in first.spans} == {"nl"}
    assert isinstance(items, Items)
    lines = [one.text for one in made.paragraphs]
    assert lines.count(SENTENCE) == 2
    run = next(one for p in made.paragraphs for one in p.runs if one.text == "dit")
    assert run._r.xpath("w:rPr/w:lang/@w:val") == ["nl-NL"]


@pytest.mark.parametrize("kind", list(COPIES))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_copy_of_a_round_has_the_answer_in_its_language(
    app: Flask, tmp_path: Path, now: datetime, kind: str, language: str
) -> None:
    del app
    two = {**ROUND, "version": 2}
    said = {"nl": "Dat doen wij.", "en": "We do that."}
    both = {**RESPONSE, "reason": said}
    alone = {**RESPONSE, "proposal": "p2", "reason": "Alleen zo."}
    other = {**PROPOSAL, "id": "p2", "title": "Nog een"}
    round_ = a_round(tmp_path, now, two, PARTICIPANT, PROPOSAL, other, both, alone)
    text = copy(round_, kind, tmp_path / "copy", now, language)
    assert said[language] in text
    assert said["nl" if language == "en" else "en"] not in text
    assert "Alleen zo." in text
    assert (SENTENCE in text) is (language == "en")
