"""The whole addresses of pages, for mails: made from the settings alone."""

from typing import Any

from flask import current_app


def address_of(endpoint: str, language: str, anchor: str = "", **values: Any) -> str:
    """Return the whole address of a page, from the settings alone: no request, no Host header."""
    paths = current_app.url_map.bind("")
    path = paths.build(endpoint, {"language": language, **values}, force_external=False)
    return f"{current_app.config['BASE_URL']}{path}" + (f"#{anchor}" if anchor else "")
