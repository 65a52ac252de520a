"""The desk of a plan, and the forms that it leads to."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.plans.models import PlanRole, Theme
from consult.consultation.plans.queries import get_plan
from consult.foundation.core.db import db
from consult.people.organisations.queries import get_body
from tests.cast import person
from tests.factories import make_proposal
from tests.statements import counted

PLAN = "/nl/plans/open-overheid"
FORM = {
    "version": "1",
    "title_nl": "Nieuw",
    "title_en": "New",
    "starts_on": "2024-01-01",
    "ends_on": "2028-01-01",
    "languages": ["nl", "en"],
    "ceiling": "1000",
}


@pytest.mark.parametrize(
    "page",
    [
        "manage",
        "edit",
        "themes/new",
        "themes/dialoog/edit",
        "bodies/add",
        "bodies/new",
        "roles/new",
    ],
)
def test_the_desk_is_for_organisers(browse: Any, page: str) -> None:
    address = f"{PLAN}/{page}"
    assert "/login" in browse().get(address).headers["Location"]
    for who in ("pia", "mo", "sam", "bo"):
        assert browse(who).get(address).status_code == 403
    for who in ("ana", "adi"):
        assert browse(who).get(address).status_code == 200


def test_the_desk_shows_everything_of_the_plan(browse: Any) -> None:
    page = browse("ana").get("/en/plans/open-overheid/manage").text
    for words in ("Round draft", "Dialogue", "Stakeholder forum", "Mo Yilmaz", "last organiser"):
        assert words in page


def test_the_desk_lists_every_round_with_its_state(browse: Any) -> None:
    page = browse("ana").get("/en/plans/open-overheid/manage").text
    rows = page[page.index('id="rounds"') :].partition("</table>")[0].split("<tr>")
    for slug, state in (("draft", "Draft"), ("open", "Open"), ("closed", "Closed")):
        assert [state in row for row in rows if f"Round {slug}" in row] == [True]
    opened = ["upcoming", "open", "closed", "answered"]
    shown = [slug for row in rows for slug in opened if f"Round {slug}" in row]
    assert shown == opened, "the one that opens last stands first"


def test_what_is_in_use_cannot_be_removed_and_the_desk_says_by_what(browse: Any) -> None:
    ana = browse("ana")
    theme = get_plan("open-overheid").themes[0]
    remove = f"{PLAN}/themes/{theme.slug}/remove"
    assert remove in ana.get(f"{PLAN}/manage").text
    make_proposal("open", theme_id=theme.id)
    page = ana.get(f"{PLAN}/manage").text
    assert remove not in page
    assert "voorstellen: 1" in page
    assert f"{PLAN}/bodies/stakeholderforum/remove" not in page
    assert ana.post(remove).status_code == 422


def test_the_desk_needs_few_statements_however_much_there_is(app: Flask, browse: Any) -> None:
    ana = browse("ana")
    with counted(app) as before:
        ana.get(f"{PLAN}/manage")
    plan = get_plan("open-overheid")
    plan.themes.extend(
        Theme(slug=f"t{n}", position=10 + n, title={"nl": "T", "en": "T"}) for n in range(30)
    )
    for who in ("pia", "lotte", "sam", "kees"):
        db.session.add(
            PlanRole(
                plan_id=plan.id,
                person_id=person(who).id,
                role="participant",
                granted_at=plan.created_at,
            )
        )
    db.session.commit()
    with counted(app) as after:
        assert ana.get(f"{PLAN}/manage").status_code == 200
    assert after.number == before.number <= 8, str(after)


def test_only_an_administrator_makes_a_plan(browse: Any) -> None:
    for who in ("ana", "pia"):
        assert browse(who).get("/nl/plans/new").status_code == 403
        assert browse(who).post("/nl/plans/new", data=FORM).status_code == 403
    adi = browse("adi")
    assert adi.get("/nl/plans/new").status_code == 200
    made = adi.post("/nl/plans/new", data=FORM)
    assert made.headers["Location"] == "/nl/plans/nieuw/manage"
    assert get_plan("nieuw").grant_ceiling_cents == 100_000
    assert adi.get("/nl/plans/nieuw/manage").status_code == 200


def test_the_form_comes_back_with_all_errors_and_what_was_typed(browse: Any) -> None:
    wrong = {**FORM, "slug": "open-overheid", "title_en": "", "ends_on": "2020-01-01"}
    page = browse("adi").post("/nl/plans/new", data={**wrong, "introduction_nl": "Bewaar mij"})
    assert page.status_code == 422
    for name in ("title_en", "ends_on", "slug"):
        assert f'href="#{name}"' in page.text
    assert "Bewaar mij" in page.text


def test_an_organiser_changes_the_plan_once(browse: Any) -> None:
    ana = browse("ana")
    assert ana.post(f"{PLAN}/edit", data=FORM).status_code == 303
    stale = ana.post(f"{PLAN}/edit", data={**FORM, "introduction_nl": "Mijn inleiding"})
    assert stale.status_code == 409
    assert "Mijn inleiding" in stale.text
    missing = browse("adi").post("/nl/plans/new", data={"languages": ["nl", "en"]})
    assert missing.status_code == 422
    for name in ("title_nl", "title_en", "starts_on", "ends_on"):
        assert f'href="#{name}"' in missing.text, name


def test_themes_are_kept_without_javascript(browse: Any) -> None:
    ana = browse("ana")
    new = {"title_nl": "Open data", "title_en": "Open data"}
    assert ana.post(f"{PLAN}/themes/new", data=new).status_code == 303
    assert ana.post(f"{PLAN}/themes/new", data=new).status_code == 422
    moved = ana.post(f"{PLAN}/themes/open-data/move", data={"direction": "up"})
    assert moved.headers["Location"] == f"{PLAN}/manage#themes"
    slugs = db.session.scalars(select(Theme.slug).order_by(Theme.position)).all()
    assert list(slugs) == ["toegang", "openbaarheid", "open-data", "dialoog"]
    version = str(db.session.scalars(select(Theme.version).where(Theme.slug == "open-data")).one())
    changed = {"title_nl": "Data", "title_en": "Data", "version": version}
    assert ana.post(f"{PLAN}/themes/open-data/edit", data=changed).status_code == 303
    assert ana.post(f"{PLAN}/themes/open-data/edit", data=changed).status_code == 409
    assert ana.post(f"{PLAN}/themes/open-data/remove").status_code == 303
    assert ana.post(f"{PLAN}/themes/open-data/remove").status_code == 404


def test_a_body_is_made_for_the_plan_and_left_out(browse: Any) -> None:
    ana = browse("ana")
    made = ana.post(f"{PLAN}/bodies/new", data={"kind": "board", "name_nl": "Raad"})
    assert made.headers["Location"] == "/nl/bodies/raad/members"
    assert ana.post(f"{PLAN}/bodies/raad/remove").status_code == 303
    body_id = get_body("raad").id
    assert ana.post(f"{PLAN}/bodies/add", data={"body_id": body_id}).status_code == 303
    assert ana.post(f"{PLAN}/bodies/add", data={"body_id": 999}).status_code == 422
    in_use = ana.post(f"{PLAN}/bodies/stakeholderforum/remove")
    assert in_use.status_code == 422
    assert "Ronde open" in in_use.text


def test_roles_are_given_and_taken_back(browse: Any) -> None:
    ana = browse("ana")
    nobody = ana.post(f"{PLAN}/roles/new", data={"address": "x@example.org", "role": "holder"})
    assert nobody.status_code == 422
    assert 'href="#address"' in nobody.text
    given = {"address": "sam@consult.example", "role": "organiser"}
    assert ana.post(f"{PLAN}/roles/new", data=given).status_code == 303
    own = db.session.scalars(
        select(PlanRole.id).where(PlanRole.person_id == person("ana").id)
    ).one()
    gone = ana.post(f"{PLAN}/roles/{own}/take-back")
    assert gone.headers["Location"] == "/nl/home"
    assert ana.get(f"{PLAN}/manage").status_code == 403
    sam = browse("sam")
    last = db.session.scalars(
        select(PlanRole.id).where(PlanRole.person_id == person("sam").id)
    ).one()
    assert sam.post(f"{PLAN}/roles/{last}/take-back").status_code == 422
    assert sam.get(f"{PLAN}/manage").status_code == 200


def test_strangers_change_nothing(browse: Any) -> None:
    posts = (
        "edit", "themes/new", "themes/dialoog/edit", "themes/dialoog/move",
        "themes/dialoog/remove", "bodies/add", "bodies/new", "bodies/stakeholderforum/remove",
        "roles/new", "roles/1/take-back",
    )  # fmt: skip
    for page in posts:
        assert browse("mo").post(f"{PLAN}/{page}", data=FORM).status_code == 403, page
        assert browse().post(f"{PLAN}/{page}", data=FORM).status_code == 401, page
