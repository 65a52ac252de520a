"""Every page that somebody can look at: by who looks, on an empty world and on a full one.

The last test of tests/browser/test_axe.py holds that no template is missing here.
"""

import io
from datetime import datetime

from flask import Flask
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token

from consult.accounts.authenticator import new_secret
from consult.accounts.factors import add_passkey, make_recovery_codes
from consult.accounts.models import How, LinkedIdentity, Second
from consult.accounts.passkeys import Made
from consult.accounts.sessions import open_session
from consult.approvals.services import freeze_plan
from consult.comments.models import ContributionState as State
from consult.commitments.services import CommitmentText, make_commitment, publish_commitment
from consult.core.db import db
from consult.core.unit_of_work import unit_of_work
from consult.files.services import store_file
from consult.moderation.models import Ground, Verb
from consult.moderation.services import Judgement, decide
from consult.organisations.mandates import ask_mandate
from consult.organisations.queries import get_organisation
from consult.plans.queries import get_plan
from consult.proposals.models import Attachment
from consult.proposals.services import ProposalText, save_draft, submit_proposal
from consult.responses.models import Outcome
from consult.responses.services import Answer, prepare_response, publish_responses
from consult.summaries.services import SummaryText, publish_summary, save_summary
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal
from tests.proposals.test_services import PDF, TEXT

PLAN, BODY, OPEN, CLOSED = (
    "/plans/open-overheid", "/bodies/stakeholderforum", "/rounds/open", "/rounds/closed",
)  # fmt: skip
EMPTY: dict[str | None, list[str]] = {
    None: [
        "/", "/plans", PLAN, OPEN, "/rounds/upcoming", "/rounds/answered",
        f"{OPEN}/proposals", f"{OPEN}/proposals?q=nietsgevonden", f"{CLOSED}/summary",
        f"{OPEN}/moderation-log", "/privacy", "/accessibility", "/receipts", "/receipts?code=x",
        "/bodies", BODY, "/organisations", "/organisations/helder-bestuur",
        "/login", "/register", "/us-signin", "/us-signin?who=x&code=12345678",
        "/us-signin/send-code", "/reset", "/reset/a-link-that-is-no-good", "/confirm",
        "/confirm/a-link-that-is-no-good", "/mail-sent/link", "/mail-sent/reset",
        "/mail-sent/confirm", "/nothing-here",
    ],
    "pia": [
        "/home", "/proposals/mine", f"{OPEN}/proposals/new", "/profile", "/change", "/mandates",
        "/security", "/security/authenticator", "/security/verify", "/security/passkeys/new",
    ],
    "coen": ["/organisations/helder-bestuur", "/mandates"],
    "mo": ["/moderation", "/moderation?late=1", "/home"],
    "ana": [
        "/home", f"{PLAN}/manage", f"{PLAN}/edit", f"{PLAN}/themes/new",
        f"{PLAN}/themes/toegang/edit", f"{PLAN}/bodies/add", f"{PLAN}/bodies/new",
        f"{PLAN}/roles/new", f"{PLAN}/rounds/new", f"{PLAN}/commitments",
        f"{PLAN}/commitments/new", f"{PLAN}/versions/new", f"{BODY}/edit", f"{BODY}/members",
        f"{OPEN}/manage", "/rounds/draft/manage", "/rounds/draft/announce", f"{OPEN}/edit",
        f"{OPEN}/move", f"{OPEN}/cancel", f"{CLOSED}/responses", f"{CLOSED}/summary/edit",
        f"{OPEN}/proposals/elsewhere",
    ],
    "adi": [
        "/plans/new", "/home", "/organisations", "/organisations/new",
        "/organisations/helder-bestuur", "/organisations/helder-bestuur/edit",
    ],
    "sam": ["/home", "/moderation"],
}  # fmt: skip
FULL: dict[str | None, list[str]] = {
    None: [
        "/", "/plans", PLAN, f"{PLAN}/commitments/1", f"{PLAN}/versions/1", CLOSED,
        f"{CLOSED}/proposals", f"{CLOSED}/proposals/1", f"{CLOSED}/proposals/3",
        f"{CLOSED}/summary", f"{CLOSED}/moderation-log", BODY, "/organisations/helder-bestuur",
        "/mails",
    ],
    "pia": [
        "/home", "/proposals/mine", f"{OPEN}/proposals", f"{OPEN}/proposals/1",
        f"{OPEN}/proposals/1/revise", f"{OPEN}/proposals/1/withdraw",
        f"{OPEN}/proposals/1/comments", f"{OPEN}/proposals/1/history",
        f"{OPEN}/proposals/1/position", f"{OPEN}/proposals/1/cosign",
        "/security", "/security/verify", "/security/authenticator",
    ],
    "coen": ["/organisations/helder-bestuur", f"{OPEN}/proposals/1/cosign"],
    "mo": ["/home", "/moderation", "/moderation?late=1", "/moderation?after=1"],
    "ana": [
        "/home", f"{CLOSED}/manage", f"{CLOSED}/responses", f"{CLOSED}/responses/1",
        f"{CLOSED}/summary/edit", f"{PLAN}/manage", f"{PLAN}/commitments",
        f"{PLAN}/commitments/1/edit", f"{PLAN}/versions/new", f"{BODY}/members",
    ],
}  # fmt: skip
WRONG: dict[str | None, list[str]] = {
    None: ["/login", "/register", "/us-signin", "/reset", "/confirm", "/receipts"],
    "pia": [
        f"{OPEN}/proposals/new", f"{OPEN}/proposals/1/comments", "/profile", "/change",
        "/mandates", "/security/authenticator", "/security/verify", "/security/passkeys/new",
    ],
    "ana": [
        f"{PLAN}/rounds/new", f"{PLAN}/edit", f"{PLAN}/themes/new", f"{PLAN}/roles/new",
        f"{PLAN}/bodies/new", f"{OPEN}/move", f"{OPEN}/cancel", "/rounds/draft/announce",
        f"{CLOSED}/responses/1", f"{PLAN}/commitments/new", f"{PLAN}/versions/new",
        f"{OPEN}/proposals/elsewhere",
    ],
    "adi": ["/plans/new", "/organisations/new"],
}  # fmt: skip
"""Forms that are sent with nothing in them: the page then says everything that is wrong."""


