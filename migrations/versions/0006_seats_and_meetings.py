"""Public bodies have their identifier, bodies have seats and meetings"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SECTORS = ["civil_society", "government", "business", "knowledge"]
FUNCTIONS = ["chair", "secretary", "member"]


def upgrade() -> None:
    with op.batch_alter_table("organisation") as table:
        table.add_column(sa.Column("tooi", sa.String(length=20), nullable=True))
        table.create_unique_constraint("uq_organisation_tooi", ["tooi"])
    for column in (
        sa.Column("rules_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seats_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("half_yearly", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("body", column)
    # A stakeholder forum is the space for dialogue that OGP standard 1.1 asks for.
    op.execute("UPDATE body SET half_yearly = (kind = 'forum')")
    with op.batch_alter_table("membership") as table:
        table.add_column(sa.Column("seat", sa.String(length=40), nullable=True))
        table.add_column(
            sa.Column("function", sa.String(length=40), nullable=False, server_default="member")
        )
        table.add_column(sa.Column("term", sa.Integer(), nullable=False, server_default="1"))
        table.create_check_constraint("sector", sa.column("seat").in_(SECTORS))
        table.create_check_constraint("function", sa.column("function").in_(FUNCTIONS))
    _seats()
    _meetings()
    _around_meetings()


def _choice(name: str, values: list[str]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _seats() -> None:
    op.create_table(
        "seat_group",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("sector", _choice("sector", SECTORS), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name="fk_seat_group_body_id"),
        sa.PrimaryKeyConstraint("id", name="pk_seat_group"),
        sa.UniqueConstraint("body_id", "sector", name="uq_seat_group_body_id_sector"),
    )


def _meetings() -> None:
    states = ["planned", "held", "published", "cancelled"]
    op.create_table(
        "meeting",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("meetingkind", ["regular", "monitoring"]), nullable=False),
        sa.Column("state", _choice("meetingstate", states), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("agenda", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.JSON(), nullable=False),
        sa.Column("minutes_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name="fk_meeting_body_id"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting"),
        sa.UniqueConstraint("body_id", "number", name="uq_meeting_body_id_number"),
    )
    op.create_index("ix_meeting_body_start", "meeting", ["body_id", "starts_at"])


def _around_meetings() -> None:
    presences = ["present", "represented", "excused", "absent"]
    op.create_table(
        "attendance",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("presence", _choice("presence", presences), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_attendance_meeting_id"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name="fk_attendance_membership_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attendance"),
        sa.UniqueConstraint(
            "meeting_id", "membership_id", name="uq_attendance_meeting_id_membership_id"
        ),
    )
    op.create_index("ix_attendance_membership_id", "attendance", ["membership_id"])
    op.create_table(
        "meeting_file",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_meeting_file_meeting_id"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_meeting_file_file_id"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_file"),
        sa.UniqueConstraint("file_id", name="uq_meeting_file_file_id"),
    )
    op.create_index("ix_meeting_file_meeting_id", "meeting_file", ["meeting_id"])
    op.create_table(
        "gap_warning",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name="fk_gap_warning_body_id"),
        sa.PrimaryKeyConstraint("id", name="pk_gap_warning"),
        sa.UniqueConstraint("body_id", "since", name="uq_gap_warning_body_id_since"),
    )


def downgrade() -> None:
    for gone in ("gap_warning", "meeting_file", "attendance", "meeting", "seat_group"):
        op.drop_table(gone)
    with op.batch_alter_table("membership") as table:
        for check in ("function", "sector"):
            table.drop_constraint(check, type_="check")
        for added in ("term", "function", "seat"):
            table.drop_column(added)
    for added in ("half_yearly", "seats_changed_at", "rules_changed_at"):
        op.drop_column("body", added)
    with op.batch_alter_table("organisation") as table:
        table.drop_constraint("uq_organisation_tooi", type_="unique")
        table.drop_column("tooi")
