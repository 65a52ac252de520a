"""What people follow, and notices that stand on the site and are read there"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("plan", "theme", "round", "commitment", "proposal")
TOPICS = (
    "contribution", "replies", "rounds", "meetings", "membership", "queue", "warnings", "record",
    "security",
)  # fmt: skip
FREQUENCIES = ("immediately", "daily", "weekly", "off")


def _choices(topics: tuple[str, ...], frequencies: tuple[str, ...]) -> None:
    with op.batch_alter_table("preference") as table:
        table.drop_constraint("topic", type_="check")
        table.create_check_constraint("topic", sa.column("topic").in_(topics))
        table.drop_constraint("frequency", type_="check")
        table.create_check_constraint("frequency", sa.column("frequency").in_(frequencies))


def upgrade() -> None:
    op.create_table(
        "follow",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="followedkind"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_follow_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_follow"),
        sa.UniqueConstraint(
            "person_id", "kind", "subject_id", name="uq_follow_person_id_kind_subject_id"
        ),
    )
    op.create_index("ix_follow_subject", "follow", ["kind", "subject_id", "person_id"])
    op.add_column("notice", sa.Column("read_at", MOMENT, nullable=True))
    # What was told before there were notices on the site is nothing new there.
    op.execute("UPDATE notice SET read_at = created_at")
    unread = sa.column("read_at").is_(None)
    op.create_index(
        "ix_notice_unread", "notice", ["person_id", "id"],
        sqlite_where=unread, postgresql_where=unread,
    )  # fmt: skip
    op.create_index("ix_notice_person", "notice", ["person_id", "id"])
    _choices((*TOPICS, "following"), (*FREQUENCIES, "site"))


def downgrade() -> None:
    op.execute("DELETE FROM preference WHERE topic = 'following' OR frequency = 'site'")
    _choices(TOPICS, FREQUENCIES)
    op.drop_index("ix_notice_person", table_name="notice")
    op.drop_index("ix_notice_unread", table_name="notice")
    op.drop_column("notice", "read_at")
    op.drop_index("ix_follow_subject", table_name="follow")
    op.drop_table("follow")
