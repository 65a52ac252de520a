"""Which keys each type of line has, how they are checked, and how a line is written."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.consultation.comments.models import CommentKind, ContributionState
from consult.consultation.moderation.models import Ground
from consult.consultation.proposals.models import Origin, Source, Stance
from consult.consultation.rounds.models import RoundKind
from consult.interfaces.exchange.format import fields, lines
from consult.interfaces.exchange.format.fields import FieldCheck
from consult.interfaces.exchange.format.lines import Line, Subject, SubjectType
from consult.interfaces.exchange.format.problems import BadValue, LinePlace, Problem, shown
from consult.outcomes.responses.models import Outcome
from consult.people.organisations.models import Sector

ID_LIMIT = 120
NAME_LIMIT = 120
TITLE_LIMIT = 200
SOURCE_LIMIT = 300
BODY_LIMIT = 50_000

VALUES: dict[int | str, Stance] = {
    1: Stance.SUPPORT,
    0: Stance.NEUTRAL,
    -1: Stance.OBJECT,
    "pass": Stance.PASS,
}
"""How a position stands in a file; a pass is apart from neutral."""


@dataclass(frozen=True)
class Key:
    """One key of a line."""

    name: str
    check: FieldCheck[object]
    required: bool = False


@dataclass(frozen=True)
class Shape:
    """One type of line: the class it becomes, and its keys in the order of writing."""

    name: str
    made: type[Line]
    keys: tuple[Key, ...]

    @property
    def names(self) -> list[str]:
        """The names of the keys, without `type`."""
        return [key.name for key in self.keys]


def _stance(value: object) -> Stance:
    # True == 1 in Python, and true is no position.
    if isinstance(value, int | str) and not isinstance(value, bool) and value in VALUES:
        return VALUES[value]
    raise BadValue(f"holds {shown(value)}.", 'Use 1 (support), 0 (neutral), -1 (object) or "pass".')


def _object(
    value: object, allowed: Mapping[str, FieldCheck[object]], *, whole: bool
) -> dict[str, object]:
    """Check an object within a line; `whole` asks for every key."""
    if not isinstance(value, dict):
        raise BadValue(f"holds {shown(value)}, not an object.", "Put it between braces.")
    for name in value:
        if name not in allowed:
            raise BadValue(f"has an unknown key {shown(name)}.", f"Use: {', '.join(allowed)}.")
    given: dict[str, object] = {}
    for name, check in allowed.items():
        if value.get(name) is not None:
            try:
                given[name] = check(value[name])
            except BadValue as bad:
                raise BadValue(f"has a key {name} that {bad.text}", bad.help) from None
        elif whole:
            raise BadValue(f"lacks the key {name}.", "Add it.")
    return given


_id = fields.identifier(ID_LIMIT)
_body = fields.text(BODY_LIMIT)

PROPOSAL_FIELDS: dict[str, FieldCheck[object]] = {
    "problem": _body,
    "action": _body,
    "result": _body,
    "openness": _body,
    "origin": fields.choice(Origin),
    "possible_holder": fields.line(200),
    "period": fields.line(120),
    "amount": fields.amount,
}
"""What may stand in `fields` of a proposal."""


def _fields(value: object) -> dict[str, str] | None:
    given = _object(value, PROPOSAL_FIELDS, whole=False)
    if given.get("origin") == Origin.NEW:
        del given["origin"]  # what it is if nothing is said
    return {name: str(one) for name, one in given.items()} or None


def _subject(value: object) -> Subject:
    given = _object(value, {"type": fields.choice(SubjectType), "id": _id}, whole=True)
    return Subject(SubjectType(str(given["type"])), str(given["id"]))


def _need(name: str, check: FieldCheck[object]) -> Key:
    return Key(name, check, required=True)


SHAPES = {
    shape.name: shape
    for shape in (
        Shape(
            "round",
            lines.RoundLine,
            (
                _need("id", _id),
                _need("title", fields.line(TITLE_LIMIT)),
                _need("kind", fields.choice(RoundKind)),
                _need("language", fields.language),
                _need("opens_at", fields.moment),
                _need("closes_at", fields.moment),
                _need("source", fields.line(SOURCE_LIMIT)),
            ),
        ),
        Shape(
            "participant",
            lines.ParticipantLine,
            (
                _need("id", _id),
                Key("name", fields.name(NAME_LIMIT)),
                Key("organisation", fields.name(200)),
                Key("sector", fields.choice(Sector)),
            ),
        ),
        Shape(
            "proposal",
            lines.ProposalLine,
            (
                _need("id", _id),
                Key("author", _id),
                Key("organisation", fields.name(200)),
                Key("language", fields.language),
                _need("title", fields.line(TITLE_LIMIT)),
                _need("body", _body),
                Key("fields", _fields),
                Key("theme", fields.line(TITLE_LIMIT)),
                _need("created_at", fields.moment),
                Key("status", fields.choice(ContributionState, "draft")),
                Key("source", fields.choice(Source)),
            ),
        ),
        Shape(
            "comment",
            lines.CommentLine,
            (
                _need("id", _id),
                _need("proposal", _id),
                Key("parent", _id),
                Key("author", _id),
                Key("kind", fields.choice(CommentKind)),
                _need("body", _body),
                _need("created_at", fields.moment),
                Key("status", fields.choice(ContributionState, "draft", "returned")),
            ),
        ),
        Shape(
            "position",
            lines.PositionLine,
            (
                Key("id", _id),
                _need("proposal", _id),
                _need("participant", _id),
                _need("value", _stance),
                Key("reason", _body),
                Key("created_at", fields.moment),
            ),
        ),
        Shape(
            "decision",
            lines.DecisionLine,
            (
                _need("subject", _subject),
                _need("verb", fields.choice(lines.DecisionVerb)),
                Key("ground", fields.choice(Ground)),
                Key("reason", _body),
                Key("created_at", fields.moment),
            ),
        ),
        Shape(
            "response",
            lines.ResponseLine,
            (
                _need("proposal", _id),
                _need("outcome", fields.choice(Outcome)),
                _need("reason", _body),
                Key("language", fields.language),
            ),
        ),
    )
}
"""Every type of line, in the order in which a file is written."""


def _closest(name: str, known: list[str]) -> str:
    found = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {found[0]}?" if found else f"Known are: {', '.join(known)}."


def build(given: Mapping[str, object], place: LinePlace) -> Line | list[Problem]:
    """Make a line of an object: the checked line, or everything that is wrong with it.

    A key whose value is null counts as left out.
    """
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in SHAPES:
        text = "is missing." if kind is None else f"holds {shown(kind)}."
        return [Problem(place, text, f"Use one of: {', '.join(SHAPES)}.", "type")]
    shape = SHAPES[kind]
    problems = [
        Problem(
            place,
            f"is not a key of a {kind} line.",
            _closest(name, ["type", *shape.names]),
            shown(name).strip('"'),
        )
        for name in given
        if name != "type" and name not in shape.names
    ]
    values: dict[str, Any] = {}
    for key in shape.keys:
        value = given.get(key.name)
        if value is None:
            if key.required:
                text = f"is missing; a {kind} line needs it."
                problems.append(Problem(place, text, "Add it.", key.name))
            continue
        try:
            values[key.name] = key.check(value)
        except BadValue as bad:
            problems.append(Problem(place, bad.text, bad.help, key.name))
    problems.extend(_between(kind, values, place))
    return problems or shape.made(place=place, **values)


def _between(kind: str, checked: Mapping[str, object], place: LinePlace) -> Iterator[Problem]:
    """Check fields of one line against each other."""
    opens, closes = checked.get("opens_at"), checked.get("closes_at")
    if (
        kind == "round"
        and isinstance(opens, datetime)
        and isinstance(closes, datetime)
        and closes <= opens
    ):
        text = "is not later than opens_at."
        yield Problem(place, text, "A round closes after it opens.", "closes_at")
