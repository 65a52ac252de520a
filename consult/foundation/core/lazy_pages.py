"""Pages are loaded when somebody asks for an address: a command that shows none starts without.

Views, their forms and the libraries behind them are much of what a process loads. A package says
which pages it brings, by name (consult.lazy); the first request, or the first link that is made,
adds them all (docs/decisions/0048).
"""

from collections.abc import Callable
from threading import RLock

from flask import Flask
from werkzeug.routing import Map

InitPages = Callable[[Flask], None]


class LazyPages(Flask):
    """An application whose addresses are complete as soon as anybody looks at them."""

    _left: tuple[InitPages, ...] = ()
    _addresses: Map
    _is_loading = False
    _turn = RLock()

    def leave_pages(self, init_pages: InitPages) -> None:
        """Leave pages for later: `init_pages` gets the application when an address is asked for."""
        self._left = (*self._left, init_pages)

    @property
    def url_map(self) -> Map:
        """The addresses of all pages; the first look loads them."""
        if self._left:
            with self._turn:  # who looks meanwhile waits until they are all there
                self._load_pages()
        return self._addresses

    @url_map.setter
    def url_map(self, addresses: Map) -> None:
        self._addresses = addresses

    def _load_pages(self) -> None:
        if self._is_loading:  # a page is being added, by us
            return
        self._is_loading = True
        try:
            for init_pages in self._left:
                init_pages(self)
        finally:
            self._is_loading = False
        self._left = ()


def bring_pages(app: Flask, init_pages: InitPages) -> None:
    """Let pages be added when somebody asks for an address."""
    if not isinstance(app, LazyPages):
        raise TypeError(f"{app!r} would never load its pages")
    app.leave_pages(init_pages)


def add_pages(app: Flask) -> None:
    """Add the pages now, as a server does before its first request."""
    if isinstance(app, LazyPages):
        app.url_map.update()
