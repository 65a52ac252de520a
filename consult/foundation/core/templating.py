"""What every template may count on: filters, the policy, the clock, assets."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from gettext import NullTranslations

from babel.dates import format_date as format_babel_date
from flask import Flask, current_app, g, request, session
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_timedelta,
)
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from consult.foundation.analysis.marking import TextPart, excerpt_of, marked
from consult.foundation.core import text
from consult.foundation.core.assets import asset
from consult.foundation.core.banners import banners_wait, take_banners
from consult.foundation.core.calendar import ZONE
from consult.foundation.core.catalogues import catalogue
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import is_preview
from consult.foundation.core.labels import label, labels_of
from consult.foundation.core.languages import (
    LANGUAGES,
    in_language,
    language_name,
    other_language,
    pick,
    reader_language,
)
from consult.foundation.core.money import write_money
from consult.foundation.core.numbers import write_number
from consult.foundation.core.page_expiry import NEAR
from consult.foundation.core.shares import share_of
from consult.foundation.core.unit_of_work import is_spent
from consult.foundation.core.web import DRAFT_TAKEN, new_once_key, once

KILOBYTES_IN_MB = 1024
MINUTE = timedelta(minutes=1)


def moment(at: datetime | None) -> str:
    """Write a moment as the reader does: 23 november 2026 om 22:10."""
    if at is None:
        return ""
    local = at.astimezone(ZONE)
    joined = "om" if reader_language() == "nl" else "at"
    return f"{day(local.date())} {joined} {format_datetime(local, 'HH:mm', rebase=False)}"


def exact_moment(at: datetime | None) -> str:
    """Write a moment with its offset, where it counts: 23 november 2026 om 22:10 (+01:00)."""
    if at is None:
        return ""
    offset = at.astimezone(ZONE).strftime("%z")
    return f"{moment(at)} ({offset[:3]}:{offset[3:]})"


def deadline(at: datetime | None) -> str:
    """Write a moment by which something must be done: with its offset when it is near."""
    near = at is not None and abs(at - now()) <= NEAR
    return exact_moment(at) if near else moment(at)


def age(at: datetime) -> str:
    """Write how long ago something was, as the reader does: 3 hours ago."""
    if now() - at < MINUTE:
        return str(_("just now"))
    return str(format_timedelta(at - now(), granularity="minute", add_direction=True))


def clock_time(at: datetime) -> str:
    """Write the time of day: 14:03."""
    return at.astimezone(ZONE).strftime("%H:%M")


def day(on: date | datetime | None) -> str:
    """Write a day as the reader does: 23 november 2026."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(ZONE).date()
    return _day_in(reader_language(), on)


@lru_cache(maxsize=10_000)
def _day_in(language: str, on: date) -> str:
    return format_babel_date(on, "d MMMM y", language)


def month(on: date) -> str:
    """Write a month in a few signs, for a picture: jan 2026."""
    return str(format_date(on, "MMM y")).replace(".", "")


def money(cents: int | None) -> str:
    """Write an amount in whole euros, or with cents where there are: € 200.000."""
    if cents is None:
        return ""
    return f"€ {write_money(cents)}"


def other_language_url() -> str:
    """Return the address of the present page in the other language.

    What answers at an address that only takes forms is no page to come back to: then this leads to
    the page that the reader was on, or else to the start.
    """
    other = other_language()
    for address in _pages_here() if request else ():
        path, mark, query = address.partition("?")
        prefix = next((one for one in LANGUAGES if path.startswith(f"/{one}/")), None)
        if prefix is not None and (_is_shown(path) or not _takes_forms_only(path)):
            return f"/{other}/" + path.removeprefix(f"/{prefix}/") + mark + query
    return f"/{other}/"


def _pages_here() -> Iterator[str]:
    """Yield the addresses that can stand for the present page, the nearest first."""
    yield request.full_path.rstrip("?")
    yield g.get("leads_to", "")
    site = f"{current_app.config['BASE_URL']}/"
    if (came_from := request.referrer or "").startswith(site):
        yield "/" + came_from.removeprefix(site).partition("#")[0]


def _is_shown(path: str) -> bool:
    """Whether a page at this address is what is being shown."""
    return path == request.path and request.method == "GET" and request.url_rule is not None


