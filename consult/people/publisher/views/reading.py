"""What anybody reads about the publisher: about, contact and imprint."""

from flask import render_template

from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer
from consult.foundation.policy.view_permissions import public

routes = Routes()


@routes.get("/about")
@public
def about() -> Answer:
    """Say who speaks here, and what this site is for."""
    return render_template("publisher/about.html")


@routes.get("/contact")
@public
def contact() -> Answer:
    """Say how the publisher is reached."""
    return render_template("publisher/contact.html")


@routes.get("/imprint")
@public
def imprint() -> Answer:
    """Say who is responsible for what stands here."""
    return render_template("publisher/imprint.html")
