"""Leaving words out of a contribution for good: on every page, in every copy, in the database.

What is stored is rewritten, so no output needs to know of it. What stood there is sealed for those
who must be able to check it. The record says that something was left out, of what kind and why;
what it held of the words goes when the time to take the redaction back is over.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.comments import states as comment_states
from consult.consultation.moderation.labels import MARKS
from consult.consultation.moderation.models import (
    Decision,
    RedactedKind,
    Redaction,
    SealedText,
    Verb,
)
from consult.consultation.moderation.redacted_copies import (
    RedactedWords,
    Rewriting,
    restore_copies,
    rewrite_copies,
)
from consult.consultation.moderation.sealed_texts import rewriting_of
from consult.consultation.moderation.services import (
    Judgement,
    add_decision,
    ensure_decidable,
    record_decision,
)
from consult.consultation.moderation.subjects import Moderated, about, keys_of
from consult.consultation.moderation.suspected import looked_at
from consult.consultation.moderation.withheld_files import (
    FILE,
    files_named,
    give_back,
    named_otherwise,
    withhold,
)
from consult.consultation.proposals import states as proposal_states
from consult.consultation.proposals.models import TEXT_FIELDS, Proposal, ProposalVersion
from consult.foundation.core.db import db, table_of
from consult.foundation.core.errors import Conflict, InvalidInput, Sentence
from consult.foundation.core.people import SYSTEM, Actor
from consult.foundation.core.text import clean_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.record.erasing import erase_words
from consult.foundation.record.rows import ROW

BODY = "body"
EVERYWHERE = ""
"""The field of a passage that goes wherever it stands in a contribution."""
SHORTEST_WORDS = 2
PROPOSAL_FIELDS = (*TEXT_FIELDS, "possible_holder", "on_behalf_of", "source_note")
"""The parts of a proposal of which words can be left out: what somebody typed."""


@dataclass(frozen=True)
class RedactedPassage:
    """Words that somebody wants to leave out: as they stand in a field, or EVERYWHERE."""

    field: str
    words: str
    kind: RedactedKind = RedactedKind.OTHER


def passage_at(
    contribution: Moderated, field: str, start: int, end: int, kind: RedactedKind
) -> RedactedPassage:
    """Return the passage of a span of a field, as detectors and selections say it."""
    return RedactedPassage(field, redactable_fields(contribution).get(field, "")[start:end], kind)


def marked_passages(contribution: Moderated) -> list[RedactedPassage]:
    """Return what a machine marked as possible personal data in the texts of a contribution."""
    fields = redactable_fields(contribution)
    return [
        passage_at(contribution, field, one.start, one.end, RedactedKind(one.kind.value))
        for field, pieces in looked_at(contribution).marks.items()
        if field in fields
        for one in pieces
    ]


def redactable_fields(contribution: Moderated) -> dict[str, str]:
    """Return the texts of a contribution of which words can be left out, by field."""
    names = redactable_names(contribution)
    return {name: getattr(contribution, name) for name in names if getattr(contribution, name)}


def redactable_names(contribution: Moderated) -> Sequence[str]:
    """Return the names of the fields of which words can be left out."""
    return PROPOSAL_FIELDS if isinstance(contribution, Proposal) else (BODY,)


def redact(
    actor: Actor,
    contribution: Moderated,
    passages: Sequence[RedactedPassage],
    judgement: Judgement,
    now: datetime,
    files: Collection[str] = (),
) -> Decision:
    """Leave passages out of a contribution and of every copy of its text; return the decision.

    `files` are the public ids of files that are held back. Its author is not told yet. Raises what
    `decide` raises, and InvalidInput where the words do not stand in the field.
    """
    ensure_decidable(actor, contribution, judgement, now)
    held_back = files_named(contribution, files)
    wanted = _checked(contribution, passages) if passages or not held_back else []
    names = _names_of(contribution, held_back)
    left_out = [*_left_out(contribution, wanted), *names]
    rewriting = Rewriting(contribution, left_out, judgement.ground)
    wanted += [RedactedPassage(FILE, one.name, RedactedKind.FILE) for one in held_back]
    if rewriting.holds(judgement.reason):
        text = _l("This reason says the words that you leave out. Everybody reads it.")
        raise InvalidInput(text, errors={"reason": text})
    decision = add_decision(actor, contribution, judgement, now)
    db.session.flush()
    _add_redactions(actor, contribution, decision, wanted, now)
    for stored in _texts(contribution):
        stored.redact(rewriting, decision, now)
    withhold(held_back, rewriting, decision, now)
    said = [{"field": one.field, "kind": one.kind.value} for one in wanted]
    record_decision(actor, contribution, decision, now, left_out=said)
    _make_findable(contribution)
    rewrite_copies(actor, rewriting, now)
    return decision


def _add_redactions(
    actor: Actor,
    contribution: Moderated,
    decision: Decision,
    passages: Iterable[RedactedPassage],
    now: datetime,
) -> None:
    for one in passages:
        db.session.add(
            Redaction(
                **keys_of(contribution), decision_id=decision.id, field=one.field, kind=one.kind,
                redacted_at=now, redacted_by_id=actor.actor_id,
            )
        )  # fmt: skip
    db.session.flush()  # the triggers let a version change only where a redaction stands


def _checked(contribution: Moderated, passages: Iterable[RedactedPassage]) -> list[RedactedPassage]:
    """Return the passages as they are to be left out, each once; InvalidInput with what is wrong.

    The errors are named after the field of the form: `words`, for the first wrong one.
    """
    fields = _said_in(contribution)
    found: dict[tuple[str, str], RedactedPassage] = {}
    errors: dict[str, Sentence] = {}
    for one in passages:
        words = clean_text(one.words)
        if len(words) < SHORTEST_WORDS:
            errors["words"] = _l("Write the words to leave out, at least two signs.")
        else:
            pattern = RedactedWords(words, "").pattern
            here = [name for name, text in fields.items() if pattern.search(text)]
            asked = [name for name in here if one.field in {EVERYWHERE, name}]
            found |= {(name, words): RedactedPassage(name, words, one.kind) for name in asked}
            if not asked:
                errors["words"] = _l("“%(words)s” does not stand there. Copy the words exactly.",
                                     words=words[:80])  # fmt: skip
    if not found and not errors:
        errors["words"] = _l("Say which words are to be left out.")
    if errors:
        raise InvalidInput(_l("This cannot be left out like this."), errors=errors)
    return list(found.values())


def _said_in(contribution: Moderated) -> dict[str, str]:
    """Return what stands in each field, in the present text and in those handed in before."""
    said: dict[str, list[str]] = {}
    for stored in _texts(contribution):
        for name, text in stored.fields().items():
            said.setdefault(name, []).append(text)
    return {name: "\n".join(texts) for name, texts in said.items()}


def mark_of(kind: RedactedKind, language: str) -> str:
    """Return what stands in the place of what was left out, in the language of the text."""
    with force_locale(language):
        return str(MARKS[kind])


def _left_out(contribution: Moderated, passages: Iterable[RedactedPassage]) -> list[RedactedWords]:
    marks = {one.words: mark_of(one.kind, contribution.language) for one in passages}
    return [RedactedWords(words, mark) for words, mark in marks.items()]


def _names_of(contribution: Moderated, files: Iterable[StoredFile]) -> list[RedactedWords]:
    mark = mark_of(RedactedKind.FILE, contribution.language)
    return [named_otherwise(one, mark) for one in files]


@dataclass(frozen=True)
class _StoredText:
    """A text of a contribution where it is stored: the present one, or one handed in before."""

    contribution: Moderated
    version: ProposalVersion | None = None

    def fields(self) -> dict[str, str]:
        if self.version is None:
            return redactable_fields(self.contribution)
        return {
            name: said
            for name, said in self.version.content.items()
            if name in TEXT_FIELDS and isinstance(said, str)
        }

    def put(self, fields: Mapping[str, str]) -> None:
        if self.version is not None:
            self.version.content = {**self.version.content, **fields}
            return
        for name, text in fields.items():
            setattr(self.contribution, name, text)

    def redact(self, rewriting: Rewriting, decision: Decision, now: datetime) -> None:
        """Leave words out of it, and seal what stood there."""
        changed = {
            name: (text, new)
            for name, text in self.fields().items()
            if (new := rewriting.rewritten(text, longest_of(name))) != text
        }
        for name, (original, _new) in changed.items():
            db.session.add(
                SealedText(
                    **keys_of(self.contribution), decision_id=decision.id, field=name,
                    text_version=self.version.number if self.version else None, original=original,
                    passages=[[one.words, one.mark] for one in rewriting.passages], sealed_at=now,
                )
            )  # fmt: skip
        if changed:
            self.put({name: new for name, (_original, new) in changed.items()})


def longest_of(field: str) -> int | None:
    """Return how long a field may be where its column says so."""
    column = table_of(Proposal).c.get(field)
    length: int | None = getattr(column.type, "length", None) if column is not None else None
    return length


def _texts(contribution: Moderated) -> Iterator[_StoredText]:
    yield _StoredText(contribution)
    if not isinstance(contribution, Proposal):
        return
    versions = select(ProposalVersion).where(ProposalVersion.proposal_id == contribution.id)
    for version in db.session.scalars(versions.order_by(ProposalVersion.number)):
        yield _StoredText(contribution, version)


def _make_findable(contribution: Moderated) -> None:
    if isinstance(contribution, Proposal):
        proposal_states.make_findable(contribution)
    else:
        comment_states.make_findable(contribution)


def unredact(actor: Actor, contribution: Moderated, decision: Decision, now: datetime) -> Decision:
    """Put back what a decision left out, everywhere, and return the decision that says so.

    Raises Conflict where the text was changed since. The caller asked the policy.
    """
    sealed = sealed_by(decision)
    rewriting = rewriting_of(contribution, sealed, decision.ground)
    originals = {
        (one.text_version, one.field): one.original for one in sealed if one.file_id is None
    }
    for text in _texts(contribution):
        number = text.version.number if text.version else None
        back = {
            name: originals[number, name] for name in text.fields() if (number, name) in originals
        }
        for name, original in back.items():
            if text.fields()[name] != rewriting.rewritten(original, longest_of(name)):
                raise Conflict(
                    _l("This text was changed after the words were left out."),
                    _l("Ask its author to write them again, if they belong there."),
                )
        if back:
            text.put(back)
    give_back(sealed)
    for redaction in redactions_by(decision):
        redaction.ended_at = now
    for one in sealed:
        db.session.delete(one)
    back_again = add_decision(actor, contribution, Judgement(Verb.UNREDACT), now)
    record_decision(actor, contribution, back_again, now)
    _make_findable(contribution)
    restore_copies(actor, rewriting, now)
    return back_again


FORGET = "forget-redacted"


def forget_redacted(payload: Mapping[str, object], now: datetime) -> None:
    """Let go what the record holds of words that a decision left out; a job.

    Done when a redaction can be taken back no longer: many events are looked at. Proofs and
    receipts stay valid.
    """
    decision = db.session.get_one(Decision, payload["decision"])
    contribution = decision.proposal or decision.comment
    if contribution is not None:
        with unit_of_work():
            _forget(contribution, decision, now)


def _forget(contribution: Moderated, decision: Decision, now: datetime) -> None:
    sealed = sealed_by(decision)
    rewriting = rewriting_of(contribution, sealed, decision.ground)
    table = contribution.__tablename__
    about = {table: [contribution.id]}
    rows = {f"{ROW}{table}.{contribution.id}": list(redactable_names(contribution))}
    for text in _texts(contribution):
        if text.version is not None:
            rows[f"{ROW}{text.version.__tablename__}.{text.version.id}"] = ["content"]
    for file_id in [one.file_id for one in sealed if one.file_id is not None]:
        rows[f"{ROW}{StoredFile.__tablename__}.{file_id}"] = ["name"]
    erase_words(SYSTEM, about, rows, rewriting.holds, now)


def sealed_by(decision: Decision) -> Sequence[SealedText]:
    """Return what a decision sealed."""
    of_it = select(SealedText).where(SealedText.decision_id == decision.id)
    return db.session.scalars(of_it.order_by(SealedText.id)).all()


def redactions_by(decision: Decision) -> Sequence[Redaction]:
    """Return the passages that a decision left out."""
    of_it = select(Redaction).where(Redaction.decision_id == decision.id)
    return db.session.scalars(of_it.order_by(Redaction.id)).all()


def redactions_of(contribution: Moderated) -> Sequence[Redaction]:
    """Return the passages that are left out of a contribution now, oldest first."""
    found = select(Redaction).where(about(Redaction, contribution), Redaction.ended_at.is_(None))
    return db.session.scalars(found.order_by(Redaction.id)).all()
