"""What comments keep about people: what they wrote. It stays when an account closes."""

from flask_babel import lazy_gettext as _l

from consult.comments.models import Comment
from consult.privacy.parts import Part, names_rows, personal_data
from consult.rounds.models import Round

names_rows(Round.slug, Comment.number)
personal_data(
    Part(
        "comments", _l("My comments"), Comment, (Comment.author_id,), authored=True, place=40,
        leaves_out=("thread_id", "root_id", "depth", "reviewed_at"),
    )
)  # fmt: skip
