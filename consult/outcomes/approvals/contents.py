"""What stands in the text of a plan, as it is frozen, served and made into documents."""

from typing import NotRequired, TypedDict


class SourceContent(TypedDict):
    """A proposal from which a commitment was made."""

    round: str
    number: int | None
    title: str
    language: str
    note: dict[str, str]


class CommitmentContent(TypedDict):
    """A commitment; days are written as 2026-11-23."""

    number: int
    title: dict[str, str]
    problem: dict[str, str]
    description: dict[str, str]
    results: dict[str, str]
    relevance: dict[str, str]
    funding: dict[str, str]
    holder: str | None
    partners: str
    origin: str
    starts_on: str | None
    ends_on: str | None
    amount_cents: int | None
    sources: list[SourceContent]


NO_THEME = 0
"""The number of what stands under no theme; it has no title."""


class ThemeContent(TypedDict):
    """A theme with its commitments."""

    number: int
    title: dict[str, str]
    description: dict[str, str]
    commitments: list[CommitmentContent]


class PlanContent(TypedDict):
    """A plan; a frozen version has its name as `label`, and may say what was left out of it."""

    label: NotRequired[str | None]
    format: int
    slug: str
    number: int | None
    languages: list[str]
    title: dict[str, str]
    introduction: dict[str, str]
    disclaimer: dict[str, str]
    related_plan: dict[str, str]
    starts_on: str
    ends_on: str
    themes: list[ThemeContent]
    omissions: NotRequired[list[dict[str, object]]]
