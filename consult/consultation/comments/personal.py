"""What comments keep about people: what they wrote. It stays when an account closes."""

from flask_babel import lazy_gettext as _l

from consult.consultation.comments.models import Comment
from consult.consultation.rounds.models import Round
from consult.foundation.personal_data.export_parts import ExportPart

NAMED = (Round.slug, Comment.number)
PARTS = (
    ExportPart(
        "comments", _l("My comments"), Comment, (Comment.author_id,), authored=True, place=40,
        leaves_out=("thread_id", "root_id", "depth", "reviewed_at"),
    ),
)  # fmt: skip
