"""The pages of the site itself: start, home, what every public site owes its readers."""

from datetime import timedelta
from itertools import chain

from flask import (
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import text

from consult.foundation.core.assets import KEPT_FOR_A_YEAR
from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.error_pages import files_of_form, labelled, typed
from consult.foundation.core.forms import LONGEST_PROSE
from consult.foundation.core.languages import reader_language, request_language
from consult.foundation.core.routing import Routes
from consult.foundation.core.text import clean_text
from consult.foundation.core.web import Answer, actor
from consult.foundation.personal_data.retention import rules
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import public, requires
from consult.interfaces.publishing.home import home_of, waits_of
from consult.interfaces.publishing.queries import plans_with_rounds
from consult.interfaces.publishing.round_groups import group_rounds
from consult.interfaces.publishing.social_card import social_card
from consult.interfaces.verification.queries import record_state
from consult.people.accounts.outbox import mail_state
from consult.people.privacy.processing import REGISTER
from consult.people.privacy.retention import how_long
from consult.people.publisher.current import contact_address, read_publisher

routes = Routes()
root = Routes()
"""The addresses that have no language in front."""


@root.get("/")
@public
def index() -> Answer:
    """Send the reader to the start page in the reader's language."""
    return redirect(url_for("publishing.start", language=request_language()))


@root.get("/health")
@public
def health() -> Answer:
    """Return a monitor whether a contribution could be stored now; how mail, record, jobs stand.

    A mail server that is away, a record that differs or a job that stalls is no reason to take the
    site out of service: still 200.
    """
    db.session.execute(text("SELECT 1"))
    record = record_state(now())
    jobs = "stalled" if record.stalled else "ok"
    return jsonify(status="ok", mail=mail_state(now()).word, record=record.word, jobs=jobs)


@root.get("/.well-known/security.txt")
@public
def security_txt() -> Answer:
    """Return whom to warn about a leak (RFC 9116; mandatory for Dutch public bodies)."""
    contact = current_app.config["CONTACT"] or f"mailto:{current_app.config['MAIL_FROM']}"
    expires = now().replace(microsecond=0) + timedelta(days=180)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: nl, en",
    ]
    answer: Response = make_response("\n".join(lines) + "\n")
    answer.mimetype = "text/plain"
    return answer


@routes.get("/")
@public
def start() -> Answer:
    """Show what can be done here now: what waits for the reader, the rounds and the plans."""
    plans = plans_with_rounds()
    return render_template(
        "publishing/start.html",
        plans=plans,
        rounds=group_rounds(chain.from_iterable(rounds for _, rounds in plans), actor(), now()),
        waits=waits_of(actor(), now()) if actor().is_authenticated else [],
    )


@routes.get("/plans")
@public
def plans() -> Answer:
    """List the plans and their rounds."""
    plans = [(one, group_rounds(rounds, actor(), now())) for one, rounds in plans_with_rounds()]
    return render_template("publishing/plans.html", plans=plans)


@routes.get("/home")
@requires(Action.HOME_READ)
def home() -> Answer:
    """Show a signed-in person what waits for them, by what they do."""
    ensure(actor(), Action.HOME_READ, None, now())
    return render_template("publishing/home.html", home=home_of(actor(), now()))


@routes.get("/privacy")
@public
def privacy() -> Answer:
    """Say what is kept about people, why, and for how long (AVG art. 13)."""
    return render_template(
        "publishing/privacy.html",
        contact=contact_address(),
        register=REGISTER,
        rules=rules(),
        how_long=how_long,
    )


@routes.get("/accessibility")
@public
def accessibility() -> Answer:
    """Say how accessible this site is (Besluit digitale toegankelijkheid overheid)."""
    return render_template("publishing/accessibility.html", contact=contact_address())


@routes.get("/help")
@public
def help() -> Answer:  # noqa: A001  (the name of the page)
    """Explain how a round works, how to hand in, what happens next, and what is public."""
    return render_template("publishing/help.html")


@routes.get("/social-card.png")
@public
def card() -> Answer:
    """Return the picture beside a link to this site where somebody shares it."""
    shown = read_publisher()
    answer: Response = make_response(social_card(shown, reader_language()))
    answer.mimetype = "image/png"
    if request.args.get("v") == shown.look_digest:
        answer.headers["Cache-Control"] = KEPT_FOR_A_YEAR
    # Others show it beside a link to us: that is what it is for.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@routes.post("/preview")
@public
def preview() -> Answer:
    """Return how a text will look, as a part of a page: the editor asks for it. Nothing is stored.

    A text longer than a form takes is shown as far as a form would take it.
    """
    written = clean_text(request.form.get("text", "")[:LONGEST_PROSE])
    return render_template("publishing/preview.html", text=written)


@routes.post("/switch-language")
@public
def switch_language() -> Answer:
    """Return what was typed, in the other language, and lead on to the page (without a script).

    Nothing is stored: a form other than that of a draft has no place for half a text.
    """
    to = request.form.get("to", "")
    if not to.startswith(f"/{reader_language()}/"):
        to = url_for("publishing.start")
    g.leads_to = to
    return render_template(
        "publishing/switch_language.html", to=to, kept=labelled(typed()), files=files_of_form()
    )
