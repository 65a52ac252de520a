"""The desk of a plan has sections that packages above bring along: rounds, for one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from consult.consultation.plans.models import Plan
from consult.foundation.core.registries import add_new


@dataclass(frozen=True)
class DeskSection:
    """A section of the desk: the template that shows it, and what it shows."""

    template: str
    load: Callable[[Plan, datetime], object]


SECTIONS: list[DeskSection] = []


def add_section(template: str, load: Callable[[Plan, datetime], object]) -> None:
    """Register a section; its template finds what was loaded under the name `section`."""
    add_new(SECTIONS, [DeskSection(template, load)])


BodyUse = Callable[[int], Iterable[tuple[int, dict[str, str]]]]
_uses_of_bodies: list[BodyUse] = []


def add_use_of_bodies(use: BodyUse) -> None:
    """Register who can say what uses the bodies of a plan: (body, title per language) pairs."""
    add_new(_uses_of_bodies, [use])


def uses_of_bodies(plan_id: int) -> dict[int, list[dict[str, str]]]:
    """Return per body the titles of what uses it in a plan, asked of the packages above."""
    found: dict[int, list[dict[str, str]]] = {}
    for use in _uses_of_bodies:
        for body_id, title in use(plan_id):
            found.setdefault(body_id, []).append(title)
    return found
