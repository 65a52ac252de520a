"""What no model can say: append-only tables and full text search, on both engines."""

from alembic import op

# As they were first made; what may be left out of a frozen version was let through by 0010 and 0014.
APPEND_ONLY = (
    "event", "leaf", "proposal_version", "position_history", "decision", "correction",
    "plan_version",
)  # fmt: skip


def create_triggers() -> None:
    """Refuse UPDATE and DELETE on what must stay, and make the search index."""
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def drop_triggers() -> None:
    """Take them away again."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            release(table)
        for act in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER search_{act}")
        op.execute("DROP TABLE search_index")
        return
    for table in APPEND_ONLY:
        release(table)
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP INDEX ix_search_vector")


def protect(table: str) -> None:
    """Refuse UPDATE and DELETE on a table from now on."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def release(table: str) -> None:
    """Let a migration change a table that is protected; it protects it again afterwards."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{act}")


def protect_from_update(table: str) -> None:
    """Refuse UPDATE on a table from now on; its rows may still go when their period is over."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def release_from_update(table: str) -> None:
    """Take that trigger away again."""
    on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
    op.execute(f"DROP TRIGGER {table}_no_update{on}")


def _sqlite() -> None:
    for table in APPEND_ONLY:
        protect(table)
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_entry', "
        "content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
    )
    add = "INSERT INTO search_index(rowid, words) VALUES (new.id, new.words);"
    remove = (
        "INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.id, old.words);"
    )
    for act, body in (("insert", add), ("update", remove + add), ("delete", remove)):
        op.execute(
            f"CREATE TRIGGER search_{act} AFTER {act.upper()} ON search_entry BEGIN {body} END"
        )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        protect(table)
    op.execute(
        "CREATE INDEX ix_search_vector ON search_entry USING gin "
        "(to_tsvector('simple'::regconfig, words))"
    )
