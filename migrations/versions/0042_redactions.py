"""Words left out of texts, and what was sealed; a handed-in text changes only for that"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.triggers import protect, release

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
VERBS = ("publish", "return", "hide", "restore", "admit", "keep", "confirm", "reverse")
SINCE = ("redact", "unredact")
KINDS = (
    "citizen_number", "bank_account", "telephone", "email", "address", "name", "date_of_birth",
    "licence_plate", "document_number", "file", "other",
)  # fmt: skip
SUBJECTS = {"round_id": "round", "proposal_id": "proposal", "comment_id": "comment"}
# Everything but the content stays as it was handed in, and that changes only for a redaction.
UNCHANGED = ("id", "proposal_id", "number", "saved_at")


def _allowed(same: str) -> str:
    """Return the condition; `same` compares what may be null, which the two engines say apart."""
    return (
        " AND ".join(f"NEW.{name} = OLD.{name}" for name in UNCHANGED)
        + f" AND NEW.saved_by_id {same} OLD.saved_by_id"
        + " AND EXISTS (SELECT 1 FROM redaction WHERE proposal_id = OLD.proposal_id)"
    )


def _let_redactions_through() -> None:
    release("proposal_version")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER proposal_version_no_update BEFORE UPDATE ON proposal_version "
            f"WHEN NOT ({_allowed('IS')}) "
            "BEGIN SELECT RAISE(ABORT, 'proposal_version is append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER proposal_version_no_delete BEFORE DELETE ON proposal_version "
            "BEGIN SELECT RAISE(ABORT, 'proposal_version is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_unless_redacted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_allowed('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER proposal_version_redaction BEFORE UPDATE ON proposal_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_unless_redacted()"
    )
    op.execute(
        "CREATE TRIGGER proposal_version_append_only BEFORE DELETE ON proposal_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _protect_as_before() -> None:
    release("proposal_version")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP TRIGGER proposal_version_redaction ON proposal_version")
        op.execute("DROP FUNCTION refuse_unless_redacted()")
    protect("proposal_version")


def _allow(verbs: Sequence[str]) -> None:
    """Let decisions, and those that are held, have these verbs; those with another one go."""
    release("decision")
    for table, check in (("held_decision", "heldverb"), ("decision", "verb")):
        verb: sa.ColumnClause[str] = sa.column("verb")
        op.execute(sa.delete(sa.table(table, verb)).where(verb.not_in(verbs)))
        with op.batch_alter_table(table) as altered:
            altered.drop_constraint(check, type_="check")
            altered.create_check_constraint(check, sa.column("verb").in_(verbs))
    protect("decision")


def _create(table: str, *more: sa.schema.SchemaItem) -> None:
    """Create a table of rows about one proposal or one comment of a round, by a decision."""
    op.create_table(
        table,
        *(sa.Column(name, sa.Integer(), nullable=name != "round_id") for name in SUBJECTS),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        *more,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        *(
            sa.ForeignKeyConstraint([name], [f"{to}.id"], name=f"fk_{table}_{name}_{to}")
            for name, to in {**SUBJECTS, "decision_id": "decision"}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for name in ("proposal_id", "comment_id", "decision_id"):
        op.create_index(f"ix_{table}_{name}", table, [name])


def upgrade() -> None:
    _allow([*VERBS, *SINCE])
    _create(
        "redaction",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("redacted_at", MOMENT, nullable=False),
        sa.Column("redacted_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="redactedkind"),
        sa.ForeignKeyConstraint(
            ["redacted_by_id"], ["person.id"], name="fk_redaction_redacted_by_id_person"
        ),
    )
    _create(
        "sealed_text",
        sa.Column("text_version", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name="fk_sealed_text_file_id_stored_file"
        ),
    )
    op.create_index("ix_sealed_text_file_id", "sealed_text", ["file_id"])
    op.add_column("stored_file", sa.Column("withheld_at", MOMENT, nullable=True))
    _let_redactions_through()


def downgrade() -> None:
    _protect_as_before()
    op.drop_column("stored_file", "withheld_at")
    for table in ("sealed_text", "redaction"):
        op.drop_table(table)
    _allow(VERBS)
