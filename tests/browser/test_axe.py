"""axe finds nothing, on every template, full and empty, in both languages (WCAG 2.2 AA tags)."""

from datetime import datetime

import pytest
from flask import Flask

from consult.approvals.services import freeze_plan
from consult.comments.models import ContributionState as State
from consult.commitments.services import CommitmentText, make_commitment, publish_commitment
from consult.core.db import db
from consult.core.unit_of_work import unit_of_work
from consult.moderation.models import Ground, Verb
from consult.moderation.services import Judgement, decide
from consult.plans.queries import get_plan
from consult.proposals.services import ProposalText, save_draft
from consult.responses.models import Outcome
from consult.responses.services import Answer, prepare_response, publish_responses
from consult.summaries.services import SummaryText, publish_summary, save_summary
from tests.browser.conftest import OpenPage, axe
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal

pytestmark = pytest.mark.browser

PUBLIC = [
    "/", "/plans", "/plans/open-overheid", "/rounds/open", "/rounds/upcoming", "/rounds/answered",
    "/rounds/open/proposals", "/rounds/open/proposals?q=nietsgevonden", "/rounds/closed/summary",
    "/rounds/open/moderation-log", "/privacy", "/accessibility", "/receipts", "/bodies",
    "/bodies/stakeholderforum", "/login", "/register", "/us-signin", "/reset", "/confirm",
    "/nothing-here",
]  # fmt: skip
OWN = {
    "pia": ["/home", "/proposals/mine", "/rounds/open/proposals/new", "/profile", "/change"],
    "mo": ["/moderation", "/moderation?late=1", "/home"],
    "ana": [
        "/home", "/plans/open-overheid/manage", "/rounds/open/manage", "/rounds/draft/manage",
        "/rounds/draft/announce", "/rounds/open/edit", "/rounds/open/move", "/rounds/open/cancel",
        "/plans/open-overheid/rounds/new", "/rounds/closed/responses",
        "/rounds/closed/summary/edit", "/plans/open-overheid/commitments",
        "/plans/open-overheid/commitments/new", "/plans/open-overheid/versions/new",
        "/rounds/open/proposals/elsewhere",
    ],
    "adi": ["/plans/new", "/home"],
    "sam": ["/moderation"],
}  # fmt: skip
FULL = {
    None: [
        "/rounds/closed/proposals/1", "/rounds/closed/proposals/3", "/plans/open-overheid",
        "/plans/open-overheid/commitments/1", "/plans/open-overheid/versions/1",
        "/rounds/closed/summary", "/rounds/closed", "/rounds/closed/proposals",
        "/rounds/closed/moderation-log",
    ],
    "pia": ["/rounds/open/proposals/1", "/home", "/proposals/mine",
            "/rounds/open/proposals/1/revise", "/rounds/open/proposals/1/withdraw",
            "/rounds/open/proposals/1/comments", "/rounds/open/proposals/1/history"],
    "mo": ["/moderation", "/moderation?late=1"],
    "ana": ["/rounds/closed/responses", "/rounds/closed/responses/1",
            "/rounds/closed/summary/edit", "/plans/open-overheid/commitments/1/edit",
            "/plans/open-overheid/commitments", "/rounds/closed/manage", "/home"],
}  # fmt: skip


@pytest.fixture
def full(app: Flask, now: datetime) -> None:
    """Fill the world with a thing of every kind, in the states a page can show."""
    with app.test_request_context():
        first, second = make_proposal("closed"), make_proposal("closed", author="lotte")
        top = make_comment(first)
        make_comment(first, author="pia", parent=top)
        hidden = make_comment(first, author="pia")
        make_proposal("closed", State.LATE)
        make_proposal("open")
        make_proposal("open", State.PENDING, author="lotte")
        with unit_of_work():
            decide(person("mo"), hidden, Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE), now)
            save_draft(person("pia"), find_round("open"), ProposalText(title="Half"), now)
            for one, outcome in ((first, Outcome.ADOPTED), (second, Outcome.NOT_ADOPTED)):
                prepare_response(person("ana"), one, Answer(outcome, "Omdat.", "nl"), None, now)
            publish_responses(person("ana"), find_round("closed"), now)
            text = SummaryText({"nl": "Zie #1."}, {None: {"nl": "En #2, met #1.1."}})
            publish_summary(
                person("ana"),
                save_summary(person("ana"), find_round("closed"), text, None, now),
                now,
            )
            plan = get_plan("open-overheid")
            made = make_commitment(
                person("ana"), plan,
                CommitmentText(
                    theme_id=plan.themes[0].id, title={"nl": "Belofte", "en": "Promise"},
                    description={"nl": "Wat we doen."}, sources={first.id: {"nl": "Alles."}},
                ),
                now,
            )  # fmt: skip
            publish_commitment(person("ana"), made, now)
            freeze_plan(person("ana"), plan, "Ter besluitvorming", now)
        db.session.remove()


def findings(open_page: OpenPage, who: str | None, paths: list[str], language: str) -> list[str]:
    page = open_page(who, f"/{language}/", bypass_csp=True)
    base = page.url.removesuffix(f"/{language}/")
    found = []
    for path in paths:
        answer = page.goto(f"{base}/{language}{path}")
        assert answer is not None
        assert answer.status < 500, path
        found += [f"{who} {language}{path}: {finding}" for finding in axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{path}: scrolls sideways by {wide} px"] if wide > 0 else []
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("who", [None, *OWN])
def test_empty_pages(open_page: OpenPage, who: str | None, language: str) -> None:
    assert not findings(open_page, who, OWN[who] if who else PUBLIC, language)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("who", list(FULL))
def test_full_pages(open_page: OpenPage, who: str | None, language: str) -> None:
    assert not findings(open_page, who, FULL[who], language)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("who", list(FULL))
def test_nothing_scrolls_sideways_on_a_phone(open_page: OpenPage, who: str | None) -> None:
    page = open_page(who, "/nl/", width=360)
    base = page.url.removesuffix("/nl/")
    wide = []
    for path in FULL[who]:
        page.goto(f"{base}/nl{path}")
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
    assert not wide


def test_axe_does_find_what_is_wrong(open_page: OpenPage) -> None:
    page = open_page(None, "/nl/", bypass_csp=True)
    page.evaluate("document.querySelector('main').innerHTML += '<img src=x>'")
    assert any("image-alt" in finding for finding in axe(page))
