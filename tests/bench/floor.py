"""The floor page: Flask, one query by the driver, a template with the same rows; no features.

What the product costs above this is the price of sign-in, policy, translations and the record.
"""

import json
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import psycopg
import typst
from flask import Flask, request, send_file
from jinja2 import Template

app = Flask(__name__)
_here = threading.local()


def _template(source: str) -> Template:
    """Compile a template once, as those of the product are."""
    return app.jinja_env.from_string(f"<!doctype html><title>Floor</title>{source}")


_LIST = _template("""<ol>{% for row in rows %}<li><a href="/{{ row[0] }}">
{{ row[1] }}</a> <p>{{ row[2] }}</p> <span>{{ row[3] }}</span> <span>{{ row[4] }}</span>
<span>{{ row[5] }}</span></li>{% endfor %}</ol>""")
_DETAIL = _template("""<h1>{{ rows[0][0] }}</h1><p>{{ rows[0][1] }}</p>
<p>{{ rows[0][2] }}</p><ol>{% for row in rows %}<li>{{ row[3] }}
<p>{{ row[4] }}</p></li>{% endfor %}</ol>""")
_PLAN = _template("""{% for row in rows %}<h2>{{ row[0] }}</h2>
<p>{{ row[1] }}</p>{% endfor %}""")
_PDF = """#let rows = json(bytes(sys.inputs.rows))
#for row in rows [= #row.at(0)
#row.at(1)
]"""
_COLUMNS = "number, title, action, arrived_at, comment_count, support_count"
_ROUND = int(os.environ["FLOOR_ROUND"])


def _connect() -> Any:
    address = os.environ["FLOOR_DATABASE"]
    if not address.startswith("sqlite"):
        return psycopg.connect(address, autocommit=True)
    made = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
    made.execute("PRAGMA synchronous=FULL")
    return made


def _execute(sql: str, *values: Any) -> Any:
    """Run a statement on the connection that this thread keeps open, as the product keeps its."""
    if not hasattr(_here, "connection"):
        _here.connection = _connect()
    if not isinstance(_here.connection, sqlite3.Connection):
        sql = sql.replace("?", "%s")
    return _here.connection.execute(sql, values)


@app.get("/health")
def health() -> str:
    """Answer that it is there."""
    return "ok"


def _proposals(condition: str, *values: Any, order: str = "DESC", many: int = 20) -> str:
    rows = _execute(
        f"SELECT {_COLUMNS} FROM proposal WHERE {condition} "
        f"ORDER BY arrived_at {order}, id {order} LIMIT {many}",
        *values,
    ).fetchall()
    return _LIST.render(rows=rows)


@app.get("/list")
def list_page() -> str:
    """Show the newest twenty proposals."""
    return _proposals("state = 'published'")


@app.get("/round")
def round_page() -> str:
    """Show the newest five."""
    return _proposals("state = 'published'", many=5)


@app.get("/queue")
def queue() -> str:
    """Show the oldest twenty that wait."""
    return _proposals("state = 'pending'", order="ASC")


@app.get("/home")
def home() -> str:
    """Show the newest six of one person."""
    return _proposals("author_id = ?", int(request.args["who"]), many=6)


@app.get("/search")
def search() -> str:
    """Show the newest twenty proposals with a word: on SQLite those that were indexed last."""
    sqlite = os.environ["FLOOR_DATABASE"].startswith("sqlite")
    holds = "search_index MATCH ?" if sqlite else "vector @@ to_tsquery('simple', ?)"
    found = f"JOIN search_index ON search_index.rowid = search_entry.id WHERE {holds}"
    order = "search_index.rowid" if sqlite else "arrived_at"
    rows = _execute(
        f"SELECT {_COLUMNS} FROM search_entry "
        f"JOIN proposal ON proposal.id = subject_id AND subject_type = 'proposal' {found} "
        f"AND state = 'published' ORDER BY {order} DESC LIMIT 20",
        request.args["q"],
    ).fetchall()
    return _LIST.render(rows=rows)


@app.get("/detail")
def detail() -> str:
    """Show a proposal and the first comments on it."""
    rows = _execute(
        "SELECT title, problem, action, comment.number, body FROM proposal "
        "JOIN comment ON comment.thread_id = proposal.thread_id "
        "WHERE proposal.round_id = ? AND proposal.number = ? AND comment.state = 'published' "
        "ORDER BY comment.id LIMIT ?",
        _ROUND,
        int(request.args["number"]),
        int(request.args["many"]),
    ).fetchall()
    return _DETAIL.render(rows=rows)


def _commitments() -> list[tuple[str, str]]:
    rows = _execute(
        "SELECT title, problem, description, results, relevance FROM commitment ORDER BY number"
    )
    read = [[_dutch(cell) for cell in row] for row in rows]
    return [(row[0], " ".join(row[1:])) for row in read]


def _dutch(cell: Any) -> str:
    texts: dict[str, str] = json.loads(cell) if isinstance(cell, str) else cell
    return texts.get("nl", "")


@app.get("/plan")
def plan() -> str:
    """Show all commitments."""
    return _PLAN.render(rows=_commitments())


@app.get("/made.pdf")
def made() -> Any:
    """Set the commitments as a PDF, with a heading each and nothing more."""
    rows = {"rows": json.dumps(_commitments())}
    return app.response_class(
        typst.compile(_PDF.encode(), ignore_system_fonts=True, sys_inputs=rows),
        mimetype="application/pdf",
    )


@app.get("/kept.pdf")
def kept() -> Any:
    """Send the file that the product sends."""
    return send_file(Path(os.environ["FLOOR_FILE"]))


@app.post("/submit")
def submit() -> str:
    """Store one row and commit."""
    form = request.form
    _execute(
        "INSERT INTO floor_submission (title, body) VALUES (?, ?)",
        form.get("title", ""),
        form.get("action", form.get("body", "")),
    )
    return "stored"
