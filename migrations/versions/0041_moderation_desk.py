"""Decisions that can be taken back, claims, notes, second looks and the rules of a plan"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.triggers import protect, release

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
VERBS = ("publish", "return", "hide", "restore", "admit", "keep")
SINCE = ("confirm", "reverse")
GROUNDS = (
    "personal_data", "offensive", "discrimination", "advertising", "off_topic", "unlawful",
    "source_moderation",
)  # fmt: skip
STATES = (
    "draft", "late", "pending", "published", "returned", "hidden", "withdrawn",
    "not_for_publication",
)  # fmt: skip


def _allow(verbs: Sequence[str]) -> None:
    release("decision")
    verb: sa.ColumnClause[str] = sa.column("verb")
    op.execute(sa.delete(sa.table("decision", verb)).where(verb.not_in(verbs)))
    with op.batch_alter_table("decision") as table:
        table.drop_constraint("verb", type_="check")
        table.create_check_constraint("verb", sa.column("verb").in_(verbs))
    protect("decision")


def _create(table: str, *more: sa.schema.SchemaItem) -> None:
    """Create a table of rows about one proposal or one comment of a round."""
    references = {"round_id": "round", "proposal_id": "proposal", "comment_id": "comment"}
    op.create_table(
        table,
        *(sa.Column(name, sa.Integer(), nullable=name != "round_id") for name in references),
        *more,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        *(
            sa.ForeignKeyConstraint([name], [f"{to}.id"], name=f"fk_{table}_{name}_{to}")
            for name, to in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for name in ("proposal_id", "comment_id"):
        op.create_index(f"ix_{table}_{name}", table, [name])


def _person(table: str, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], ["person.id"], name=f"fk_{table}_{name}_person")


def _decision(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["decision_id"], ["decision.id"], name=f"fk_{table}_decision_id_decision"
    )


def _open_index(name: str, table: str, *columns: str, unique: bool = False) -> None:
    is_open = sa.column("settled_at").is_(None)
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=is_open, postgresql_where=is_open
    )


def upgrade() -> None:
    # Whether somebody wrote in a round, however much they wrote.
    op.create_index("ix_proposal_author", "proposal", ["author_id", "round_id"])
    op.drop_index("ix_proposal_author_id", "proposal")
    _allow([*VERBS, *SINCE])
    _create(
        "held_decision",
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("ground", sa.String(40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("number", sa.String(30), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("act", sa.String(36), nullable=False),
        sa.Column("state_before", sa.String(40), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("taken_back_at", MOMENT, nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.CheckConstraint(sa.column("verb").in_([*VERBS, *SINCE]), name="heldverb"),
        sa.CheckConstraint(sa.column("ground").in_(GROUNDS), name="heldground"),
        sa.CheckConstraint(sa.column("state_before").in_(STATES), name="heldstatebefore"),
        _person("held_decision", "decided_by_id"),
        _decision("held_decision"),
        sa.UniqueConstraint("public_id", name="uq_held_decision_public_id"),
    )
    op.create_index("ix_held_decision_act", "held_decision", ["act"])
    op.create_index("ix_held_decision_mine", "held_decision", ["decided_by_id", "id"])
    for name in ("proposal", "comment"):
        _open_index(f"ix_held_decision_{name}", "held_decision", f"{name}_id", unique=True)
    _create(
        "claim",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        _person("claim", "person_id"),
        sa.UniqueConstraint("proposal_id", name="uq_claim_proposal_id"),
        sa.UniqueConstraint("comment_id", name="uq_claim_comment_id"),
    )
    op.create_index("ix_claim_person_id", "claim", ["person_id"])
    _create(
        "moderator_note",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("to_discuss", sa.Boolean(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        _person("moderator_note", "written_by_id"),
        _person("moderator_note", "settled_by_id"),
    )
    op.create_index("ix_moderator_note_written_by_id", "moderator_note", ["written_by_id"])
    op.create_index(
        "ix_moderator_note_discussed", "moderator_note", ["round_id", "to_discuss", "settled_at"]
    )
    _create(
        "second_look",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("state_before", sa.String(40), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(sa.column("state_before").in_(STATES), name="secondlookstatebefore"),
        _decision("second_look"),
        _person("second_look", "settled_by_id"),
        sa.UniqueConstraint("decision_id", name="uq_second_look_decision_id"),
    )
    _open_index("ix_second_look_open", "second_look", "round_id", "id")
    op.create_table(
        "moderation_rules",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("grounds_for_two", sa.JSON(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_moderation_rules_plan_id_plan"),
        sa.PrimaryKeyConstraint("plan_id", name="pk_moderation_rules"),
    )


def downgrade() -> None:
    op.create_index("ix_proposal_author_id", "proposal", ["author_id"])
    op.drop_index("ix_proposal_author", "proposal")
    for table in ("moderation_rules", "second_look", "moderator_note", "claim", "held_decision"):
        op.drop_table(table)
    _allow(VERBS)
