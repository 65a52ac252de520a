"""The plan's themes held against society: Pia and Lotte judge them, and Ana changes one."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment, CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.plans.themes import ThemeText
from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.rounds.dates import announce_round, missing_for_announcement
from consult.consultation.rounds.models import Round, RoundKind, RoundTally
from consult.consultation.theme_rounds.models import ChangeKind
from consult.consultation.theme_rounds.queries import (
    changes_after,
    changes_in_plan,
    changes_of,
    own_views,
    ranking_of,
    themes_in,
)
from consult.consultation.theme_rounds.services import (
    add_after_round,
    change_after_round,
    judge_themes,
    remove_after_round,
)
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.verify import verify_record
from consult.people.organisations.models import Sector
from tests.cast import person
from tests.conftest import Clock
from tests.factories import acts, find_round, make_proposal
from tests.voting.test_services import seat, voters

pytestmark = pytest.mark.usefixtures("app")
OPENED = timedelta(days=21)
OVER = timedelta(days=41)


@pytest.fixture(autouse=True)
def _links(app: Flask) -> object:
    """Mails hold links, which need an address as in a request."""
    with app.test_request_context():
        yield


@pytest.fixture
def round_(now: datetime) -> Round:
    """Return the round that is still to open, announced as one about themes."""
    with unit_of_work():
        found = find_round("draft")
        found.kind, found.open_to_everyone = RoundKind.THEMES, True
        announce_round(person("ana"), found, "", now)
    return found


def judge(who: str, round_: Round, given: dict[int, Stance], at: datetime) -> int:
    with unit_of_work():
        return judge_themes(person(who), round_, given, at)


def test_the_themes_are_put_forward_when_the_round_is_announced(
    round_: Round, now: datetime
) -> None:
    found = themes_in(round_.id)
    assert [(one.number, one.title) for one in found] == [
        (1, "Toegankelijkheid verbeteren"), (2, "Actieve openbaarheid"), (3, "Dialoog"),
    ]  # fmt: skip
    assert {(one.author_id, one.state, one.origin) for one in found} == {
        (None, State.PUBLISHED, None)
    }
    assert acts() == ["round.announced", *["theme.put_forward"] * 3]
    tally = db.session.get_one(RoundTally, round_.id)
    assert (tally.received, tally.published, tally.pending) == (3, 3, 0)
    with pytest.raises(NotAllowed):
        judge("lotte", round_, {1: Stance.SUPPORT}, now)  # it has not opened


def test_a_plan_without_themes_cannot_ask_about_them(now: datetime) -> None:
    round_ = find_round("draft")
    with db.session.no_autoflush:
        round_.kind = RoundKind.THEMES
        assert "kind" not in missing_for_announcement(round_, now)
        round_.plan.themes.clear()
        assert "kind" in missing_for_announcement(round_, now)
    db.session.rollback()


def test_one_says_of_each_theme_what_it_is_worth_and_may_change_that(
    round_: Round, now: datetime
) -> None:
    at = now + OPENED
    assert judge("lotte", round_, {1: Stance.SUPPORT, 3: Stance.OBJECT}, at) == 2
    assert judge("lotte", round_, {1: Stance.SUPPORT, 3: Stance.PASS}, at) == 1
    first, _, third = themes_in(round_.id)
    assert own_views(round_.id, person("lotte").id) == {
        first.id: Stance.SUPPORT, third.id: Stance.PASS,
    }  # fmt: skip
    assert judge("pia", round_, {3: Stance.SUPPORT, 1: Stance.OBJECT, 99: Stance.PASS}, at) == 2
    db.session.expire_all()
    ranked = ranking_of(round_, by_sector=False).results
    assert [one.proposal.number for one in ranked] == [1, 3, 2]
    assert ranked[0].votes.counts == {Stance.SUPPORT: 1, Stance.OBJECT: 1, Stance.PASS: 0}
    with pytest.raises(InvalidInput):
        judge("lotte", round_, {1: Stance.NEUTRAL}, at)


def test_a_sector_ranks_what_five_of_its_people_judged(round_: Round, now: datetime) -> None:
    people, at = voters(12), now + OPENED
    seat(people[:6], Sector.GOVERNMENT, "draft")
    for place, who in enumerate(people):
        given = {1: Stance.OBJECT, 2: Stance.SUPPORT}
        if place < 4:
            given[3] = Stance.SUPPORT
        with unit_of_work():
            judge_themes(who, round_, given, at)
    db.session.expire_all()
    assert not ranking_of(round_, by_sector=False).by_sector
    found = ranking_of(round_, by_sector=True).by_sector
    government = found[Sector.GOVERNMENT]
    rows = [(one.result.proposal.number, one.important, one.people) for one in government]
    assert rows == [(2, 6, 6), (1, 0, 6)]  # on the third theme only four of them chose
    assert set(found) == {Sector.GOVERNMENT}


def test_what_is_missing_is_a_comment_of_its_kind_and_only_about_themes(
    round_: Round, now: datetime
) -> None:
    at = now + OPENED
    theme = themes_in(round_.id)[0]
    text = CommentText("Taal op school ontbreekt.", CommentKind.MISSING)
    with unit_of_work():
        receipt = add_comment(person("lotte"), theme, text, at, at)
    said = db.session.get_one(Comment, receipt.event.subject_id)
    assert (said.kind, said.state) == (CommentKind.MISSING, State.PENDING)
    proposal = make_proposal("open")
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        add_comment(person("lotte"), proposal, text, now, now)
    assert "kind" in refused.value.errors


def test_ana_changes_a_theme_because_of_what_was_said(round_: Round, now: datetime) -> None:
    theme = themes_in(round_.id)[2]
    text = ThemeText({"nl": "Dialoog en taal", "en": "Dialogue and language"})
    version = theme.theme.version if theme.theme else 0
    with pytest.raises(NotAllowed), unit_of_work():
        change_after_round(person("ana"), theme, text, "Taal ontbrak.", version, now + OPENED)
    with pytest.raises(NotAllowed), unit_of_work():
        change_after_round(person("pia"), theme, text, "Taal ontbrak.", version, now + OVER)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        change_after_round(person("ana"), theme, text, " ", version, now + OVER)
    assert "reason" in refused.value.errors
    with pytest.raises(Conflict), unit_of_work():
        change_after_round(person("ana"), theme, text, "Taal.", version - 1, now + OVER)
    with unit_of_work():
        change = change_after_round(
            person("ana"), theme, text, "Taal ontbrak.", version, now + OVER
        )
    assert theme.theme is not None
    assert theme.theme.title["en"] == "Dialogue and language"
    assert change.was == {"nl": "Dialoog", "en": "Dialogue"}
    assert list(changes_of(theme.id)) == [change]
    assert changes_in_plan(round_.plan_id) == {theme.theme_id: change}
    assert acts()[-2:] == ["theme.changed", "theme.changed_after_round"]
    assert db.session.scalar(select(Proposal.title).where(Proposal.id == theme.id)) == "Dialoog"


def test_ana_adds_a_theme_that_the_round_missed(round_: Round, now: datetime) -> None:
    text, over = ThemeText({"nl": "Taal", "en": "Language"}), now + OVER
    with pytest.raises(NotAllowed), unit_of_work():
        add_after_round(person("ana"), round_, text, "Dit ontbrak.", now + OPENED)
    with pytest.raises(NotAllowed), unit_of_work():
        add_after_round(person("mo"), round_, text, "Dit ontbrak.", over)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        add_after_round(person("ana"), round_, ThemeText({"nl": "Taal"}), "", over)
    assert set(refused.value.errors) == {"title_en", "reason"}
    with unit_of_work():
        change = add_after_round(person("ana"), round_, text, "Dit ontbrak.", over)
    assert [one.slug for one in round_.plan.themes][-1] == "taal"
    assert (change.kind, change.proposal_id, change.was) == (ChangeKind.ADDED, None, {})
    assert list(changes_after(round_.id)) == [change]
    assert changes_in_plan(round_.plan_id) == {change.theme_id: change}
    assert acts()[-2:] == ["theme.added", "theme.added_after_round"]
    assert len(themes_in(round_.id)) == 3, "the round put forward what it put forward"
    assert verify_record().faults == []


def test_ana_takes_a_theme_out_of_the_plan_and_what_was_said_stays(
    round_: Round, now: datetime, browse: Any
) -> None:
    asked, over = themes_in(round_.id)[2], now + OVER
    judge("lotte", round_, {3: Stance.OBJECT}, now + OPENED)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        remove_after_round(person("ana"), asked, " ", over)
    assert "reason" in refused.value.errors
    elsewhere = make_proposal("open", theme_id=asked.theme_id)
    with pytest.raises(InvalidInput, match="in gebruik"), unit_of_work():
        remove_after_round(person("ana"), asked, "Te vaag.", over)
    with unit_of_work():
        elsewhere.theme_id = None
    with unit_of_work():
        change = remove_after_round(person("ana"), asked, "Te vaag.", over)
    assert (change.kind, change.was) == (
        ChangeKind.REMOVED, {"nl": "Dialoog", "en": "Dialogue"},
    )  # fmt: skip
    places = [(one.slug, one.position) for one in round_.plan.themes]
    assert [place for _slug, place in places] == [1, 2]
    assert "dialoog" not in dict(places)
    for act in (
        partial(remove_after_round, person("ana"), asked, "Nog eens.", over),
        partial(change_after_round, person("ana"), asked, ThemeText({}), "Nog eens.", 1, over),
    ):
        with pytest.raises(InvalidInput, match="niet meer in het plan"), unit_of_work():
            act()
    reader = browse()
    assert "Dialogue" not in reader.get("/en/plans/open-overheid").text
    page = reader.get(f"/en/rounds/{round_.slug}/proposals/3").text
    assert "“Dialogue” was taken out of the plan." in page
    assert "Te vaag." in page
    assert "Te vaag." in reader.get(f"/en/rounds/{round_.slug}/themes").text
    assert verify_record().faults == []


def test_what_is_done_to_themes_goes_by_forms(
    round_: Round, now: datetime, browse: Any, clock: Clock
) -> None:
    clock.time = now + OVER
    ana, there = browse("ana"), f"/en/rounds/{round_.slug}/themes"
    empty = ana.post(f"{there}/add", data={"title_nl": "Taal"})
    assert empty.status_code == 422
    for field in ("title_en", "reason"):
        assert f'href="#{field}"' in empty.text
    assert 'value="Taal"' in empty.text
    form = {"title_nl": "Taal", "title_en": "Language", "reason": "Het ontbrak."}
    assert ana.post(f"{there}/add", data=form).status_code == 303
    assert "“Language” was added to the plan." in browse().get(there).text
    assert ana.post(f"{there}/3/remove", data={"reason": ""}).status_code == 422
    assert ana.post(f"{there}/3/remove", data={"reason": "Te vaag."}).status_code == 303
    assert ana.get(f"{there}/3/remove").status_code == 404
    page = ana.get(f"/en/rounds/{round_.slug}/proposals/3").text
    assert f"{there}/3/change" not in page
    assert f"{there}/2/remove" in ana.get(f"/en/rounds/{round_.slug}/proposals/2").text
    for who in ("mo", "pia", None):
        assert browse(who).get(f"{there}/add").status_code in {302, 303, 403}


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\n\n"])
def test_a_theme_that_was_sent_as_blanks_is_not_judged(
    browse: Any, round_: Round, clock: Clock, blank: str
) -> None:
    clock.time += OPENED
    address = f"/nl/rounds/{round_.slug}/themes/judge"
    reader = browse("lotte")
    sent = {"on_behalf": "0", **{f"theme_{n}": blank for n in range(1, 9)}}
    assert reader.post(address, data=sent).status_code in {303, 422}
