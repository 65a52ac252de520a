"""The floor page: Flask, one query by the driver, a template with the same rows; no features.

What the product costs above this is the price of sign-in, policy, translations and the record.
"""

import os
import sqlite3
from typing import Any

from flask import Flask, g, render_template_string, request

app = Flask(__name__)

_LIST = """<!doctype html><title>Floor</title><ol>{% for row in rows %}<li><a href="/{{ row[0] }}">
{{ row[1] }}</a> <p>{{ row[2] }}</p> <span>{{ row[3] }}</span> <span>{{ row[4] }}</span>
<span>{{ row[5] }}</span></li>{% endfor %}</ol>"""
_DETAIL = """<!doctype html><title>Floor</title><ol>{% for row in rows %}<li>{{ row[0] }}
<p>{{ row[1] }}</p></li>{% endfor %}</ol>"""


def connection() -> sqlite3.Connection:
    """Open the database as the product does, once per request."""
    if "connection" not in g:
        g.connection = sqlite3.connect(os.environ["FLOOR_DATABASE"], isolation_level=None)
        g.connection.execute("PRAGMA synchronous=FULL")
    found: sqlite3.Connection = g.connection
    return found


@app.teardown_appcontext
def _close(_error: BaseException | None) -> None:
    if "connection" in g:
        g.connection.close()


def _rows(sql: str, *values: Any) -> list[Any]:
    return connection().execute(sql, values).fetchall()


@app.get("/health")
def health() -> str:
    """Answer that it is there."""
    return "ok"


@app.get("/list")
def list_page() -> str:
    """Show the newest twenty proposals."""
    rows = _rows(
        "SELECT number, title, action, arrived_at, comment_count, support_count FROM proposal "
        "WHERE state = 'published' ORDER BY arrived_at DESC LIMIT 20"
    )
    return render_template_string(_LIST, rows=rows)


@app.get("/detail")
def detail() -> str:
    """Show twenty comments of a proposal."""
    rows = _rows("SELECT number, body FROM comment WHERE thread_id = 1 ORDER BY id LIMIT 20")
    return render_template_string(_DETAIL, rows=rows)


@app.get("/queue")
def queue() -> str:
    """Show the oldest twenty that wait."""
    rows = _rows(
        "SELECT number, title, action, arrived_at, comment_count, support_count FROM proposal "
        "WHERE state = 'pending' ORDER BY arrived_at LIMIT 20"
    )
    return render_template_string(_LIST, rows=rows)


@app.post("/submit")
def submit() -> str:
    """Store one row and commit."""
    connection().execute(
        "INSERT INTO floor_submission (title, body) VALUES (?, ?)",
        (request.form["title"], request.form["action"]),
    )
    return "stored"
