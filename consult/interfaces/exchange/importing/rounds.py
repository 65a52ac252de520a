"""Importing rounds: check everything first, then store it in short transactions.

A round is made unannounced and announced when all of it is in, so nobody sees half of one. Each
row that is stored is noted in `imported_id` in the same transaction: an import that was broken off
goes on where it was, and one that is run again changes nothing.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask_babel import lazy_gettext as _l
from sqlalchemy import null, select

from consult.consultation.plans.models import Plan
from consult.consultation.rounds.models import Round, TallySlot
from consult.foundation.core.db import db
from consult.foundation.core.errors import Clash
from consult.foundation.core.people import Actor
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.interfaces.exchange.bulk import let_others_write
from consult.interfaces.exchange.format.keys import fingerprint
from consult.interfaces.exchange.format.lines import RoundLine, by_language
from consult.interfaces.exchange.format.names import slug_for
from consult.interfaces.exchange.format.problems import Problem
from consult.interfaces.exchange.importing.contributions import Comments, Proposals
from consult.interfaces.exchange.importing.errors import ImportRefused
from consult.interfaces.exchange.importing.finishing import count_again, finish, is_complete
from consult.interfaces.exchange.importing.imported import (
    ROUND,
    find_plan,
    imported_round,
    imported_themes,
    known_lines,
    theme_names,
)
from consult.interfaces.exchange.importing.outcomes import Decisions, Positions, Responses
from consult.interfaces.exchange.importing.promotion import Destination, Importer, Participants
from consult.interfaces.exchange.importing.themes import ThemeChanges, Themes
from consult.interfaces.exchange.models import ImportedId
from consult.interfaces.exchange.reading.staged import LeftOut, Staged
from consult.interfaces.exchange.reading.staging import (
    ReadingProgress,
    ReadPath,
    read_all,
    read_path,
)

IMPORTED = "imported"
"""The slug of the plan that is made when none is named."""

PROMOTERS: tuple[type[Importer], ...] = (
    Participants,
    Themes,
    Proposals,
    Comments,
    Positions,
    Decisions,
    Responses,
    ThemeChanges,
)
"""What is stored, in this order: each refers only to what stands before it."""

JUST_BEFORE = timedelta(seconds=1)
"""A round whose dates nobody knows was over before it was imported."""

StoringProgress = Callable[[str, int, int], None]


def _silent(*_: object) -> None:
    pass


@dataclass(frozen=True)
class Options:
    """How to import: into which plan, with names or aliases, and whether to go on after refusals.

    `salt` goes into the aliases; `reading` hears how many lines were read, `storing` of each
    type how many of how many were stored, and `noted` what to know that is no problem. When going
    on, `refused` hears the problems, and `leaving_out` gets every line that is left out before
    anything is stored. `read` reads one path; a round that is not `announced` stays a draft.
    """

    plan: str | None = None
    keep_going: bool = False
    keep_names: bool = False
    salt: str = ""
    reading: ReadingProgress = _silent
    storing: StoringProgress = _silent
    refused: Callable[[str], None] = _silent
    leaving_out: Callable[[Iterator[LeftOut]], None] = _silent
    read: ReadPath = read_path
    announced: bool = True
    noted: Callable[[str], None] = _silent


def check_rounds(actor: Actor, paths: Sequence[Path], options: Options, now: datetime) -> Staged:
    """Read and check paths as an import does, and change nothing; the caller closes the result."""
    plan = find_plan(options.plan) if options.plan else _plan_imported()
    if plan is not None:
        ensure(actor, Action.ROUND_CREATE, plan, now)
    else:
        ensure(actor, Action.PLAN_CREATE, None, now)
    staged = read_all(paths, options.reading, options.read)
    try:
        _compare(staged, plan)
    except BaseException:
        staged.close()
        raise
    db.session.rollback()  # nothing was changed; reading must not keep the database busy
    return staged


def import_rounds(
    actor: Actor, paths: Sequence[Path], options: Options, now: datetime
) -> list[Round]:
    """Import paths, each holding one round, and return the rounds.

    Raises ImportRefused with a sentence for each problem, and then nothing was changed. When
    going on after refusals, only what was refused is left out.
    """
    with check_rounds(actor, paths, options, now) as staged:
        for note in staged.notes:
            options.noted(str(note))
        if staged.problem_count and not options.keep_going:
            raise ImportRefused("\n".join(staged.report()))
        for sentence in staged.report():
            options.refused(sentence)
        if staged.problem_count:
            options.leaving_out(staged.left_out())
        lines = [staged.round_line(source) for source in range(len(staged.paths))]
        try:
            return [
                _store(actor, staged, source, line, options, now)
                for source, line in enumerate(lines)
                if line is not None
            ]
        except Clash as error:
            # What was stored stands; it is not seen yet, and the same command goes on from there.
            raise ImportRefused(
                "The same round was changed at the same time, perhaps by another import.",
                "Run the command again when that is done.",
            ) from error


def _plan_imported() -> Plan | None:
    return db.session.scalar(select(Plan).where(Plan.slug == IMPORTED))


def _compare(staged: Staged, plan: Plan | None) -> None:
    """Compare the staged rounds with what is stored: themes, ids, addresses."""
    for source in range(len(staged.paths)):
        staged.allow_themes(source, theme_names(plan) if plan else ())
        line = staged.round_line(source)
        if line is None:
            continue
        found = imported_round(line.id)
        if found is None:
            _refuse_taken_address(staged, source, line)
        elif found.plan.slug != (plan.slug if plan else IMPORTED):
            text = _l(
                "is the id of a round that was imported into the plan %(plan)s.",
                plan=found.plan.slug,
            )
            help_ = _l("Import it into that plan, or give the round another id.")
            staged.add_problem(source, Problem(line.place, text, help_, "id"))
        else:
            staged.know(source, known_lines(found))
    staged.check(against_plan=True)


def _refuse_taken_address(staged: Staged, source: int, line: RoundLine) -> None:
    slug = slug_for(line.id)
    if db.session.scalar(select(Round.id).where(Round.slug == slug)) is not None:
        text = _l("leads to the address %(slug)s, which another round has.", slug=slug)
        help_ = _l("Give the round another id.")
        staged.add_problem(source, Problem(line.place, text, help_, "id"))


def _store(
    actor: Actor,
    staged: Staged,
    source: int,
    line: RoundLine,
    options: Options,
    now: datetime,
) -> Round:
    round_ = imported_round(line.id) or _make_round(actor, line, options.plan, now)
    destination = Destination(
        actor=actor,
        round_id=round_.id,
        plan_id=round_.plan_id,
        language=line.language,
        themes=theme_names(round_.plan) | imported_themes(round_),
        closed_at=line.closes_at or now,
        names=options.keep_names,
        salt=f"{options.salt}:{line.id}",
        now=now,
    )
    added = sum(_promote(kind, destination, staged, source, options) for kind in PROMOTERS)
    if added or not is_complete(round_):
        count_again(round_.id)
        counts = {one.kind: staged.count(source, one.kind) for one in PROMOTERS}
        content = {"lines": counts, "added": added, "digest": _digest(staged.paths[source])}
        is_whole = next(staged.left_out(source), None) is None
        finish(
            actor,
            round_.id,
            content,
            now,
            line.answered_at,
            is_whole=is_whole,
            announced=options.announced,
        )
    return db.session.get_one(Round, round_.id, populate_existing=True)


def _promote(
    kind: type[Importer], to: Destination, staged: Staged, source: int, options: Options
) -> int:
    """Store all lines of one type that are not stored yet, and return how many."""
    total = staged.count(source, kind.kind, pending=True)
    if not total:
        return 0
    promoter = kind(to, staged, source)
    done = 0
    for batch in staged.pending(source, kind.kind, kind.batch):
        promoter.prepare(batch)
        # What was read while preparing must not hold an old view of the database.
        db.session.rollback()
        with unit_of_work():
            rows = promoter.store(batch)
        staged.stored(rows)
        done += len(batch)
        options.storing(kind.kind, done, total)
        let_others_write()
    return done


def _make_round(actor: Actor, line: RoundLine, plan_slug: str | None, now: datetime) -> Round:
    with unit_of_work():
        plan = (
            find_plan(plan_slug) if plan_slug else _plan_imported() or _make_plan(actor, line, now)
        )
        round_ = _round_of(line, plan, now)
        db.session.add(round_)
        db.session.flush()
        db.session.add(TallySlot(round_id=round_.id))
        db.session.add(
            ImportedId(
                round_id=round_.id,
                kind=ROUND,
                external_id=line.id,
                local_id=round_.id,
                fingerprint=fingerprint(line),
            )
        )
        content = {"slug": round_.slug, "source": round_.source}
        record(
            actor,
            "round.created",
            round_,
            now,
            content=content,
            plan_id=plan.id,
            round_id=round_.id,
        )
    return round_


def _round_of(line: RoundLine, plan: Plan, now: datetime) -> Round:
    over = now - JUST_BEFORE
    round_ = Round(
        plan_id=plan.id,
        slug=slug_for(line.id),
        kind=line.kind,
        title=by_language(line.title, line.language),
        introduction=by_language(line.introduction, line.language),
        questions=by_language(line.questions, line.language),
        moderation=line.moderation or null(),  # not the default: nobody said it
        opens_at=line.opens_at or over,
        closes_at=line.closes_at or over,
        dates_known=line.opens_at is not None,
        source=line.source,
        source_url=line.url or "",
        created_at=now,
    )
    if not round_.dates_known:
        round_.grace_minutes = 0  # nobody has a form of it open
    return round_


def _make_plan(actor: Actor, line: RoundLine, now: datetime) -> Plan:
    plan = Plan(
        slug=IMPORTED,
        title={"nl": "Geïmporteerde rondes", "en": "Imported rounds"},
        starts_on=(line.opens_at or now).date(),
        ends_on=(line.closes_at or now).date(),
        languages=["nl", "en"],
        created_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    record(actor, "plan.created", plan, now, content={"slug": plan.slug}, plan_id=plan.id)
    return plan


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the files of a folder in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(path.glob("*.csv")) if path.is_dir() else [path]:
        with file.open("rb") as content:
            while chunk := content.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
