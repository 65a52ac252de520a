"""Saying who speaks here: the texts, and the logo."""

from dataclasses import asdict, replace
from datetime import datetime

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.visible import says_nothing
from consult.foundation.files.models import StoredFile
from consult.foundation.files.pending_uploads import delete_files
from consult.foundation.files.services import keep_file
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.publisher.colours import (
    PAPER,
    READABLE,
    LowContrast,
    shades_of,
    tidy_colour,
    unreadable,
)
from consult.people.publisher.current import forget_after_commit
from consult.people.publisher.logos import checked_logo
from consult.people.publisher.models import ONLY, Publisher, PublisherText
from consult.people.publisher.queries import get_publisher


def change_publisher(actor: Actor, text: PublisherText, version: int, now: datetime) -> Publisher:
    """Say who speaks here, for the first time or anew.

    Raises Conflict when somebody changed it since `version` was read (0: there was nothing), and
    InvalidInput with all errors together: colours that cannot be read among them.
    """
    ensure(actor, Action.PUBLISHER_MANAGE, None, now)
    known = get_publisher()
    stored = publisher_fields(known) if known else []
    refuse_stale(version, known.version if known else 0, publisher_fields(text), stored)
    text = _tidy(text)
    if errors := {**_name_errors(text), **colour_errors(text.accent, text.band)}:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)
    publisher = _row(known, now)
    publisher.version = version + 1
    for name, value in vars(text).items():
        setattr(publisher, name, value)
    db.session.flush()
    record(actor, "publisher.changed", publisher, now, content=asdict(text))
    forget_after_commit()
    return publisher


def change_logo(
    actor: Actor, content: bytes | None, now: datetime, *, holds_name: bool = False
) -> None:
    """Give the publisher another logo, or none; it is checked (InvalidInput says what is wrong)."""
    ensure(actor, Action.PUBLISHER_MANAGE, None, now)
    logo = checked_logo(content) if content is not None else None
    publisher = _row(get_publisher(), now)
    before = publisher.logo_id
    publisher.logo = (
        keep_file(actor, logo.name, logo.media_type, logo.content, now) if logo else None
    )
    publisher.logo_holds_name = logo is not None and holds_name
    db.session.flush()
    if before is not None:
        delete_files(select(StoredFile.id).where(StoredFile.id == before), now)
    record(
        actor,
        "publisher.logo_changed",
        publisher,
        now,
        content={"sha256": publisher.logo.sha256 if publisher.logo else ""},
    )
    forget_after_commit()


def _row(known: Publisher | None, now: datetime) -> Publisher:
    publisher = known or Publisher(id=ONLY, version=0)
    publisher.changed_at = now
    db.session.add(publisher)
    return publisher


def publisher_fields(text: Publisher | PublisherText) -> Fields:
    """Return what is said about the publisher, field by field."""
    return [
        ("name", _l("Name"), text.name),
        ("email", _l("E-mail address"), text.email),
        ("phone", _l("Phone"), text.phone),
        ("address", _l("Address"), text.address),
        ("about", _l("Who you are"), text.about),
        ("imprint", _l("Imprint"), text.imprint),
        ("help", _l("Help of your own"), text.help),
        ("accent", _l("Colour of links and buttons"), text.accent),
        ("band", _l("Colour of the head of a page"), text.band),
    ]


def _tidy(text: PublisherText) -> PublisherText:
    return replace(
        text,
        accent=tidy_colour(text.accent) or text.accent,
        band=tidy_colour(text.band) or text.band,
    )


def _name_errors(text: PublisherText) -> dict[str, Sentence]:
    if all(map(says_nothing, text.name.values())):
        return {"name_nl": _l("Say who speaks here: a ministry, a bureau, a municipality.")}
    return {}


def colour_errors(accent: str, band: str) -> dict[str, Sentence]:
    """Return what is wrong with the colours that were chosen, by their fields."""
    errors: dict[str, Sentence] = {}
    chosen = {"accent": accent, "band": band}
    for name, typed in chosen.items():
        if typed and tidy_colour(typed) is None:
            errors[name] = _l("This is no colour. Write it as #1b6b3a.")
    if band and not accent:
        errors.setdefault("band", _l("Choose the colour of links and buttons as well."))
    if errors or not accent:
        return errors
    shades = shades_of(tidy_colour(accent) or accent, tidy_colour(band) or "")
    if found := unreadable(shades.accent, *shades.grounds):
        errors["accent"] = _too_light(found)
    if found := unreadable(PAPER, shades.band):
        errors["band"] = _l(
            "White letters cannot be read well on this colour: their contrast is %(ratio)s, and at "
            "least %(least)s is needed (WCAG 2.2). Choose a darker one.",
            **_figures(found),
        )
    return errors


def _too_light(found: LowContrast) -> Sentence:
    white = found.ground == PAPER
    return _l(
        "This colour cannot be read well on %(ground)s: its contrast is %(ratio)s, and at least "
        "%(least)s is needed (WCAG 2.2). Choose a darker one.",
        ground=_l("white") if white else _l("a light ground (%(colour)s)", colour=found.ground),
        **_figures(found),
    )


def _figures(found: LowContrast) -> dict[str, str]:
    """Write a contrast and what is asked; rounded down, so that what fails never seems to do."""
    return {
        "ratio": format_decimal(int(found.ratio * 100) / 100, format="0.0#"),
        "least": format_decimal(READABLE, format="0.0"),
    }
