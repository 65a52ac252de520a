"""What real sources hold: totals without persons, unknown history, addresses, dates of answers"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROLES = ("participant", "organisation", "government", "meeting")
ALIGNMENTS = ("in_favour", "neutral", "against")

# What a column was, and what it is now: it may be unknown, or longer.
LOOSER = (
    ("proposal", "origin", "VARCHAR(40) NOT NULL", "VARCHAR(40)"),
    ("proposal", "title", "VARCHAR(200) NOT NULL", "VARCHAR(300) NOT NULL"),
    ("decision", "decided_at", "DATETIME NOT NULL", "DATETIME"),
    ("round", "moderation", "VARCHAR(40) NOT NULL", "VARCHAR(40)"),
    ("commitment", "theme_id", "INTEGER NOT NULL", "INTEGER"),
)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _say_otherwise(table: str, column: str, was: str, becomes: str) -> None:
    """Change what SQLite knows of a column, without making the table anew.

    https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes": what
    is stored does not change, so the text of the schema may be written.
    """
    bind = op.get_bind()
    of_table = "type = 'table' AND name = :name"
    text = bind.scalar(
        sa.text(f"SELECT sql FROM sqlite_schema WHERE {of_table}"),
        {"name": table},
    )
    old, new = f"\t{column} {was},", f"\t{column} {becomes},"
    assert text.count(old) == 1, f"{table}.{column} is not as it was made"  # noqa: S101
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text(f"UPDATE sqlite_schema SET sql = :sql WHERE {of_table}"),
        {"sql": text.replace(old, new), "name": table},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")


def _choice(table: str, column: str, kind: str, members: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{one}'" for one in members)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(40) "
        f"CONSTRAINT ck_{table}_{kind} CHECK ({column} IN ({listed}))"
    )


def _text(table: str, column: str, length: int) -> None:
    kind = sa.String(length)
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=""))


def upgrade() -> None:
    for column in ("counted_support", "counted_neutral", "counted_object"):
        op.add_column("proposal", sa.Column(column, sa.Integer(), nullable=True))
    _choice("proposal", "author_role", "authorrole", ROLES)
    _text("proposal", "reference", 60)
    _text("proposal", "scope", 200)
    _text("proposal", "source_url", 500)
    op.add_column("proposal", sa.Column("links", sa.JSON(), nullable=False, server_default="[]"))

    for column in ("likes", "dislikes"):
        op.add_column("comment", sa.Column(column, sa.Integer(), nullable=True))
    _choice("comment", "alignment", "alignment", ALIGNMENTS)
    _choice("comment", "author_role", "authorrole", ROLES)
    _text("comment", "source_url", 500)

    op.add_column("response", sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
    _text("response", "given_by", 200)
    # When an imported answer was given, nobody said.
    op.execute(
        "UPDATE response SET given_at = published_at WHERE NOT EXISTS "
        "(SELECT 1 FROM imported_id WHERE kind = 'response' AND local_id = response.id)"
    )
    _text("round", "source_url", 500)

    if _on_sqlite():
        for one in LOOSER:
            _say_otherwise(*one)
        return
    op.alter_column("proposal", "origin", nullable=True)
    op.alter_column("proposal", "title", type_=sa.String(300))
    op.alter_column("decision", "decided_at", nullable=True)
    op.alter_column("round", "moderation", nullable=True)
    op.alter_column("commitment", "theme_id", nullable=True)


def downgrade() -> None:
    op.execute("UPDATE proposal SET origin = 'new' WHERE origin IS NULL")
    op.execute("UPDATE proposal SET title = substr(title, 1, 200) WHERE length(title) > 200")
    op.execute("UPDATE round SET moderation = 'pre' WHERE moderation IS NULL")
    op.execute(
        "UPDATE decision SET decided_at = "
        "(SELECT closes_at FROM round WHERE round.id = decision.round_id) WHERE decided_at IS NULL"
    )
    op.execute(
        "UPDATE commitment SET theme_id = "
        "(SELECT min(id) FROM theme WHERE plan_id = commitment.plan_id) WHERE theme_id IS NULL"
    )
    without = op.get_bind().scalar(
        sa.text("SELECT count(*) FROM commitment WHERE theme_id IS NULL")
    )
    if without:
        raise SystemExit("A plan without themes has commitments: add a theme to it first.")
    if _on_sqlite():
        for table, column, was, becomes in LOOSER:
            _say_otherwise(table, column, becomes, was)
    else:
        op.alter_column("commitment", "theme_id", nullable=False)
        op.alter_column("round", "moderation", nullable=False)
        op.alter_column("decision", "decided_at", nullable=False)
        op.alter_column("proposal", "title", type_=sa.String(200))
        op.alter_column("proposal", "origin", nullable=False)
    op.drop_column("round", "source_url")
    for column in ("given_by", "given_at"):
        op.drop_column("response", column)
    for column in ("source_url", "author_role", "alignment", "dislikes", "likes"):
        op.drop_column("comment", column)
    for column in (
        "links", "source_url", "scope", "reference", "author_role",
        "counted_object", "counted_neutral", "counted_support",
    ):  # fmt: skip
        op.drop_column("proposal", column)
