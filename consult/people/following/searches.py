"""Searches that somebody follows: one row for the same words, however many follow them.

What becomes findable is held against all of them at once: its words are read, and no index is asked
for each search. A hit is kept, so that the followers of all searches that found one thing are told
of it by one broadcast.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Select, delete, exists, insert, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.search import fault_in, holds_words, words_kept
from consult.foundation.core.text import clean_line
from consult.people.following.models import Follow, FollowedKind, FollowedSearch, SearchHit
from consult.people.following.subjects import FollowedSubject

LONGEST_SEARCH = 200


def words_to_follow(query: str) -> str:
    """Return the words of a search as they are kept; InvalidInput for what finds nothing."""
    words = clean_line(query)[:LONGEST_SEARCH].strip().lower()
    if fault := fault_in(words):
        raise InvalidInput(fault)
    return words


def find_search(words: str) -> FollowedSearch | None:
    """Return the search with these words, if anybody ever followed it."""
    return db.session.scalar(select(FollowedSearch).where(FollowedSearch.words == words))


def take_search(query: str, now: datetime) -> FollowedSearch:
    """Return the search with some words; it is made where it was not there, inside a unit of work.

    Raises InvalidInput for words that nothing can be looked for with.
    """
    words = words_to_follow(query)
    if not words:
        raise InvalidInput(fault_in(" ") or "")
    found = find_search(words)
    if found is None:
        found = FollowedSearch(words=words, made_at=now)
        db.session.add(found)
        db.session.flush()
    return found


def searches_to_follow(ids: Collection[int]) -> Mapping[int, FollowedSubject]:
    """Return searches with these numbers as things that can be followed."""
    found = db.session.scalars(select(FollowedSearch).where(FollowedSearch.id.in_(ids)))
    return {
        one.id: FollowedSubject(
            FollowedKind.SEARCH, one, f"“{one.words}”", "publishing.search", {"q": one.words}
        )
        for one in found
    }


def note_hits(subject_type: str, subject_id: int) -> int:
    """Keep which followed searches find a thing, and return how many; inside a unit of work."""
    kept = words_kept(subject_type, subject_id)
    followed = exists().where(
        Follow.kind == FollowedKind.SEARCH, Follow.subject_id == FollowedSearch.id
    )
    searches = db.session.execute(
        select(FollowedSearch.id, FollowedSearch.words).where(followed)
    ).all()
    hits = [id_ for id_, words in searches if kept and holds_words(kept, words)]
    if hits:
        db.session.execute(
            insert(SearchHit),
            [
                {"search_id": id_, "subject_type": subject_type, "subject_id": subject_id}
                for id_ in hits
            ],
        )
    return len(hits)


def followers_of_hits(subject_type: str, subject_id: int) -> Select[int]:
    """Select who follows a search that found a thing."""
    return (
        select(Follow.person_id)
        .join(SearchHit, SearchHit.search_id == Follow.subject_id)
        .where(
            Follow.kind == FollowedKind.SEARCH,
            SearchHit.subject_type == subject_type,
            SearchHit.subject_id == subject_id,
        )
    )


def forget_searches() -> None:
    """Delete the words that nobody follows any more, with what they found; in a unit of work."""
    db.session.flush()
    followed = exists().where(
        Follow.kind == FollowedKind.SEARCH, Follow.subject_id == FollowedSearch.id
    )
    unfollowed = select(FollowedSearch.id).where(~followed)
    db.session.execute(delete(SearchHit).where(SearchHit.search_id.in_(unfollowed)))
    db.session.execute(delete(FollowedSearch).where(FollowedSearch.id.in_(unfollowed)))
