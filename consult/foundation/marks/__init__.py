"""Marks: what may be personal data in a text, shown in it with its kind, never taken out of it.

Who writes sees them before handing in, who moderates before publishing. They are worked out when a
page is made, from the text alone; nothing of a text is kept with them.
"""

from flask import Flask

from consult.foundation.core.labels import add_labels
from consult.foundation.marks import labels
from consult.foundation.marks.rendering import line_with_marks, marks_in, with_marks


def init_app(app: Flask) -> None:
    """Register what the kinds are called, and how templates show a text with its marks."""
    add_labels(*labels.LABELS)
    app.jinja_env.filters.update(with_marks=with_marks, line_with_marks=line_with_marks)
    app.jinja_env.globals.update(marks_in=marks_in, mark_question=labels.QUESTIONS.get)
