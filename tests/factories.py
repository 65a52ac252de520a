"""Small factories: a stored thing in the state a test needs, with its counts right."""

import io
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from consult.consultation.comments.models import Comment, CommentKind, ContributionState, Thread
from consult.consultation.comments.states import COUNTED
from consult.consultation.meetings.models import Meeting, MeetingFile, MeetingKind, MeetingState
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round, RoundBody, RoundKind, RoundTally, TallySlot
from consult.consultation.rounds.services import count
from consult.consultation.theme_rounds.services import put_forward
from consult.foundation.core.db import db
from consult.foundation.core.series import next_number
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.services import store_file
from consult.foundation.record.models import Event, EventDetail
from consult.foundation.record.services import LEFT
from consult.people.organisations.queries import get_body
from tests.cast import person
from tests.world import NOON

SHOWN = {ContributionState.PUBLISHED, ContributionState.HIDDEN, ContributionState.WITHDRAWN}


def find_round(slug: str) -> Round:
    """Return a round of the world by its slug."""
    found: Round | None = db.session.scalar(select(Round).where(Round.slug == slug))
    assert found is not None
    return found


def make_proposal(
    slug: str = "open",
    state: ContributionState = ContributionState.PUBLISHED,
    *,
    author: str = "pia",
    at: datetime = NOON,
    **fields: Any,
) -> Proposal:
    """Store a proposal of somebody of the cast in a round of the world."""
    with unit_of_work():
        round_ = find_round(slug)
        thread = Thread(round_id=round_.id)
        db.session.add(thread)
        db.session.flush()
        draft = state is ContributionState.DRAFT
        number = None if draft else next_number(Proposal.number, round_)
        made = Proposal(
            round_id=round_.id,
            thread_id=thread.id,
            number=number,
            author_id=person(author).id,
            state=state,
            created_at=at,
            saved_at=at,
            arrived_at=None if draft else at,
            published_at=at if state in SHOWN else None,
            reviewed_at=at if state in SHOWN else None,
            not_for_publication=state is ContributionState.NOT_FOR_PUBLICATION,
            **{
                "language": "nl",
                "title": "Een begrijpelijke besluitenlijst",
                "problem": "Besluiten zijn moeilijk te vinden.",
                "action": "Zet alle besluiten op één plek.",
                "result": "Iedereen vindt een besluit binnen een minuut.",
                "openness": "Besluiten worden openbaar.",
                **fields,
            },
        )
        db.session.add(made)
        if not draft:
            came = {} if state is ContributionState.LATE else {"received": 1}
            _count(round_.id, **came, **{state.value: 1})
    return made


def _count(round_id: int, **changes: int) -> None:
    """Count in a round, and read its counts anew."""
    count(round_id, **changes)
    db.session.get_one(RoundTally, round_id, populate_existing=True)


