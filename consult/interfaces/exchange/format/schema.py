"""Which keys each type of line has, how they are checked, and since which version."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.consultation.comments.models import (
    Alignment,
    AuthorRole,
    CommentKind,
)
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.publication import LONGEST_REASON
from consult.consultation.moderation.models import Ground
from consult.consultation.proposals.models import Origin, Source, Stance
from consult.consultation.rounds.models import Moderation, RoundKind
from consult.interfaces.exchange.format import fields, lines
from consult.interfaces.exchange.format.fields import FieldCheck
from consult.interfaces.exchange.format.lines import Line, Subject, SubjectType
from consult.interfaces.exchange.format.problems import BadValue, LinePlace, Problem, shown
from consult.outcomes.responses.models import Outcome
from consult.people.organisations.models import Sector

VERSIONS = (1, 2)
NEWEST = VERSIONS[-1]
"""The version that an export is written in."""
_SAY_VERSION = 'Write "version": 2 into the round line, which stands first.'

ID_LIMIT = 120
NAME_LIMIT = 120
TITLE_LIMIT = 200
"""Characters in the title of a round or a theme."""
LONGEST_TITLE = 300
"""Characters in the title of a proposal."""
SOURCE_LIMIT = 300
ADDRESS_LIMIT = 500
BODY_LIMIT = 50_000
MOST_LINKS = 100

VALUES: dict[int | str, Stance] = {
    1: Stance.SUPPORT,
    0: Stance.NEUTRAL,
    -1: Stance.OBJECT,
    "pass": Stance.PASS,
}
"""How a position stands in a file; a pass is apart from neutral."""

ALIGNMENTS: dict[int, Alignment] = {
    1: Alignment.IN_FAVOUR,
    0: Alignment.NEUTRAL,
    -1: Alignment.AGAINST,
}
"""How the alignment of a comment stands in a file."""


@dataclass(frozen=True)
class Key:
    """One key of a line."""

    name: str
    check: FieldCheck[object]
    required: bool = False
    since: int = 1
    """The version of the format that brought it."""
    optional_since: int = NEWEST + 1
    """The version of the format since which it may be left out, where it is required."""

    def is_needed(self, version: int) -> bool:
        """Whether a line of this version of the format must have it."""
        return self.required and version < self.optional_since


@dataclass(frozen=True)
class Shape:
    """One type of line: the class it becomes, and its keys in the order of writing."""

    name: str
    made: type[Line]
    keys: tuple[Key, ...]
    since: int = 1
    """The version of the format that brought it."""

    @property
    def names(self) -> list[str]:
        """The names of the keys, without `type`."""
        return [key.name for key in self.keys]


def _stance(value: object) -> Stance:
    # True == 1 in Python, and true is no position.
    if isinstance(value, int | str) and not isinstance(value, bool) and value in VALUES:
        return VALUES[value]
    raise BadValue(f"holds {shown(value)}.", 'Use 1 (support), 0 (neutral), -1 (object) or "pass".')


def _version(value: object) -> int:
    if isinstance(value, bool) or value not in VERSIONS:
        newest = f"This platform reads {' and '.join(map(str, VERSIONS))}."
        raise BadValue(f"holds {shown(value)}, a version that is not known here.", newest)
    return VERSIONS[VERSIONS.index(value)]


def _alignment(value: object) -> Alignment:
    if isinstance(value, int) and not isinstance(value, bool) and value in ALIGNMENTS:
        return ALIGNMENTS[value]
    raise BadValue(f"holds {shown(value)}.", "Use 1 (in favour), 0 (neutral) or -1 (against).")


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
_reason = fields.text(LONGEST_REASON)

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
    return {name: str(one) for name, one in given.items()} or None


_COUNTED = (Stance.SUPPORT, Stance.NEUTRAL, Stance.OBJECT)


def _totals(value: object) -> dict[Stance, int] | None:
    given = _object(value, {str(one): fields.count for one in _COUNTED}, whole=False)
    return {Stance(name): int(str(one)) for name, one in given.items()} or None


_LINK: dict[str, FieldCheck[object]] = {
    "url": fields.url(ADDRESS_LIMIT),
    "title": fields.heading(LONGEST_TITLE),
}


def _links(value: object) -> list[dict[str, str]] | None:
    if not isinstance(value, list):
        raise BadValue(f"holds {shown(value)}, not a list.", "Put the links between brackets.")
    if len(value) > MOST_LINKS:
        raise BadValue(f"holds {len(value)} links; at most {MOST_LINKS} are taken.", "Shorten it.")
    found = [_object(one, _LINK, whole=False) for one in value]
    if not all("url" in one for one in found):
        raise BadValue("has a link without an url.", "Give each link its address.")
    return [{name: str(one) for name, one in link.items()} for link in found] or None


def _subject(value: object) -> Subject:
    given = _object(value, {"type": fields.choice(SubjectType), "id": _id}, whole=True)
    return Subject(SubjectType(str(given["type"])), str(given["id"]))


def _answered(value: object) -> Subject:
    subject = _subject(value)
    if subject.type is not SubjectType.PROPOSAL:
        raise BadValue(f"is about a {subject.type}.", "Only proposals can be answered.")
    return subject


def _need(name: str, check: FieldCheck[object]) -> Key:
    return Key(name, check, required=True)


def _need_in_1(name: str, check: FieldCheck[object]) -> Key:
    return Key(name, check, required=True, optional_since=2)


def _two(name: str, check: FieldCheck[object]) -> Key:
    return Key(name, check, since=2)


_title, _texts = fields.texts(fields.heading(TITLE_LIMIT)), fields.texts(_body)
_url = fields.url(ADDRESS_LIMIT)


SHAPES = {
    shape.name: shape
    for shape in (
        Shape(
            "round",
            lines.RoundLine,
            (
                Key("version", _version),
                _need("id", _id),
                _need("title", _title),
                _need("kind", fields.choice(RoundKind)),
                _need("language", fields.language),
                _need_in_1("opens_at", fields.moment),
                _need_in_1("closes_at", fields.moment),
                _need("source", fields.line(SOURCE_LIMIT)),
                _two("url", _url),
                _two("introduction", _texts),
                _two("questions", _texts),
                _two("moderation", fields.choice(Moderation)),
                _two("answered_at", fields.moment),
            ),
        ),
        Shape("theme", lines.ThemeLine, (_need("id", _id), _need("title", _title)), since=2),
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
                _two("reference", fields.line(60)),
                _two("url", _url),
                Key("author", _id),
                _two("author_role", fields.choice(AuthorRole)),
                Key("organisation", fields.name(200)),
                Key("language", fields.language),
                _need("title", fields.heading(LONGEST_TITLE)),
                Key("body", _body),
                Key("fields", _fields),
                Key("theme", fields.line(TITLE_LIMIT)),
                _two("continues", _id),
                _two("scope", fields.line(200)),
                _two("links", _links),
                _two("totals", _totals),
                _need_in_1("created_at", fields.moment),
                _two("published_at", fields.moment),
                Key("status", fields.choice(State, "draft")),
                _two("not_for_publication", _reason),
                Key("source", fields.choice(Source)),
                _two("source_note", fields.line(SOURCE_LIMIT)),
                _two("source_date", fields.day),
                _two("shown", fields.count),
            ),
        ),
        Shape(
            "comment",
            lines.CommentLine,
            (
                _need("id", _id),
                _need("proposal", _id),
                Key("parent", _id),
                _two("url", _url),
                Key("author", _id),
                _two("author_role", fields.choice(AuthorRole)),
                _two("language", fields.language),
                Key("kind", fields.choice(CommentKind)),
                _two("alignment", _alignment),
                _two("likes", fields.count),
                _two("dislikes", fields.count),
                _need("body", _body),
                _need("created_at", fields.moment),
                Key("status", fields.choice(State, "draft", "returned")),
                _two("not_for_publication", _reason),
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
                _two("sector", fields.choice(Sector)),
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
                _need("subject", _answered),
                _need("outcome", fields.choice(Outcome)),
                Key("reason", _texts),
                Key("language", fields.language),
                _two("author", fields.heading(200)),
                _two("created_at", fields.moment),
            ),
        ),
        Shape(
            "theme_change",
            lines.ThemeChangeLine,
            (
                _need("theme", fields.line(TITLE_LIMIT)),
                Key("proposal", _id),
                Key("was", _title),
                Key("becomes", _title),
                _need("reason", _body),
                _need("created_at", fields.moment),
            ),
            since=2,
        ),
    )
}
"""Every type of line, in the order in which a file is written."""


def _closest(name: str, known: list[str]) -> str:
    found = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {found[0]}?" if found else f"Known are: {', '.join(known)}."


def build(
    given: Mapping[str, object], place: LinePlace, version: int = NEWEST
) -> Line | list[Problem]:
    """Make a line of an object: the checked line, or everything that is wrong with it.

    A key whose value is null counts as left out. `version` is the one that the file says it is of.
    """
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in SHAPES:
        text = "is missing." if kind is None else f"holds {shown(kind)}."
        return [Problem(place, text, f"Use one of: {', '.join(SHAPES)}.", "type")]
    shape = SHAPES[kind]
    if kind == "round":
        version = NEWEST if given.get("version") is not None else 1
    given = _as_named_now(kind, given)
    problems = [*_not_known(shape, given, version, place)]
    values: dict[str, Any] = {}
    for key in shape.keys:
        value = given.get(key.name)
        if value is None:
            if key.is_needed(version):
                text = f"is missing; a {kind} line needs it."
                problems.append(Problem(place, text, "Add it.", key.name, kind))
            continue
        try:
            values[key.name] = key.check(value)
        except BadValue as bad:
            problems.append(Problem(place, bad.text, bad.help, key.name, kind))
    problems.extend(_between(kind, values, place))
    return problems or shape.made(place=place, **values)


def _not_known(
    shape: Shape, given: Mapping[str, object], version: int, place: LinePlace
) -> Iterator[Problem]:
    """Find what this version of the format does not have: keys, and whole lines."""
    kind = shape.name
    if shape.since > version:
        yield Problem(place, f"is a {kind} line.", _SAY_VERSION, "type", kind)
    for key in shape.keys:
        if key.since > version and given.get(key.name) is not None:
            text = f"is a key of version {key.since} of the format."
            yield Problem(place, text, _SAY_VERSION, key.name, kind)
    yield from (
        Problem(
            place,
            f"is not a key of a {kind} line.",
            _closest(name, ["type", *shape.names]),
            shown(name).strip('"'),
            kind,
        )
        for name in given
        if name != "type" and name not in shape.names
    )


def _as_named_now(kind: str, given: Mapping[str, object]) -> Mapping[str, object]:
    """Return an object of version 1 with the keys of today: an answer named its proposal."""
    if kind != "response" or given.get("proposal") is None or "subject" in given:
        return given
    subject = {"type": "proposal", "id": given["proposal"]}
    return {name: one for name, one in given.items() if name != "proposal"} | {"subject": subject}


NEVER_PUBLIC = frozenset({State.NOT_FOR_PUBLICATION, State.LATE, State.WITHDRAWN})
"""The states in which a contribution can be that is not for publication."""


def _kept_from_publication(
    kind: str, checked: Mapping[str, object], place: LinePlace
) -> Iterator[Problem]:
    """Find what is not for publication and was published, or waits for it, all the same."""
    status = checked.get("status")
    if "not_for_publication" in checked and status not in {None, *NEVER_PUBLIC}:
        text = f"is {shown(status)}, of a {kind} that is not for publication."
        help_ = f"Use {', '.join(sorted(NEVER_PUBLIC))}, or leave not_for_publication out."
        yield Problem(place, text, help_, "status")
    if checked.get("published_at") and (
        "not_for_publication" in checked or status is State.NOT_FOR_PUBLICATION
    ):
        text = f"is a time, of a {kind} that is not for publication."
        yield Problem(place, text, "Leave it out: it was never published.", "published_at")


def _between(kind: str, checked: Mapping[str, object], place: LinePlace) -> Iterator[Problem]:
    """Check fields of one line against each other."""
    yield from _kept_from_publication(kind, checked, place)
    if kind == "theme_change" and not {"was", "becomes"} & checked.keys():
        text = "says neither what the theme was called nor what it is called now."
        help_ = "Give becomes, and was unless it was added; or was alone where it was removed."
        yield Problem(place, text, help_, "becomes", kind)
    opens, closes = checked.get("opens_at"), checked.get("closes_at")
    if kind == "round" and checked.get("version") and (opens is None) != (closes is None):
        there, missing = ("closes_at", "opens_at") if opens is None else ("opens_at", "closes_at")
        text = f"stands without {missing}."
        yield Problem(place, text, "Give both, or neither where they are not known.", there)
    if (
        kind == "round"
        and isinstance(opens, datetime)
        and isinstance(closes, datetime)
        and closes <= opens
    ):
        text = "is not later than opens_at."
        yield Problem(place, text, "A round closes after it opens.", "closes_at")
