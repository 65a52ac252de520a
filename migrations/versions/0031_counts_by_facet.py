"""How many proposals of a round have each theme, sector, body, organisation and outcome; contested ones"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

FACETS = {
    "theme": "theme_id",
    "sector": "sector",
    "body": "body_id",
    "organisation": "organisation_id",
    "outcome": "outcome",
}
COLUMNS = ", ".join(FACETS.values())


def _values(row: str, by: int) -> str:
    """Return a SELECT of what a row of `proposal` adds to the counts, while it is published."""
    return " UNION ALL ".join(
        f"SELECT {row}.round_id AS round_id, '{facet}' AS facet, "
        f"coalesce(CAST({row}.{column} AS varchar), '') AS value, {by} AS more "
        f"WHERE {row}.state = 'published'"
        for facet, column in FACETS.items()
    )


def _keep(*changes: str) -> str:
    """Return the statement that adds changes to the counts, always in the same order of rows."""
    return (
        "INSERT INTO facet_count (round_id, facet, value, proposals) "
        f"SELECT round_id, facet, value, sum(more) FROM ({' UNION ALL '.join(changes)}) AS changes "
        "GROUP BY round_id, facet, value HAVING sum(more) <> 0 ORDER BY round_id, facet, value "
        "ON CONFLICT (round_id, facet, value) "
        "DO UPDATE SET proposals = facet_count.proposals + excluded.proposals"
    )


ACTS = {
    "insert": ("INSERT", _keep(_values("NEW", 1))),
    "update": (f"UPDATE OF state, {COLUMNS}", _keep(_values("OLD", -1), _values("NEW", 1))),
    "delete": ("DELETE", _keep(_values("OLD", -1))),
}


def upgrade() -> None:
    op.create_table(
        "facet_count",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "facet",
            sa.Enum(*FACETS, name="facet", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("proposals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_facet_count_round_id_round"),
        sa.PrimaryKeyConstraint("round_id", "facet", "value", name="pk_facet_count"),
    )
    op.add_column(
        "proposal", sa.Column("contested_count", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute(
        "UPDATE proposal SET contested_count = "
        "CASE WHEN support_count < object_count THEN support_count ELSE object_count END "
        "WHERE support_count > 0 AND object_count > 0"
    )
    op.create_index("ix_proposal_contested", "proposal", ["round_id", "contested_count", "id"])
    for facet, column in FACETS.items():
        op.execute(
            "INSERT INTO facet_count (round_id, facet, value, proposals) "
            f"SELECT round_id, '{facet}', coalesce(CAST({column} AS varchar), ''), count(*) "
            f"FROM proposal WHERE state = 'published' GROUP BY round_id, {column}"
        )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for act, (when, statement) in ACTS.items():
        name = f"count_facets_on_{act}"
        if sqlite:
            op.execute(f"CREATE TRIGGER {name} AFTER {when} ON proposal BEGIN {statement}; END")
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {statement}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {when} ON proposal FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    for act in ACTS:
        name = f"count_facets_on_{act}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON proposal")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_proposal_contested", table_name="proposal")
    op.drop_column("proposal", "contested_count")
    op.drop_table("facet_count")
