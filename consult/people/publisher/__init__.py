"""The publisher: who speaks on this installation, and answers for what stands here.

There is one, in one row, which an administrator fills in: name, contact, texts and colours, in both
languages, and a logo. Until then pages speak for nobody and say neutral things. A change is refused
where somebody else made one meanwhile, and stands in the record. A colour is refused that nobody
could read on what it stands on, and a logo that could do more than be looked at.

Every page shows the publisher, so a process remembers it (`current.py`). What stands below, the
mails, is handed who sends them.
"""

from flask import Flask

from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.notifications.email import sign_letters
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.people.publisher import current
from consult.people.publisher.models import Publisher


def init_app(app: Flask) -> None:
    """Register the publisher's row and pages, and let pages and mails say who speaks."""
    record_rows(Publisher)
    sign_letters(current.sender)

    @app.context_processor
    def _for_templates() -> dict[str, object]:
        return {"publisher": current.current_publisher()}

    bring_pages(app, lazy("consult.people.publisher.views:init_pages"))
