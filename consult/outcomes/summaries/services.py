"""Writing and publishing the summary of a round."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.attributes import flag_modified

from consult.consultation.rounds.models import Round
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.languages import Texts, pick
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.checkpoints import latest_checkpoint
from consult.foundation.record.services import record
from consult.outcomes.summaries.citations import Cited, citations_in, find_cited, find_unquotable
from consult.outcomes.summaries.models import Citation, Summary, SummarySection
from consult.outcomes.summaries.notices import tell_summary_published
from consult.outcomes.summaries.queries import find_summary


@dataclass(frozen=True)
class SummaryText:
    """What an organiser wrote: an introduction, and a text per theme (None: without theme)."""

    introduction: Texts
    sections: Mapping[int | None, Texts] = field(default_factory=dict)


def field_of(theme_id: int | None) -> str:
    """Name the field in which a theme is summarised; None: what has no theme."""
    return f"theme_{theme_id or 0}"


def save_summary(
    actor: Actor,
    round_: Round,
    written: SummaryText,
    version: int | None,
    now: datetime,
    *,
    publish: bool = False,
) -> Summary:
    """Keep the text of a summary, with its citations; publish it, if wanted. Return the summary.

    Raises Conflict when somebody saved another text since `version` was read, and InvalidInput
    naming every citation that is not a public contribution of the round.
    """
    ensure(actor, Action.SUMMARY_WRITE, round_, now)
    summary = find_summary(round_.id)
    if summary is None:
        summary = Summary(round_id=round_.id, saved_at=now)
        db.session.add(summary)
    else:
        _refuse_older(round_, summary, written, version)
    summary.introduction = dict(written.introduction)
    summary.saved_at = now
    # The version counts every save, also one that changes a section only.
    flag_modified(summary, "saved_at")
    _write_sections(round_, summary, written)
    db.session.flush()
    content = {
        "introduction": written.introduction,
        "sections": {str(theme): texts for theme, texts in written.sections.items()},
    }
    record(
        actor, "summary.saved", summary, now, content=content,
        plan_id=round_.plan_id, round_id=round_.id,
    )  # fmt: skip
    if publish:
        publish_summary(actor, summary, now)
    return summary


def _refuse_older(
    round_: Round, summary: Summary, written: SummaryText, version: int | None
) -> None:
    stored = {section.theme_id: section.text for section in summary.sections}
    refuse_stale(
        version or 0,
        summary.version,
        _for_comparison(round_, written.introduction, written.sections),
        _for_comparison(round_, summary.introduction, stored),
    )


def _for_comparison(
    round_: Round, introduction: Texts, sections: Mapping[int | None, Texts]
) -> Fields:
    about = {theme.id: pick(theme.title)[0] for theme in round_.plan.themes}
    return [
        ("introduction", _l("Introduction"), introduction),
        *(
            (field_of(theme_id), about.get(theme_id or 0, _l("Without a theme")), texts)
            for theme_id, texts in sections.items()
        ),
    ]


def _write_sections(round_: Round, summary: Summary, written: SummaryText) -> None:
    sections: dict[int | None, Texts] = {None: {}, **written.sections}
    wanted = {theme: citations_in(texts.values()) for theme, texts in sections.items()}
    # What the introduction cites is cited outside any theme.
    wanted[None] = list(
        dict.fromkeys([*citations_in(written.introduction.values()), *wanted[None]])
    )
    every = {cited for cites in wanted.values() for cited in cites}
    found = find_cited(round_.id, every)
    _refuse_unknown(round_, every - set(found))
    present = {section.theme_id: section for section in summary.sections}
    for theme_id, texts in sections.items():
        section = present.get(theme_id)
        if section is None:
            section = SummarySection(theme_id=theme_id)
            summary.sections.append(section)
        section.text = dict(texts)
        section.citations = [
            Citation(proposal_id=found[c].proposal_id, comment_id=found[c].comment_id)
            for c in wanted[theme_id]
        ]


def _refuse_unknown(round_: Round, unknown: set[Cited]) -> None:
    if kept := find_unquotable(round_.id, unknown):
        raise InvalidInput(
            _l(
                "A public text does not name what its author wants read, and not published: "
                "%(names)s.",
                names=", ".join(map(str, kept)),
            ),
            _l("Take the number away. To name it, ask its author to let it be published first."),
        )
    if unknown:
        names = ", ".join(str(cited) for cited in sorted(unknown, key=str))
        raise InvalidInput(
            _l("These citations are no public contribution of this round: %(names)s.", names=names),
            _l("Write #12 for proposal 12, and #12.3 for the third comment on it."),
        )


def publish_summary(actor: Actor, summary: Summary, now: datetime) -> None:
    """Show the summary to the public; what is saved later is public at once."""
    ensure(actor, Action.SUMMARY_PUBLISH, summary.round, now)
    lock_rows(summary)
    if not summary.introduction and not any(section.text for section in summary.sections):
        raise InvalidInput(
            _l("This summary is still empty."), _l("Write at least an introduction first.")
        )
    if summary.published_at is not None:
        return
    summary.published_at = now
    summary.checkpoint = latest_checkpoint()
    record(
        actor,
        "summary.published",
        summary,
        now,
        plan_id=summary.round.plan_id,
        round_id=summary.round_id,
    )
    tell_summary_published(summary, now)
