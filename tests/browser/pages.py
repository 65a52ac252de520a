"""Every page that somebody can look at: by who looks, on an empty world and on a full one.

The last test of tests/browser/test_axe.py holds that no template is missing here.
"""

import io
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Flask
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.meetings.models import TOOK_PLACE, Presence
from consult.consultation.meetings.queries import members_on
from consult.consultation.meetings.services import note_attendance
from consult.consultation.moderation.models import Ground, ReportKind, Verb
from consult.consultation.moderation.reports import report_contribution
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.themes import ThemeText
from consult.consultation.proposals.models import Attachment, Stance
from consult.consultation.proposals.services import save_draft, submit_proposal
from consult.consultation.proposals.steps import Step
from consult.consultation.proposals.texts import ProposalText
from consult.consultation.statements.services import show_statement, vote
from consult.consultation.theme_rounds.queries import themes_in
from consult.consultation.theme_rounds.services import (
    add_after_round,
    change_after_round,
    judge_themes,
)
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.services import store_file
from consult.foundation.jobs.models import Queue
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.unsubscribe import EVERYTHING, sign
from consult.interfaces.exchange.reading.columns import ColumnField
from consult.interfaces.exchange.reading.spreadsheet import ColumnChoices, SheetRound
from consult.interfaces.exchange.reading.upload_choices import UploadChoices
from consult.interfaces.exchange.services import (
    ask_import,
    import_upload,
    keep_assignment,
    keep_choices,
    keep_upload,
    look_at_file,
)
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import (
    CommitmentText,
    make_commitment,
    publish_commitment,
)
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import ResponseText, prepare_response, publish_responses
from consult.outcomes.summaries.services import SummaryText, publish_summary, save_summary
from consult.people.accounts.authenticator import new_secret
from consult.people.accounts.factors import add_passkey, make_recovery_codes
from consult.people.accounts.models import LinkedIdentity, Person, SecondFactor, SignInMethod
from consult.people.accounts.newcomer_links import newcomer_token
from consult.people.accounts.passkeys import PasskeyRegistration
from consult.people.accounts.sessions import open_session
from consult.people.following.models import FollowedKind
from consult.people.following.queries import get_subject
from consult.people.following.services import follow
from consult.people.invitations.answering import decline_by_token
from consult.people.organisations.mandates import ask_mandate
from consult.people.organisations.memberships import MemberPlace, change_place
from consult.people.organisations.models import Function, Sector
from consult.people.organisations.queries import get_body, get_organisation, members_of
from consult.people.organisations.seats import Agreed, agree_on_seats
from consult.people.privacy.closing import close_account
from consult.people.privacy.consents import give_consent, withdraw_consent
from consult.people.privacy.incidents import IncidentText, add_version, note_incident
from consult.people.privacy.models import ClosedBy, ConsentKind, GivenAt, RetentionRun, Tombstone
from consult.people.privacy.suspending import suspend_account
from tests.cast import person
from tests.factories import (
    filed,
    find_round,
    make_comment,
    make_meeting,
    make_proposal,
    make_round_about_themes,
    make_round_of_statements,
    make_statement,
)
from tests.invitations.letterbox import batch_of, helder, invited, links, send, token_of
from tests.privacy.exported import export_of
from tests.proposals.test_services import PDF, TEXT
from tests.publisher.filled_in import speak

