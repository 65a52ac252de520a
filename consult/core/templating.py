"""What every template may count on: filters, the policy, the clock, assets."""

from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, request, url_for
from flask_babel import format_date, format_datetime, format_decimal, get_locale

from consult.core import text
from consult.core.languages import LANGUAGES, in_language, pick, reader_language
from consult.core.web import new_once_key

ZONE = ZoneInfo("Europe/Amsterdam")
CENTS = 100


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


def clock_time(at: datetime) -> str:
    """Write the time of day: 14:03."""
    return at.astimezone(ZONE).strftime("%H:%M")


def day(on: date | datetime | None) -> str:
    """Write a day as the reader does: 23 november 2026."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(ZONE).date()
    return str(format_date(on, "d MMMM y"))


def month(on: date) -> str:
    """Write a month in a few signs, for a picture: jan 2026."""
    return str(format_date(on, "MMM y")).replace(".", "")


def money(cents: int | None) -> str:
    """Write an amount in whole euros, or with cents where there are: € 200.000."""
    if cents is None:
        return ""
    pattern = "#,##0" if cents % CENTS == 0 else "#,##0.00"
    return "€ " + str(format_decimal(cents / CENTS, format=pattern))


@lru_cache(maxsize=256)
def _digest(path: Path, changed: float) -> str:  # noqa: ARG001  (part of the cache's key)
    return sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Give the address of a file in static, with a digest that changes when it does."""
    path = Path(str(current_app.static_folder)) / name
    stamp = _digest(path, path.stat().st_mtime) if path.exists() else "missing"
    return url_for("static", filename=name, v=stamp)


def other_language_url() -> str:
    """Give the address of the present page in the other language."""
    here = reader_language()
    other = next(code for code in LANGUAGES if code != here)
    prefix = f"/{here}/"
    path = request.full_path.rstrip("?") if request else prefix
    return f"/{other}/" + path.removeprefix(prefix) if path.startswith(prefix) else f"/{other}/"


def once_key() -> str:
    """Give the key for a form: the one that was posted where a form comes back with errors."""
    return request.form.get("once") or new_once_key()


def init_templating(app: Flask) -> None:
    """Give the filters and globals to every template."""
    app.jinja_env.filters.update(
        localized=in_language,
        moment=moment,
        exact_moment=exact_moment,
        day=day,
        month=month,
        clock=clock_time,
        money=money,
        number=lambda value: format_decimal(value or 0),
        markdown=text.markdown,
        lines=text.lines,
        excerpt=lambda source, length=160: text.excerpt(source, length),
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _context() -> dict[str, Any]:
        return {
            "asset": asset,
            "once_key": once_key,
            "other_language_url": other_language_url,
            "locale": str(get_locale()),
            "pick": pick,
            "demonstration": current_app.config["DEMONSTRATION"],
            "theme_name": current_app.config["THEME"],
        }
