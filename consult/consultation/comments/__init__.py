"""Comments: what people say about something, in threads.

Whatever can be discussed holds a thread. A comment is a reaction, a question or suggested wording,
by a person, for an organisation if one speaks for it. It is pending until a moderator has looked
(or published at once, as the round says), and may be returned, hidden or withdrawn. A withdrawn
comment leaves its place, so answers to it keep standing. What its author wants read and not
published is never public by anybody else's act: the database refuses it (docs/decisions/0046).
"""

from flask import Flask

from consult.consultation.comments import answers, labels, notices, personal
from consult.consultation.comments.models import SINCE_0019, SINCE_0030, Comment
from consult.consultation.rounds.notices import add_people_of_rounds
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.notifications.readers import check_readers
from consult.foundation.personal_data.export_parts import name_rows, personal_data
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Register what comments answer, keep and show."""
    record_rows(Comment, newer=[SINCE_0019, SINCE_0030])
    add_labels(*labels.LABELS)
    answer(answers.ANSWERS)
    check_readers("comment", notices.may_read_comment)
    add_people_of_rounds(notices.who_commented)

    name_rows(*personal.NAMED)
    personal_data(*personal.PARTS)

    bring_pages(app, lazy("consult.consultation.comments.views:init_pages"))
