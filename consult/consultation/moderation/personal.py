"""What moderation keeps about people: decisions about their texts, who took them, and reports."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, or_, select, update

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import (
    Claim,
    Decision,
    HeldDecision,
    ModeratorNote,
    Redaction,
    Report,
    SealedText,
    SecondLook,
)
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import DAY, YEAR, Rule, before, deletes


def _about_my_texts(person_id: int) -> ColumnElement[bool]:
    proposals = select(Proposal.id).where(Proposal.author_id == person_id)
    comments = select(Comment.id).where(Comment.author_id == person_id)
    return or_(Decision.proposal_id.in_(proposals), Decision.comment_id.in_(comments))


def _of_my_texts(person_id: int) -> ColumnElement[bool]:
    proposals = select(Proposal.id).where(Proposal.author_id == person_id)
    comments = select(Comment.id).where(Comment.author_id == person_id)
    return or_(Redaction.proposal_id.in_(proposals), Redaction.comment_id.in_(comments))


PARTS = (
    ExportPart(
        "decisions_about_me", _l("Decisions of moderators about my texts"), Decision,
        where=_about_my_texts, place=50,
    ),
    ExportPart(
        "decisions", _l("Decisions that I took as a moderator"), Decision,
        (Decision.decided_by_id,), place=51,
    ),
    ExportPart(
        "reports", _l("Texts that I reported to the moderators"), Report,
        (Report.reported_by_id,), place=52,
    ),
    ExportPart(
        "reports_answered", _l("Reports that I answered as a moderator"), Report,
        (Report.settled_by_id,), leaves_out=("sentence", "kind", "reported_at"), place=53,
    ),
    ExportPart(
        "held_decisions", _l("Decisions that I could take back for a while"), HeldDecision,
        (HeldDecision.decided_by_id,), leaves_out=("seen", "act"), place=54,
    ),
    ExportPart(
        "moderator_notes", _l("Notes that I wrote as a moderator"), ModeratorNote,
        (ModeratorNote.written_by_id,), place=55,
    ),
    ExportPart(
        "notes_settled", _l("Notes of moderators that I settled"), ModeratorNote,
        (ModeratorNote.settled_by_id,), leaves_out=("text", "written_at"), place=56,
    ),
    ExportPart(
        "claims", _l("What I was reading as a moderator"), Claim, (Claim.person_id,), place=57,
    ),
    ExportPart(
        "second_looks", _l("Hidings that I confirmed or took back"), SecondLook,
        (SecondLook.settled_by_id,), place=58,
    ),
    ExportPart(
        "left_out_of_mine", _l("What was left out of my texts"), Redaction,
        where=_of_my_texts, place=59,
    ),
    ExportPart(
        "left_out_by_me", _l("What I left out of texts as a moderator"), Redaction,
        (Redaction.redacted_by_id,), place=60,
    ),
)  # fmt: skip


def let_go_of_claims(_actor: Actor, person_id: int, _now: datetime) -> None:
    """Let others take up what somebody was reading whose account closes."""
    db.session.execute(delete(Claim).where(Claim.person_id == person_id))


def forget_who_noted(_actor: Actor, person_id: int, _now: datetime) -> None:
    """Keep what a moderator noted whose account closes, without who it was."""
    db.session.execute(
        update(ModeratorNote)
        .where(ModeratorNote.written_by_id == person_id)
        .values(written_by_id=None)
        .execution_options(synchronize_session=False)
    )


def forget_who_reported(_actor: Actor, person_id: int, _now: datetime) -> None:
    """Keep what somebody reported whose account closes, without who it was."""
    db.session.execute(
        update(Report)
        .where(Report.reported_by_id == person_id)
        .values(reported_by_id=None)
        .execution_options(synchronize_session=False)
    )


RULES = (
    Rule(
        "reports", _l("Reports of texts"), _l("a moderator answered it"), YEAR, _l("deleted"),
        _l("Long enough to see that the same comes back."), before(Report.settled_at),
        deletes(Report),
    ),
    Rule(
        "held_decisions", _l("Decisions that could be taken back"),
        _l("it took effect or was taken back"), 30 * DAY, _l("deleted"),
        _l("What took effect stands in the log."), before(HeldDecision.settled_at),
        deletes(HeldDecision),
    ),
    Rule(
        "moderator_notes", _l("Notes between moderators"), _l("it was written"), 2 * YEAR,
        _l("deleted"), _l("Long enough for the round and its answers."),
        before(ModeratorNote.written_at), deletes(ModeratorNote),
    ),
    Rule(
        "sealed_texts", _l("Texts of which words were left out, as they were"),
        _l("the words were left out"), 2 * YEAR, _l("deleted"),
        _l("Long enough for an author, or a court, to ask whether it was right."),
        before(SealedText.sealed_at), deletes(SealedText),
    ),
    Rule(
        "claims", _l("Who was reading what"), _l("it ended"), DAY, _l("deleted"),
        _l("It only keeps two moderators from reading the same."), before(Claim.until),
        deletes(Claim),
    ),
)  # fmt: skip
