"""What the choices about a proposal and the positions on it are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.proposals.listing import Order
from consult.consultation.proposals.models import Origin, Source, Stance
from consult.consultation.proposals.steps import Step
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Round
from consult.foundation.core.labels import Labels

ORIGINS = {
    Origin.NEW: _l("New"),
    Origin.EXISTING: _l("Existing"),
    Origin.CONTINUED: _l("Continued from an earlier plan or proposal"),
}
SOURCES = {
    Source.PLATFORM: _l("On the platform"),
    Source.MEETING: _l("In a meeting"),
    Source.LETTER: _l("By letter"),
    Source.EMAIL: _l("By e-mail"),
    Source.IMPORT: _l("With an import"),
}
STANCES = {
    Stance.SUPPORT: _l("Support"),
    Stance.NEUTRAL: _l("Neutral"),
    Stance.OBJECT: _l("Object"),
    Stance.PASS: _l("Pass"),
}
ORDERS = {
    Order.NEWEST: _l("Newest"),
    Order.OLDEST: _l("Oldest"),
    Order.DISCUSSED: _l("Most discussed"),
    Order.SUPPORTED: _l("Most supported"),
    Order.CONTESTED: _l("Most contested"),
}
STEPS = {
    Step.ABOUT: _l("What it is about"),
    Step.PROPOSAL: _l("The proposal"),
    Step.NAME: _l("Name and publication"),
    Step.CHECK: _l("Check and hand in"),
    Step.WHOLE: _l("The whole form"),
}
VOTES = {
    Stance.SUPPORT: _l("Agree"),
    Stance.OBJECT: _l("Disagree"),
    Stance.PASS: _l("I do not know"),
}
"""What one votes on a statement; and on a theme:"""
IMPORTANCE = {
    Stance.SUPPORT: _l("Important to me"),
    Stance.OBJECT: _l("Not important to me"),
    Stance.PASS: _l("I cannot say"),
}


def vote_words(round_: Round) -> Labels:
    """Return what the three votes are called in a round."""
    return IMPORTANCE if rules_of(round_).asks_about_themes else VOTES


LABELS = (STEPS, ORIGINS, SOURCES, STANCES, ORDERS)
