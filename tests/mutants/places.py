"""Where the product is changed: what reads, lists, does and shows, in every wing."""

from pathlib import Path

from tests.copies import ROOT

QUERIES = ("queries", "search", "series", "numbers", "pages", "recipients")
LISTINGS = (
    "listing", "desk", "counts", "log", "states", "sorting", "timeline", "calendar", "positions",
    "register", "omissions", "home", "journey", "todo", "bodies", "visible",
)  # fmt: skip
SERVICES = (
    "services", "cosigning", "drafts", "elsewhere", "editing", "dates", "memberships", "mandates",
    "seats", "themes", "roles", "closing", "suspending", "incidents", "consents", "batches",
    "answering",
)  # fmt: skip
VIEWS = ("views",)
NAMES = frozenset((*QUERIES, *LISTINGS, *SERVICES, *VIEWS))
"""The names of the modules that are changed; `views` is a folder in some packages."""


def modules() -> list[str]:
    """Return the modules that are changed, by their paths in the repository."""
    return sorted(
        str(path.relative_to(ROOT)) for path in (ROOT / "consult").rglob("*.py") if _is_meant(path)
    )


def _is_meant(path: Path) -> bool:
    if path.parent.name in VIEWS:
        return path.stem != "__init__"
    return path.stem in NAMES
