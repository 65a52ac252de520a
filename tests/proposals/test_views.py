"""Bad input gives a clear page, keeps the text and changes nothing."""

import io
import re
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.listing import ProposalFilter
from consult.consultation.proposals.models import Proposal, ProposalVersion
from consult.consultation.proposals.services import withdraw_proposal
from consult.consultation.proposals.states import make_findable
from consult.consultation.proposals.views.public import _wanted
from consult.consultation.rounds.models import RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.settings.environment import LARGEST_REQUEST
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_proposal
from tests.world import NOON

NEW = "/nl/rounds/open/proposals/new"
FORM = {
    "title": "Eén plek voor besluiten",
    "problem": "Versnipperd over vijfhonderd sites.",
    "action": "Zet ze bij elkaar.",
    "theme_id": "0",
    "organisation_id": "0",
    "language": "nl",
    "origin": "new",
    "amount": "",
    "act": "submit",
}


@pytest.fixture
def csrf(app: Flask) -> Iterator[None]:
    """Ask for the CSRF token, as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def proposals() -> int:
    return db.session.scalar(select(func.count()).select_from(Proposal)) or 0


def test_it_works(browse: Any) -> None:
    answer = browse("pia").post(NEW, data={**FORM, "once": "k"})
    assert answer.status_code == 303
    page = browse("pia").get(answer.headers["Location"])
    assert "Versnipperd over vijfhonderd sites." in page.text
    assert "Versnipperd" not in browse(None).get(answer.headers["Location"]).text


def test_a_double_click_gets_the_first_answer(browse: Any) -> None:
    pia = browse("pia")
    first, second = (pia.post(NEW, data={**FORM, "once": "k"}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert proposals() == 1


def test_the_same_form_with_another_text_is_refused_and_kept(browse: Any) -> None:
    pia = browse("pia")
    pia.post(NEW, data={**FORM, "once": "k"})
    answer = pia.post(NEW, data={**FORM, "action": "Iets heel anders.", "once": "k"})
    assert answer.status_code == 422
    assert "Iets heel anders." in answer.text
    assert proposals() == 1


@pytest.mark.usefixtures("app")
def test_everything_wrong_is_said_at_once_and_the_text_stays(browse: Any) -> None:
    wrong = {**FORM, "title": "", "problem": "", "amount": "veel"}
    answer = browse("pia").post(NEW, data=wrong)
    assert answer.status_code == 422
    assert "Zet ze bij elkaar." in answer.text
    assert 'href="#title"' in answer.text
    assert 'href="#problem"' in answer.text
    assert 'href="#amount"' in answer.text
    assert proposals() == 0


def test_a_title_of_a_megabyte_is_refused(browse: Any) -> None:
    answer = browse("pia").post(NEW, data={**FORM, "title": "x" * 1_000_000})
    assert answer.status_code == 422
    assert proposals() == 0


def test_more_than_we_take_at_once_is_refused(
    app: Flask, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_FORM_MEMORY_SIZE", 10_000)
    data = {**FORM, "action": "x" * 20_000}
    answer = browse("pia").post(NEW, data=data, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "<h1" in answer.text
    assert proposals() == 0


def test_a_request_without_end_is_refused_unread(browse: Any) -> None:
    """Its sender says how long it is; no byte of it has to come for the answer."""
    answer = browse("pia").post(
        NEW, data=FORM, environ_overrides={"CONTENT_LENGTH": str(LARGEST_REQUEST + 1)}
    )
    assert answer.status_code == 413
    assert proposals() == 0


def test_a_script_in_markdown_runs_nowhere(browse: Any) -> None:
    attack = "<script>alert(1)</script> [klik](javascript:alert(1))"
    make_proposal("open", title=attack, action=attack)
    for path in ("/nl/rounds/open/proposals/1", "/nl/rounds/open/proposals", "/nl/rounds/open"):
        page = browse(None).get(path).text
        assert "<script>alert" not in page
        assert 'href="javascript' not in page


@pytest.mark.parametrize(
    "path",
    [
        "/nl/rounds/nergens",
        "/nl/rounds/open/proposals/99",
        "/nl/drafts/00000000-0000-4000-8000-000000000000",
        "/nl/attachments/00000000-0000-4000-8000-000000000000",
        "/nl/receipts/AAAAA",
        "/nl/plans/nergens",
        "/nl/plans/open-overheid/commitments/9",
        "/nl/plans/open-overheid/versions/9",
    ],
)
def test_an_unknown_address_is_a_clear_page(browse: Any, path: str) -> None:
    answer = browse("pia").get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text


@pytest.mark.parametrize("who", ["kees", "ana", "mo", "adi", "sam"])
def test_somebody_elses_draft_answers_like_none(browse: Any, who: str) -> None:
    draft = make_proposal("open", State.DRAFT, title="Geheim plan")
    answer = browse(who).get(f"/nl/drafts/{draft.public_id}")
    assert answer.status_code == 404
    assert "Geheim plan" not in answer.text


def test_an_expired_sign_in_gives_the_text_back(browse: Any) -> None:
    answer = browse(None).post(NEW, data=FORM)
    assert answer.status_code == 401
    assert "Zet ze bij elkaar." in answer.text
    assert proposals() == 0


@pytest.mark.usefixtures("csrf")
def test_a_missing_token_gives_the_text_back(browse: Any) -> None:
    answer = browse("pia").post(NEW, data=FORM)
    assert answer.status_code == 400
    assert "Zet ze bij elkaar." in answer.text
    assert proposals() == 0


def test_a_wrong_file_is_named_and_the_text_stays(browse: Any) -> None:
    data = {**FORM, "files": (io.BytesIO(b"MZ program"), "nota.pdf")}
    answer = browse("pia").post(NEW, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "nota.pdf" in answer.text
    assert "Zet ze bij elkaar." in answer.text
    assert proposals() == 0


def test_a_stale_revision_shows_both_texts(browse: Any) -> None:
    proposal = make_proposal("open")
    path = "/nl/rounds/open/proposals/1/revise"
    pia = browse("pia")
    stale = {**FORM, "version": str(proposal.version)}
    assert pia.post(path, data={**stale, "action": "Eerst dit."}).status_code == 303
    answer = pia.post(path, data={**stale, "action": "En toch dat."})
    assert answer.status_code == 409
    assert "Eerst dit." in answer.text
    assert "En toch dat." in answer.text


def test_late_is_acknowledged_as_late_and_not_public(browse: Any, clock: Clock) -> None:
    clock.time = find_round("open").grace_ends_at + timedelta(seconds=1)
    answer = browse("pia").post(NEW, data={**FORM, "once": "k"})
    page = browse("pia").get(answer.headers["Location"]).text
    assert "te laat" in page.lower() or "late" in page
    assert browse(None).get("/nl/rounds/open/proposals/1").status_code == 404
    tally = db.session.get_one(RoundTally, find_round("open").id, populate_existing=True)
    assert (tally.late, tally.received, tally.published, tally.pending) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "query", ["order=worst", "theme=x", "sector=y", "state=draft", "cursor=zz"]
)
def test_an_unknown_filter_is_refused_with_a_sentence(browse: Any, query: str) -> None:
    answer = browse(None).get(f"/nl/rounds/open/proposals?{query}")
    assert answer.status_code == 422
    assert "<h1" in answer.text


def test_the_list_filters_and_searches(browse: Any) -> None:
    theme = find_round("open").plan.themes[0].id
    make_proposal("open", title="Vergunningen sneller", theme_id=theme)
    with unit_of_work():
        make_findable(db.session.scalars(select(Proposal)).one())
    make_proposal("open", title="Iets anders")
    reader = browse(None)

    def listed(query: str) -> list[bool]:
        page = re.sub("</?mark>", "", reader.get(f"/nl/rounds/open/proposals?{query}").text)
        return ["Vergunningen sneller" in page, "Iets anders" in page]

    assert listed("") == [True, True]
    assert listed("q=vergunning") == [True, False]
    assert listed(f"theme={theme}") == [True, False]
    assert listed("theme=none") == [False, True]
    assert listed("sector=business") == [False, False]


def test_the_list_leaves_out_what_a_moderator_hid(browse: Any) -> None:
    make_proposal("open", State.HIDDEN)
    make_proposal("open")
    for who in (None, "sam", "lotte", "pia"):
        page = browse(who).get("/nl/rounds/open/proposals").text
        assert "/proposals/2" in page
        assert "/proposals/1" not in page
    assert "/proposals/1" in browse("mo").get("/nl/rounds/open/proposals").text


@pytest.mark.parametrize("end", ["withdrawn", "hidden"])
def test_what_was_never_public_has_no_page_whatever_became_of_it(
    browse: Any, now: datetime, end: str
) -> None:
    """The place of what readers saw stays; of this they never knew."""
    proposal = make_proposal("open", State.PENDING)
    with unit_of_work():
        if end == "withdrawn":
            withdraw_proposal(person("pia"), proposal, "", now)
        else:
            decide(person("mo"), proposal, Judgement(Verb.HIDE, "Naam.", Ground.OFFENSIVE), now)
    for who in (None, "sam", "lotte"):
        assert browse(who).get("/nl/rounds/open/proposals/1").status_code == 404
        assert "/proposals/1" not in browse(who).get("/nl/rounds/open/proposals").text
    for who in ("pia", "mo"):
        assert browse(who).get("/nl/rounds/open/proposals/1").status_code == 200


def test_headers_on_every_answer(browse: Any) -> None:
    for path in ("/nl/", "/nl/rounds/open", "/nl/nergens", "/health"):
        headers = browse("pia").get(path).headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_a_double_click_on_a_draft_gets_the_first_answer_too(browse: Any) -> None:
    pia = browse("pia")
    kept = pia.post("/nl/rounds/open/drafts", data=FORM).json
    form = {**FORM, "draft": kept["draft"], "version": str(kept["version"]), "once": "k"}
    first, second = (pia.post(NEW, data=form) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert proposals() == 1


def test_a_text_that_was_returned_is_never_public(browse: Any, now: datetime) -> None:
    pia = browse("pia")
    named = {**FORM, "title": "Mevrouw De W. van Vergunningen", "act": "submit"}
    pia.post("/nl/rounds/open/proposals/new", data=named)
    proposal = db.session.scalars(select(Proposal)).one()
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(Verb.RETURN, "Geen namen."), now)
    db.session.expire_all()
    better = {**FORM, "title": "Een collega", "version": str(proposal.version)}
    pia.post("/nl/rounds/open/proposals/1/revise", data=better)
    db.session.expire_all()
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(Verb.PUBLISH), now)
    history = "/nl/rounds/open/proposals/1/history"
    for reader in (browse(), browse("lotte"), browse("kees"), browse("sam")):
        page = reader.get(history).text
        assert "Een collega" in page
        assert "De W." not in page
    for who in ("pia", "mo", "ana"):
        assert "De W." in browse(who).get(history).text


def test_who_objects_without_a_reason_is_asked_again(browse: Any) -> None:
    make_proposal("open", author="lotte")
    pia = browse("pia")
    there = "/en/rounds/open/proposals/1/position"
    answer = pia.post(there, data={"stance": "object", "reason": ""})
    assert answer.status_code == 422
    assert "Say why you object." in answer.text
    answer = pia.post(there, data={"reason": "Omdat."})
    assert "Choose support, neutral or object." in answer.text
    assert "Omdat." in answer.text
    assert pia.post(there, data={"stance": "object", "reason": "Omdat."}).status_code == 303


def test_a_receipt_says_what_happens_next_to_its_owner_only(browse: Any) -> None:
    pia = browse("pia")
    answer = pia.post("/en/rounds/open/proposals/new", data={**FORM, "act": "submit"})
    receipt = answer.headers["Location"]
    assert "A moderator looks at it before it is public." in pia.get(receipt).text
    assert "/en/rounds/open/proposals/1" in pia.get(receipt).text
    assert "/en/rounds/open/proposals/1" not in browse().get(receipt).text


def test_ana_records_what_came_in_elsewhere_and_goes_on(browse: Any) -> None:
    ana = browse("ana")
    there = "/en/rounds/open/proposals/elsewhere"
    form = {**FORM, "source": "meeting", "source_note": "Avond in Utrecht",
            "source_date": "2026-11-20", "on_behalf_of": "Bewoners"}  # fmt: skip
    later = ana.post(there, data={**form, "source_date": "2027-11-20"})
    assert later.status_code == 422
    assert "This day is still to come." in later.text
    assert "Avond in Utrecht" in later.text
    answer = ana.post(there, data=form)
    assert answer.headers["Location"].endswith(there)
    assert "It is recorded as #1." in ana.get(there).text


def test_of_what_is_withdrawn_no_word_is_left_for_readers(browse: Any, now: datetime) -> None:
    made = make_proposal("open", title="Zwaluwnesten tellen")
    with unit_of_work():
        make_findable(made)
    reader = browse()
    pages = ("/nl/rounds/open", "/nl/rounds/open/proposals", "/nl/rounds/open/proposals/1",
             "/nl/rounds/open/proposals?q=zwaluwnesten")  # fmt: skip
    assert all("Zwaluwnesten" in reader.get(page).text for page in pages)
    with unit_of_work():
        withdraw_proposal(person("pia"), made, "", now)
    assert not any("Zwaluwnesten" in reader.get(page).text for page in pages)
    assert "Niets gevonden" in reader.get(pages[-1]).text


@pytest.mark.parametrize("state", [State.PENDING, State.RETURNED, State.HIDDEN, State.LATE])
def test_who_works_on_the_plan_reads_what_is_not_public_and_nobody_else(
    browse: Any, state: State
) -> None:
    """The approver too: the table grants it to the whole team."""
    make_proposal("open", state, title="Nog niet openbaar")
    page, every = "/en/rounds/open/proposals/1", "/en/rounds/open/proposals"
    for name in ("bo", "mo", "ana", "pia"):
        assert "Nog niet openbaar" in browse(name).get(page).text, name
    for name in ("bo", "mo", "ana"):
        assert "Nog niet openbaar" in browse(name).get(every).text, name
    for who in (None, "sam", "lotte", "hanna", "adi"):
        for path in (page, f"{page}/history", every):
            assert "Nog niet openbaar" not in browse(who).get(path).text, (who, path)


def test_a_version_that_was_not_public_is_handed_to_no_page_of_an_outsider(browse: Any) -> None:
    made = make_proposal("open", shown_versions=[2], text_version=2)
    with unit_of_work():
        for number, title in ((1, "Eerst heel anders"), (2, "Nu zo")):
            db.session.add(
                ProposalVersion(
                    proposal_id=made.id, number=number, content={"title": title},
                    saved_at=NOON, saved_by_id=made.author_id,
                )
            )  # fmt: skip
    path = "/en/rounds/open/proposals/1/history"
    for name in ("bo", "mo", "ana", "pia"):
        assert "Eerst heel anders" in browse(name).get(path).text, name
    for who in (None, "sam", "lotte", "hanna", "adi"):
        text = browse(who).get(path).text
        assert "Eerst heel anders" not in text, who
        assert "Nu zo" in text, who


def test_a_search_that_looks_for_nothing_is_refused_once(browse: Any) -> None:
    page = browse(None).get("/nl/rounds/open/proposals?q=?!").text
    assert page.count("Typ een woord.") == 1
    assert page.count("Toon alle voorstellen") == 1


def test_a_search_that_looks_for_nothing_says_so_under_its_field(browse: Any) -> None:
    make_proposal("open", title="Vergunning")
    page = browse("pia").get("/en/rounds/open/proposals", query_string={"q": "?! %"})
    assert page.status_code == 200
    assert "There is no letter or digit" in page.text
    assert 'aria-describedby="f-q-error"' in page.text
    assert 'value="?! %"' in page.text
    many = browse("pia").get("/en/rounds/open/proposals", query_string={"q": "vergunning " * 20})
    assert "You look for 20 words at once. Use at most 12." in many.text
    one = browse("pia").get("/en/rounds/open/proposals", query_string={"q": "vergunning"})
    assert "consult-error" not in one.text


def test_every_filter_is_read_from_the_address(app: Flask) -> None:
    """A filter that is asked for and not read would silently show everything."""
    asked = {one.name: f"some {one.name}" for one in fields(ProposalFilter)}
    address = {"q" if name == "query" else name: value for name, value in asked.items()}
    with app.test_request_context(query_string=address):
        assert asdict(_wanted()) == asked
