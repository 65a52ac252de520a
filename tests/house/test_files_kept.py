"""Every form with a field for files, refused once with a file chosen, keeps the file."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import FileField, MultipleFileField

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.meetings.forms import FilesForm
from consult.consultation.meetings.models import MeetingFile
from consult.consultation.proposals.forms import ElsewhereForm, ProposalForm
from consult.consultation.proposals.models import Attachment
from consult.foundation.core.db import db
from consult.foundation.files.models import StoredFile
from consult.interfaces.exchange.forms import SheetForm
from consult.people.invitations.forms import FileForm
from consult.people.invitations.models import InvitationBatch
from consult.people.publisher.forms import LogoForm
from tests.factories import PDF_FILE, make_meeting, make_proposal

pytestmark = pytest.mark.one_engine

NAME = "onze nota.pdf"
PROPOSAL = {
    "title": "Eén plek", "problem": "Versnipperd.", "action": "Bij elkaar.", "theme_id": "0",
    "organisation_id": "0", "language": "nl", "origin": "new", "act": "submit",
}  # fmt: skip
ELSEWHERE = {**PROPOSAL, "source": "letter", "source_note": "Brief", "on_behalf_of": "Bewoners"}
PEOPLE = b"e-mail;naam\nnieuw@consult.example;Nieuw\n"


class Form(HTMLParser):
    """Read what a browser would send of the first form of a page that takes files."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.action, self.found, self.area = "", {}, ""  # type: ignore[var-annotated]
        self.takes_files = self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("enctype") == "multipart/form-data":
            self.inside, self.action = True, said.get("action", "")
        if not self.inside or not said.get("name"):
            return
        if said.get("type") == "file":
            self.takes_files = True
        elif tag == "textarea":
            self.area = said["name"]
        elif tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.found.setdefault(said["name"], []).append(said.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found.setdefault(self.area, []).append(data.lstrip("\r\n"))
            self.area = ""

    def handle_endtag(self, tag: str) -> None:
        self.area = ""
        if tag == "form":
            self.inside = False


@dataclass(frozen=True)
class Case:
    """A form that takes files: where it is, what is refused, what is taken, where the file is."""

    form: type[FlaskForm]
    who: str
    address: Callable[[], str]
    refused: dict[str, Any]
    taken: dict[str, Any]
    arrived: Callable[[], list[str]]
    field: str = "files"
    name: str = NAME
    content: bytes = PDF_FILE


def names(link: Any) -> list[str]:
    db.session.rollback()
    found = select(StoredFile.name).join(link, link.file_id == StoredFile.id)
    return list(db.session.scalars(found.where(StoredFile.waits_for.is_(None))))


def attached() -> list[str]:
    return names(Attachment)


def brought() -> list[str]:
    db.session.rollback()
    return [row["name"] for one in db.session.scalars(select(InvitationBatch)) for row in one.rows]


def revised() -> str:
    make_proposal("open", State.PENDING)
    return "/en/rounds/open/proposals/1/revise"


def drafted() -> str:
    return f"/en/drafts/{make_proposal('open', State.DRAFT).public_id}"


def met() -> str:
    return f"/en/bodies/stakeholderforum/meetings/{make_meeting().number}/files"


BAD = {"files": (io.BytesIO(b""), "leeg.pdf")}
CASES = {
    "a new proposal": Case(
        ProposalForm, "pia", lambda: "/en/rounds/open/proposals/new",
        {**PROPOSAL, "title": ""}, PROPOSAL, attached,
    ),
    "a draft": Case(
        ProposalForm, "pia", drafted, {**PROPOSAL, "amount": "veel"},
        {**PROPOSAL, "amount": "25"}, attached,
    ),
    "a revision": Case(
        ProposalForm, "pia", revised, {**PROPOSAL, "problem": "", "version": "1"}, PROPOSAL,
        attached,
    ),
    "received elsewhere": Case(
        ElsewhereForm, "ana", lambda: "/en/rounds/open/proposals/elsewhere",
        {**ELSEWHERE, "source_date": "morgen"}, {**ELSEWHERE, "source_date": "2026-11-20"},
        attached,
    ),
    "files of a meeting": Case(
        FilesForm, "ana", met, BAD, {}, lambda: names(MeetingFile),
    ),
    "people to invite": Case(
        FileForm, "ana", lambda: "/en/bodies/stakeholderforum/invitations/files/new",
        {"language": "nl", "starts_on": "ooit"}, {"language": "nl", "starts_on": "2026-12-01"},
        brought, field="file", name="mensen.csv", content=PEOPLE,
    ),
}  # fmt: skip


FILE_ALONE = {SheetForm, LogoForm}
"""Forms of one file and no text: what is refused there is the file."""


def forms_with_files() -> set[type[FlaskForm]]:
    found, forms = set(), [FlaskForm]
    for form in forms:
        forms += form.__subclasses__()
        fields = {name: getattr(form, name, None) for name in dir(form)}
        kinds = [getattr(field, "field_class", object) for field in fields.values()]
        if form.__module__.startswith("consult.") and any(
            issubclass(kind, FileField | MultipleFileField) for kind in kinds
        ):
            found.add(form)
    return found


def test_every_form_with_files_is_tried() -> None:
    tried = {case.form for case in CASES.values()} | FILE_ALONE
    assert {form for form in forms_with_files() if form.__bases__[0] not in tried} <= tried


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_form_refused_once_keeps_its_file(browse: Any, case: Case) -> None:
    browser, address = browse(case.who), case.address()
    chosen = (io.BytesIO(case.content), case.name)
    files = [chosen, *[case.refused[case.field]]] if case.field in case.refused else [chosen]
    data = {**case.refused, case.field: files}
    answer = browser.post(address, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert case.name in answer.text, "the page names the file that it kept"
    form = Form(answer.text)
    assert form.takes_files, "a form for files says that it sends them"
    assert case.arrived() == []
    sent = {**form.found, **case.taken}
    again = browser.post(form.action or address, data=sent, content_type="multipart/form-data")
    assert again.status_code == 303, again.text
    assert case.arrived() == [NAME if case.field == "files" else "Nieuw"]


@pytest.mark.parametrize("case", [CASES["a new proposal"], CASES["files of a meeting"]])
def test_a_file_that_is_unticked_is_gone(browse: Any, case: Case) -> None:
    browser, address = browse(case.who), case.address()
    files = [(io.BytesIO(PDF_FILE), NAME), (io.BytesIO(PDF_FILE), "ander.pdf"),
             (io.BytesIO(b"MZ"), "x.pdf")]  # fmt: skip
    data = {**case.taken, "files": files}
    answer = browser.post(address, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    form = Form(answer.text)
    assert len(form.found["kept"]) == 2
    sent = {**form.found, **case.taken, "kept": form.found["kept"][1:]}
    assert browser.post(form.action or address, data=sent).status_code == 303
    assert case.arrived() == ["ander.pdf"]
    assert db.session.scalars(select(StoredFile.name)).all() == ["ander.pdf"]
