"""Hostile requests to every route: with any method, by anybody, drawn from a seed."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from consult.foundation.core.forms import _known_fields
from consult.foundation.core.languages import LANGUAGE_NAMES
from tests.hostile import ADDRESSES, BYTES, FILE_NAMES, Hostile
from tests.house.parameters import QUERY

METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH")
ROLES = (None, "sam", "pia", "coen", "mo", "ana", "adi")
HOSTS = ("evil.example", "127.0.0.1:1", "[::1]:99999", "a b", "", "evil.example:80/x", "é")
_ARGUMENT = re.compile(r"<(?:(?P<kind>[^:<>]+):)?(?P<name>[^<>]+)>")


@dataclass(frozen=True)
class Sent:
    """One request, as it can be sent again by hand."""

    who: str | None
    method: str
    path: str
    form: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    host: str | None = None

    def __str__(self) -> str:
        form = {name[:60]: [value[:60] for value in values] for name, values in self.form.items()}
        return f"{self.who} {self.method} {self.path[:300]} {form} {self.files} {self.host}"

    def send(self, client: FlaskClient) -> Any:
        """Send it."""
        data: dict[str, Any] = {**self.form}
        for name, file_name in self.files.items():
            data[name] = (io.BytesIO(b"%PDF-1.4\nhallo"), file_name)
        headers = {} if self.host is None else {"Host": self.host}
        return client.open(self.path, method=self.method, headers=headers, data=data or None)


class Fuzz:
    """Draws requests; `known` holds values that exist, by the name of the argument."""

    def __init__(self, app: Flask, known: dict[str, list[str]], seed: int) -> None:
        self.rules = sorted(app.url_map.iter_rules(), key=str)
        self.known = known
        self.hostile = Hostile(seed)
        self.random = self.hostile.random
        fields = sorted(_known_fields())
        self.fields = [*fields, *(f"{name}_{code}" for name in fields for code in LANGUAGE_NAMES)]

    def requests(self, many: int) -> Iterator[Sent]:
        """Draw many requests; each route comes as often as any other."""
        for turn in range(many):
            rule = self.rules[turn % len(self.rules)]
            yield self._one(rule)

    def _one(self, rule: Rule) -> Sent:
        draw = self.random
        offered = sorted((rule.methods or set()) & {"GET", "POST"})
        method = draw.choice(offered if draw.random() < 0.9 else METHODS)
        pairs = [self._pair(rule) for _ in range(draw.choice((0, 0, 1, 2, 4)))]
        path = self._path(rule) + (f"?{urlencode(pairs)}" if pairs else "")
        if draw.random() < 0.02:
            path += quote_from_bytes(draw.choice(BYTES))
        form, files = self._form() if method not in {"GET", "HEAD", "OPTIONS"} else ({}, {})
        host = draw.choice(HOSTS) if draw.random() < 0.1 else None
        return Sent(draw.choice(ROLES), method, path, form, files, host)

    def _path(self, rule: Rule) -> str:
        """Write an address of a route, mostly with things that exist."""
        good = self.random.random() < 0.6

        def value(match: re.Match[str]) -> str:
            kind, name = match["kind"] or "string", match["name"]
            if kind.startswith("any"):
                words: list[str] = re.findall(r"[\w-]+", kind)[1:]
                return self.random.choice(words)
            if good or self.random.random() < 0.5:
                return quote(self.random.choice(self.known.get(name, ["1"])), safe="")
            drawers = {"int": self.hostile.number, "uuid": self.hostile.identifier}
            drawn: str = drawers.get(kind, self.hostile.text)()
            return quote(drawn[:2_000], safe="")

        path = _ARGUMENT.sub(value, rule.rule)
        return path if self.random.random() < 0.97 else path[0] + path[1:].replace("/", "//", 1)

    def _pair(self, rule: Rule) -> tuple[str, str]:
        mine = sorted(QUERY.get(rule.endpoint, ()))
        name = self.random.choice(mine) if mine and self.random.random() < 0.6 else None
        if name is None:
            every = [*self.known, "cursor", "next", *self.fields]
            name = self.random.choice(every) if self.random.random() < 0.3 else self.hostile.name()
        if name == "cursor":
            return name, self.hostile.cursor()
        return name, self._value()[:3_000]

    def _value(self) -> str:
        if self.random.random() < 0.3:
            return self.random.choice(self.random.choice(list(self.known.values())))
        return self.hostile.value()

    def _form(self) -> tuple[dict[str, list[str]], dict[str, str]]:
        """Fill a form: some fields of ours, some that are nobody's, perhaps a file."""
        names = [self.random.choice(self.fields) for _ in range(self.random.randint(0, 12))]
        names += [self.hostile.name() for _ in range(self.random.choice((0, 0, 1, 3)))]
        form = {
            name: [self._value() for _ in range(self.random.choice((1, 1, 2)))] for name in names
        }
        if self.random.random() < 0.1:
            form["next"] = [self.random.choice(ADDRESSES)]
        given = self.random.random() < 0.15
        return form, {"files": self.random.choice(FILE_NAMES)} if given else {}


def leads_off(answer: Any, base_url: str) -> bool:
    """Whether an answer sends its reader to another site than ours."""
    to = urlsplit(answer.headers.get("Location", ""))
    return bool(to.netloc) and f"{to.scheme}://{to.netloc}" != base_url
