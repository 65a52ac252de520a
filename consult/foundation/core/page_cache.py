"""Pages that anybody may read, kept in memory; what is kept is never stale and tells on nobody.

A page is kept with the revision of all that is public (core/public_revision.py), read before the
page was made, and until the next moment at which dates change something (core/page_expiry.py).
Each request reads the revision anew: a page is answered from memory only where the two are equal.

Only who sends no session is answered so. A kept page is made from its address alone: nothing else
that a browser sends reaches the application, so nothing of one reader can come to another. What
sets a cookie, or says that no cache may keep it, is passed on and not kept. See decision 0050.

Who sends a session gets a page of their own; the parts of it that are the same for everybody are
kept here too (core/kept_parts.py).
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple, Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, has_app_context, has_request_context, request
from flask_login.config import COOKIE_NAME
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from consult.foundation.core.compression import GZIP, LEAST, compressed
from consult.foundation.core.db import db
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.page_expiry import next_change
from consult.foundation.core.public_revision import READ_REVISION, Revision
from consult.foundation.core.web import wrap_wsgi

EXTENSION = "consult-page-cache"
SHOWN = "consult.shown_page"
"""Under this name a request knows which public page it makes, for whomever."""
_MOST_ADDRESSES = 20_000
"""So many addresses are remembered with the page that they mean; one takes about 300 bytes."""
_OVERHEAD = 2_048
"""Bytes that an entry takes beside its texts."""
_WAIT = 10.0
"""Seconds that a request waits for another one that makes the same page."""
_NAMED = ("Content-Type", "Content-Length", "Cache-Control", "ETag", "Vary", "Content-Encoding")
"""The headers that are written anew."""
Headers = list[tuple[str, str]]


class PublicPage:
    """How a page that anybody may read is kept."""

    def __init__(self, *parameters: str, counts: bool = False) -> None:
        self.parameters = frozenset(parameters)
        """What of the query it uses; the rest is left out of its address."""
        self.counts = counts
        """Whether it says how much came in, so that all that comes in changes it."""


@dataclass(frozen=True)
class WantedPage:
    """A page as addresses mean it: the same for all that mean the same."""

    root: str
    path: str
    query: str
    page: PublicPage = field(compare=False)
    is_whole: bool = field(compare=False)
    """Whether the address says no more than this: nothing was left out of it."""


class ShownPage(NamedTuple):
    """A public page that a request makes."""

    wanted: WantedPage
    seen: Revision
    """The revision that was read before."""
    at: datetime
    """When that was."""


class Keepable(Protocol):
    """What is kept in memory: true at one revision, and until the next of the dates."""

    @property
    def seen(self) -> Revision:
        """The revision that was read before it was made."""

    @property
    def until(self) -> datetime:
        """The moment at which dates change something."""

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""


Found = TypeVar("Found", bound=Keepable)


@dataclass
class _Answer:
    """What the application said."""

    status: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    def may_be_kept(self) -> bool:
        """Whether it is a whole page, for everybody."""
        said = {name.lower(): value for name, value in self.headers}
        return (
            self.status.startswith(f"{HTTPStatus.OK} ")
            and "set-cookie" not in said
            and "no-store" not in said.get("cache-control", "")
        )


@dataclass(frozen=True)
class _KeptPage:
    """A page as it is kept, by encoding; "" is the page as it is."""

    seen: Revision
    until: datetime
    headers: Headers
    digest: str
    bodies: dict[str, bytes]

    @property
    def size(self) -> int:
        """Return how many bytes it takes, about."""
        return _OVERHEAD + sum(len(body) for body in list(self.bodies.values()))

    def answer(
        self, encoding: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer with it, or with no more than that it is the same as what the browser has."""
        etag = f'"{self.digest}{"-" if encoding else ""}{encoding}"'
        headers = [*self.headers, ("ETag", etag)]
        asked = environ.get("HTTP_IF_NONE_MATCH", "")
        if asked and (asked == "*" or etag in asked):
            start_response("304 NOT MODIFIED", headers)
            return ()
        body = self.bodies[encoding]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


def public_pages(app: Flask, pages: Mapping[str, PublicPage]) -> None:
    """Keep pages that anybody may read, by endpoint."""
    known: dict[str, PublicPage] = app.extensions.setdefault(f"{EXTENSION}-pages", {})
    known.update(pages)


def shown_page() -> ShownPage | None:
    """Return which public page the present request makes, if it does."""
    if not has_request_context():
        return None
    found: ShownPage | None = request.environ.get(SHOWN)
    return found


def seen_revision() -> Revision | None:
    """Return the revision at which the present request makes a public page, or parts of it."""
    shown = shown_page()
    return shown.seen if shown else None


@lru_cache(maxsize=512)
def _encoding_for(accepted: str) -> str:
    """Return how an answer is sent to who accepts these encodings (RFC 9110, 12.5.3)."""
    return GZIP if parse_accept_header(accepted).quality(GZIP) > 0 else ""