PLAN, BODY, OPEN, CLOSED = (
    "/plans/open-overheid", "/bodies/stakeholderforum", "/rounds/open", "/rounds/closed",
)  # fmt: skip
INVITATIONS = f"{BODY}/invitations"
VOTING = "/rounds/stellingen"
THEMES, JUDGED = "/rounds/themas", "/rounds/oude-themas"
EMPTY: dict[str | None, list[str]] = {
    None: [
        "/", "/plans", PLAN, OPEN, "/rounds/upcoming", "/rounds/answered",
        f"{OPEN}/proposals", f"{OPEN}/proposals?q=nietsgevonden", f"{CLOSED}/summary",
        "/search", "/search?q=nietsgevonden",
        f"{OPEN}/moderation-log", "/privacy", "/accessibility", "/record",
        "/about", "/contact", "/imprint", "/help",
        f"{OPEN}/downloads", "/data-dictionary",
        "/receipts", "/receipts?code=x", "/bodies", BODY, f"{BODY}/meetings",
        "/organisations", "/organisations?q=nergens", "/organisations/helder-bestuur",
        "/login", "/us-signin", "/us-signin?who=x&code=12345678",
        "/us-signin/send-code", "/reset", "/reset/a-link-that-is-no-good",
        "/mail-sent/link", "/mail-sent/reset", "/nothing-here",
        "/invitations/a-link-that-is-no-good", "/invitations/declined", "/account-closed",
    ],
    "pia": [
        "/home", "/proposals/mine", f"{OPEN}/proposals/new", f"{OPEN}/proposals/new?step=whole",
        "/profile", "/change", "/mandates",
        "/notifications", "/notices", "/following", "/following/plan/1",
        "/security", "/security/authenticator", "/security/verify", "/security/passkeys/new",
        "/invitations/mine", "/my-data", "/my-data/close",
    ],
    "inge": ["/home", "/invitations/mine"],
    "coen": ["/organisations/helder-bestuur", "/mandates"],
    "mo": [
        "/moderation", "/moderation?tab=late", "/moderation?tab=mine", "/moderation?tab=discuss",
        "/moderation/reports", "/plans/open-overheid/moderation-rules", "/home", "/notifications",
    ],
    "ana": [
        "/home", f"{PLAN}/manage", f"{PLAN}/edit", f"{PLAN}/themes/new",
        f"{PLAN}/themes/toegang/edit", f"{PLAN}/bodies/add", f"{PLAN}/bodies/new",
        f"{PLAN}/roles/new", f"{PLAN}/rounds/new", f"{PLAN}/commitments",
        f"{PLAN}/commitments/new", f"{PLAN}/versions/new", f"{BODY}/edit", f"{BODY}/members",
        BODY, f"{BODY}/seats", f"{BODY}/meetings/new", f"{BODY}/meetings",
        f"{OPEN}/manage", "/rounds/draft/manage", "/rounds/draft/announce", f"{OPEN}/edit",
        f"{OPEN}/move", f"{OPEN}/cancel", f"{CLOSED}/responses", f"{CLOSED}/summary/edit",
        f"{OPEN}/downloads", f"{OPEN}/downloads/complete",
        f"{OPEN}/proposals/elsewhere", INVITATIONS, f"{INVITATIONS}?state=revoked",
        f"{INVITATIONS}/files/new", f"{PLAN}/import",
    ],
    "adi": [
        "/plans/new", "/home", "/organisations", "/organisations/new",
        "/organisations/new?q=utrecht", "/organisations/new?tooi=gm0344",
        "/organisations/helder-bestuur", "/organisations/helder-bestuur/edit", "/outbox",
        "/people", "/incidents", "/incidents/new", "/retention", "/publisher/edit",
        "/publisher/logo",
    ],
    "sam": ["/home", "/moderation", f"{BODY}/place"],
}  # fmt: skip
FULL: dict[str | None, list[str]] = {
    None: [
        "/search?q=voorstel", f"{OPEN}/proposals?q=voorstel",
        f"{OPEN}/proposals?q=reactie&kind=comments",
        "/", "/plans", PLAN, f"{PLAN}/commitments/1", f"{PLAN}/versions/1", CLOSED,
        f"{CLOSED}/proposals", f"{CLOSED}/proposals/1", f"{CLOSED}/proposals/3",
        f"{CLOSED}/summary", f"{CLOSED}/moderation-log", f"{CLOSED}/downloads",
        BODY, f"{BODY}/meetings",
        f"{BODY}/meetings/1",
        f"{BODY}/meetings/2", f"{BODY}/meetings/3", f"{BODY}/meetings/5",
        "/organisations/helder-bestuur", "/organisations",
        "/mails", "/mails?q=pia", "/mails?kind=nothing",
        "/about", "/contact", "/imprint", "/help",
        VOTING, f"{VOTING}/statements", f"{VOTING}/proposals/1", f"{VOTING}/proposals/3",
        THEMES, f"{THEMES}/themes", f"{JUDGED}/themes", f"{JUDGED}/proposals/1",
    ],
    "pia": [
        "/home", "/proposals/mine", f"{OPEN}/proposals", f"{OPEN}/proposals/1",
        f"{OPEN}/proposals/1/revise", f"{OPEN}/proposals/1/withdraw",
        f"{OPEN}/proposals/1/comments", f"{OPEN}/proposals/1/history",
        f"{OPEN}/proposals/1/position", f"{OPEN}/proposals/1/cosign",
        "/security", "/security/verify", "/security/authenticator",
        "/my-data", "/my-data/close",
        THEMES, f"{THEMES}/themes/judge", f"{THEMES}/proposals/1", f"{THEMES}/proposals/1/comments",
        VOTING, f"{VOTING}/statements/vote", f"{VOTING}/statements/mine",
        f"{VOTING}/statements/1/vote", f"{VOTING}/statements/new",
        f"{VOTING}/statements/4/revise", f"{VOTING}/proposals/2",
    ],
    "coen": [
        "/organisations/helder-bestuur", f"{OPEN}/proposals/1/cosign", "/my-data",
        f"{OPEN}/proposals/new", f"{OPEN}/proposals/1",
    ],
    "mo": ["/home", "/moderation", "/moderation?tab=late", "/moderation?tab=after"],
    "sam": [f"{BODY}/place"],
    "adi": [
        "/organisations/requests", "/home", "/incidents", "/retention", "/my-data/close",
        "/outbox", "/publisher/edit",
        "/publisher/logo",
    ],
    "ana": [
        f"{JUDGED}/themes/2/change", f"{JUDGED}/themes/2/remove", f"{JUDGED}/themes/add",
        "/home", f"{CLOSED}/manage", f"{CLOSED}/responses", f"{CLOSED}/responses/1",
        f"{CLOSED}/summary/edit", f"{PLAN}/manage", f"{PLAN}/commitments",
        f"{PLAN}/commitments/1/edit", f"{PLAN}/versions/new",
        f"{PLAN}/versions/1/redact", f"{BODY}/members", BODY, f"{BODY}/seats",
        f"{BODY}/meetings/1", f"{BODY}/meetings/1/edit",
        f"{BODY}/meetings/1/cancel", f"{BODY}/meetings/2", f"{BODY}/meetings/2/attendance",
        f"{BODY}/meetings/2/minutes", f"{BODY}/meetings/4", f"{BODY}/meetings/4/attendance",
        INVITATIONS, f"{INVITATIONS}?state=sent",
    ],
}  # fmt: skip
WRONG: dict[str | None, list[str]] = {
    None: ["/login", "/us-signin", "/reset", "/receipts"],
    "pia": [
        f"{OPEN}/proposals/new", f"{OPEN}/proposals/1/comments", "/profile", "/change",
        f"{VOTING}/statements/new", f"{VOTING}/statements/1/vote",
        "/mandates", "/security/authenticator", "/security/verify",
        "/my-data/close",
    ],
    "ana": [
        f"{PLAN}/rounds/new", f"{PLAN}/edit", f"{PLAN}/themes/new", f"{PLAN}/roles/new",
        f"{PLAN}/bodies/new", f"{OPEN}/move", f"{OPEN}/cancel", "/rounds/draft/announce",
        f"{CLOSED}/responses/1", f"{PLAN}/commitments/new", f"{PLAN}/versions/new",
        f"{OPEN}/proposals/elsewhere", f"{OPEN}/downloads/complete", f"{BODY}/seats",
        f"{BODY}/meetings/new",
        f"{BODY}/meetings/1/cancel", f"{BODY}/meetings/2/attendance",
        INVITATIONS, f"{INVITATIONS}/files/new", f"{PLAN}/import",
        f"{JUDGED}/themes/2/remove", f"{JUDGED}/themes/add",
    ],
    "adi": [
        "/plans/new", "/organisations/new", "/people", "/incidents/new", "/publisher/edit",
        "/publisher/logo",
    ],
}  # fmt: skip
"""Forms that are sent with nothing in them: the page then says everything that is wrong."""


