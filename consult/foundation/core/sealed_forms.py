"""Forms whose text outlives signing in: sealed on the page that asks for it, and opened after it.

A form that is posted by nobody who is signed in is refused, and what was typed must not be lost.
Its page holds it, with our signature, so that nothing is stored of a reader who goes away; who
asks for a link has it kept on the server (accounts/kept_forms.py), so that the link brings it back
in another browser too.
"""

import json

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from consult.foundation.core.registries import add_new

_kept: list[str] = []
NOT_TYPED = {"csrf_token", "once", "act", "shown", "kept", "agrees"}


def keep_forms(*endpoints: str) -> None:
    """Register views that show, under the address of the form, what was typed before signing in."""
    add_new(_kept, endpoints)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="kept-form")


def typed_fields() -> dict[str, list[str]]:
    """Return the fields of the form that is posted; its files stay with the browser."""
    return {name: values for name, values in request.form.lists() if name not in NOT_TYPED}


def sealed_form() -> str:
    """Return the form that is posted, with our signature; an empty text where none is kept."""
    if request.endpoint not in _kept:
        return ""
    return str(_signer().dumps([request.path, typed_fields()]))


def open_sealed(sealed: str) -> tuple[str, str] | None:
    """Return the page of a sealed form and its fields as JSON; None for what we did not sign."""
    try:
        page, fields = _signer().loads(sealed)
    except (BadSignature, ValueError):
        return None
    return str(page), json.dumps(fields)
