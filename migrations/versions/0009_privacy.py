"""Consents, exports of one's own data, closed and suspended accounts, retention, incidents"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.triggers import protect_from_update, release_from_update

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _at(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def _choice(name: str, kind: str, *values: str) -> sa.Column[Any]:
    type_ = sa.Enum(*values, name=kind, native_enum=False, length=40, create_constraint=True)
    return sa.Column(name, type_, nullable=False)


def _number(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=empty)


def _text(name: str, longest: int | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(longest) if longest else sa.Text(), nullable=False)


def _refers(table: str, column: str, to: str = "person") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _consents() -> None:
    op.create_table(
        "consent",
        _number("person_id"),
        _choice("kind", "consentkind", "taking_part", "contact_later"),
        _number("version"),
        _text("digest", 64),
        _text("language", 8),
        _at("given_at"),
        _choice("given_on", "givenat", "registration", "contribution", "my_data"),
        _at("withdrawn_at", empty=True),
        _key(),
        _refers("consent", "person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_person", "consent", ["person_id", "kind", "version"])


def _exports() -> None:
    op.create_table(
        "data_export",
        _text("public_id", 36),
        _number("person_id"),
        _text("language", 8),
        _at("asked_at"),
        _at("made_at", empty=True),
        _number("size", empty=True),
        _text("stored_as", 80),
        _key(),
        _refers("data_export", "person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_data_export"),
        sa.UniqueConstraint("public_id", name="uq_data_export_public_id"),
    )
    op.create_index("ix_data_export_person_id", "data_export", ["person_id"])


def _accounts() -> None:
    op.create_table(
        "tombstone",
        _number("person_id"),
        _at("closed_at"),
        _choice("closed_by", "closedby", "self", "administrator", "retention"),
        _number("rules_version"),
        _refers("tombstone", "person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_tombstone"),
    )
    op.create_index("ix_tombstone_closed_at", "tombstone", ["closed_at"])
    op.create_table(
        "suspension",
        _number("person_id"),
        _text("reason"),
        _at("suspended_at"),
        _number("suspended_by_id", empty=True),
        _at("ended_at", empty=True),
        _text("end_reason"),
        _number("ended_by_id", empty=True),
        _key(),
        _refers("suspension", "person_id"),
        _refers("suspension", "suspended_by_id"),
        _refers("suspension", "ended_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_suspension"),
    )
    op.create_index("ix_suspension_person_id", "suspension", ["person_id"])
    op.create_table(
        "account_use",
        _number("person_id"),
        _at("last_at"),
        _at("warned_at", empty=True),
        _refers("account_use", "person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_account_use"),
    )
    op.create_index("ix_account_use_last_at", "account_use", ["last_at"])


def _retention() -> None:
    op.create_table(
        "retention_run",
        _text("kind", 60),
        _at("ran_at"),
        _at("cut_off"),
        _number("number"),
        _key(),
        sa.PrimaryKeyConstraint("id", name="pk_retention_run"),
        sa.UniqueConstraint("kind", "ran_at", name="uq_retention_run_kind_ran_at"),
    )
    op.create_index("ix_retention_run_ran_at", "retention_run", ["ran_at"])


def _incidents() -> None:
    op.create_table(
        "incident",
        _text("public_id", 36),
        _at("noted_at"),
        _key(),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("public_id", name="uq_incident_public_id"),
    )
    op.create_index("ix_incident_noted_at", "incident", ["noted_at"])
    op.create_table(
        "incident_version",
        _number("incident_id"),
        _number("number"),
        _at("written_at"),
        _number("written_by_id", empty=True),
        _text("what"),
        _at("began_at", empty=True),
        _at("discovered_at"),
        _text("whose"),
        _number("how_many", empty=True),
        _text("consequences"),
        _text("measures"),
        _at("reported_at", empty=True),
        _text("not_reported"),
        _at("told_at", empty=True),
        _key(),
        _refers("incident_version", "incident_id", "incident"),
        _refers("incident_version", "written_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incident_version"),
        sa.UniqueConstraint("incident_id", "number", name="uq_incident_version_incident_id_number"),
    )
    protect_from_update("incident_version")


def upgrade() -> None:
    _consents()
    _exports()
    _accounts()
    _retention()
    _incidents()


def downgrade() -> None:
    release_from_update("incident_version")
    for table in (
        "incident_version", "incident", "retention_run", "account_use", "suspension", "tombstone",
        "data_export", "consent",
    ):  # fmt: skip
        op.drop_table(table)
