"""Topics and digests, and an outbox that a mail server which is away does not wear out

Going back loses what waits: empty the outbox first (`flask consult work --once`).
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TOPICS = [
    "contribution", "replies", "rounds", "meetings", "membership", "queue", "warnings", "security",
]  # fmt: skip
FREQUENCIES = ["immediately", "daily", "weekly", "off"]
MOMENT = sa.DateTime(timezone=True)


def _added() -> list[sa.Column[Any]]:
    return [
        sa.Column("about_type", sa.String(40), nullable=False, server_default=""),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(120), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failure", sa.String(500), nullable=False, server_default=""),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("left_out_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
    ]


def upgrade() -> None:
    _lane()
    _notices()
    for column in _added():
        op.add_column("message", column)
    op.execute("UPDATE message SET due_at = created_at, settled_at = sent_at")
    with op.batch_alter_table("message") as table:
        for column in _added():
            bare = column.name == "due_at" or column.server_default is not None
            if bare:
                table.alter_column(
                    column.name, existing_type=column.type, server_default=None, nullable=False
                )
        table.create_unique_constraint("uq_message_key", ["key"])
    op.create_index("ix_message_failed_at", "message", ["failed_at"])
    open_ = sa.column("settled_at").is_(None)
    op.create_index(
        "ix_message_waiting", "message", ["due_at", "id"],
        sqlite_where=open_, postgresql_where=open_,
    )  # fmt: skip
    # The lane sends now what these jobs would have sent.
    op.execute("UPDATE job SET done_at = run_at WHERE kind = 'send-message' AND done_at IS NULL")


def _lane() -> None:
    op.create_table(
        "lane",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(36), nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lane"),
    )


def _notices() -> None:
    op.create_table(
        "broadcast",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("detail_id", sa.Integer(), nullable=True),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_broadcast"),
        sa.UniqueConstraint("key", name="uq_broadcast_key"),
    )
    op.create_table(
        "notice",
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(300), nullable=False),
        sa.Column("line", sa.String(500), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("about_type", sa.String(40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("digest_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index("ix_notice_digest_id", "notice", ["digest_id"])
    open_ = sa.column("settled_at").is_(None)
    op.create_index(
        "ix_notice_open", "notice", ["person_id", "id"],
        sqlite_where=open_, postgresql_where=open_,
    )  # fmt: skip
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("frequency", sa.String(40), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(sa.column("topic").in_(TOPICS), name="topic"),
        sa.CheckConstraint(sa.column("frequency").in_(FREQUENCIES), name="frequency"),
        sa.PrimaryKeyConstraint("person_id", "topic", name="pk_preference"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_waiting", table_name="message")
    op.drop_index("ix_message_failed_at", table_name="message")
    with op.batch_alter_table("message") as table:
        table.drop_constraint("uq_message_key", type_="unique")
        for column in _added():
            table.drop_column(column.name)
    for name in ("preference", "notice", "broadcast", "lane"):
        op.drop_table(name)