IN_A_FLOW = {
    "moderation/batch.html", "moderation/sealed.html",  # tests/browser/test_desk.py
    "security/second_factor.html", "security/recovery_codes.html", "security/keep.html",
    "publishing/being_made.html", "publishing/round_file_later.html",
    "publishing/switch_language.html",
    "publishing/preview.html", "proposals/similar.html", "proposals/kept_files.html",
}  # fmt: skip
"""Pages that exist in the middle of something only: test_sign_in.py looks at the first three of
them, test_writing.py at the last three, which are parts of a page, and test_axe.py at the others.
"""


def secure(now: datetime) -> None:
    """Set up for Pia everything that the page Sign-in and security can show."""
    who = person("pia")
    turn_on = new_secret()
    with unit_of_work():
        who.totp_secret, who.second_factor_at = turn_on, now
        make_recovery_codes(who, now)
        add_passkey(who, PasskeyRegistration("eHh4eA", "eHh4eA", 0, verified=True), "Telefoon", now)
        db.session.add(
            LinkedIdentity(
                person_id=who.id, issuer="https://login.example", subject="1", linked_at=now
            )
        )
        for agent in ("Firefox Windows", "Safari iPhone", ""):
            open_session(who, SignInMethod.PASSWORD, SecondFactor.AUTHENTICATOR, agent, now)


