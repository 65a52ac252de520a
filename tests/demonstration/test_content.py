"""The content of the demonstration: whole, checked, and said in sentences when it is not."""

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.plans.models import Role
from consult.consultation.proposals.models import Source
from consult.interfaces.demonstration.content import FOLDER, load
from consult.interfaces.demonstration.events import final_state
from consult.interfaces.demonstration.reading import ContentFault
from consult.interfaces.demonstration.relative_time import When
from consult.interfaces.demonstration.schema import Content, DemoRound
from consult.outcomes.responses.models import Outcome
from consult.people.organisations.models import Sector

Broken = Callable[[str, str, str], list[str]]


@pytest.fixture(scope="module")
def content() -> Content:
    return load()


@pytest.fixture
def first(content: Content) -> DemoRound:
    return content.rounds[0]


@pytest.fixture
def second(content: Content) -> DemoRound:
    return content.rounds[1]


@pytest.fixture
def broken(tmp_path: Path) -> Broken:
    """Return a function that changes one text in one file, and gives the faults that follow."""
    folder = tmp_path / "content"
    shutil.copytree(FOLDER, folder)

    def change(file: str, old: str, new: str) -> list[str]:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(ContentFault) as refused:
            load(folder)
        return refused.value.faults

    return change


def states(round_: DemoRound) -> Counter[State]:
    return Counter(final_state(round_, proposal) for proposal in round_.proposals)


def test_a_moment_keeps_dutch_clocks_in_summer_and_winter() -> None:
    nine = When.read("-1 09:30")

    assert nine == When(-1, time(9, 30))
    assert nine.on(date(2026, 1, 11)) == datetime(2026, 1, 10, 8, 30, tzinfo=UTC)
    assert nine.on(date(2026, 7, 11)) == datetime(2026, 7, 10, 7, 30, tzinfo=UTC)


def test_the_plan_has_the_themes_of_the_memo_in_their_order(content: Content) -> None:
    assert [theme.title.nl for theme in content.themes] == [
        "De burger is eigenaar van zijn eigen informatie",
        "Toegankelijkheid verbeteren",
        "Gelijkwaardige informatiepositie burgers",
        "Verbeteren actieve en passieve openbaarheid",
        "Dialoog over informatiebehoeften en onderzoek",
        "Bewustzijn, opleiding, cultuurverandering en experimenten",
        "De ambtelijke eed wordt aangepast",
    ]
    assert content.plan.grant_ceiling_cents == 20_000_000
    assert len(content.bodies) == 6


def test_every_role_has_an_account_that_is_shown(content: Content) -> None:
    shown = [person for person in content.people if person.about]

    assert {role for person in shown for role in person.roles} == set(Role)
    assert any(person.administrator for person in shown)
    assert any(not person.roles and not person.speaks_for for person in shown)


def test_real_organisations_are_members_and_say_nothing(content: Content) -> None:
    real = {each.key for each in content.organisations if not each.invented}
    said = {each.organisation for r in content.rounds for each in r.proposals}
    said |= {each.organisation for r in content.rounds for each in r.comments}

    assert len(real) == 9
    assert not real & said
    assert not real & {commitment.holder for commitment in content.commitments}
    assert real <= {key for body in content.bodies for key in body.members}
    for each in content.organisations:
        assert (each.layer is not None) is (each.sector is Sector.GOVERNMENT)


def test_the_first_round_shows_every_way_a_proposal_can_go(
    first: DemoRound, content: Content
) -> None:
    assert states(first) == {
        State.PUBLISHED: 23,
        State.HIDDEN: 1,
        State.WITHDRAWN: 1,
        State.LATE: 1,
    }
    themes = {proposal.theme for proposal in first.proposals}
    assert themes == {theme.slug for theme in content.themes} | {None}
    assert {Source.MEETING, Source.LETTER} <= {proposal.source for proposal in first.proposals}
    assert {response.outcome for response in first.responses} == set(Outcome)
    assert 5 <= sum(proposal.language == "en" for proposal in first.proposals) <= 8
    assert first.summary is not None
    assert len(first.summary.sections) == len(content.themes) + 1


