"""Pia writes in steps: each keeps what she typed, and at the end she sees it as it will stand."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.drafts import change_files
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import save_draft
from consult.consultation.proposals.texts import ProposalText
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import store_file
from tests.cast import person, stay_signed_in
from tests.conftest import Clock
from tests.factories import PDF_FILE, find_round, make_proposal

NEW = "/en/rounds/open/proposals/new"
BLANK = {
    "title": "", "problem": "", "action": "", "theme_id": "0", "organisation_id": "0",
    "language": "nl", "origin": "new", "amount": "",
}  # fmt: skip
TITLE = "Eén plek voor besluiten"


def hidden(page: str) -> dict[str, str]:
    """What a page of the form sends along unseen, besides its fields."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    said = [(re.search(r'name="(\w+)"', one), re.search(r'value="([^"]*)"', one)) for one in found]
    return {
        name[1]: value[1]
        for name, value in said
        if name and value and name[1] in {"version", "draft", "once"}
    }


def seen(page: str) -> list[str]:
    """The numbers of the parts of the form that a page shows."""
    parts = re.findall(r'<section\s+class="consult-part"([^>]*)>', page)
    numbers = [(re.search(r"part-(\d)", one), "hidden" in one) for one in parts]
    return [number[1] for number, unseen in numbers if number and not unseen]


def only_proposal() -> Proposal:
    db.session.expire_all()
    return db.session.scalars(select(Proposal)).one()


def test_each_step_keeps_what_was_typed_and_the_last_shows_all_of_it(browse: Any) -> None:
    pia = browse("pia")
    first = pia.get(NEW)
    assert seen(first.text) == ["1"]
    typed = {**BLANK, **hidden(first.text), "title": TITLE}
    second = pia.get(pia.post(NEW, data={**typed, "act": "to-proposal"}).location)
    assert seen(second.text) == ["2"]
    assert only_proposal().title == TITLE
    typed |= {**hidden(second.text), "problem": "**Versnipperd.**", "action": "Bij elkaar."}
    address = f"/en/drafts/{only_proposal().public_id}"
    third = pia.get(pia.post(f"{address}?step=proposal", data={**typed, "act": "to-name"}).location)
    assert seen(third.text) == ["3"]
    typed |= {**hidden(third.text), "organisation_id": "1", "amount": "1500"}
    sent = {**typed, "act": "to-check", "files": (io.BytesIO(PDF_FILE), "onze nota.pdf")}
    answer = pia.post(f"{address}?step=name", data=sent, content_type="multipart/form-data")
    last = pia.get(answer.location).text
    assert seen(last) == []
    for said in (TITLE, "<strong>Versnipperd.</strong>", "Stichting Helder Bestuur", "€ 1,500"):
        assert said in last
    for said in ("onze nota.pdf", "1\u00a0kB", "step=about", "step=proposal", "step=name"):
        assert said in last
    handed_in = pia.post(f"{address}?step=check", data={**typed, **hidden(last), "act": "submit"})
    receipt = pia.get(handed_in.location).text
    assert TITLE in receipt
    assert "onze nota.pdf" in receipt
    assert only_proposal().state is State.PENDING


def test_one_goes_on_once_a_step_is_done_and_back_at_any_time(browse: Any) -> None:
    pia = browse("pia")
    answer = pia.post(NEW, data={**BLANK, "period": "2027", "act": "to-proposal"})
    assert answer.status_code == 422
    assert 'href="#title"' in answer.text
    assert 'href="#problem"' not in answer.text, "what was not asked yet is not wrong"
    assert only_proposal().period == "2027", "and what was typed is kept all the same"
    here = f"/en/drafts/{only_proposal().public_id}"
    typed = {**BLANK, **hidden(answer.text), "title": TITLE}
    back = pia.post(f"{here}?step=proposal", data={**typed, "act": "to-about"})
    assert back.status_code == 303
    assert seen(pia.get(back.location).text) == ["1"]


def test_the_check_names_the_steps_in_which_something_is_missing(browse: Any) -> None:
    draft = make_proposal("open", State.DRAFT, problem="", amount_cents=None)
    pia, here = browse("pia"), f"/en/drafts/{draft.public_id}"
    page = pia.get(f"{here}?step=check").text
    assert "Something is still missing" in page
    assert "Not filled in yet" in page
    assert seen(pia.get(here).text) == ["2"], "one goes on where something is missing"
    refused = pia.post(
        f"{here}?step=check",
        data={**BLANK, **hidden(page), "title": TITLE, "action": "Doen.", "act": "submit"},
    )
    assert refused.status_code == 422
    assert seen(refused.text) == ["2"], "what is wrong is seen, and can be mended there"
    assert 'href="#problem"' in refused.text


def test_the_form_can_be_seen_whole(browse: Any) -> None:
    page = browse("pia").get(f"{NEW}?step=whole").text
    assert seen(page) == ["1", "2", "3"]
    assert seen(browse("pia").get(f"{NEW}?step=nonsense").text) == ["1"]
    assert seen(browse("pia").get(f"{NEW}?step=check").text) == ["1"], "nothing is there to check"


def test_a_round_that_closed_shows_the_form_whole_and_loses_nothing(
    browse: Any, clock: Clock
) -> None:
    pia = browse("pia")
    clock.time = find_round("open").grace_ends_at + timedelta(days=1)
    stay_signed_in(clock.time)
    answer = pia.post(NEW, data={**BLANK, "title": TITLE, "act": "to-proposal"})
    assert answer.status_code == 200, answer.text
    assert seen(answer.text) == ["1", "2", "3"]
    assert f'value="{TITLE}"' in answer.text
    assert 'value="submit"' in answer.text


def test_a_preview_shows_the_text_and_hands_nothing_in(browse: Any) -> None:
    pia = browse("pia")
    typed = {**BLANK, "problem": "**Vet** www.overheid.nl", "act": "preview"}
    answer = pia.post(f"{NEW}?step=proposal", data=typed)
    assert answer.status_code == 200
    assert "<strong>Vet</strong>" in answer.text
    assert 'href="http://www.overheid.nl"' in answer.text
    assert 'role="alert"' not in answer.text, "a form that is not finished is not wrong"
    assert only_proposal().problem == "**Vet** www.overheid.nl"


@pytest.mark.parametrize(
    ("who", "address", "field"),
    [
        ("lotte", "/en/rounds/open/proposals/1/comments", "body"),
        ("lotte", "/en/rounds/open/proposals/1/position", "reason"),
        ("ana", "/en/rounds/open/responses/1", "reason_nl"),
        ("ana", "/en/plans/open-overheid/commitments/new", "description_nl"),
    ],
)
def test_every_editor_has_a_preview_without_a_script(
    browse: Any, who: str, address: str, field: str
) -> None:
    make_proposal("open")
    reader = browse(who)
    before = reader.get("/en/rounds/open/proposals/1").text.count("consult-comment__")
    answer = reader.post(address, data={field: "Ik vind dit *goed*.", "act": "preview"})
    assert answer.status_code == 200
    assert "<em>goed</em>" in answer.text
    assert "Ik vind dit *goed*." in answer.text, "the text itself is still in its field"
    assert reader.get("/en/rounds/open/proposals/1").text.count("consult-comment__") == before


def test_the_editor_asks_how_a_text_will_look(browse: Any) -> None:
    pia = browse("pia")
    shown = pia.post("/en/preview", data={"text": "## Kop\n\n<script>alert(1)</script>"}).text
    assert "<h4>Kop</h4>" in shown
    assert "<script" not in shown
    assert "Nothing is written here yet." in pia.post("/en/preview", data={"text": " "}).text
    assert len(pia.post("/en/preview", data={"text": "x" * 100_000}).text) < 21_000


def test_a_file_is_kept_as_soon_as_it_is_chosen(browse: Any) -> None:
    pia = browse("pia")
    page = pia.get(NEW).text
    known = hidden(page)["draft"]
    sent = {**BLANK, "draft": known, "files": (io.BytesIO(PDF_FILE), "onze nota.pdf")}
    autosave = "/en/rounds/open/drafts"
    said = pia.post(autosave, data=sent, content_type="multipart/form-data").json
    assert "onze nota.pdf" in said["files"]
    bad = {**sent, "version": str(said["version"]), "files": (io.BytesIO(b""), "leeg.pdf")}
    said = pia.post(autosave, data=bad, content_type="multipart/form-data").json
    assert "“leeg.pdf” is empty" in said["said"]
    assert "onze nota.pdf" in said["files"]
    again = {**sent, "version": str(said["version"]), "act": "save"}
    again["files"] = (io.BytesIO(PDF_FILE), "onze nota.pdf")
    assert pia.post(NEW, data=again, content_type="multipart/form-data").status_code == 303
    assert [one.file.name for one in only_proposal().attachments] == ["onze nota.pdf"]


@pytest.mark.usefixtures("app")
def test_two_requests_of_one_form_leave_one_file(now: datetime) -> None:
    """One saves by itself and one hands in, at the same instant; neither knows of the other."""
    pia, round_ = person("pia"), find_round("open")
    with unit_of_work():
        draft = save_draft(pia, round_, ProposalText(title=TITLE), now)
        twice = [store_file(pia, "nota.pdf", io.BytesIO(PDF_FILE), now) for _ in range(2)]
        for one in twice:
            one.waits_for = "proposal:x"
        db.session.flush()
        for one in twice:
            change_files(pia, draft, [one], [], now)
    assert [one.file.id for one in only_proposal().attachments] == [twice[0].id]
    assert db.session.scalars(select(StoredFile.id)).all() == [twice[0].id]
