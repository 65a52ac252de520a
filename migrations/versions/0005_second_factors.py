"""Second factors, passkeys, sessions that are listed, and sign-in through a provider"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HOW = ["password", "link", "confirm", "passkey", "provider"]
SECOND = ["authenticator", "recovery", "passkey", "provider"]


def _choice(name: str, values: list[str]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{table}_person_id")


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("second_factor_at", MOMENT, nullable=True))
        table.add_column(sa.Column("totp_secret", sa.String(500), nullable=True))
        table.add_column(sa.Column("totp_counter", sa.Integer(), nullable=True))
    with op.batch_alter_table("mandate") as table:
        table.add_column(sa.Column("provider", sa.String(255), nullable=True))
    op.drop_table("ended_session")
    op.create_table(
        "sign_in_session",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("proved_at", MOMENT, nullable=False),
        sa.Column("how", _choice("how", HOW), nullable=False),
        sa.Column("second", _choice("second", SECOND), nullable=True),
        sa.Column("browser", sa.String(40), nullable=False),
        sa.Column("system", sa.String(40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _of_person("sign_in_session"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_session"),
        sa.UniqueConstraint("key", name="uq_sign_in_session_key"),
    )
    op.create_index("ix_sign_in_session_person_id", "sign_in_session", ["person_id"])
    op.create_index("ix_sign_in_session_seen_at", "sign_in_session", ["seen_at"])
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _of_person("recovery_code"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"])
    op.create_table(
        "passkey",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("credential", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _of_person("passkey"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential", name="uq_passkey_credential"),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"])
    op.create_table(
        "linked_identity",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _of_person("linked_identity"),
        sa.PrimaryKeyConstraint("id", name="pk_linked_identity"),
        sa.UniqueConstraint("issuer", "subject", name="uq_linked_identity_issuer_subject"),
    )
    op.create_index("ix_linked_identity_person_id", "linked_identity", ["person_id"])
    op.create_table(
        "spent_token",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("spent_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spent_token"),
        sa.UniqueConstraint("digest", name="uq_spent_token_digest"),
    )
    op.create_index("ix_spent_token_spent_at", "spent_token", ["spent_at"])


def downgrade() -> None:
    for name in ("spent_token", "linked_identity", "passkey", "recovery_code", "sign_in_session"):
        op.drop_table(name)
    op.create_table(
        "ended_session",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ended_session"),
    )
    op.create_index("ix_ended_session_ended_at", "ended_session", ["ended_at"])
    op.create_index("ix_ended_session_key", "ended_session", ["key"])
    with op.batch_alter_table("mandate") as table:
        table.drop_column("provider")
    with op.batch_alter_table("person") as table:
        table.drop_column("totp_counter")
        table.drop_column("totp_secret")
        table.drop_column("second_factor_at")
