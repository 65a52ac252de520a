"""No reader finds, in any page or file, what the label of a column keeps from them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import delete, func, select

from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.consultation.proposals.services import submit_proposal
from consult.consultation.proposals.states import make_findable
from consult.foundation.core.db import Base, Privacy, db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.personal import SENDING
from consult.foundation.personal_data import export_parts
from consult.foundation.personal_data.export_parts import parts
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.foundation.record.models import Receipt
from consult.people.accounts.models import Person
from consult.people.accounts.newcomer_links import newcomer_token
from consult.people.invitations.models import InvitationKey
from consult.people.invitations.services import Offer, Period, invite
from consult.people.organisations.mandates import ask_mandate
from consult.people.organisations.queries import get_body, get_organisation
from consult.people.privacy.models import DataExport
from tests.cast import CAST, hold_session, person
from tests.factories import find_round, make_comment, make_proposal
from tests.house.test_matrix import NAMED, Case, address, cases, things
from tests.privacy.exported import export_for
from tests.privacy.leaky import LEAKS, leaking
from tests.privacy.planted import (
    GUARDED,
    SIGN,
    Plant,
    can_hold_one,
    columns,
    found,
    plant,
    unpacked,
)
from tests.proposals.test_services import TEXT
from tests.samples import SHORT_AND_LONG, some_of
from tests.world import NOON, SINCE

pytestmark = [pytest.mark.one_engine, pytest.mark.usefixtures("made_anew")]

__all__ = ["things"]
# Whose row it is, but not what the person said: what a form did, what a job is for; and what was
# said in an event about the text or the account of somebody else.
# And how a mail was sent.
# Beside what the record and the sending of mails keep: for which form a file waits.
# `act`: what was decided with one press carries the same random name.
NOT_EXPORTED = {"event_detail.content", "event_detail.reason", "held_decision.act"} | {
    "stored_file.waits_for",
    *(f"{table}.{name}" for table in ("message", "notice") for name in SENDING),
}
# Who reads without working on the plan: they find nothing of others that is not public.
READERS = (None, "sam", "lotte", "kees", "faas", "inge", "evert", "sacha")
# Who works on the plan: no secret, and no address, either.
WORKERS = ("mo", "ana", "bo", "hanna", "adi")
# Members of the body of the tests: they read how they can come to its meetings, as nobody else.
MEMBERS = ("pia", "lotte", "kees", "coen")
FOR_MEMBERS = {"meeting.place"}
# Their addresses carry a key, which is made or looked up when everything is planted.
NEED_A_TOKEN = {
    "publishing.receipt",
    "publishing.receipt_to_keep",
    "publishing.receipt_as_text",
    "accounts.sent",
    "accounts.unsubscribe",
    "invitations.show",
    "security.reset_password",
    "security.register",
}
# Files of the log: every byte of them is read by tests/record/test_checkpoints.py.
# What is opened beside it is read by tests/verification/test_opening.py.
OF_THE_LOG = {"log.log_file", "log.opened"}
# Who sends invitations reads whom they are for; nobody else on the team does.
HANDLED = {
    "invitation.address",
    "invitation.name",
    "invitation.decline_reason",
    "invitation_batch.note",
    "invitation_batch.rows",
    "invitation_batch.bad_rows",
}
# What the holder of a link reads of their own invitation.
TOLD_BY_LINK = {"invitation.note", "invitation.name"}
# What somebody must handle, though it is private: an administrator finds one account by its
# address, reads why it was suspended, and keeps the log of incidents.
HANDLES = {
    "adi": (
        "person.email", "suspension.reason", "suspension.end_reason", "incident_version.",
        "incident.public_id",
    )
}  # fmt: skip


@pytest.fixture
def crowd(app: Flask, request: pytest.FixtureRequest) -> None:
    """Twenty people, each with a proposal or a comment, and a position; fifty in a long test."""
    many = 50 if request.node.get_closest_marker("long") else 20
    with app.test_request_context():
        with unit_of_work():
            db.session.add_all(
                Person(
                    display_name=f"Persoon {n}", email=f"p{n}@consult.example", confirmed_at=NOON
                )
                for n in range(many)
            )
            person(f"p{many - 1}").confirmed_at = None
            offer = Offer("gast@consult.example", "Gast", None, "nl", "Kom je ook?")
            invite(person("ana"), get_body("stakeholderforum"), offer, Period(SINCE), NOON)
            submit_proposal(person("pia"), find_round("open"), TEXT, NOON, NOON)
        first = make_proposal("open")
        for n in range(many):
            made = make_proposal("open", author=f"p{n}") if n % 2 == 0 else first
            make_comment(made, author=f"p{n}")
            with unit_of_work():
                who = person(f"p{n}")
                db.session.add(
                    Position(
                        proposal_id=first.id, person_id=who.id, stance=Stance.SUPPORT, taken_at=NOON
                    )
                )


def addresses(app: Flask, things: dict[str, list[Case]]) -> tuple[list[str], set[str]]:
    """Return every address that answers GET, and the endpoints of which none could be made."""
    made: dict[str, None] = {}
    missing: set[str] = set()
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        badge = getattr(app.view_functions[rule.endpoint], "badge", "")
        action = Action(badge) if badge in set(Action) else Action.HOME_READ
        try:
            for case in cases(rule, action, things):
                made[address(app, rule, {**NAMED, **case.arguments})] = None
        except KeyError:
            missing.add(rule.endpoint)
    return list(made), missing


def browser(app: Flask, who: int | None) -> FlaskClient:
    """A browser in which a person is signed in, whose address may have been planted over."""
    client = app.test_client()
    if who is not None:
        hold_session(client, db.session.get_one(Person, who))
    return client


def numbers(names: tuple[str | None, ...]) -> dict[str | None, int | None]:
    return {name: person(name).id if name else None for name in names}


def opened_by_keys(app: Flask, planted: dict[str, Plant]) -> dict[str, set[str]]:
    """Return the addresses that only who holds a key knows, each with the signs it may tell."""
    everyone = db.session.scalars(select(Person).where(Person.email.is_not(None)).limit(5))
    codes = [{"code": code} for code in db.session.scalars(select(Receipt.code))]
    made: dict[str, list[dict[str, str]]] = {
        "publishing.receipt": codes,
        "publishing.receipt_to_keep": codes,
        "publishing.receipt_as_text": codes,
        "accounts.sent": [{"letter": letter} for letter in ("link", "reset")],
        "security.reset_password": [{"token": generate_reset_password_token(p)} for p in everyone],
        "security.register": [{"token": newcomer_token("nieuw@consult.example", NOON)}],
    }
    paths = app.url_map.bind("localhost")
    told: dict[str, set[str]] = {}
    for endpoint, every in made.items():
        assert every, f"there is a key for {endpoint}"
        for one in every:
            told[paths.build(endpoint, {**one, "language": "nl"})] = set()
    return {**told, **opened_by_invitations(app, planted)}


def opened_by_invitations(app: Flask, planted: dict[str, Plant]) -> dict[str, set[str]]:
    """Return the addresses of invitations; each tells its own key, name and note."""
    paths, told = app.url_map.bind("localhost"), {}
    for token, at in planted.items():
        if at.column != "invitation_key.digest":
            continue
        about = db.session.get_one(InvitationKey, at.row).invitation_id
        own = {s for s, p in planted.items() if p.column in TOLD_BY_LINK and p.row == about}
        path = paths.build("invitations.show", {"token": token, "language": "nl"})
        told[path] = {token, *own}
    assert told
    return told


def sends_invitations(reader: int | None) -> bool:
    who = db.session.get(Person, reader) if reader is not None else None
    body = get_body("stakeholderforum")
    return who is not None and can(who, Action.INVITATION_LIST, body, NOON)


def kept_from(reader: int | None, at: Plant, *, works: bool) -> bool:
    """Whether a planted string is kept from a reader, by its label and its owner."""
    if at.label is Privacy.SECRET:
        return True
    if at.column in HANDLED:
        return not sends_invitations(reader)
    if reader is not None and at.owner == reader:
        return False
    return not works or at.label is Privacy.PRIVATE


def leaks(
    app: Flask,
    paths: Iterable[str],
    planted: dict[str, Plant],
    who: int | None,
    *,
    works: bool,
    told: Mapping[str, set[str]] | None = None,
    member: bool = False,
    handles: tuple[str, ...] = (),
) -> Iterator[str]:
    """Read every address as somebody; give the strings that were found and should not be.

    `told` says per address what it may tell whoever knows that address.
    """
    client = browser(app, who)
    for path in paths:
        for sign in found(client.get(path)) - (told or {}).get(path, set()):
            if member and planted[sign].column in FOR_MEMBERS:
                continue
            if planted[sign].column.startswith(handles or "nothing"):
                continue
            if kept_from(who, planted[sign], works=works):
                yield f"{planted[sign].column} in {path}"


def all_leaks(
    app: Flask, paths: list[str], names: tuple[str | None, ...], *, works: bool
) -> set[str]:
    """Plant, read everything as each of these, and give what was found."""
    people = numbers(names)
    planted = plant(app)
    told = opened_by_keys(app, planted)
    return {
        f"{name}: {leak}"
        for name, who in people.items()
        for leak in leaks(
            app,
            [*paths, *told],
            planted,
            who,
            works=works,
            member=name in MEMBERS,
            told=told,
            handles=HANDLES.get(name or "", ()),
        )
    }


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(("names", "works"), [(READERS, False), (WORKERS, True)])
@SHORT_AND_LONG
def test_nothing_is_found(
    app: Flask,
    things: dict[str, list[Case]],
    names: tuple[str | None, ...],
    works: bool,
    everything: bool,
) -> None:
    paths, missing = addresses(app, things)
    assert missing == NEED_A_TOKEN | OF_THE_LOG
    if not everything:
        paths = some_of(paths, 20, str(names))
    wrong = all_leaks(app, paths, names, works=works)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(sorted(wrong)[:40])


@pytest.mark.usefixtures("crowd")
def test_every_planted_leak_is_found(app: Flask, things: dict[str, list[Case]]) -> None:
    paths, _ = addresses(app, things)
    planted = plant(app)
    said = next(sign for sign, at in planted.items() if at.column == "person.email")
    for name in LEAKS:
        with leaking(app, name, f"{said}@consult.example") as place:
            assert place in paths
            wrong = list(leaks(app, [place], planted, None, works=False))
        assert wrong == [f"person.email in {place}"], name
        assert not list(leaks(app, [place], planted, None, works=False)), name


@pytest.mark.usefixtures("crowd")
def test_who_may_read_it_does_find_it(app: Flask, things: dict[str, list[Case]]) -> None:
    paths, _ = addresses(app, things)
    contact = person("coen").id
    planted = plant(app)
    client = browser(app, contact)
    seen = (planted[sign].column for path in paths for sign in found(client.get(path)))
    assert "mandate_request.note" in seen


def test_the_columns_come_from_the_labels() -> None:
    names = {f"{table.name}.{column.name}" for table, column in columns()}
    assert {"person.email", "person.password", "message.body", "mandate.note"} <= names
    assert {"event_detail.content", "event_detail.reason", "job.payload"} <= names
    assert {"imported_id.remains", "suspension.reason"} <= names
    assert "person.display_name" not in names


@pytest.mark.usefixtures("crowd")
def test_what_triggers_guard_is_planted_too(app: Flask) -> None:
    guarded = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name in GUARDED and can_hold_one(column)
    }
    assert guarded <= {at.column for at in plant(app).values()}


@pytest.mark.usefixtures("crowd", "things")
def test_an_export_of_ones_own_data_tells_nothing_of_others(app: Flask, now: datetime) -> None:
    """The archive, unpacked: all that is one's own, nothing private of anybody else, no secret."""
    with unit_of_work():
        db.session.execute(delete(DataExport))
    names = ("pia", "sam", "lotte", "kees", "coen", "mo", "ana", "adi")
    everybody = [person(name) for name in names]
    planted = plant(app)
    for who in everybody:
        db.session.refresh(who)
        said = set(SIGN.findall(unpacked(export_for(who, now).archive)))
        kept = {at.column for sign in said if kept_from(who.id, at := planted[sign], works=False)}
        assert not kept, who
        mine = {
            at.column
            for sign, at in planted.items()
            if at.owner == who.id and at.label is not Privacy.SECRET and sign not in said
        }
        assert mine <= NOT_EXPORTED, who


