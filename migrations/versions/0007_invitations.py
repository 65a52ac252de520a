"""People are invited to a body by e-mail, one by one or from a file"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = ("waiting", "sent", "accepted", "declined", "expired", "revoked")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    op.create_table(
        "invitation_batch",
        _number("body_id", nullable=False),
        _number("made_by_id"),
        _moment("made_at"),
        _moment("sent_at", nullable=True),
        sa.Column("encoding", sa.String(20), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("bad_rows", sa.JSON(), nullable=False),
        _number("invited", nullable=False),
        _number("refused", nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("invitation_batch", "body_id", "body"),
        _refers("invitation_batch", "made_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation_batch"),
    )
    op.create_index("ix_invitation_batch_body_id", "invitation_batch", ["body_id"])
    op.create_table(
        "invitation",
        _number("body_id", nullable=False),
        _number("batch_id"),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        _number("organisation_id"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES,
                name="invitationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        _number("invited_by_id"),
        _moment("invited_at"),
        _number("message_id"),
        _moment("sent_at", nullable=True),
        _moment("reminded_at", nullable=True),
        _moment("warned_at", nullable=True),
        _moment("expires_at"),
        _moment("closed_at", nullable=True),
        _number("accepted_by_id"),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("invitation", "body_id", "body"),
        _refers("invitation", "batch_id", "invitation_batch"),
        _refers("invitation", "organisation_id", "organisation"),
        _refers("invitation", "invited_by_id", "person"),
        _refers("invitation", "accepted_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
    )
    for column in ("batch_id", "message_id", "expires_at", "closed_at", "address"):
        op.create_index(f"ix_invitation_{column}", "invitation", [column])
    op.create_index("ix_invitation_body_id_state", "invitation", ["body_id", "state"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["body_id", "address"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "invitation_key",
        _number("invitation_id", nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        _number("message_id", nullable=False),
        _moment("made_at"),
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("invitation_key", "invitation_id", "invitation"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation_key"),
        sa.UniqueConstraint("digest", name="uq_invitation_key_digest"),
    )
    op.create_index("ix_invitation_key_invitation_id", "invitation_key", ["invitation_id"])


def downgrade() -> None:
    op.drop_table("invitation_key")
    op.drop_table("invitation")
    op.drop_table("invitation_batch")
