"""A virus scanner by setting: what it finds is refused, and nobody gets what it did not see."""

import io
import socketserver
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Attachment, Proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import ScanState, StoredFile
from consult.foundation.files.scanning import scan_files
from consult.foundation.jobs.services import run_all
from tests.cast import person
from tests.factories import PDF_FILE, make_proposal
from tests.files.clamav import VIRUS, Daemon, daemon

NEW = "/en/rounds/open/proposals/new"
FORM = {
    "title": "Eén plek", "problem": "Versnipperd.", "action": "Bundelen.", "theme_id": "0",
    "organisation_id": "0", "language": "nl", "origin": "new", "amount": "", "act": "submit",
}  # fmt: skip
INFECTED = PDF_FILE + b"\n" + VIRUS


@pytest.fixture
def scanner(app: Flask, tmp_path: Path) -> Iterator[Daemon]:
    """A scanner that answers, and stands in the settings."""
    with daemon(tmp_path) as running:
        app.config["SCANNER_URL"] = running.url
        yield running
    app.config["SCANNER_URL"] = ""


@pytest.fixture
def away(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A scanner that stands in the settings and is not there; gives its folder."""
    app.config["SCANNER_URL"] = f"clamav:{tmp_path / 'clamd.ctl'}"
    yield tmp_path
    app.config["SCANNER_URL"] = ""


def send(browser: Any, *files: tuple[str, bytes], **more: str) -> Any:
    chosen = [(io.BytesIO(content), name) for name, content in files]
    data = {**FORM, **more, "files": chosen}
    return browser.post(NEW, data=data, content_type="multipart/form-data")


def states() -> dict[str, ScanState]:
    db.session.expire_all()
    return {one.name: one.scan_state for one in db.session.scalars(select(StoredFile))}


def address() -> str:
    db.session.expire_all()
    return f"/en/attachments/{db.session.scalars(select(StoredFile)).one().public_id}"


def test_a_clean_file_goes_along_and_an_infected_one_is_refused(
    browse: Any, scanner: Daemon
) -> None:
    pia = browse("pia")
    refused = send(pia, ("nota.pdf", PDF_FILE), ("besmet.pdf", INFECTED))
    assert refused.status_code == 422
    assert "“besmet.pdf” is not taken: our virus scanner found a virus in it." in refused.text
    assert states() == {"nota.pdf": ScanState.CLEAN}
    assert scanner.seen == [PDF_FILE, INFECTED], "it got every byte of both"
    assert pia.get(address()).data == PDF_FILE


@pytest.mark.usefixtures("away")
def test_a_scanner_that_is_away_holds_the_file_and_says_so(
    browse: Any, away: Path, now: datetime
) -> None:
    pia = browse("pia")
    receipt = send(pia, ("nota.pdf", PDF_FILE))
    assert receipt.status_code == 303, "nobody waits with their text for a scanner"
    assert states() == {"nota.pdf": ScanState.UNSCANNED}
    held = pia.get(address())
    assert held.status_code == 503
    assert "our virus scanner has not looked at it" in held.text
    page = pia.get("/en/rounds/open/proposals/1").text
    assert "not scanned for viruses yet" in page
    assert address() not in page
    run_all(now + timedelta(minutes=3))
    assert states() == {"nota.pdf": ScanState.UNSCANNED}
    with daemon(away):
        run_all(now + timedelta(minutes=6))
    assert states() == {"nota.pdf": ScanState.CLEAN}
    assert pia.get(address()).data == PDF_FILE
    assert address() in pia.get("/en/rounds/open/proposals/1").text


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK"[:4]])
def test_whatever_is_no_yes_is_none(browse: Any, scanner: Daemon, answer: bytes) -> None:
    scanner.answer = answer
    assert send(browse("pia"), ("nota.pdf", PDF_FILE)).status_code == 303
    assert states() == {"nota.pdf": ScanState.UNSCANNED}
    assert browse("pia").get(address()).status_code == 503


def test_what_was_there_before_is_scanned_too_and_a_virus_is_given_to_nobody(
    browse: Any, app: Flask, tmp_path: Path, now: datetime
) -> None:
    pia = browse("pia")
    send(pia, ("besmet.pdf", INFECTED), act="save")
    assert pia.get(address()).data == INFECTED, "without a scanner nothing is held"
    draft = db.session.scalars(select(Proposal)).one()
    with daemon(tmp_path) as running:
        app.config["SCANNER_URL"] = running.url
        assert pia.get(address()).status_code == 503
        scan_files({}, now)
        assert states() == {"besmet.pdf": ScanState.INFECTED}
        sent = {**FORM, "draft": draft.public_id, "version": str(draft.version)}
        shown = db.session.scalars(select(StoredFile.public_id)).one()
        refused = pia.post(NEW, data={**sent, "shown": shown, "kept": shown})
        assert refused.status_code == 422
        assert "found a virus" in refused.text
        assert pia.post(NEW, data={**sent, "shown": shown}).status_code == 303
    app.config["SCANNER_URL"] = ""
    assert db.session.scalars(select(Attachment)).all() == []


def test_a_virus_stays_held_without_a_scanner(browse: Any) -> None:
    made = make_proposal("open", State.PUBLISHED)
    with unit_of_work():
        file = StoredFile(
            name="oud.pdf", media_type="application/pdf", size=1, sha256="0" * 64,
            storage_key="x", uploaded_by_id=person("pia").id, uploaded_at=made.arrived_at,
            scan_state=ScanState.INFECTED,
        )  # fmt: skip
        db.session.add(Attachment(proposal_id=made.id, file=file))
    answer = browse().get(address())
    assert answer.status_code == 503
    assert "given to nobody" in answer.text


class _Hung(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.close()


def test_a_daemon_on_a_port_that_hangs_up_is_away(browse: Any, app: Flask) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), _Hung) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        app.config["SCANNER_URL"] = f"clamav://127.0.0.1:{server.server_address[1]}"
        assert send(browse("pia"), ("nota.pdf", PDF_FILE)).status_code == 303
    app.config["SCANNER_URL"] = ""
    assert states() == {"nota.pdf": ScanState.UNSCANNED}
