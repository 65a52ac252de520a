"""An id from outside shows and changes nothing that its sender may not see.

Each parameter that the table of tests/house/parameters.py calls an "id", each field of a form that
chooses a row, and each part of an address below another is fed with ids of what is hidden,
waiting, of another round, body or plan, of nobody, and of a size that no row has.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from wtforms.fields.choices import SelectFieldBase

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.plans.models import Plan, PlanRole, Role, Theme
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.forms import _known_fields
from consult.foundation.core.unit_of_work import unit_of_work
from consult.outcomes.commitments.services import CommitmentText, make_commitment
from consult.people.invitations.models import Invitation
from consult.people.organisations.mandates import ask_mandate
from consult.people.organisations.models import (
    Body,
    BodyKind,
    Mandate,
    Membership,
    Organisation,
    Sector,
)
from consult.people.organisations.queries import get_body, get_organisation
from tests.cast import person
from tests.factories import filed, find_round, make_comment, make_meeting, make_proposal
from tests.house.parameters import FORM, QUERY
from tests.house.test_matrix import counts
from tests.samples import SHORT_AND_LONG
from tests.world import NOON, SINCE, both

HUGE = ("2147483648", "9223372036854775808", "9" * 5_000, "-1", "1_0")
GARBAGE = ("a" * 3_000, "0" * 36, "\u200b", "a\x00")
SIGN = re.compile(r"geheim\d+")
TEXTS = ("title", "problem", "action", "result", "openness")
UNSEEN = (State.DRAFT, State.PENDING, State.RETURNED, State.HIDDEN, State.WITHDRAWN, State.LATE)


class World:
    """Things that somebody may not see, each with a sign in its text."""

    def __init__(self) -> None:
        self.signs = 0
        self.here = make_proposal("open", author="lotte")
        self.elsewhere = make_proposal("open", author="lotte")
        self.answered = make_comment(self.here, author="lotte")
        self.comments = {
            state.value: make_comment(self.here, state, author="lotte", body=self.sign())
            for state in UNSEEN
        }
        self.comments["another proposal"] = make_comment(self.elsewhere, author="lotte")
        other_round = make_proposal("closed", author="lotte")
        self.comments["another round"] = make_comment(other_round, author="lotte")
        self.proposals = {
            f"{state.value} in {slug}": self.unseen(slug, state)
            for state in UNSEEN
            for slug in ("open", "closed", "draft")
        }
        self.own_draft_elsewhere = make_proposal("upcoming", State.DRAFT, author="pia")
        self._foreign()

    def sign(self) -> str:
        self.signs += 1
        return f"geheim{self.signs}"

    def unseen(self, slug: str, state: State) -> Proposal:
        texts: dict[str, Any] = {name: self.sign() for name in TEXTS}
        return make_proposal(slug, state, author="lotte", **texts)

    def _foreign(self) -> None:
        """Make another plan, body and organisation, of which nothing belongs to ours."""
        with unit_of_work():
            self.plan = Plan(
                slug="ander-plan", number=6, title=both("Ander", "Other"), created_at=NOON,
                introduction=both("x", "x"), starts_on=SINCE, ends_on=SINCE, languages=["nl"],
            )  # fmt: skip
            self.plan.themes = [Theme(slug="ander", position=1, title=both("Ander", "Other"))]
            self.body = Body(
                slug="andere-groep", kind=BodyKind.FORUM, name=both("Andere", "Other"),
                house_rules={}, created_at=NOON,
            )  # fmt: skip
            self.organisation = Organisation(
                slug="andere", name="Andere", sector=Sector.GOVERNMENT, created_at=NOON
            )
            db.session.add_all([self.plan, self.body, self.organisation])
            db.session.flush()
            self.role = PlanRole(
                plan_id=self.plan.id, person_id=person("ana").id, role=Role.ORGANISER,
                granted_at=NOON,
            )  # fmt: skip
            db.session.add(self.role)


@pytest.fixture
def world(app: Flask) -> World:
    with app.test_request_context():
        return World()


def strange_ids() -> Iterator[str]:
    yield from (str(uuid4()), *HUGE, *GARBAGE)


@pytest.mark.parametrize("who", ["pia", "kees"])
def test_an_answer_goes_to_what_is_public_in_this_thread(
    browse: Any, world: World, who: str
) -> None:
    """`?parent=` and the field of that name: the first fault of this kind that was proven."""
    reader, before = browse(who), counts()
    path = f"/nl/rounds/open/proposals/{world.here.number}/comments"
    ids = [*(one.public_id for one in world.comments.values()), *strange_ids()]
    for parent in ids:
        form = {"parent": parent, "kind": "reaction", "body": "Antwoord.", "language": "nl",
                "organisation_id": "0"}  # fmt: skip
        for answer in (reader.get(path, query_string={"parent": parent}),
                       reader.post(path, data=form)):  # fmt: skip
            assert answer.status_code == 404, parent
            assert not SIGN.search(answer.text)
    assert counts() == before
    assert reader.get(f"{path}?parent={world.answered.public_id}").status_code == 200


def test_a_draft_is_gone_on_with_by_its_author_in_its_round(browse: Any, world: World) -> None:
    pia, before = browse("pia"), counts()
    drafts = [one.public_id for one in (*world.proposals.values(), world.own_draft_elsewhere)]
    # An id that no draft has is that of a form opened just now: a draft is begun under it.
    for draft in (*drafts, *HUGE, *GARBAGE):
        for path in ("/nl/rounds/open/proposals/new", "/nl/rounds/open/drafts"):
            answer = pia.post(path, data={"draft": draft, "title": "Van mij.", "language": "nl"})
            assert answer.status_code == 404, draft
            assert not SIGN.search(answer.text)
    assert counts() == before


def test_a_commitment_is_made_from_public_proposals_of_the_plan(browse: Any, world: World) -> None:
    ana = browse("ana")
    numbers = [str(one.id) for one in world.proposals.values()]
    path = "/nl/plans/open-overheid/commitments/new"
    for asked in (*numbers, "999999", *strange_ids()):
        answer = ana.get(path, query_string={"proposal": [str(world.here.id), asked]})
        assert answer.status_code == 404, asked
        assert not SIGN.search(answer.text)
    assert ana.get(f"{path}?proposal={world.here.id}").status_code == 200
    assert browse("ana").get(f"/nl/plans/ander-plan/commitments/new?proposal={world.here.id}"
                             ).status_code == 404  # fmt: skip


def test_a_message_that_did_not_fail_is_not_sent_again(browse: Any, world: World) -> None:
    del world
    adi = browse("adi")
    for number in ("1", "999999", *strange_ids()):
        answer = adi.post("/nl/outbox/try-again", data={"message": number})
        assert answer.status_code == 404, number


def test_what_is_ticked_at_the_desk_is_of_ones_own_plan(browse: Any, world: World) -> None:
    ids = [f"proposal:{one.public_id}:1" for one in world.proposals.values()]
    ids += [f"{kind}:{value}:1" for kind in ("proposal", "comment") for value in strange_ids()]
    for who in ("pia", "ana"):
        reader = browse(who)
        for key in (*ids, *strange_ids()):
            answer = reader.post("/nl/moderation/batch", data={"ticked": key, "verb": "publish"})
            assert answer.status_code in {200, 403, 404}
            assert who == "ana" or not SIGN.search(answer.text)


def test_a_round_of_the_queue_is_one_of_ones_own(browse: Any, world: World) -> None:
    del world
    for who in (browse("mo"), browse("ana")):
        for slug in ("draft", "nowhere", *strange_ids()):
            assert who.get("/nl/moderation", query_string={"round": slug}).status_code == 404


@SHORT_AND_LONG
@pytest.mark.parametrize(
    ("who", "path", "names"),
    [
        (
            "kees",
            "/nl/rounds/open/proposals",
            ("theme", "body", "organisation", "state", "q", "cursor"),
        ),
        (None, "/nl/rounds/open/proposals/1", ("comment", "cursor")),
        (None, "/nl/us-signin", ("who",)),
    ],
)
def test_a_filter_finds_nothing_that_is_kept_from_its_reader(
    browse: Any,
    world: World,
    who: str | None,
    path: str,
    names: tuple[str, ...],
    everything: bool,
) -> None:
    reader = browse(who)
    numbers = [str(n) for n in range(1, 9, 1 if everything else 2)]
    known = [one.public_id for one in world.proposals.values()]
    for name in names:
        for value in (*numbers, *(s.value for s in State), *known[:3], *strange_ids()):
            answer = reader.get(path, query_string={name: value})
            assert answer.status_code in {200, 302, 404, 422}, (name, value)
            assert not SIGN.search(answer.text), (name, value)


def test_every_parameter_that_is_an_id_has_its_test() -> None:
    ids = {name for named in QUERY.values() for name, kind in named.items() if kind == "id"}
    ids |= {name for name, kind in FORM.items() if kind == "id"}
    tested = {"parent", "draft", "proposal", "message", "round", "theme", "body", "organisation",
              "comment", "who", "kept", "asked", "request", "ticked"}  # fmt: skip
    assert ids == tested


@dataclass(frozen=True)
class Choice:
    """A form in which a row is chosen: who sends it, where, the field, and the rest of it."""

    who: str
    path: str
    field: str
    rest: dict[str, str]


SAID = {"title": "Eén plek", "problem": "Versnipperd.", "action": "Bundel ze.", "language": "nl",
        "origin": "new", "theme_id": "0", "organisation_id": "0", "act": "submit"}  # fmt: skip
COMMITMENT = {"title_nl": "Belofte", "title_en": "Promise", "theme_id": "1", "holder_id": "0",
              "origin": "new"}  # fmt: skip
CHOICES = [
    Choice("pia", "/nl/rounds/open/proposals/new", "theme_id", SAID),
    Choice("pia", "/nl/rounds/open/proposals/new", "organisation_id", SAID),
    Choice("pia", "/nl/rounds/open/proposals/1/comments", "organisation_id",
           {"kind": "reaction", "body": "Goed.", "language": "nl"}),
    Choice("pia", "/nl/rounds/open/proposals/1/cosign", "organisation_id", {}),
    Choice("ana", "/nl/plans/open-overheid/commitments/new", "theme_id", COMMITMENT),
    Choice("ana", "/nl/plans/open-overheid/commitments/new", "sources", COMMITMENT),
    Choice("ana", "/nl/plans/open-overheid/commitments/new", "found", COMMITMENT),
    Choice("ana", "/nl/plans/open-overheid/commitments/new", "round_id", COMMITMENT),
    Choice("ana", "/nl/plans/open-overheid/commitments/new", "holder_id", COMMITMENT),
    Choice("ana", "/nl/plans/open-overheid/bodies/add", "body_id", {}),
    Choice("sam", "/nl/mandates", "organisation_id", {"note": "Adviseur."}),
    Choice("ana", "/nl/bodies/stakeholderforum/members/organisations",
           "organisation-organisation_id", {"organisation-starts_on": "2026-11-23"}),
    Choice("ana", "/nl/bodies/stakeholderforum/invitations", "organisation_id",
           {"address": "nieuw@consult.example", "language": "nl", "starts_on": "2026-11-23"}),
    Choice("ana", "/nl/plans/open-overheid/rounds/new", "bodies", {"title_nl": "Ronde"}),
]  # fmt: skip
# Fields that hold a list of rows, and need no test here: a language and a kind are no rows.
NO_ROWS = {"languages"}


@pytest.mark.parametrize("one", CHOICES, ids=lambda one: f"{one.path}-{one.field}")
def test_a_form_takes_what_it_offers_and_nothing_else(
    browse: Any, world: World, one: Choice
) -> None:
    sender, before = browse(one.who), counts()
    foreign = {
        "theme_id": world.plan.themes[0].id, "body_id": get_body("stakeholderforum").id,
        "bodies": world.body.id, "sources": world.proposals["hidden in open"].id,
        "found": world.proposals["hidden in open"].id,
    }.get(one.field, 999_999)  # fmt: skip
    for value in (str(foreign), "999999", *strange_ids()):
        if not value.strip("0"):
            continue  # a nought of any length says: none of these
        answer = sender.post(one.path, data={**one.rest, one.field: value})
        assert answer.status_code in {404, 422}, value
        assert not SIGN.search(answer.text)
    assert counts() == before


def test_every_field_that_chooses_a_row_has_its_test() -> None:
    rows = {
        name
        for name, one in _known_fields().items()
        if name.endswith(("_id", "bodies", "sources", "found"))
        and issubclass(one.kind, SelectFieldBase)
    }
    assert rows - NO_ROWS == {one.field.rpartition("-")[2] for one in CHOICES}


def below(world: World, now: datetime) -> Iterator[str]:
    """Yield addresses of things below what they do not belong to."""
    with unit_of_work():
        asked = ask_mandate(person("sam"), get_organisation("helder-bestuur"), "Adviseur.", now)
    meeting, other = make_meeting(), make_meeting()
    file = filed(meeting)
    invitation = db.session.scalars(select(Invitation.id)).first()
    membership = db.session.scalars(select(Membership.id)).first()
    mandate = db.session.scalars(select(Mandate.id)).first()
    wrong, forum = world.body.slug, "stakeholderforum"
    yield f"/nl/bodies/{wrong}/members/{membership}/end"
    yield f"/nl/bodies/{wrong}/members/{membership}/place"
    yield f"/nl/bodies/{wrong}/members/{membership}/renew"
    yield f"/nl/bodies/{wrong}/invitations/{invitation}/revoke"
    yield f"/nl/bodies/{wrong}/meetings/{meeting.number}/publish"
    yield f"/nl/bodies/{forum}/meetings/{other.number}/files/{file}/remove"
    yield f"/nl/organisations/andere/mandates/{mandate}/end"
    yield f"/nl/organisations/andere/mandates/{mandate}/confirm"
    yield f"/nl/organisations/andere/mandates/{mandate}/contact/make"
    yield f"/nl/organisations/andere/requests/{asked.id}/grant"
    yield f"/nl/plans/open-overheid/roles/{world.role.id}/take-back"
    yield "/nl/plans/open-overheid/themes/ander/remove"
    yield "/nl/plans/open-overheid/themes/ander/move"


def test_what_belongs_elsewhere_is_not_here(
    app: Flask, browse: Any, world: World, now: datetime
) -> None:
    with app.test_request_context():
        paths = list(below(world, now))
    senders = {who: browse(who) for who in ("sam", "ana", "adi")}
    before = counts()
    for path in paths:
        for who, sender in senders.items():
            answer = sender.post(path, data={"ends_on": "2026-12-01"})
            refused = {404} if who != "sam" else {403, 404}
            assert answer.status_code in refused, f"{who} {path}"
    assert counts() == before


def test_a_stranger_cannot_find_out_what_there_is(
    app: Flask, browse: Any, world: World, now: datetime
) -> None:
    """What is there and what is not are refused in the same words."""
    with app.test_request_context(), unit_of_work():
        plan = get_plan("open-overheid")
        text = CommitmentText(theme_id=plan.themes[0].id, title={"nl": "geheim0"})
        commitment = make_commitment(person("ana"), plan, text, now)
    sam = browse("sam")
    hidden = [one for name, one in world.proposals.items() if not name.startswith("draft")]
    unseen = [one for one in hidden if one.published_at is None]
    pairs = [
        *(
            (f"/nl/rounds/{one.round.slug}/proposals/{one.number}{rest}", one.number)
            for one in unseen
            for rest in ("", "/history", "/comments", "/cosign", "/position", "/withdraw")
        ),
        *((f"/nl/rounds/{one.round.slug}/responses/{one.number}", one.number) for one in unseen),
        (f"/nl/plans/open-overheid/commitments/{commitment.number}", commitment.number),
        (f"/nl/plans/open-overheid/commitments/{commitment.number}/edit", commitment.number),
    ]
    for path, number in pairs:
        there, not_there = sam.get(path), sam.get(path.replace(f"/{number}", "/987654", 1))
        assert (there.status_code, not_there.status_code) == (404, 404), path
        assert not SIGN.search(there.text)
    for path in ("manage", "edit", "announce", "responses", "summary/edit", "proposals/elsewhere"):
        assert sam.get(f"/nl/rounds/draft/{path}").status_code == 404, path
    ids = db.session.scalars(select(Comment.public_id).where(Comment.state != State.PUBLISHED))
    for public_id in ids:
        assert sam.get(f"/nl/comments/{public_id}/revise").status_code == 404


def test_the_world_has_signs_to_find(world: World) -> None:
    said = db.session.scalars(select(Proposal.title).where(Proposal.title.startswith("geheim")))
    assert len(said.all()) == len(UNSEEN) * 3
    assert find_round("open").id == world.here.round_id
