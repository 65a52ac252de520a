"""What was left out of frozen versions, and triggers that let only that change them"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.triggers import protect, release

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

GROUNDS = (
    "personal_data", "offensive", "discrimination", "advertising", "off_topic", "unlawful",
    "source_moderation",
)  # fmt: skip
# Everything but the content stays as it was frozen, and the content changes only for an omission.
UNCHANGED = ("id", "plan_id", "number", "label", "digest", "frozen_at")


def _allowed(same: str) -> str:
    """Return the condition; `same` compares what may be null, which the two engines say apart."""
    return (
        " AND ".join(f"NEW.{name} = OLD.{name}" for name in UNCHANGED)
        + f" AND NEW.frozen_by_id {same} OLD.frozen_by_id"
        + " AND EXISTS (SELECT 1 FROM omission WHERE version_id = OLD.id AND removed"
        + " AND ended_at IS NULL)"
    )


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_omission_{column}")


def upgrade() -> None:
    ground: Any = sa.Enum(
        *GROUNDS, name="ground", native_enum=False, length=40, create_constraint=True
    )
    op.create_table(
        "omission",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("pointer", sa.String(200), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("ground", ground, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("omitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("omitted_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("version_id", "plan_version"),
        _refers("proposal_id", "proposal"),
        _refers("omitted_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_omission"),
    )
    for column in ("version_id", "proposal_id"):
        op.create_index(f"ix_omission_{column}", "omission", [column])
    release("plan_version")
    _protect_but_for_omissions()


def _protect_but_for_omissions() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER plan_version_no_update BEFORE UPDATE ON plan_version "
            f"WHEN NOT ({_allowed('IS')}) "
            "BEGIN SELECT RAISE(ABORT, 'plan_version is append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER plan_version_no_delete BEFORE DELETE ON plan_version "
            "BEGIN SELECT RAISE(ABORT, 'plan_version is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_unless_omitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_allowed('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER plan_version_omission BEFORE UPDATE ON plan_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_unless_omitted()"
    )
    op.execute(
        "CREATE TRIGGER plan_version_append_only BEFORE DELETE ON plan_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    release("plan_version")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP TRIGGER plan_version_omission ON plan_version")
        op.execute("DROP FUNCTION refuse_unless_omitted()")
    protect("plan_version")
    op.drop_table("omission")
