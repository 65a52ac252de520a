"""What somebody typed before signing in, kept for a day for whoever owns the address they gave."""

import json
import uuid
from datetime import datetime, timedelta

from flask import request, session
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from consult.foundation.core.clock import now
from consult.foundation.core.db import db, random_id
from consult.foundation.core.sealed_forms import typed_fields
from consult.foundation.core.web import actor
from consult.people.accounts.models import KeptForm, Person

LASTS = timedelta(days=1)
_HERE = "kept_form"


def keep_form(page: str, fields: str, address: str, at: datetime) -> str:
    """Keep what was typed on a page, and return the address that shows it again.

    For whoever signs in with the address, or in the browser of the present request.
    """
    made = KeptForm(key=random_id(), page=page, fields=fields, address=address, kept_at=at)
    db.session.add(made)
    db.session.flush()
    session[_HERE] = made.key
    return f"{page}?kept={made.key}"


def keep_present_form(person: Person, at: datetime) -> str:
    """Keep the form that is posted while its writer goes elsewhere; return where it comes back."""
    return keep_form(request.path, json.dumps(typed_fields()), person.email or "", at)


def kept_fields(person: Person, at: datetime) -> MultiDict[str, str] | None:
    """Return what a person typed on the page of the present request before signing in, if so."""
    try:
        key = str(uuid.UUID(request.args.get("kept", "")))
    except ValueError:
        return None
    found = db.session.scalar(select(KeptForm).where(KeptForm.key == key))
    if found is None or at - found.kept_at > LASTS or not _is_here(found.page):
        return None
    if session.get(_HERE) != key and found.address != person.email:
        return None
    return MultiDict(
        (name, value) for name, values in json.loads(found.fields).items() for value in values
    )


def _is_here(page: str) -> bool:
    """Whether a form stands on the present page, in whatever language."""
    return page.split("/", 2)[-1] == request.path.split("/", 2)[-1]


class ResumedForm(FlaskForm):
    """A form that shows what was typed in it before signing in (`?kept=`)."""

    class Meta(FlaskForm.Meta):
        """How the library reads what was sent."""

        def wrap_formdata(self, form: FlaskForm, formdata: object) -> object:
            """Return what was posted; for a page that is opened, what was typed before."""
            given = super().wrap_formdata(form, formdata)
            person = actor()
            if given is not None or formdata is None or not isinstance(person, Person):
                return given
            return kept_fields(person, now())
