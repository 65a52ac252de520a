"""The steps of the form of a proposal: one thing at a time, and a last look before handing in.

All fields are in the form at every step, and a step shows some of them: so whatever is typed goes
along however one moves, and the draft on the server is where one goes on. The last step is the
page to check one's answers of the design system of GOV.UK (pattern *check answers*).
"""

import enum


class Step(enum.StrEnum):
    """What a page of the form shows; the last one is for whoever would rather see it whole."""

    ABOUT = "about"
    PROPOSAL = "proposal"
    NAME = "name"
    CHECK = "check"
    WHOLE = "whole"


IN_ORDER = (Step.ABOUT, Step.PROPOSAL, Step.NAME, Step.CHECK)
FIELDS: dict[Step, tuple[str, ...]] = {
    Step.ABOUT: ("title", "theme_id", "language", "origin", "continues_id"),
    Step.PROPOSAL: ("problem", "action", "result", "openness", "files"),
    Step.NAME: (
        "organisation_id", "possible_holder", "period", "amount", "not_for_publication",
        "not_for_publication_reason",
    ),
}  # fmt: skip
"""The fields that a step asks for, as far as a form has them."""
GOES_TO = "to-"
"""What the value of a button begins with that leads to another step."""


def step_named(name: str) -> Step | None:
    """Return the step of a name; None for what is none."""
    return Step(name) if name in set(Step) else None


def goes_on(here: Step, there: Step) -> bool:
    """Whether a step comes after another: then what was asked there must be in order."""
    return here in FIELDS and there in IN_ORDER and IN_ORDER.index(there) > IN_ORDER.index(here)


def after(step: Step) -> Step:
    """Return the step that comes next; after the whole form that is the check."""
    return IN_ORDER[IN_ORDER.index(step) + 1] if step in FIELDS else Step.CHECK


def before(step: Step) -> Step | None:
    """Return the step that came before, if there is one."""
    place = IN_ORDER.index(step) if step in IN_ORDER else 0
    return IN_ORDER[place - 1] if place else None
