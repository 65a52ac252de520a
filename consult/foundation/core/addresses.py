"""The whole addresses of pages, for mails: made from the settings alone."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for

from consult.foundation.core.languages import LANGUAGES


def page_path(endpoint: str, values: Mapping[str, object], anchor: str | None = None) -> str:
    """Return the path of a page; `values` are what stands in its address, whatever their types."""
    said: dict[str, Any] = {**values}
    return url_for(endpoint, _anchor=anchor, **said)


def address_of(endpoint: str, language: str, anchor: str = "", **values: object) -> str:
    """Return the whole address of a page, from the settings alone: no request, no Host header."""
    paths = current_app.url_map.bind("")
    path = paths.build(endpoint, {"language": language, **values}, force_external=False)
    return f"{current_app.config['BASE_URL']}{path}" + (f"#{anchor}" if anchor else "")


def addresses_of(endpoint: str, anchor: str = "", **values: object) -> dict[str, str]:
    """Return the whole address of a page in each language, for a text to many readers."""
    return {code: address_of(endpoint, code, anchor, **values) for code in LANGUAGES}