IN_A_FLOW = {"security/second_factor.html", "security/recovery_codes.html"}
"""Pages that exist in the middle of something only; tests/browser/test_sign_in.py looks at them."""


def secure(now: datetime) -> None:
    """Give Pia everything that the page Sign-in and security can show."""
    who = person("pia")
    turn_on = new_secret()
    with unit_of_work():
        who.totp_secret, who.second_factor_at = turn_on, now
        make_recovery_codes(who, now)
        add_passkey(who, Made("eHh4eA", "eHh4eA", 0, verified=True), "Telefoon", now)
        db.session.add(
            LinkedIdentity(
                person_id=who.id, issuer="https://login.example", subject="1", linked_at=now
            )
        )
        for agent in ("Firefox Windows", "Safari iPhone", ""):
            open_session(who, How.PASSWORD, Second.AUTHENTICATOR, agent, now)


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
            person("sam").confirmed_at = None
            decide(person("mo"), hidden, Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE), now)
            draft = save_draft(person("pia"), find_round("open"), ProposalText(title="Half"), now)
            receipt = submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
            file = store_file(person("pia"), "nota.pdf", io.BytesIO(PDF), now)
            db.session.add(Attachment(proposal_id=shown.id, file=file))
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
        found: list[tuple[str | None, str]] = [
            (None, f"/receipts/{receipt.code}"),
            (None, f"/reset/{generate_reset_password_token(person('pia'))}"),
            (None, f"/confirm/{generate_confirmation_token(person('sam'))}"),
            ("pia", f"/receipts/{receipt.code}"),
            ("pia", f"/drafts/{draft.public_id}"),
            ("pia", f"/comments/{said.public_id}/revise"),
            ("mo", f"/moderation/proposal/{waiting.public_id}"),
            ("mo", f"/moderation/proposal/{shown.public_id}"),
            ("mo", f"/moderation/comment/{hidden.public_id}"),
        ]
        secure(now)
        db.session.remove()
    return found
