"""A term for each kind of thing that is found, vectors on PostgreSQL, what nobody looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BATCH = 5_000
KEEP = """
CREATE FUNCTION keep_search_index() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO search_index (rowid, subject_type, subject_id, vector)
  VALUES (new.id, new.subject_type, new.subject_id, to_tsvector('simple', new.words))
  ON CONFLICT (rowid) DO UPDATE SET vector = excluded.vector;
  RETURN NULL;
END $$
"""


NOBODY_LOOKED = sa.text("reviewed_at IS NULL")


def _unreviewed(*columns: str) -> None:
    """Make the indexes of what no moderator looked at anew, by these columns."""
    for table in ("proposal", "comment"):
        op.drop_index(f"ix_{table}_unreviewed", table_name=table)
        op.create_index(
            f"ix_{table}_unreviewed",
            table,
            list(columns),
            sqlite_where=NOBODY_LOOKED,
            postgresql_where=NOBODY_LOOKED,
        )


def upgrade() -> None:
    _unreviewed("state", "arrived_at", "id", "round_id")
    op.create_index("ix_decision_verbs", "decision", ["round_id", "verb"])
    connection = op.get_bind()
    last = connection.scalar(sa.text("SELECT max(id) FROM search_entry")) or 0
    for start in range(0, last + 1, BATCH):
        connection.execute(
            sa.text(
                "UPDATE search_entry SET words = words || ' x1' || subject_type "
                "WHERE id >= :start AND id < :stop"
            ),
            {"start": start, "stop": start + BATCH},
        )
    op.create_index("ix_search_entry_found", "search_entry", ["id", "subject_type", "subject_id"])
    if connection.dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE search_index (rowid integer PRIMARY KEY "
            "REFERENCES search_entry (id) ON DELETE CASCADE, subject_type varchar(40) NOT NULL, "
            "subject_id integer NOT NULL, vector tsvector NOT NULL)"
        )
        op.execute(
            "INSERT INTO search_index (rowid, subject_type, subject_id, vector) "
            "SELECT id, subject_type, subject_id, to_tsvector('simple', words) FROM search_entry"
        )
        op.execute("CREATE INDEX ix_search_index_vector ON search_index USING gin (vector)")
        op.execute(KEEP)
        op.execute(
            "CREATE TRIGGER keep_search_index AFTER INSERT OR UPDATE OF words ON search_entry "
            "FOR EACH ROW EXECUTE FUNCTION keep_search_index()"
        )
        op.execute("DROP INDEX ix_search_vector")


def downgrade() -> None:
    op.drop_index("ix_decision_verbs", table_name="decision")
    _unreviewed("round_id")
    op.drop_index("ix_search_entry_found", table_name="search_entry")
    # The term of its kind stays with an entry: an older version does not look for it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_search_vector ON search_entry USING gin "
            "(to_tsvector('simple'::regconfig, words))"
        )
        op.execute("DROP TRIGGER keep_search_index ON search_entry")
        op.execute("DROP FUNCTION keep_search_index()")
        op.execute("DROP TABLE search_index")
