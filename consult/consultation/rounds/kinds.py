"""What a kind of round brings: one row per kind, and nothing else asks for the kind."""

from dataclasses import dataclass

from consult.consultation.rounds.models import RoundKind


@dataclass(frozen=True)
class KindRules:
    """What is taken in rounds of a kind; the policy asks it beside who, and when."""

    takes_proposals: bool
    takes_comments: bool
    takes_positions: bool


KINDS: dict[RoundKind, KindRules] = {
    RoundKind.PROPOSALS: KindRules(
        takes_proposals=True,
        takes_comments=True,
        takes_positions=True,
    ),
}
