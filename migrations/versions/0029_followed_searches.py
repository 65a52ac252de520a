"""Searches that people follow, and what those found"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KINDS = ("plan", "theme", "round", "commitment", "proposal")


def _kinds(names: tuple[str, ...]) -> None:
    with op.batch_alter_table("follow") as table:
        table.drop_constraint("followedkind", type_="check")
        table.create_check_constraint("followedkind", sa.column("kind").in_(names))


def upgrade() -> None:
    _kinds((*KINDS, "search"))
    op.create_table(
        "followed_search",
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_followed_search"),
        sa.UniqueConstraint("words", name="uq_followed_search_words"),
    )
    op.create_table(
        "search_hit",
        sa.Column("subject_type", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"], ["followed_search.id"], ondelete="CASCADE",
            name="fk_search_hit_search_id_followed_search",
        ),
        sa.PrimaryKeyConstraint("subject_type", "subject_id", "search_id", name="pk_search_hit"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("search_hit")
    op.drop_table("followed_search")
    op.execute("DELETE FROM follow WHERE kind = 'search'")
    _kinds(KINDS)