def test_the_open_round_has_work_for_everybody(second: DemoRound) -> None:
    assert states(second) == {
        State.PUBLISHED: 7,
        State.PENDING: 2,
        State.RETURNED: 1,
        State.DRAFT: 1,
    }
    waiting = [c for c in second.comments if final_state(second, c) is State.PENDING]
    assert len(waiting) == 2
    draft = next(p for p in second.proposals if p.submitted is None)
    assert draft.author == "pia"


def test_the_round_to_come_is_empty(content: Content) -> None:
    third = content.rounds[2]

    assert third.announced.day < 0 < third.opens.day
    assert not third.proposals


def test_a_response_is_a_reason_and_not_a_phrase(first: DemoRound) -> None:
    for response in first.responses:
        sentences = response.reason.count(". ") + response.reason.count("? ") + 1
        assert 3 <= sentences <= 7, response.proposal


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("first/comments-1.toml", 'author = "greet"', 'author = "gerda"', "nobody here"),
        ("first/comments-1.toml", 'at = "-97 09:15"', 'at = "-99 09:15"', "not public then"),
        ("first/comments-1.toml", 'author = "karin"', 'author = "sam"', "does not take part"),
        ("first/comments-1.toml", 'organisation = "de-sluis"', 'organisation = "vng"', "not speak"),
        ("first/proposals-1.toml", 'by = "ines"', 'by = "kees"', "who may not decide"),
        ("first/proposals-1.toml", 'ground = "advertising"\n', "", "needs a ground"),
        ("first/proposals-1.toml", 'verb = "restore"', 'verb = "publish"', "does not follow"),
        ("first/responses.toml", 'proposal = "leerkring"', 'proposal = "niets"', "'leerkring'"),
        ("first/responses.toml", '"adopted_in_part"', '"not_adopted"', "was not adopted"),
        ("first/summary.toml", "{{comment:log-karin}}", "{{comment:weg}}", "in Dutch than"),
        ("first/positions.toml", ', reason = "Nog meer plechtigheid."', "", "without a reason"),
        ("commitments-1.toml", "ends_on = 2027-12-31", "ends_on = 2028-02-01", "the term"),
        ("commitments-2.toml", "5_500_000", "15_500_000", "has to grant"),
        ("organisations.toml", 'key = "vng"', 'key = "ipo"', "stands there 2 times"),
        ("rounds.toml", 'announced = "-118 10:00"', 'announced = "-110 10:00"', "14 days"),
        ("people.toml", 'email = "bo@voorbeeld.example"', 'email = "bo@iets.nl"', "somebody's"),
        ("first/positions.toml", "invented = true", "", "'invented = true' is missing"),
        ("plan.toml", "number = 5", 'number = "vijf"', "is not a number"),
        ("plan.toml", 'created = "-150 09:00"', 'created = "gisteren"', "is no moment"),
        ("invitations.toml", "gerda@voorbeeld", "pia@voorbeeld", "not in use"),
        ("invitations.toml", "gerda@voorbeeld.example", "gerda@iets.nl", "not in use"),
        ("invitations.toml", 'organisation = "lindeveld"', 'organisation = "vng"', "can speak"),
        ("invitations.toml", 'by = "ana"', 'by = "niemand"', "who is not here"),
        ("invitations.toml", 'declined = "-6', 'declined = "-9', "answered once"),
        ("people.toml", '"organiser"', '"baas"', "is not one of"),
        ("people.toml", "display_name", "name", "there is no field 'name'"),
        ("rounds.toml", "[[rounds]]", "[[rounds", "is not TOML"),
    ],
)
def test_a_mistake_is_refused_with_a_sentence(
    broken: Broken, file: str, old: str, new: str, said: str
) -> None:
    assert any(said in fault for fault in broken(file, old, new))
