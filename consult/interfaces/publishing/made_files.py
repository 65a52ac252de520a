"""Documents and downloads that lie ready, and hold a text of which words are left out."""

from datetime import datetime

from consult.consultation.moderation.redacted_copies import Rewriting
from consult.foundation.core.people import Actor
from consult.foundation.files.cache import drop_cached_later
from consult.interfaces.publishing.round_job import ROUND_FILES
from consult.outcomes.approvals.queries import document_cache_prefix


def drop_made_files(_actor: Actor, rewriting: Rewriting, now: datetime) -> None:
    """Drop the documents of the plan and the downloads of the round: they are made anew.

    Nobody is handed the old ones until they are gone: their digests are of another text.
    """
    round_ = rewriting.contribution.round
    drop_cached_later(f"{ROUND_FILES}{round_.id}/", now)
    drop_cached_later(document_cache_prefix(round_.plan_id), now)
