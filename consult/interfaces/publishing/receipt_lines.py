"""What stands on a receipt for whoever handed the text in: each field on a line of its own.

The same lines stand on the page, on paper and in the file to keep. They say what was received, from
the record of that moment, whatever became of it since.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from consult.consultation.comments.labels import KINDS
from consult.consultation.comments.models import CommentKind
from consult.consultation.plans.models import Theme
from consult.foundation.core.addresses import address_of
from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.languages import pick, reader_language
from consult.foundation.core.templating import exact_moment, file_size
from consult.foundation.record.models import Event, Receipt
from consult.foundation.record.services import SAID
from consult.interfaces.publishing.queries import Received
from consult.people.organisations.models import Organisation

_TEXTS = {
    "title": _l("Title"),
    "problem": _l("The problem"),
    "action": _l("What should be done"),
    "result": _l("What will be different"),
    "openness": _l("How it opens government"),
    "body": _l("Your comment"),
}


@dataclass(frozen=True)
class ReceiptLine:
    """A field: what it is called, and what stood in it."""

    label: Sentence
    text: str
    is_prose: bool = False
    is_technical: bool = False
    """Whether only somebody who checks it needs it."""


def received_in(event: Event) -> Mapping[str, object]:
    """Return what an event says was received; of a part that was emptied, that it was."""
    kept = event.detail.content
    emptied = {
        name: _("The record no longer holds this part: something in it had to go.")
        for name in _TEXTS
        if SAID + name in event.fields and SAID + name not in event.detail.salts
    }
    return {**kept, **emptied}


def receipt_lines(content: Mapping[str, object]) -> list[ReceiptLine]:
    """Return what was handed in, field by field, without those that were empty."""
    return [*_about(content), *_texts(content), *_files(content)]


def in_short(content: Mapping[str, object]) -> str:
    """Return what was handed in, in one line: its title, in whose name and with how many files."""
    files = content.get("files")
    many = len(files) if isinstance(files, list) else 0
    organisation = content.get("organisation")
    behalf = db.session.get_one(Organisation, organisation).name if organisation else ""
    title = str(content.get("title") or "")
    parts = (
        _("“%(title)s”", title=title) if title else "",
        _("on behalf of %(organisation)s", organisation=behalf) if behalf else "",
        ngettext("with %(num)s file", "with %(num)s files", many) if many else "",
    )
    return ", ".join(part for part in parts if part)


def _about(content: Mapping[str, object]) -> Iterator[ReceiptLine]:
    if kind := content.get("kind"):
        yield ReceiptLine(_l("Kind"), str(KINDS[CommentKind(str(kind))]))
    if organisation := content.get("organisation"):
        yield ReceiptLine(_l("On behalf of"), db.session.get_one(Organisation, organisation).name)
    if theme := content.get("theme"):
        yield ReceiptLine(_l("Theme"), pick(db.session.get_one(Theme, theme).title)[0])
    if reason := content.get("not_for_publication"):
        yield ReceiptLine(_l("Not for publication"), str(reason))


def _texts(content: Mapping[str, object]) -> Iterator[ReceiptLine]:
    for name, label in _TEXTS.items():
        if text := content.get(name):
            yield ReceiptLine(label, str(text), is_prose=name != "title")


def _files(content: Mapping[str, object]) -> Iterator[ReceiptLine]:
    files = content.get("files")
    for one in files if isinstance(files, list) else []:
        yield ReceiptLine(_l("File"), f"{one['name']}, {file_size(one['size'])}")
        digest = _l("SHA-256 of %(file)s", file=one["name"])
        yield ReceiptLine(digest, str(one["sha256"]), is_technical=True)


def as_text(receipt: Receipt, received: Received | None, content: Mapping[str, object]) -> str:
    """Return a receipt as a plain text to keep, in the language of its reader."""
    language = reader_language()
    head = [
        ReceiptLine(_l("Receipt"), receipt.code),
        ReceiptLine(_l("Received"), exact_moment(receipt.issued_at)),
        *([ReceiptLine(_l("Proposal"), _number(received))] if received else []),
    ]
    check = address_of("publishing.receipt", language, code=receipt.code)
    lines = [f"{one.label}: {one.text}" for one in head]
    lines += [
        f"\n{one.label}\n{one.text}" if one.is_prose else f"{one.label}: {one.text}"
        for one in receipt_lines(content)
    ]
    return "\n".join([*lines, "", _("Check it here: %(address)s", address=check), ""])


def _number(received: Received) -> str:
    comment = f".{received.comment_number}" if received.comment_number else ""
    return f"#{received.number}{comment}"