def _open_round(slug: str, kind: RoundKind, **fields: Any) -> Round:
    """Store an open round of a kind, announced a month ago, for the plan of the world."""
    made = Round(
        plan_id=find_round("open").plan_id,
        slug=slug,
        kind=kind,
        opens_at=NOON - timedelta(days=10),
        closes_at=NOON + timedelta(days=20),
        published_at=NOON - timedelta(days=30),
        created_at=NOON - timedelta(days=40),
        **fields,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(TallySlot(round_id=made.id))
    db.session.flush()
    return made


def make_round_of_statements(
    *sentences: str, slug: str = "stellingen", everyone: bool = False
) -> Round:
    """Store an open round of statements of the forum, with statements of Pia that are public."""
    with unit_of_work():
        made = _open_round(
            slug,
            RoundKind.STATEMENTS,
            title={"nl": "Stem mee", "en": "Vote along"},
            introduction={"nl": "Waar ben je het mee eens?", "en": "What do you agree with?"},
            open_to_everyone=everyone,
            bodies=[RoundBody(body_id=one.body_id) for one in find_round("open").bodies],
        )
    for sentence in sentences:
        make_statement(sentence, slug=slug)
    return made


def make_round_about_themes(slug: str = "themas") -> Round:
    """Store a round about themes that Ana announced and that is open now."""
    with unit_of_work():
        made = _open_round(
            slug,
            RoundKind.THEMES,
            title={"nl": "Kloppen de thema's?", "en": "Are the themes right?"},
            open_to_everyone=True,
        )
        put_forward(person("ana"), made, NOON - timedelta(days=30))
    return made


def make_statement(
    sentence: str,
    state: ContributionState = ContributionState.PUBLISHED,
    *,
    slug: str = "stellingen",
    **fields: Any,
) -> Proposal:
    """Store a statement of somebody of the cast in a round of statements."""
    empty: dict[str, Any] = dict.fromkeys(("problem", "action", "result", "openness"), "")
    return make_proposal(slug, state, title=sentence, origin=None, **empty | fields)


def make_comment(
    proposal: Proposal,
    state: ContributionState = ContributionState.PUBLISHED,
    *,
    author: str = "lotte",
    at: datetime = NOON,
    parent: Comment | None = None,
    **fields: Any,
) -> Comment:
    """Store a comment of somebody of the cast on a proposal."""
    with unit_of_work():
        thread = db.session.get_one(Thread, proposal.thread_id)
        made = Comment(
            thread_id=thread.id,
            round_id=proposal.round_id,
            number=next_number(Comment.number, thread),
            parent_id=parent.id if parent else None,
            root_id=(parent.root_id or parent.id) if parent else None,
            depth=parent.depth + 1 if parent else 0,
            author_id=person(author).id,
            state=state,
            arrived_at=at,
            published_at=at if state in SHOWN else None,
            reviewed_at=at if state in SHOWN else None,
            not_for_publication=state is ContributionState.NOT_FOR_PUBLICATION,
            **{
                "kind": CommentKind.REACTION,
                "body": "Goed idee.",
                "language": "nl",
                **fields,
            },
        )
        db.session.add(made)
        if state is ContributionState.PUBLISHED:
            thread.comment_count += 1
            db.session.get_one(Proposal, proposal.id).comment_count += 1
        if state in COUNTED:
            _count(proposal.round_id, **{COUNTED[state]: 1})
    return made


def make_meeting(
    state: str = "planned",
    *,
    at: datetime | None = None,
    kind: MeetingKind = MeetingKind.REGULAR,
    **fields: Any,
) -> Meeting:
    """Store a meeting of the forum, next week or last week; "begun" is planned for yesterday."""
    begun = state == "begun"
    stored = MeetingState("planned" if begun else state)
    days = -1 if begun else 7 if stored is MeetingState.PLANNED else -7
    starts_at = at or NOON + timedelta(days=days)
    with unit_of_work():
        body = get_body("stakeholderforum")
        last = select(func.max(Meeting.number)).where(Meeting.body_id == body.id)
        published = stored is MeetingState.PUBLISHED
        made = Meeting(
            body=body,
            number=(db.session.scalar(last) or 0) + 1,
            kind=kind,
            state=stored,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            published_at=starts_at if published else None,
            minutes_changed_at=starts_at if fields.get("minutes", stored in HAS_MINUTES) else None,
            cancelled_reason="Ziek." if stored is MeetingState.CANCELLED else "",
            created_at=NOON,
            **{
                "title": {"nl": "Bijeenkomst", "en": "Meeting"},
                "place": "Zaal 3, Turfmarkt 147",
                "agenda": {"nl": "1. Opening", "en": "1. Opening"},
                "minutes": {"nl": "We spraken af."} if stored in HAS_MINUTES else {},
                **fields,
            },
        )
        db.session.add(made)
    return made


HAS_MINUTES = {MeetingState.HELD, MeetingState.PUBLISHED}
PDF_FILE = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def filed(meeting: Meeting) -> str:
    """Put a file with a meeting and return its address."""
    with unit_of_work():
        stored = store_file(person("ana"), "agenda.pdf", io.BytesIO(PDF_FILE), NOON)
        db.session.add(MeetingFile(meeting_id=meeting.id, file=stored))
    return stored.public_id


def last_said() -> EventDetail:
    """Return what was said in the last event."""
    return db.session.scalars(select(EventDetail).order_by(EventDetail.event_id.desc())).all()[0]


def acts() -> list[str]:
    """Return the verbs of what was done, in order, without what a test set up past the services."""
    verbs = select(Event.verb).where(Event.verb != LEFT).order_by(Event.id)
    return list(db.session.scalars(verbs))
