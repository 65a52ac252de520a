"""What is read from an address or a form besides the path: one table, which a test holds complete.

Each parameter says what it is: "id" for what names a row (tests/policy/test_ids.py feeds it what
its reader may not see), "cursor" for a place in a list, "next" for a way back, "key" for what only
its holder knows, "text" for words, "word" for one of a fixed list.
"""

import ast
from collections.abc import Iterator

from tests.house.test_layout import MODULES, trees

DESK = {
    "round": "id", "kind": "word", "only": "word", "tab": "word", "written_in": "word",
    "q": "text", "cursor": "cursor",
}  # fmt: skip
"""Which part of the queue somebody works on: each address of the desk carries it."""

# Endpoint -> parameters of its address; what one function reads for several stands at each.
QUERY: dict[str, dict[str, str]] = {
    "accounts.notices": {"cursor": "cursor"},
    "accounts.outbox": {"cursor": "cursor"},
    "commitments.new": {"proposal": "id"},
    "exchange.check": {"cursor": "cursor"},
    "following.index": {"cursor": "cursor"},
    "invitations.index": {"state": "word", "cursor": "cursor"},
    "meetings.index": {"cursor": "cursor"},
    "moderation.act": {**DESK, "on": "word"},
    "moderation.batch": DESK,
    "moderation.claim": DESK,
    "moderation.item": {**DESK, "on": "word"},
    "moderation.log": {"show": "word", "cursor": "cursor"},
    "moderation.note": DESK,
    "moderation.reports": {"cursor": "cursor"},
    "moderation.queue": DESK,
    "moderation.settle": DESK,
    "moderation.undo": DESK,
    "organisations.index": {"q": "text", "sector": "word", "cursor": "cursor"},
    "organisations.ask_for_place": {"next": "next"},
    "organisations.mine": {"next": "next"},
    "organisations.new": {"q": "text", "tooi": "word", "request": "id"},
    "privacy.retention": {"cursor": "cursor"},
    "proposals.comment": {"parent": "id", "kept": "id"},
    "proposals.index": {
        "q": "text", "theme": "id", "body": "id", "organisation": "id", "sector": "word",
        "state": "word", "outcome": "word", "order": "word", "kind": "word", "cursor": "cursor",
    },
    "proposals.draft": {"step": "word", "asked": "id"},
    "proposals.mine": {"cursor": "cursor"},
    "proposals.new": {"step": "word", "asked": "id", "kept": "id"},
    "proposals.similar": {"title": "text"},
    "publisher_files.logo": {"v": "word"},
    "publisher_files.colours": {"v": "word"},
    "publisher_files.icon": {"v": "word"},
    "publisher_files.threads": {"v": "word"},
    "publishing.card": {"v": "word"},
    "publishing.check": {"code": "key"},
    "publishing.log_feed": {"cursor": "cursor"},
    "publishing.mails": {"q": "text", "kind": "word", "cursor": "cursor"},
    "publishing.proposal": {"cursor": "cursor", "comment": "id"},
    "publishing.round_feed": {"cursor": "cursor"},
    "publishing.search": {"q": "text", "kind": "word", "cursor": "cursor"},
    "responses.index": {"open": "word", "outcome": "word", "cursor": "cursor"},
    "security.authenticator": {"next": "next"},
    "security.forgot_password": {"next": "next"},
    "security.login": {"next": "next"},
    "security.new_passkey": {"next": "next"},
    "security.provider_leave": {"next": "next", "link": "key"},
    "security.provider_return": {"state": "key", "error": "word", "code": "key"},
    "security.recovery_codes": {"next": "next"},
    "security.register": {"next": "next"},
    "security.second_factor": {"by": "word", "next": "next"},
    "security.us_signin": {"who": "id", "code": "key", "next": "next"},
    "security.us_signin_send_code": {"next": "next"},
    "security.verify": {"next": "next"},
    "statements.index": {"order": "word", "cursor": "cursor"},
    "static": {"v": "word"},
}  # fmt: skip

# Fields of a form that are read by their name, outside the classes of forms.
FORM: dict[str, str] = {
    "act": "word", "by": "word", "credential": "key", "direction": "word", "draft": "id",
    "format": "word",
    "keep": "word", "kind": "word", "message": "id", "more": "cursor", "next": "next",
    "once": "key", "q": "text", "question": "key", "sealed": "key", "sheet": "word",
    "shown_sheet": "word", "sure": "word", "text": "text", "ticked": "id", "to": "next",
    "verb": "word",
}  # fmt: skip


def read_by_name() -> Iterator[tuple[str, str]]:
    """Yield ("args" or "form", name) of everything that the code reads by its name."""
    for path in MODULES:
        for node in ast.walk(trees()[path]):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            place = ast.unparse(node.func.value).removeprefix("request.")
            if node.func.attr not in {"get", "getlist"} or not node.args:
                continue
            if place in {"args", "form", "values", "files", "asked", "arguments"}:
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield place, name.value