def invitation_pages(now: datetime) -> list[tuple[str | None, str]]:
    """Invite people in every way: with and without account, from files, answered and over."""
    file = "e-mail;naam;organisatie;taal\n{};Zo\u00eb;helder-bestuur;en\nfout;Fout;;\n"
    looked_at = batch_of(now, file.format("zoe@consult.example"))
    sent = batch_of(now, file.format("zoe.twee@consult.example"))
    send(now, sent)
    new = invited(now, note="Kom erbij!", organisation_id=helder().id)
    known = invited(now, "sam@consult.example")
    busy = batch_of(now, file.format("zoe.drie@consult.example"))
    send(now, busy)
    pages = [("ana", f"{INVITATIONS}/files/{one.id}") for one in (looked_at, sent, busy)]
    shown = [new.address, known.address, "zoe.twee@consult.example"]
    paths = [links(address)[0].removeprefix("/en").removeprefix("/nl") for address in shown]
    with unit_of_work():
        decline_by_token(token_of(paths[2]), "Geen tijd.", now)
    return [*pages, *((None, path) for path in paths), ("pia", paths[0])]


def fill(app: Flask, now: datetime) -> list[tuple[str | None, str]]:
    """Store a thing of every kind, in the states a page can show.

    Gives the pages whose address is known only then: who looks, and where.
    """
    with app.test_request_context():
        first, second = make_proposal("closed"), make_proposal("closed", author="lotte")
        top = make_comment(first)
        make_comment(first, author="pia", parent=top)
        hidden = make_comment(first, author="pia")
        make_proposal("closed", State.LATE)
        shown = make_proposal("open")
        waiting = make_proposal("open", State.PENDING, author="lotte")
        said = make_comment(shown, State.RETURNED, author="pia")
        with unit_of_work():
            ask_mandate(person("sam"), get_organisation("helder-bestuur"), "Adviseur.", now)
            decide(person("mo"), hidden, Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE), now)
            draft = save_draft(person("pia"), find_round("open"), ProposalText(title="Half"), now)
            receipt = submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
            file = store_file(person("pia"), "nota.pdf", io.BytesIO(PDF), now)
            db.session.add(Attachment(proposal_id=shown.id, file=file))
            for one, outcome in ((first, Outcome.ADOPTED), (second, Outcome.NOT_ADOPTED)):
                prepare_response(
                    person("ana"), one, ResponseText(outcome, {"nl": "Omdat."}), None, now
                )
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
            report_contribution(person("sam"), shown, ReportKind.OTHER, "Dit is reclame.", now)
            for kind, row in ((FollowedKind.PLAN, plan), (FollowedKind.PROPOSAL, second)):
                follow(person("pia"), get_subject(kind, row.id), now)
            refused = db.session.scalars(select(Message).limit(1)).one()
            refused.failed_at = refused.settled_at = now
            refused.failure = "550 5.1.1 … User unknown"
            db.session.add(
                Queue(
                    name="mail", failing_since=now, paused_until=now + timedelta(minutes=4),
                    failures=3, last_error="[Errno 111] Connection refused",
                )
            )  # fmt: skip
        speak(logo=True)
        _meet(now)
        _vote(now)
        found: list[tuple[str | None, str]] = [
            *invitation_pages(now),
            (None, f"/receipts/{receipt.code}"),
            (None, f"/unsubscribe/{sign(person('pia').id, 'replies')}"),
            (None, f"/unsubscribe/{sign(person('pia').id, EVERYTHING)}"),
            (None, f"/mails/{refused.public_id}"),
            (None, f"/reset/{generate_reset_password_token(person('pia'))}"),
            (None, f"/register/{newcomer_token('nieuw@consult.example', now)}"),
            ("pia", f"/receipts/{receipt.code}"),
            ("pia", "/notices"),
            ("pia", "/following"),
            ("pia", f"/following/proposal/{shown.id}"),
            *(("pia", f"/drafts/{draft.public_id}?step={step}") for step in Step),
            ("pia", f"/comments/{said.public_id}/revise"),
            ("mo", f"/moderation/proposal/{waiting.public_id}"),
            ("mo", f"/moderation/proposal/{shown.public_id}"),
            ("mo", f"/moderation/comment/{hidden.public_id}"),
            ("mo", "/moderation/reports"),
            ("mo", f"/moderation/proposal/{shown.public_id}/reports"),
            ("sam", f"/report/proposal/{shown.public_id}"),
        ]
        secure(now)
        found += fill_privacy(now)
        found += sheet_pages(now)
        db.session.remove()
    return found


