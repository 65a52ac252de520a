"""Ten leaks, each of one field in one place: the scanner must find every one of them."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, Response, request
from pypdf import PdfWriter

Spoil = Callable[[Response, str], None]


def _append(answer: Response, said: str) -> None:
    answer.set_data(answer.get_data() + f"<p>{said}</p>".encode())


def _attribute(answer: Response, said: str) -> None:
    answer.set_data(answer.get_data().replace(b"<main", f'<main data-by="{said}"'.encode(), 1))


def _header(answer: Response, said: str) -> None:
    answer.headers["X-Author"] = said


def _escaped(answer: Response, said: str) -> None:
    answer.headers["Link"] = f"</people/{said.replace('@', '%40')}>; rel=author"


def _cookie(answer: Response, said: str) -> None:
    answer.set_cookie("last", said)


def _file_name(answer: Response, said: str) -> None:
    answer.headers["Content-Disposition"] = f'attachment; filename="{said}.pdf"'


def _pdf_metadata(answer: Response, said: str) -> None:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": said})
    writer.write(out)
    answer.direct_passthrough = False
    answer.set_data(out.getvalue())


def _docx_property(answer: Response, said: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", f"<dc:creator>{said}</dc:creator>")
    answer.direct_passthrough = False
    answer.set_data(out.getvalue())


def _zipped_name(answer: Response, said: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"media/{said}.png", b"")
    answer.direct_passthrough = False
    answer.set_data(out.getvalue())


def _json(answer: Response, said: str) -> None:
    answer.set_data(json.dumps({"status": "ok", "by": said}))


LEAKS: dict[str, tuple[str, Spoil]] = {
    "a page": ("/nl/rounds/open", _append),
    "an attribute in a page": ("/nl/rounds/open/proposals", _attribute),
    "a header": ("/nl/plans/open-overheid", _header),
    "an escaped address in a header": ("/nl/rounds/open", _escaped),
    "a cookie": ("/nl/rounds/open", _cookie),
    "the name of a file": ("/nl/plans/open-overheid/plan.docx", _file_name),
    "the metadata of a PDF": ("/nl/plans/open-overheid/plan.pdf", _pdf_metadata),
    "the properties of a docx": ("/nl/plans/open-overheid/plan.docx", _docx_property),
    "the name of a part in a zip": ("/nl/plans/open-overheid/plan.docx", _zipped_name),
    "JSON": ("/health", _json),
}


@contextmanager
def leaking(app: Flask, name: str, said: str) -> Iterator[str]:
    """Let one place say what it should not and return the address of that place."""
    path, spoil = LEAKS[name]

    def after(answer: Response) -> Response:
        if request.path == path and answer.status_code == 200:
            spoil(answer, said)
        return answer

    hooks = app.after_request_funcs.setdefault(None, [])
    hooks.append(after)
    try:
        yield path
    finally:
        hooks.remove(after)
