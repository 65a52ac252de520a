"""Rounds of other kinds: statements that are shown one at a time, and positions by sector"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SECTORS = ("civil_society", "government", "business", "knowledge")
COUNTS = ("support_count", "neutral_count", "object_count", "pass_count")
MEMBERS = (
    ("round", "kind", "roundkind", ("proposals",), ("statements", "themes")),
    (
        "comment",
        "kind",
        "commentkind",
        ("reaction", "question", "suggestion", "dissent"),
        ("missing", "elsewhere"),
    ),
)
"""Table, column and name of a check, what it allowed, and what it allows besides."""


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _check(column: str, members: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{one}'" for one in members)
    return f"{column} IN ({listed})"


def _allow(
    table: str, column: str, name: str, was: tuple[str, ...], becomes: tuple[str, ...]
) -> None:
    """Let a column hold other members of its enum, without making the table anew (as in 0019)."""
    if not _on_sqlite():
        op.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT ck_{table}_{name}')
        check = _check(column, becomes)
        op.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT ck_{table}_{name} CHECK ({check})')
        return
    bind = op.get_bind()
    of_table = "type = 'table' AND name = :name"
    text = bind.scalar(sa.text(f"SELECT sql FROM sqlite_schema WHERE {of_table}"), {"name": table})
    old, new = _check(column, was), _check(column, becomes)
    assert text.count(old) == 1, f"{table}.{column} is not as it was made"  # noqa: S101
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text(f"UPDATE sqlite_schema SET sql = :sql WHERE {of_table}"),
        {"sql": text.replace(old, new), "name": table},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")


def upgrade() -> None:
    for table, column, name, was, besides in MEMBERS:
        _allow(table, column, name, was, was + besides)
    op.add_column(
        "proposal", sa.Column("shown_count", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_proposal_shown", "proposal", ["round_id", "state", "shown_count", "id"])
    op.execute(
        "ALTER TABLE position ADD COLUMN sector VARCHAR(40) "
        f"CONSTRAINT ck_position_sector CHECK ({_check('sector', SECTORS)})"
    )
    op.create_table(
        "sector_count",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(*SECTORS, name="sector", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        *(sa.Column(one, sa.Integer(), nullable=False) for one in COUNTS),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_sector_count_proposal_id_proposal"
        ),
        sa.PrimaryKeyConstraint("proposal_id", "sector", name="pk_sector_count"),
    )
    op.create_table(
        "statement_in_view",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name="fk_statement_in_view_round_id_round"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_statement_in_view_person_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_statement_in_view_proposal_id_proposal"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_statement_in_view"),
        sa.UniqueConstraint(
            "round_id", "person_id", name="uq_statement_in_view_round_id_person_id"
        ),
    )
    op.create_index("ix_statement_in_view_person_id", "statement_in_view", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_statement_in_view_person_id", table_name="statement_in_view")
    op.drop_table("statement_in_view")
    op.drop_table("sector_count")
    op.drop_index("ix_proposal_shown", table_name="proposal")
    op.drop_column("proposal", "shown_count")
    op.drop_column("position", "sector")
    op.execute("UPDATE comment SET kind = 'reaction' WHERE kind IN ('missing', 'elsewhere')")
    op.execute("UPDATE round SET kind = 'proposals' WHERE kind IN ('statements', 'themes')")
    for table, column, name, was, besides in MEMBERS:
        _allow(table, column, name, was + besides, was)
