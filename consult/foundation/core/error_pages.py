"""Refusals and errors as pages: what is wrong, what would help, and what the person typed."""

import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TypeVar

import structlog
from flask import Flask, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from consult.foundation.core.db import db
from consult.foundation.core.errors import (
    Conflict,
    InvalidInput,
    OutOfReach,
    Refusal,
    SecondFactorNeeded,
    SentBefore,
    Sentence,
    SignInNeeded,
)
from consult.foundation.core.forms import label_of, said_in
from consult.foundation.core.sealed_forms import sealed_form
from consult.foundation.core.templating import file_size
from consult.foundation.core.unit_of_work import AlreadyDone, first_answer
from consult.foundation.core.web import Answer, once, see_other, sent_files, size_of

log = structlog.get_logger()
Fault = TypeVar("Fault", bound=Exception)

_OF_THE_FORM = {"csrf_token", "once", "version"}
_NEVER_KEPT = {
    "csrf_token", "once", "act", "kept", "shown", "to", "password", "password_confirm",
    "passcode", "new_password", "code", "credential", "question",
}  # fmt: skip


def typed() -> dict[str, list[str]]:
    """Return what was filled in in the form that is posted, so that no page ever loses it.

    By field; of several ticks in one field, each.
    """
    try:
        form = request.form
    except HTTPException:
        return {}
    return {
        name: said
        for name, values in form.lists()
        if (said := [value for value in values if value.strip()])
        and name not in _NEVER_KEPT
        and "password" not in name
    }


def labelled(filled_in: Mapping[str, list[str]]) -> list[tuple[Sentence, str]]:
    """Return what was filled in by the label of its field; what people did not see is left out."""
    found = []
    for name, values in filled_in.items():
        said = "\n".join(filter(None, (str(said_in(name, value)) for value in values)))
        if said and (label := label_of(name)):
            found.append((label, said))
    return found


def files_of_form() -> tuple[list[str], list[str]]:
    """Return the files of the form that is posted, by name: those we kept, and the others."""
    kept = [one.name for one in g.get("kept_files", [])]
    try:
        sent = [f"{one.filename} ({file_size(size_of(one))})" for _, one in sent_files()]
    except HTTPException:
        sent = []
    return (kept, []) if "kept_files" in g else ([], sent)


def _page(
    status: int, title: str, text: str, help_: str = "", kept: dict[str, list[str]] | None = None,
    conflict: Conflict | None = None, way: tuple[str, str] | None = None, sealed: str = "",
) -> Answer:  # fmt: skip
    kept = typed() if kept is None else kept
    ways = _ways_on()
    if way is not None:
        ways = [way, *ways]
    page = render_template(
        "errors/error.html",
        status=status, title=title, text=text, help=help_,
        links=ways,
        kept=labelled(kept),
        conflict=conflict,
        files=files_of_form(),
        sealed=sealed,
        rest=_rest(conflict) if conflict else [],
    )  # fmt: skip
    return page, status


def _rest(conflict: Conflict) -> list[tuple[str, str]]:
    """Return what was posted besides the texts that are compared, to be sent again with them."""
    shown = {*_OF_THE_FORM, "kept", "shown"} | conflict.labels.keys() & conflict.mine.keys()
    rest = [pair for pair in request.form.items(multi=True) if pair[0] not in shown]
    files = [one.public_id for one in g.get("kept_files", [])]
    return rest + [(name, id_) for id_ in files for name in ("shown", "kept")]


def _ways_on() -> list[tuple[str, str]]:
    """Return where to go from here: the round and proposal in the address, the plans."""
    named = request.view_args or {}
    ways = []
    if (slug := named.get("round_slug")) and (number := named.get("number")):
        there = url_for("publishing.proposal", round_slug=slug, number=number)
        ways.append((_("To proposal %(number)s", number=number), there))
    if slug := named.get("round_slug"):
        ways.append((_("To the round"), url_for("publishing.round", round_slug=slug)))
    ways.append((_("To the plans and rounds"), url_for("publishing.plans")))
    return [way for way in ways if way[1] != request.path]


def _refused(refusal: Refusal) -> Answer:
    db.session.rollback()
    key = once() if request.method == "POST" else None
    if key is not None and (first := first_answer(key)):
        # A second click is refused because the first one was done: show what it led to.
        return see_other(first)
    conflict = refusal if isinstance(refusal, Conflict) else None
    way = (_("To what is stored"), refusal.leads_to) if isinstance(refusal, SentBefore) else None
    titles = {
        401: _("Sign in first"),
        403: _("This is not possible"),
        404: _("Not found"),
        409: _("Changed by somebody else"),
        413: _("Too large"),
        503: _("We cannot store this now"),
    }
    title = titles.get(refusal.status, _("This cannot be taken as it is"))
    if isinstance(refusal, OutOfReach):
        title = _("We cannot get at this now")
    kept = {**typed(), **{name: [text] for name, text in refusal.kept.items()}}
    wrong = refusal.errors.values() if isinstance(refusal, InvalidInput) else ()
    help_ = str(refusal.help) or " ".join(str(sentence) for sentence in wrong)
    return _page(refusal.status, title, str(refusal.text), help_, kept, conflict, way)


