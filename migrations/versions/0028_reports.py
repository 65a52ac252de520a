"""What people report to the moderators"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = (
    "personal_data", "offensive", "discrimination", "advertising", "off_topic", "unlawful", "other",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="reportkind"),
        sa.CheckConstraint(sa.column("outcome").in_(("taken_away", "stays")), name="reportoutcome"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_report_round_id_round"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_report_proposal_id_proposal"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_report_comment_id_comment"
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["person.id"], name="fk_report_reported_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name="fk_report_settled_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
    )
    for column in ("proposal_id", "comment_id", "reported_by_id"):
        op.create_index(f"ix_report_{column}", "report", [column])
    open_ = sa.column("settled_at").is_(None)
    op.create_index(
        "ix_report_open", "report", ["round_id", "id"],
        sqlite_where=open_, postgresql_where=open_,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("report")
