"""On behalf of whom people write, and mandates and places that they ask for"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "last_spoken_for",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_last_spoken_for_person_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_last_spoken_for_organisation_id_organisation",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_last_spoken_for"),
        sa.UniqueConstraint("person_id", name="uq_last_spoken_for_person_id"),
    )
    op.create_index("ix_last_spoken_for_organisation_id", "last_spoken_for", ["organisation_id"])
    with op.batch_alter_table("mandate_request") as table:
        table.alter_column("organisation_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("named", sa.String(200), nullable=False, server_default=""))
    op.create_table(
        "attribution",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("attributed_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_attribution_proposal_id_proposal"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["mandate_request.id"], name="fk_attribution_request_id_mandate_request"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attribution"),
        sa.UniqueConstraint("proposal_id", name="uq_attribution_proposal_id"),
    )
    op.create_index("ix_attribution_request_id", "attribution", ["request_id"])
    with op.batch_alter_table("position") as table:
        table.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            "fk_position_organisation_id_organisation", "organisation", ["organisation_id"], ["id"]
        )
        table.create_index("ix_position_organisation_id", ["organisation_id"])
    op.create_table(
        "place_request",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_place_request_person_id_person"
        ),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name="fk_place_request_body_id_body"),
        sa.PrimaryKeyConstraint("id", name="pk_place_request"),
    )
    op.create_index("ix_place_request_person_id", "place_request", ["person_id"])
    op.create_index("ix_place_request_waiting", "place_request", ["body_id", "decided_at"])


def downgrade() -> None:
    op.drop_index("ix_place_request_waiting", table_name="place_request")
    op.drop_index("ix_place_request_person_id", table_name="place_request")
    op.drop_table("place_request")
    with op.batch_alter_table("position") as table:
        table.drop_index("ix_position_organisation_id")
        table.drop_constraint("fk_position_organisation_id_organisation", type_="foreignkey")
        table.drop_column("organisation_id")
    op.drop_index("ix_attribution_request_id", table_name="attribution")
    op.drop_table("attribution")
    op.execute("DELETE FROM mandate_request WHERE organisation_id IS NULL")
    with op.batch_alter_table("mandate_request") as table:
        table.drop_column("named")
        table.alter_column("organisation_id", existing_type=sa.Integer(), nullable=False)
    op.drop_index("ix_last_spoken_for_organisation_id", table_name="last_spoken_for")
    op.drop_table("last_spoken_for")