class RevisionReader:
    """Reads the revision over connections of its own, one for each thread.

    Those of the pool are for the work of a request; this one statement is asked more often than
    all others together, and needs no more than the driver.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._here = threading.local()
        self._opened: list[DBAPIConnection] = []

    def read(self) -> Revision | None:
        """Return the revision as it is committed now; None where the database does not answer."""
        for _attempt in range(2):  # the server may have ended the connection meanwhile
            try:
                cursor = self._connection().cursor()
                cursor.execute(READ_REVISION)
                ((pages, counts),) = cursor.fetchall()
                cursor.close()
                return Revision(int(pages), int(counts))
            except Exception:  # noqa: BLE001  (whatever a driver raises: the page is made anew)
                self._drop()
        return None

    def _connection(self) -> DBAPIConnection:
        found: DBAPIConnection | None = getattr(self._here, "connection", None)
        if found is None:
            with self._app.app_context():
                pooled = db.engine.raw_connection()
            found = pooled.driver_connection
            pooled.detach()
            if found is None:
                raise ConnectionError
            if hasattr(found, "set_autocommit"):
                found.set_autocommit(True)
            self._here.connection = found
            self._opened.append(found)
        return found

    def _drop(self) -> None:
        found = self._here.__dict__.pop("connection", None)
        if found is not None:
            self._opened.remove(found)
            with suppress(Exception):
                found.close()

    def close(self) -> None:
        """Close what this thread and others opened; no request may be under way."""
        opened, self._opened = self._opened, []
        self._here = threading.local()
        for one in opened:
            with suppress(Exception):
                one.close()


class PageCache:
    """The layer that answers with kept pages; at most `most` bytes are kept, those asked last."""

    def __init__(self, inner: WSGIApplication, app: Flask, most: int) -> None:
        self.inner = inner
        self.app = app
        self.most = most
        self.revisions = RevisionReader(app)
        self._kept: OrderedDict[Hashable, Keepable] = OrderedDict()
        self.size = 0
        """Bytes that are kept now, about."""
        self._meant: OrderedDict[tuple[str, str, str], WantedPage | None] = OrderedDict()
        self._making: dict[WantedPage, threading.Lock] = {}
        self._lock = threading.Lock()
        self._expiry = (-1, datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
        """The next moment at which dates change something, as of a revision and a moment."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with a kept page, or with one that is made now; pass on all other requests."""
        wanted = self._wanted(environ) if self.most else None
        seen = self.revisions.read() if wanted else None  # before anything else is read
        if wanted is None or seen is None:
            return self.inner(environ, start_response)
        seen = seen if wanted.page.counts else seen._replace(counts=0)
        if self._has_session(environ):
            if wanted.is_whole:
                environ[SHOWN] = ShownPage(wanted, seen, self._clock())
            return self.inner(environ, start_response)
        kept = self.find(_KeptPage, wanted, seen)
        if kept is None:
            with self._alone(wanted) as waited:
                kept = self.find(_KeptPage, wanted, seen) if waited else None
                if kept is None:
                    made = self._make(wanted, seen, environ)
                    if isinstance(made, _Answer):
                        start_response(made.status, made.headers)
                        return () if environ["REQUEST_METHOD"] == "HEAD" else (made.body,)
                    kept = made
        return kept.answer(self._encode(wanted, kept, environ), environ, start_response)

    def forget(self) -> None:
        """Forget all pages, and close the connections; no request may be under way."""
        with self._lock:
            self._kept.clear()
            self.size = 0
            self._expiry = (-1, *self._expiry[1:])
        self.revisions.close()

    def _wanted(self, environ: WSGIEnvironment) -> WantedPage | None:
        """Return the public page that somebody asks for; None for anything else."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "HTTP_AUTHORIZATION" in environ:
            return None
        root, path = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
        query = environ.get("QUERY_STRING", "")
        asked = (root, path, query)
        try:
            return self._meant[asked]
        except KeyError:
            found = self._read_address(*asked)
            with self._lock:
                self._meant[asked] = found
                if len(self._meant) > _MOST_ADDRESSES:
                    self._meant.popitem(last=False)
            return found

    def _has_session(self, environ: WSGIEnvironment) -> bool:
        cookies = environ.get("HTTP_COOKIE", "")
        return cookies != "" and any(name in cookies for name in self._names_of_cookies())

    def _names_of_cookies(self) -> tuple[str, str]:
        config = self.app.config
        remembered = config.get("REMEMBER_COOKIE_NAME", COOKIE_NAME)
        return f"{config['SESSION_COOKIE_NAME']}=", f"{remembered}="

    def _read_address(self, root: str, path: str, query: str) -> WantedPage | None:
        """Read which page an address means; what of its query no page uses is left out of it."""
        if path.split("/", 2)[1:2] not in [[one] for one in LANGUAGES]:
            return None  # its language would be that of the browser
        try:
            written = path.encode("latin-1").decode()  # as PEP 3333 hands it over
            endpoint, _values = self.app.url_map.bind("").match(written, method="GET")
        except (HTTPException, UnicodeError):
            return None
        page = self.app.extensions.get(f"{EXTENSION}-pages", {}).get(endpoint)
        if page is None:
            return None
        try:
            said = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=20)
        except ValueError:
            return None
        used = sorted((name, value) for name, value in said if name in page.parameters)
        is_whole = len(said) == len(used) == len(dict(used))
        return WantedPage(root, path, urlencode(used), page, is_whole)

    def find(self, kind: type[Found], name: Hashable, seen: Revision) -> Found | None:
        """Return what is kept under a name, where it is still true."""
        found = self._kept.get(name)
        if found is None or found.seen != seen or not self._clock() < found.until:
            return None
        with self._lock, suppress(KeyError):  # dropped meanwhile
            self._kept.move_to_end(name)
        return found if isinstance(found, kind) else None

    def _clock(self) -> datetime:
        at: datetime = self.app.config["CLOCK"]()
        return at

    @contextmanager
    def _alone(self, wanted: WantedPage) -> Iterator[bool]:
        """Let one request at a time make a page; says whether it had to wait for another one."""
        with self._lock:
            lock = self._making.setdefault(wanted, threading.Lock())
        free = lock.acquire(blocking=False)
        held = free or lock.acquire(timeout=_WAIT)
        try:
            yield not free
        finally:
            if held:
                with self._lock:
                    self._making.pop(wanted, None)
                lock.release()

    def _make(
        self, wanted: WantedPage, seen: Revision, environ: WSGIEnvironment
    ) -> _KeptPage | _Answer:
        """Let the application make a page, from its address alone; keep it where it may be."""
        at = self._clock()
        bare = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
        shown = ShownPage(wanted, seen, at)
        bare |= {"REQUEST_METHOD": "GET", "QUERY_STRING": wanted.query, SHOWN: shown}
        if "HTTP_HOST" in environ:
            bare["HTTP_HOST"] = environ["HTTP_HOST"]
        answer = _ask(self.inner, bare)
        if not answer.may_be_kept():
            return answer
        try:
            until = self.until(seen, at)
        except SQLAlchemyError:
            return answer
        digest = sha256(answer.body).hexdigest()[:32]
        own = [(name, value) for name, value in answer.headers if name not in _NAMED]
        kind = next(value for name, value in answer.headers if name == "Content-Type")
        headers = [
            ("Content-Type", kind),
            ("Cache-Control", "public, no-cache"),
            ("Vary", "Cookie, Accept-Encoding"),
            *own,
        ]
        kept = _KeptPage(seen, until, headers, digest, {"": answer.body})
        self.keep(wanted, kept)
        return kept

    def until(self, seen: Revision, at: datetime) -> datetime:
        """Return until when pages of a revision that were begun at a moment are true."""
        known, since, until = self._expiry
        if known == seen.pages and since <= at < until:
            return until
        # Within a request, over the connection that it has: a second one might not be free.
        with nullcontext() if has_app_context() else self.app.app_context():
            until = next_change(at)
        self._expiry = (seen.pages, at, until)
        return until

    def keep(self, name: Hashable, kept: Keepable) -> None:
        """Keep something under a name, in the place of what was kept there."""
        with self._lock:
            before = self._kept.pop(name, None)
            self.size += kept.size - (before.size if before else 0)
            self._kept[name] = kept
            self._make_room()

    def _make_room(self) -> None:
        """Drop what was asked longest ago, until there is no more than may be kept."""
        while self.size > self.most and self._kept:
            _name, dropped = self._kept.popitem(last=False)
            self.size -= dropped.size

    def _encode(self, wanted: WantedPage, kept: _KeptPage, environ: WSGIEnvironment) -> str:
        """Return the encoding in which a page is sent; it is made where nobody wanted it yet."""
        encoding = _encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if not encoding or len(kept.bodies[""]) < LEAST:
            return ""
        if encoding not in kept.bodies:
            made = compressed(kept.bodies[""])
            with self._lock:
                if encoding not in kept.bodies and self._kept.get(wanted) is kept:
                    self.size += len(made)
                kept.bodies[encoding] = made
                self._make_room()
        return encoding


def _ask(application: WSGIApplication, environ: WSGIEnvironment) -> _Answer:
    """Ask the application, and read its answer whole."""
    answer = _Answer()

    def start(status: str, headers: Headers, _fault: object = None) -> Callable[[bytes], object]:
        answer.status, answer.headers = status, headers
        return lambda _body: None

    said = application(environ, start)
    try:
        answer.body = b"".join(said)
    finally:
        if hasattr(said, "close"):
            said.close()
    return answer


def init_page_cache(app: Flask) -> None:
    """Answer with kept pages, as many as the setting leaves room for."""
    cache = PageCache(app.wsgi_app, app, int(app.config["PAGE_CACHE_MB"]) * 1024 * 1024)
    app.extensions[EXTENSION] = cache
    wrap_wsgi(app, lambda _inner: cache)


def forget_pages(app: Flask) -> None:
    """Forget all kept pages: for who puts another database in place of the one that was read."""
    cache: PageCache = app.extensions[EXTENSION]
    cache.forget()