def _takes_forms_only(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except MethodNotAllowed:
        return True
    except HTTPException:
        return False
    return False


def once_key() -> str:
    """Return the key for a form: the one that was posted where a form comes back with errors.

    A key that was used up would refuse the form for good: then it gets a new one.
    """
    if "once_key" not in g:
        posted = once() if request.method == "POST" else None
        g.once_key = request.form["once"] if posted and not is_spent(posted) else None
    return g.once_key or new_once_key()


def ask_language() -> bool:
    """Whether this is the first form of a page: to its button the switch of language leads."""
    asked, g.language_asked = g.get("language_asked", False), True
    return not asked


def language_is_asked() -> bool:
    """Whether a form of this page asks about the switch of language."""
    return bool(g.get("language_asked"))


def note_editor() -> None:
    """Note that this page has a text with an editor, so that it loads the scripts of it."""
    g.has_editor = True


def has_editor() -> bool:
    """Whether this page has a text with an editor."""
    return bool(g.get("has_editor"))


def draft_taken() -> str:
    """Return, once, the draft that the last form handed over: no copy of it is needed any more."""
    return str(session.pop(DRAFT_TAKEN, ""))


def file_size(size: int) -> str:
    """Write the size of a file: 12 kB, or 1,3 MB."""
    kilobytes = max(1, round(size / 1024))
    if kilobytes < KILOBYTES_IN_MB:
        return f"{format_decimal(kilobytes)}\u00a0kB"
    return f"{format_decimal(round(size / 1024**2, 1), format='#,##0.0')}\u00a0MB"


def _texts() -> NullTranslations:
    """Return the texts of the language that is being written in now."""
    return catalogue(reader_language())


def _install_texts(app: Flask) -> None:
    """Let templates find the texts that were not put into them when they were compiled."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda said: _texts().gettext(said),
        ngettext=lambda one, many, number: _texts().ngettext(one, many, number),
        newstyle=True,
        pgettext=lambda about, said: _texts().pgettext(about, said),
        npgettext=lambda about, one, many, number: _texts().npgettext(about, one, many, number),
    )


def _marked(parts: Iterable[TextPart]) -> Markup:
    mark = Markup("<mark>{}</mark>")
    return Markup("").join(mark.format(one.text) if one.found else one.text for one in parts)


def marked_line(value: str, language: str, query: str) -> Markup:
    """Return a line of text as HTML, in which the words that a search finds are marked."""
    # In one piece: a link sets its parts apart, and would take the blanks between them away.
    return Markup("<span>{}</span>").format(_marked(marked(value, language, query)))


def marked_excerpt(source: str, language: str, query: str, length: int = 180) -> Markup:
    """Return some of a Markdown text as HTML, around the first word that a search finds."""
    return _marked(excerpt_of(text.plain(source), language, query, length))


def in_demonstration() -> bool:
    """Whether this is the demonstration, of which the head of each page says so."""
    return bool(current_app.config["DEMONSTRATION"])


EVERYWHERE: dict[str, object] = {
    "asset": asset,
    "labels_of": labels_of,
    "once_key": once_key,
    "ask_language": ask_language,
    "language_is_asked": language_is_asked,
    "note_editor": note_editor,
    "has_editor": has_editor,
    "is_preview": is_preview,
    "draft_taken": draft_taken,
    "other_language_url": other_language_url,
    "pick": pick,
    "banners_wait": banners_wait,
    "take_banners": take_banners,
    "language_name": language_name,
    "now": now,
    "in_demonstration": in_demonstration,
}
"""The functions that every template may call, and every macro, however it is imported."""


def init_templating(app: Flask) -> None:
    """Register the filters, the texts and the globals of every template."""
    _install_texts(app)
    app.jinja_env.filters.update(
        localized=in_language,
        moment=moment,
        exact_moment=exact_moment,
        deadline=deadline,
        day=day,
        month=month,
        age=age,
        clock=clock_time,
        money=money,
        file_size=file_size,
        number=lambda value: write_number(value or 0),
        share_of=share_of,
        markdown=text.markdown,
        lines=text.lines,
        excerpt=lambda source, length=160: text.excerpt(source, length),
        marked_line=marked_line,
        marked_excerpt=marked_excerpt,
        label=label,
    )
    app.jinja_env.globals.update(EVERYWHERE)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _context() -> dict[str, object]:
        return {
            "demonstration": in_demonstration(),
            "theme_name": current_app.config["THEME"],
        }
