"""What one follows: the list, and the page and buttons to begin and to stop."""

from typing import cast

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.extensions import language_prefix, limit_posts
from consult.foundation.core.form_posts import Done, do_once
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.accounts.models import Person
from consult.people.accounts.safe_redirects import local_path
from consult.people.following.labels import HEARD
from consult.people.following.models import FollowedKind
from consult.people.following.queries import followed_by, get_subject
from consult.people.following.searches import take_search
from consult.people.following.services import follow, stop_following

routes = Routes()

LIMITS = dict.fromkeys(
    ("following.begin", "following.begin_search", "following.stop"), "60/minute;600/hour"
)
"""How often a person, or a place, may press the button."""
_ANY = f"<any({', '.join(FollowedKind)}):followed>/<int:followed_id>"
_SHOWN = _ANY.replace(f", {FollowedKind.SEARCH}", "")
"""A search is no page to look at: whose words those are is nobody else's."""


def pages() -> Blueprint:
    """Return the pages of what is followed."""
    made = Blueprint("following", __name__)
    routes.add_to(made)
    return made


@routes.get("/following")
@requires(Action.ACCOUNT_MANAGE_OWN)
def index() -> Answer:
    """List what one follows, each with a button to stop."""
    ensure(actor(), Action.ACCOUNT_MANAGE_OWN, None, now())
    page = followed_by(actor(), request.args.get("cursor"), now())
    return render_template("following/index.html", page=page)


@routes.get(f"/following/{_SHOWN}")
@requires(Action.FOLLOW_BEGIN)
def subject(followed: str, followed_id: int) -> Answer:
    """Say what one hears of something, and offer to follow it: here signing in leads."""
    found = get_subject(FollowedKind(followed), followed_id)
    ensure(actor(), Action.FOLLOW_BEGIN, found, now())
    return render_template("following/subject.html", subject=found, heard=HEARD[found.kind])


@routes.post(f"/following/{_SHOWN}")
@requires(Action.FOLLOW_BEGIN)
def begin(followed: str, followed_id: int) -> Answer:
    """Begin to follow something, and go back to where that was asked."""

    def act() -> Done:
        found = get_subject(FollowedKind(followed), followed_id)
        follow(cast("Person", actor()), found, now())
        here = local_path(request.form.get("next")) or found.address
        return Done(here, _("You follow “%(title)s” now. You hear what happens.", title=found.name))

    return do_once(act)


@routes.post("/following/search")
@requires(Action.ACCOUNT_MANAGE_OWN)
def begin_search() -> Answer:
    """Begin to follow the words of a search, and go back to what it finds."""
    query = request.form.get("q", "")

    def act() -> Done:
        found = get_subject(FollowedKind.SEARCH, take_search(query, now()).id)
        follow(cast("Person", actor()), found, now())
        return Done(
            found.address, _("You follow “%(title)s” now. You hear what happens.", title=query)
        )

    return do_once(act)


@routes.post(f"/following/{_ANY}/stop")
@requires(Action.ACCOUNT_MANAGE_OWN)
def stop(followed: str, followed_id: int) -> Answer:
    """Stop following something, also what one may not read any more."""

    def act() -> Done:
        person = cast("Person", actor())
        stop_following(person, FollowedKind(followed), followed_id, now())
        here = local_path(request.form.get("next")) or url_for("following.index")
        return Done(here, _("You do not follow this any more."))

    return do_once(act)


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    limit_posts(app, LIMITS)