@pytest.mark.usefixtures("crowd")
def test_a_leak_in_an_export_is_found(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that takes everybody's rows: the scanner must see what does not belong there."""
    who, part = person("pia"), next(part for part in parts() if part.name == "account")
    leaky = replace(part, where=lambda _me: Person.id > 0)
    monkeypatch.setitem(export_parts._parts, "account", leaky)
    planted = plant(app)
    db.session.refresh(who)
    said = set(SIGN.findall(unpacked(export_for(who, now).archive)))
    wrong = {planted[sign].column for sign in said if kept_from(who.id, planted[sign], works=False)}
    assert "person.email" in wrong


@pytest.mark.usefixtures("crowd")
def test_a_public_export_tells_nothing_private(app: Flask, tmp_path: Path) -> None:
    planted = plant(app)
    for form in ("jsonl", "csv", "json", "xlsx", "ods", "docx", "odt", "pdf"):
        path = tmp_path / f"round.{form}"
        args = ["export-round", "open", "--format", form, "--output", str(path)]
        said = app.test_cli_runner().invoke(args=["consult", *args])
        assert said.exit_code == 0, said.output
        text = unpacked(path.read_bytes())
        assert "Een begrijpelijke besluitenlijst" in text
        assert {planted[sign].column for sign in SIGN.findall(text)} == set(), form


@pytest.mark.usefixtures("crowd")
def test_a_search_for_a_private_word_finds_nothing(app: Flask) -> None:
    with unit_of_work():
        for one in db.session.scalars(select(Proposal)):
            make_findable(one)
    client = browser(app, None)
    assert "Nothing found" not in client.get("/en/rounds/open/proposals?q=besluitenlijst").text
    planted = plant(app)
    one_of_each = {at.column: sign for sign, at in planted.items()}
    for column, sign in one_of_each.items():
        if column == "search_entry.words":
            continue  # the index itself, which holds the words of what is public
        page = client.get(f"/en/rounds/open/proposals?q={sign}").text
        assert "Nothing found" in page, column


@pytest.mark.usefixtures("crowd")
def test_no_mail_tells_of_somebody_else(app: Flask) -> None:
    """What happens after planting leads to mails: each tells its own reader's secrets at most."""
    people = {name: person(name).id for name in ("mo", "ana", "sam")}
    proposals = db.session.scalars(
        select(Proposal.id).where(Proposal.round_id == find_round("open").id)
    ).all()
    planted = plant(app)
    last = db.session.scalar(select(func.max(Message.id))) or 0

    def who(name: str) -> Person:
        return db.session.get_one(Person, people[name])

    with app.test_request_context(), unit_of_work():
        for id_ in proposals:
            judgement = Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE)
            decide(who("mo"), db.session.get_one(Proposal, id_), judgement, NOON)
        ask_mandate(who("sam"), get_organisation("helder-bestuur"), "Adviseur.", NOON)
    mails = db.session.scalars(select(Message).where(Message.id > last)).all()
    assert len(mails) > 10
    for mail in mails:
        for sign in SIGN.findall(f"{mail.subject}\n{mail.body}"):
            assert planted[sign].owner == mail.person_id, (mail.kind, planted[sign].column)
            assert planted[sign].label is not Privacy.SECRET, planted[sign].column
        (address,) = SIGN.findall(mail.address)
        assert planted[address].owner == mail.person_id


@pytest.mark.usefixtures("crowd")
def test_a_key_opens_its_page_after_planting_and_tells_its_own(app: Flask) -> None:
    planted = plant(app)
    client = browser(app, None)
    for path, own in opened_by_invitations(app, planted).items():
        page = client.get(path)
        assert page.status_code == 200
        assert own <= found(page)
    assert [name for name in WORKERS if sends_invitations(person_id(name))] == ["ana", "adi"]


def person_id(name: str) -> int | None:
    """Return the number of somebody whose address may have been planted over."""
    return db.session.scalar(select(Person.id).where(Person.display_name == CAST[name]))