def _sign_in(refusal: SignInNeeded) -> Answer:
    """Send a reader to sign in and back; what was typed waits, or is shown at least."""
    db.session.rollback()
    if request.method != "GET":
        sealed = sealed_form()
        help_ = (
            _("Your text is not lost: it stands in the form again once you have signed in.")
            if sealed
            else _("Your text is below. Copy it, sign in, and paste it in the form.")
        )
        return _page(401, _("Sign in first"), str(refusal.text), help_, sealed=sealed)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def _second_factor(refusal: SecondFactorNeeded) -> Answer:
    """Lead who has the role to their second factor, and back; keep what was typed."""
    db.session.rollback()
    if request.method == "GET":
        return redirect(url_for("security.authenticator", next=request.full_path.rstrip("?")))
    return _page(
        403,
        _("A second factor first"),
        str(refusal.text),
        str(refusal.help),
        way=(_("To your second factor"), url_for("security.authenticator")),
    )


def _csrf(_error: CSRFError) -> Answer:
    return _page(
        400,
        _("The page was open too long"),
        _("We could not check that this form came from you, so nothing was changed."),
        _("Your text is below. Open the page again, and paste it in the form."),
    )


def _too_large(_error: RequestEntityTooLarge) -> Answer:
    return _page(
        413, _("Too large"), _("More was sent than we take at once, so nothing was stored."),
        _(
            "A text has at most 100,000 characters in all, a file at most 10 MB. Go back with your "
            "browser: what you typed still stands there. Choose fewer or smaller files."
        ), {},
    )  # fmt: skip


def _http(error: HTTPException) -> Answer:
    texts = {
        400: (_("We do not understand this"), _("The address or the form is not complete.")),
        404: (_("Not found"), _("There is nothing here. Check the address.")),
        405: (_("This is not possible"), _("This address does not take what was sent.")),
        429: (_("Too many at once"), _("You did this very often. Wait a minute, and try again.")),
    }
    code = error.code or 500
    if 300 <= code < 400:  # noqa: PLR2004  (a redirect is no error)
        return error.get_response()
    title, text = texts.get(code, (_("This went wrong"), _("We could not do this.")))
    return _page(code, title, text)


def _busy(error: OperationalError) -> Answer:
    db.session.rollback()
    log.error("database", error=str(error.orig))
    return _page(
        503,
        _("We cannot store this now"),
        _("The platform is very busy or its disk is full. Nothing was changed."),
        _("Your text is below. Keep a copy, and send it again in a few minutes."),
    )


def _broken(error: Exception) -> Answer:
    db.session.rollback()
    incident = secrets.token_hex(4)
    log.error("unexpected", incident=incident, exc_info=error)
    return _page(
        500,
        _("This went wrong"),
        _("Something went wrong on our side. Nothing was changed."),
        _("Tell us the number %(number)s if it happens again.", number=incident),
    )


# No template, no translation, no database: nothing of this can fail.
_PLAIN = """<!doctype html>
<html lang="nl"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Er ging iets mis</title>
<h1>Er ging iets mis</h1>
<p>Er ging bij ons iets mis. Er is niets veranderd. Probeer het over een paar minuten opnieuw.</p>
<h1 lang="en">This went wrong</h1>
<p lang="en">Something went wrong on our side. Nothing was changed. Try again in a few minutes.</p>
"""


_TYPED = (
    '<p><label>Dit typte je <span lang="en">(you typed this)</span>:<br>\n'
    '<textarea readonly rows="8" cols="40">\n%s</textarea></label></p>\n'
)
_SHORTEST = 4
"""Signs of a text that somebody would miss; a shorter one is a choice or a number."""


def _plain_page() -> str:
    """Return the page that nothing can hinder, with the texts that were typed."""
    try:
        kept = [text for name, texts in typed().items() if label_of(name) for text in texts]
    except Exception:
        log.exception("error page")
        kept = []
    return _PLAIN + "".join(_TYPED % escape(one) for one in kept if len(one) >= _SHORTEST)


def _is_away(error: Exception) -> bool:
    """Whether the database, or a storage, does not answer."""
    return isinstance(error, OperationalError | OSError)


def _surely(handler: Callable[[Fault], Answer]) -> Callable[[Fault], Answer]:
    """Answer with a plain page where an error page fails itself: the database is gone, say."""

    @wraps(handler)
    def answer(error: Fault) -> Answer:
        try:
            return handler(error)
        except Exception:
            log.exception("error page")
            # Those of a database have a code too, and it is none of HTTP.
            code = error.code if isinstance(error, HTTPException) else None
            status = code or getattr(error, "status", None) or (503 if _is_away(error) else 500)
            return _plain_page(), status

    return answer


def _already_done(done: AlreadyDone) -> Answer:
    return see_other(done.leads_to)


def answer_as(app: Flask, kind: type[Exception], refusal: Refusal) -> None:
    """Answer errors of a kind, which a library or a place outside raises, as this refusal."""

    def told(error: Exception) -> Answer:
        log.error("out of reach", error=str(error))
        return _refused(refusal)

    app.register_error_handler(kind, _surely(told))


def init_error_pages(app: Flask) -> None:
    """Turn every refusal and error of the application into a page."""

    def handle(kind: type[Fault], handler: Callable[[Fault], Answer]) -> None:
        app.register_error_handler(kind, _surely(handler))

    handle(Refusal, _refused)
    handle(SignInNeeded, _sign_in)
    handle(SecondFactorNeeded, _second_factor)
    handle(AlreadyDone, _already_done)
    handle(CSRFError, _csrf)
    handle(RequestEntityTooLarge, _too_large)
    handle(HTTPException, _http)
    handle(OperationalError, _busy)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        handle(Exception, _broken)
