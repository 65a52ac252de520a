"""Reasons that come back often, ready to be chosen, and the grounds that ask for two people.

Each plan has its own list per language, and begins with ours. A chosen reason stands in the text
of the decision, so that who decides sees the whole of it before it goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from consult.consultation.moderation.labels import FIRST_REASONS
from consult.consultation.moderation.models import Ground, ModerationRules, Verb
from consult.consultation.plans.models import Plan
from consult.foundation.core.conflicts import refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.people import Actor
from consult.foundation.core.text import clean_line
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record

Reasons = Mapping[Verb, Mapping[str, Sequence[str]]]
"""Ready reasons by verb and language, in the order in which they are offered."""
HAVE_REASONS = tuple(FIRST_REASONS)
MOST, LONGEST = 30, 500


@dataclass(frozen=True)
class PlanRules:
    """What the moderators of a plan agreed on."""

    reasons: Reasons
    grounds_for_two: frozenset[Ground] = frozenset()
    version: int = 0

    def in_language(self, language: str) -> dict[Verb, Sequence[str]]:
        """Return the ready reasons in the language of a contribution: its author reads them."""
        own = language if language in LANGUAGES else LANGUAGES[0]
        return {verb: by_language.get(own, ()) for verb, by_language in self.reasons.items()}


def _first_rules() -> PlanRules:
    reasons: dict[Verb, dict[str, list[str]]] = {verb: {} for verb in HAVE_REASONS}
    for language in LANGUAGES:
        with force_locale(language):
            for verb, texts in FIRST_REASONS.items():
                reasons[verb][language] = [str(text) for text in texts]
    return PlanRules(reasons)


def rules_of(plan_id: int) -> PlanRules:
    """Return what the moderators of a plan agreed on; one statement."""
    kept = db.session.get(ModerationRules, plan_id)
    if kept is None:
        return _first_rules()
    return PlanRules(
        {verb: kept.reasons.get(verb.value, {}) for verb in HAVE_REASONS},
        frozenset(map(Ground, kept.grounds_for_two)),
        kept.version,
    )


def set_rules(actor: Actor, plan: Plan, rules: PlanRules, now: datetime) -> ModerationRules:
    """Store what the moderators of a plan agreed on.

    Raises Conflict where somebody changed it since `rules.version` was read, and InvalidInput for
    a list that is too long.
    """
    ensure(actor, Action.MODERATION_SET_RULES, plan, now)
    reasons = {
        verb.value: {code: _tidy(texts) for code, texts in by_language.items()}
        for verb, by_language in rules.reasons.items()
    }
    _ensure_short(reasons)
    kept = db.session.get(ModerationRules, plan.id, with_for_update=True)
    refuse_stale(rules.version, kept.version if kept else 0, [], [])
    if kept is None:
        kept = ModerationRules(plan_id=plan.id)
        db.session.add(kept)
    kept.reasons, kept.changed_at = reasons, now
    kept.grounds_for_two = sorted(rules.grounds_for_two)
    record(
        actor, "plan.moderation_rules_changed", plan, now,
        content={"reasons": reasons, "grounds_for_two": kept.grounds_for_two}, plan_id=plan.id,
    )  # fmt: skip
    return kept


def _tidy(texts: Sequence[str]) -> list[str]:
    return [tidied for text in texts if (tidied := clean_line(text))]


def _ensure_short(reasons: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
    errors: dict[str, Sentence] = {}
    for verb, by_language in reasons.items():
        for code, texts in by_language.items():
            if len(texts) > MOST:
                errors[f"{verb}_{code}"] = _l("A list holds at most %(many)s reasons.", many=MOST)
            elif any(len(text) > LONGEST for text in texts):
                said = _l("A reason has at most %(many)s characters.", many=LONGEST)
                errors[f"{verb}_{code}"] = said
    if errors:
        raise InvalidInput(_l("This list is too long."), errors=errors)