def sheet_pages(now: datetime) -> list[tuple[str | None, str]]:
    """Bring spreadsheets: one to look at, one with errors, one that is right, one imported."""
    ana, plan = person("ana"), get_plan("open-overheid")
    columns = {0: ColumnField.TITLE, 1: ColumnField.BODY, 2: ColumnField.CREATED_AT}
    rows = ("Titel;Tekst;Datum", "Een register;Van algoritmes;5 maart 2026", ";Zonder titel;ooit")
    places = []
    for title, lines in (("Fout", rows), ("Goed", rows[:2]), ("Binnen", rows[:2])):
        content = io.BytesIO("\n".join(lines).encode())
        looked_at = look_at_file(ana, plan, f"{title}.csv", content, now)
        of = SheetRound(title, "nl", "Een workshop in Zwolle")
        choices = UploadChoices(ColumnChoices(0, 1, columns), of, is_announced=False)
        with unit_of_work():
            made = keep_upload(ana, plan, looked_at, None, now)
            db.session.flush()
            keep_choices(ana, made, {}, choices, now)
            keep_assignment(ana, plan, f"Lijst {title}", rows[0].split(";"), choices, now)
            if title == "Binnen":
                ask_import(ana, made, "nl", now)
        places.append(f"{PLAN}/import/{made.public_id}")
    import_upload({"upload": made.id, "language": "nl"}, now)
    wrong, right, done = places
    paths = [f"{PLAN}/import", wrong, f"{wrong}/check", f"{wrong}/again", f"{right}/check"]
    return [("ana", path) for path in (*paths, f"{done}/progress", "/rounds/binnen/manage")]


