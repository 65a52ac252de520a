"""What seals a version, the checkpoint that versions and summaries carry, and a topic for it"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# What stays as it was frozen whatever is left out; content and salts change only for an omission.
BEFORE = ("id", "plan_id", "number", "digest", "frozen_at")
EMPTY_BEFORE, EMPTY_NOW = ("frozen_by_id",), ("frozen_by_id", "sealed", "checkpoint")
STANDS = (
    "EXISTS (SELECT 1 FROM omission WHERE version_id = OLD.id AND removed AND ended_at IS NULL{})"
)
LABEL = "(NEW.label = OLD.label OR " + STANDS.format(" AND pointer = '/label'") + ")"

TOPICS = (
    "contribution", "replies", "rounds", "meetings", "membership", "queue", "warnings", "security",
)  # fmt: skip


def _topics(names: tuple[str, ...]) -> None:
    with op.batch_alter_table("preference") as table:
        table.drop_constraint("topic", type_="check")
        table.create_check_constraint("topic", sa.column("topic").in_(names))


def _allowed(same: str, may_be_empty: tuple[str, ...]) -> str:
    """Return the condition; `same` compares what may be null, which the two engines say apart."""
    unchanged = [f"NEW.{name} = OLD.{name}" for name in BEFORE]
    unchanged += [f"NEW.{name} {same} OLD.{name}" for name in may_be_empty]
    return f"{' AND '.join(unchanged)} AND {LABEL} AND {STANDS.format('')}"


def _protect(may_be_empty: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER plan_version_no_update BEFORE UPDATE ON plan_version "
            f"WHEN NOT ({_allowed('IS', may_be_empty)}) "
            "BEGIN SELECT RAISE(ABORT, 'plan_version is append-only'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_unless_omitted() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN IF {_allowed('IS NOT DISTINCT FROM', may_be_empty)} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )


def _unprotect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER plan_version_no_update")


def upgrade() -> None:
    _unprotect()
    op.add_column("plan_version", sa.Column("sealed", sa.Text(), nullable=True))
    op.add_column(
        "plan_version", sa.Column("salts", sa.JSON(), nullable=False, server_default="{}")
    )
    for table in ("plan_version", "summary"):
        op.add_column(table, sa.Column("checkpoint", sa.Text(), nullable=True))
    _protect(EMPTY_NOW)
    _topics((*TOPICS, "record"))
    # Events speak of more tables than before: of the rows that are there, the next ones do.
    op.execute("UPDATE log SET rows_carried_at = NULL")


def downgrade() -> None:
    op.execute("DELETE FROM preference WHERE topic = 'record'")
    _topics(TOPICS)
    _unprotect()
    _protect(EMPTY_BEFORE)
    for table in ("plan_version", "summary"):
        op.drop_column(table, "checkpoint")
    op.drop_column("plan_version", "salts")
    op.drop_column("plan_version", "sealed")
