"""The desk of a plan has sections that floors above bring along: rounds, for one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.consultation.plans.models import Plan


@dataclass(frozen=True)
class Section:
    """A section of the desk: the template that shows it, and what it shows."""

    template: str
    load: Callable[[Plan, datetime], Any]


SECTIONS: list[Section] = []


def desk_section(
    template: str,
) -> Callable[[Callable[[Plan, datetime], Any]], Callable[[Plan, datetime], Any]]:
    """Register a section; its template finds what was loaded under the name `section`."""

    def register(load: Callable[[Plan, datetime], Any]) -> Callable[[Plan, datetime], Any]:
        SECTIONS.append(Section(template, load))
        return load

    return register


BodyUse = Callable[[int], Iterable[tuple[int, dict[str, str]]]]
_uses_of_bodies: list[BodyUse] = []


def uses_bodies(use: BodyUse) -> BodyUse:
    """Register who can say what uses the bodies of a plan: (body, title per language) pairs."""
    _uses_of_bodies.append(use)
    return use


def uses_of_bodies(plan_id: int) -> dict[int, list[dict[str, str]]]:
    """Give per body the titles of what uses it in a plan, asked of the floors above."""
    found: dict[int, list[dict[str, str]]] = {}
    for use in _uses_of_bodies:
        for body_id, title in use(plan_id):
            found.setdefault(body_id, []).append(title)
    return found
