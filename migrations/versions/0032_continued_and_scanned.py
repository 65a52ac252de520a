"""Which earlier proposal one continues, and what the virus scanner said of a file"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SCAN_STATES = "'unscanned', 'clean', 'infected'"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE stored_file ADD COLUMN scan_state VARCHAR(40) DEFAULT 'unscanned' NOT NULL "
        f"CONSTRAINT ck_stored_file_scanstate CHECK (scan_state IN ({SCAN_STATES}))"
    )
    op.execute(
        "ALTER TABLE proposal ADD COLUMN continues_id INTEGER "
        "CONSTRAINT fk_proposal_continues_id_proposal REFERENCES proposal (id)"
    )
    op.create_index(
        "ix_proposal_continued", "proposal", ["continues_id", "state", "arrived_at", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_proposal_continued", table_name="proposal")
    op.drop_column("proposal", "continues_id")
    op.drop_column("stored_file", "scan_state")
