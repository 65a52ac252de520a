"""What is done in a round about themes: put them forward, say what one thinks, change one."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import null, select

from consult.consultation.plans.models import Theme
from consult.consultation.plans.services import missing_texts
from consult.consultation.plans.themes import ThemeText, add_theme, change_theme, retire_theme
from consult.consultation.proposals import states
from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import cast_vote
from consult.consultation.proposals.services import keep_version, start_proposal
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Round, RoundKind
from consult.consultation.theme_rounds.models import ThemeChange
from consult.consultation.theme_rounds.queries import own_views, themes_in
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.languages import pick
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.text import clean_text
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record


def put_forward(actor: Actor, round_: Round, now: datetime) -> None:
    """Put the themes of the plan forward in a round about them, as it is announced.

    Each becomes a proposal of the organiser that names it, public at once. The title of the theme
    is kept as it was, in the first language of the plan.
    """
    if not rules_of(round_).asks_about_themes:
        return
    for theme in round_.plan.themes:
        _put_forward(actor, round_, theme, now)


def _put_forward(actor: Actor, round_: Round, theme: Theme, now: datetime) -> None:
    title, language = pick(theme.title, round_.plan.languages[0])
    proposal = start_proposal(actor, round_, now)
    proposal.author_id, proposal.entered_by_id = None, actor.actor_id
    proposal.theme_id, proposal.language = theme.id, language
    proposal.title = title
    proposal.action = theme.description.get(language, "")
    proposal.origin = null()  # nobody says whether a theme is new
    with db.session.no_autoflush:
        states.put_forward(proposal, round_, now)
    proposal.text_version = 1
    db.session.flush()
    states.make_findable(proposal)
    content = {**keep_version(actor, proposal, now), "theme": theme.id}
    record(
        actor, "theme.put_forward", proposal, now, content=content,
        plan_id=round_.plan_id, round_id=round_.id,
    )  # fmt: skip


def judge_themes(
    actor: Actor,
    round_: Round,
    given: Mapping[int, Stance],
    now: datetime,
    organisation_id: int | None = None,
) -> int:
    """Store what a person thinks of themes of a round, and return of how many that is new.

    `given` says it by the number of the theme in the round. What stayed the same is not stored
    again. It is given for oneself, or on behalf of an organisation (`cast_vote`).
    """
    ensure(actor, Action.VOTE_BEGIN, round_, now)
    before = own_views(round_.id, actor.actor_id)
    wanted = [(one, given.get(one.number or 0)) for one in themes_in(round_.id)]
    changed = [
        (one, stance) for one, stance in wanted if stance and before.get(one.id) is not stance
    ]
    if changed:
        lock_rows(*(one for one, _ in changed))
    for one, stance in changed:
        cast_vote(actor, one, stance, now, organisation_id)
    return len(changed)


def change_after_round(
    actor: Actor, proposal: Proposal, text: ThemeText, reason: str, version: int, now: datetime
) -> ThemeChange:
    """Change a theme of the plan because of what a round said about it; the reason is public.

    Raises InvalidInput without a reason, and what `change_theme` raises.
    """
    ensure(actor, Action.THEME_CHANGE, proposal, now)
    _check(reason)
    theme = _theme_of(proposal)
    was = dict(theme.title)
    change_theme(actor, theme, text, version, now)
    change = ThemeChange(
        round_id=proposal.round_id,
        proposal_id=proposal.id,
        theme_id=theme.id,
        was=was,
        becomes=dict(theme.title),
        reason=clean_text(reason),
    )
    return _keep(actor, change, proposal.round, now)


def add_after_round(
    actor: Actor, round_: Round, text: ThemeText, reason: str, now: datetime
) -> ThemeChange:
    """Add a theme to the plan because a round missed it; the reason is public.

    Raises InvalidInput with all that is missing, together.
    """
    ensure(actor, Action.THEME_CHANGE, round_, now)
    _check(reason, missing_texts("title", text.title, round_.plan.languages))
    theme = add_theme(actor, round_.plan, text, "", now)
    change = ThemeChange(
        round_id=round_.id,
        theme_id=theme.id,
        was={},
        becomes=dict(theme.title),
        reason=clean_text(reason),
    )
    return _keep(actor, change, round_, now)


def remove_after_round(actor: Actor, proposal: Proposal, reason: str, now: datetime) -> ThemeChange:
    """Take a theme out of the plan because of what a round said about it; the reason is public.

    What was said about it stays. Raises InvalidInput without a reason, and while commitments, parts
    of summaries or proposals of another round stand under the theme.
    """
    ensure(actor, Action.THEME_CHANGE, proposal, now)
    _check(reason)
    theme = _theme_of(proposal)
    asked = select(Proposal.id).join(Round, Round.id == Proposal.round_id)
    put_forward_before = {
        "proposal": asked.where(Round.kind == RoundKind.THEMES),
        "theme_change": select(ThemeChange.id),
    }
    retire_theme(actor, theme, put_forward_before, now)
    change = ThemeChange(
        round_id=proposal.round_id,
        proposal_id=proposal.id,
        theme_id=theme.id,
        was=dict(theme.title),
        becomes={},
        reason=clean_text(reason),
    )
    return _keep(actor, change, proposal.round, now)


def _check(reason: str, errors: Mapping[str, Sentence] | None = None) -> None:
    missing = dict(errors or {})
    if not clean_text(reason):
        missing["reason"] = _l("Say why. Who took part reads it with the theme.")
    if missing:
        raise InvalidInput(_l("This is not complete yet."), errors=missing)


def _theme_of(proposal: Proposal) -> Theme:
    theme = proposal.theme
    if theme is None or theme.removed_at is not None:
        raise InvalidInput(_l("This theme is no longer in the plan."))
    return theme


def _keep(actor: Actor, change: ThemeChange, round_: Round, now: datetime) -> ThemeChange:
    change.changed_at, change.changed_by_id = now, actor.actor_id
    db.session.add(change)
    db.session.flush()
    content = {"theme": change.theme_id, "was": change.was, "becomes": change.becomes}
    record(
        actor, f"theme.{change.kind}_after_round", change, now, content=content,
        reason=change.reason, plan_id=round_.plan_id, round_id=round_.id,
    )  # fmt: skip
    return change
