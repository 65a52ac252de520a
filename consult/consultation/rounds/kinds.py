"""What a kind of round brings: one row per kind, and nothing else asks for the kind."""

from dataclasses import dataclass

from consult.consultation.rounds.models import Round, RoundKind


@dataclass(frozen=True)
class KindRules:
    """What is taken in rounds of a kind (the policy asks it beside who and when)."""

    listed_at: str
    """The endpoint of the list of what was handed in."""
    revised_at: str
    """The endpoint of the form in which its author mends it."""
    takes_proposals: bool = False
    """Texts in the fields of the form of a proposal."""
    takes_statements: bool = False
    """One short sentence each, to vote on one at a time."""
    asks_about_themes: bool = False
    """The themes of the plan, put forward by the organiser when the round is announced."""
    takes_comments: bool = False
    takes_positions: bool = False
    """What somebody thinks of a proposal, with a reason."""
    takes_votes: bool = False
    """The same by one press, without a reason."""
    answers_each: bool = True
    """Whether each contribution gets an answer of its own before the round is answered."""


KINDS: dict[RoundKind, KindRules] = {
    RoundKind.PROPOSALS: KindRules(
        listed_at="proposals.index",
        revised_at="proposals.revise",
        takes_proposals=True,
        takes_comments=True,
        takes_positions=True,
    ),
    RoundKind.STATEMENTS: KindRules(
        listed_at="statements.index",
        revised_at="statements.revise",
        takes_statements=True,
        takes_votes=True,
        answers_each=False,
    ),
    RoundKind.THEMES: KindRules(
        listed_at="theme_rounds.index",
        revised_at="proposals.revise",
        asks_about_themes=True,
        takes_comments=True,
        takes_votes=True,
    ),
}


def rules_of(round_: Round) -> KindRules:
    """Return what is taken in a round."""
    return KINDS[round_.kind]
