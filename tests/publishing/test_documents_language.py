"""A Dutch document is Dutch, whatever language its reader has chosen for the site."""

import io

import docx
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader

from consult.interfaces.publishing.documents import render_docx, render_pdf
from tests.publishing.document_samples import plan


def test_the_documents_language_wins_from_the_readers(words: Flask) -> None:
    del words
    for reader in ("nl", "en"):
        with force_locale(reader):
            dutch = PdfReader(io.BytesIO(render_pdf(plan("nl"))))
            english = PdfReader(io.BytesIO(render_pdf(plan("en"))))
        assert "Inhoud" in dutch.pages[1].extract_text()
        assert "1 januari 2023" in dutch.pages[0].extract_text()
        assert "Contents" in english.pages[1].extract_text()
        assert "1 January 2023" in english.pages[0].extract_text()


def test_the_word_document_says_the_same(words: Flask) -> None:
    del words
    with force_locale("en"):
        document = docx.Document(io.BytesIO(render_docx(plan("nl"))))
    lines = [p.text for p in document.paragraphs]
    assert "Inhoud" in lines
    assert "1 januari 2023 – 31 december 2027" in lines  # noqa: RUF001
    assert "Bedrag\t€ 45.000" in lines
