"""The name of a frozen version may be left out too, and changes for nothing else"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# What stays as it was frozen whatever is left out; the content changes only for an omission.
UNCHANGED = ("id", "plan_id", "number", "digest", "frozen_at")
STANDS = (
    "EXISTS (SELECT 1 FROM omission WHERE version_id = OLD.id AND removed AND ended_at IS NULL{})"
)
LABEL = "(NEW.label = OLD.label OR " + STANDS.format(" AND pointer = '/label'") + ")"


def _allowed(same: str, label: str) -> str:
    """Return the condition; `same` compares what may be null, which the two engines say apart."""
    return (
        " AND ".join(f"NEW.{name} = OLD.{name}" for name in UNCHANGED)
        + f" AND NEW.frozen_by_id {same} OLD.frozen_by_id AND {label} AND {STANDS.format('')}"
    )


def _protect(label: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER plan_version_no_update")
        op.execute(
            "CREATE TRIGGER plan_version_no_update BEFORE UPDATE ON plan_version "
            f"WHEN NOT ({_allowed('IS', label)}) "
            "BEGIN SELECT RAISE(ABORT, 'plan_version is append-only'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_unless_omitted() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN IF {_allowed('IS NOT DISTINCT FROM', label)} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )


def upgrade() -> None:
    _protect(LABEL)


def downgrade() -> None:
    _protect("NEW.label = OLD.label")
