"""Ana looks for the proposals a promise is made of: found by the server, and nothing is lost."""

import re
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.search import index_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.outcomes.commitments.models import Commitment
from tests.cast import person
from tests.factories import make_proposal

pytestmark = pytest.mark.usefixtures("app")
NEW = "/en/plans/open-overheid/commitments/new"
TYPED = {"title_nl": "Belofte", "title_en": "Promise", "theme_id": "0", "holder_id": "0",
         "origin": "new", "partners": "De bibliotheek"}  # fmt: skip


def proposed(title: str, round_: str = "closed") -> Proposal:
    made = make_proposal(round_, title=title)
    with unit_of_work():
        index_text("proposal", made.id, title, "nl")
    return made


def ticks(page: str, name: str) -> dict[int, bool]:
    """Return the proposals that a list of the page offers, and whether each is ticked."""
    boxes = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    keys = [re.search(r'value="(\d+)"', box) for box in boxes]
    return {int(key[1]): "checked" in box for key, box in zip(keys, boxes, strict=True) if key}


def cursor_in(page: str) -> str:
    found = re.search(r'name="cursor"[^>]*value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_proposal_is_found_ticked_and_kept_while_looking_on(browse: Any) -> None:
    ana, here = browse("ana"), str(make_proposal("closed").round_id)
    trees, bridges = proposed("Meer bomen"), proposed("Veilige bruggen")
    page = ana.post(NEW, data={**TYPED, "round_id": here, "query": "bomen", "act": "find"})
    assert page.status_code == 200
    assert ticks(page.text, "found") == {trees.id: False}
    assert not ticks(page.text, "sources")
    on = {**TYPED, "round_id": here, "query": "bruggen", "act": "find", "found": str(trees.id)}
    page = ana.post(NEW, data=on)
    assert ticks(page.text, "sources") == {trees.id: True}
    assert ticks(page.text, "found") == {bridges.id: False}
    assert 'value="De bibliotheek"' in page.text
    assert not db.session.scalars(select(Commitment)).all()
    sent = {**on, "act": "save", "found": str(bridges.id), "sources": str(trees.id),
            f"note_{trees.id}_nl": "Alles."}  # fmt: skip
    assert ana.post(NEW, data=sent).status_code == 303
    made = db.session.scalars(select(Commitment)).one()
    assert {one.proposal_id for one in made.sources} == {trees.id, bridges.id}
    assert next(one.note for one in made.sources if one.proposal_id == trees.id) == {"nl": "Alles."}


def test_a_list_that_goes_on_is_followed_to_its_end(browse: Any) -> None:
    ana = browse("ana")
    made = {make_proposal("closed", title=f"Voorstel {n}").id for n in range(45)}
    round_id = db.session.get_one(Proposal, min(made)).round_id
    data = {**TYPED, "round_id": str(round_id), "act": "find", "cursor": ""}
    seen: list[int] = []
    for _ in range(3):
        page = ana.post(NEW, data=data).text
        seen += ticks(page, "found")
        data |= {"act": "more", "cursor": cursor_in(page)}
    assert len(seen) == len(made)
    assert set(seen) == made
    assert not cursor_in(page)


def test_a_number_finds_one(browse: Any) -> None:
    first, second = make_proposal("closed"), make_proposal("closed")
    data = {**TYPED, "round_id": str(first.round_id), "act": "find", "query": "#2"}
    assert ticks(browse("ana").post(NEW, data=data).text, "found") == {second.id: False}


def test_what_cannot_be_looked_for_is_said_at_the_field(browse: Any) -> None:
    made = make_proposal("closed")
    data = {**TYPED, "round_id": str(made.round_id), "act": "find", "query": "!?"}
    page = browse("ana").post(NEW, data=data)
    assert page.status_code == 200
    assert "There is no letter or digit in what you look for." in page.text
    assert not ticks(page.text, "found")


def test_what_is_not_public_is_never_offered(browse: Any) -> None:
    made = [make_proposal("closed", state) for state in (State.PENDING, State.HIDDEN, State.LATE)]
    data = {**TYPED, "round_id": str(made[0].round_id), "act": "find"}
    assert not ticks(browse("ana").post(NEW, data=data).text, "found")


def test_a_source_that_was_hidden_afterwards_stays_a_source(browse: Any, now: datetime) -> None:
    """Saving the form again took it away without a word."""
    ana, made = browse("ana"), make_proposal("closed")
    ana.post(NEW, data={**TYPED, "sources": str(made.id), f"note_{made.id}_nl": "Alles."})
    with unit_of_work():
        judgement = Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE)
        decide(person("mo"), db.session.get_one(Proposal, made.id), judgement, now)
    edit = "/en/plans/open-overheid/commitments/1/edit"
    page = ana.get(edit).text
    assert ticks(page, "sources") == {made.id: True}
    assert "no longer public" in page
    assert not ticks(page, "found")
    again = {**TYPED, "version": "1", "sources": str(made.id), f"note_{made.id}_nl": "Alles."}
    assert ana.post(edit, data=again).status_code == 303
    db.session.expire_all()
    (source,) = db.session.scalars(select(Commitment)).one().sources
    assert (source.proposal_id, source.note) == (made.id, {"nl": "Alles."})
    assert ana.post(edit, data={**TYPED, "version": "2"}).status_code == 303
    db.session.expire_all()
    assert not db.session.scalars(select(Commitment)).one().sources