def _vote(now: datetime) -> None:
    """Vote on statements: 1 and 2 are public, 3 is hidden, 4 was returned."""
    round_ = make_round_of_statements("Elke vergadering is te volgen.", "Data zijn open.")
    hidden = make_statement("Wie dit leest is gek.")
    make_statement("Dit is niet te begrijpen.", State.RETURNED)
    with unit_of_work():
        decide(person("mo"), hidden, Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE), now)
        shown = show_statement(person("pia"), round_, now)
        assert shown is not None
        vote(person("pia"), shown, Stance.SUPPORT, now)
    themes, judged = make_round_about_themes(), make_round_about_themes("oude-themas")
    with unit_of_work():
        judge_themes(person("pia"), themes, {1: Stance.SUPPORT, 2: Stance.PASS}, now)
        judge_themes(person("pia"), judged, {1: Stance.SUPPORT}, now)
        judged.closes_at = now - timedelta(days=1)
    with unit_of_work():
        one = themes_in(judged.id)[0]
        assert one.theme is not None
        text = ThemeText({"nl": "Toegang en taal", "en": "Access and language"})
        version = one.theme.version
        change_after_round(person("ana"), one, text, "Taal ontbrak.", version, now)
        added = ThemeText({"nl": "Jongeren", "en": "Young people"})
        add_after_round(person("ana"), judged, added, "Jongeren ontbraken.", now)


def _meet(now: datetime) -> None:
    """Seat the forum, with a meeting in each state: 1 planned, 2 held, 3 published, 5 off."""
    ana, forum = person("ana"), get_body("stakeholderforum")
    with unit_of_work():
        agreed = {Sector.CIVIL_SOCIETY: Agreed(3, 24), Sector.GOVERNMENT: Agreed(2, 12)}
        agree_on_seats(ana, forum, agreed, forum.version, now)
        lotte = members_of(forum.id, local_day(now)).people[0]
        change_place(ana, lotte, MemberPlace(Sector.CIVIL_SOCIETY, Function.CHAIR), now)
        lotte.ends_on = local_day(now) + timedelta(days=30)
        forum.half_yearly, forum.created_at = True, now - timedelta(days=400)
    for state in ("planned", "held", "published", "begun", "cancelled"):
        made = make_meeting(state, at=now - timedelta(days=300) if state == "published" else None)
        filed(made)
        if made.state in TOOK_PLACE:
            with unit_of_work():
                here = {one.id: Presence.PRESENT for one in members_on(made)}
                note_attendance(ana, made, here, 2, now)


def fill_privacy(now: datetime) -> list[tuple[str | None, str]]:
    """Store what the pages about privacy show; Coen never agreed to the conditions."""
    export_of("pia", now)
    found = now - timedelta(hours=60)
    told = IncidentText("Lijst gemaild", found, "Adressen", "Ongewenste mail", "Teruggeroepen")
    with unit_of_work():
        give_consent(person("pia"), ConsentKind.CONTACT_LATER, "nl", GivenAt.MY_DATA, now)
        withdraw_consent(person("pia"), ConsentKind.CONTACT_LATER, now)
        withdraw_consent(person("coen"), ConsentKind.TAKING_PART, now)
        suspend_account(person("adi"), person("faas"), "Reclame.", now)
        close_account(SYSTEM, person("kees"), now, ClosedBy.ADMINISTRATOR)
        incident = note_incident(person("adi"), told, found)
        db.session.add(RetentionRun(kind="jobs", ran_at=now, cut_off=now, number=12))
    with unit_of_work():
        db.session.refresh(incident)
        add_version(person("adi"), incident, replace(told, how_many=20), 1, now)
        reported = replace(told, what="Laptop kwijt", reported_at=now)
        note_incident(person("adi"), reported, now)
    closed = db.session.scalars(select(Tombstone.person_id)).one()
    people = [person("ana"), person("faas"), db.session.get_one(Person, closed)]
    paths = [*(f"/people/{one.public_id}" for one in people), f"/incidents/{incident.public_id}"]
    return [("adi", path) for path in paths]
