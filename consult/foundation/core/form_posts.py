"""What a posted form comes to: one act in one unit of work, or its page with what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, request
from flask_wtf import FlaskForm

from consult.foundation.core.banners import Banner, keep_banner, place_in
from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import errors_on
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, once, see_other


@dataclass(frozen=True)
class Done:
    """What an act came to: where its answer stands, and what is said there.

    It leads back to where it was done: what is said stands at the anchor of the address.
    """

    leads_to: str
    said: Sentence = ""
    next: Sentence = ""
    """What comes next."""
    receipt: str = ""
    """The address of the receipt, where there is one."""


def do_once(act: Callable[[], Done]) -> Answer:
    """Do the act of a form in one unit of work, once however often it was sent, and lead on."""
    with unit_of_work(once()) as work:
        done = act()
        work.leads_to = done.leads_to
    if done.said:
        keep_banner(
            Banner(str(done.said), str(done.next), done.receipt, place=place_in(done.leads_to))
        )
    return see_other(done.leads_to)


PREVIEW = "preview"
"""The button that shows a form again with how its texts will look; nothing is done with it."""


def is_preview() -> bool:
    """Whether the form that was posted is only to be shown with how its texts will look."""
    return request.method == "POST" and request.form.get("act") == PREVIEW


def carry_out(form: FlaskForm, act: Callable[[], Done]) -> Answer | None:
    """Validate a form that was posted, and do its act once.

    Returns None where the form was not posted, or where it or the service refused: the errors then
    stand on the form, and its page is shown (`form_page`). Also where only a preview was asked.
    """
    if is_preview():
        return None
    if form.validate_on_submit():
        with errors_on(form):
            return do_once(act)
    return None


def form_page(template: str, form: FlaskForm, **context: object) -> Answer:
    """Show the page of a form; with what was typed and status 422 where it was refused."""
    page = render_template(template, form=form, **context)
    return (page, 422) if form.is_submitted() and not is_preview() else page
