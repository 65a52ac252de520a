"""The counts of a round and of its facets in slots, so that no writer waits for another"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SLOTS = 16
COUNTS = (
    "received", "pending", "published", "returned", "hidden", "withdrawn", "late", "comments",
    "comments_pending", "comments_late", "not_for_publication", "comments_not_for_publication",
)  # fmt: skip
FACETS = {
    "theme": "theme_id",
    "sector": "sector",
    "body": "body_id",
    "organisation": "organisation_id",
    "outcome": "outcome",
}
COLUMNS = ", ".join(FACETS.values())
SUMS = ", ".join(f"sum({count})" for count in COUNTS)


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


def _keep_in_slot(*changes: str) -> str:
    """Return the statement that adds changes to the counts in the slot of the connection."""
    slot = "0" if _is_sqlite() else f"pg_backend_pid() % {SLOTS}"
    return (
        "INSERT INTO facet_count (round_id, facet, value, slot, proposals) "
        f"SELECT round_id, facet, value, {slot}, sum(more) "
        f"FROM ({' UNION ALL '.join(changes)}) AS changes "
        "GROUP BY round_id, facet, value HAVING sum(more) <> 0 ORDER BY round_id, facet, value "
        "ON CONFLICT (round_id, facet, value, slot) "
        "DO UPDATE SET proposals = facet_count.proposals + excluded.proposals"
    )


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _replace_triggers(keep: Callable[..., str]) -> None:
    """Let the database count with another statement from now on."""
    acts = {
        "insert": ("INSERT", keep(_values("NEW", 1))),
        "update": (f"UPDATE OF state, {COLUMNS}", keep(_values("OLD", -1), _values("NEW", 1))),
        "delete": ("DELETE", keep(_values("OLD", -1))),
    }
    for act, (when, statement) in acts.items():
        name = f"count_facets_on_{act}"
        if _is_sqlite():
            op.execute(f"DROP TRIGGER {name}")
            op.execute(f"CREATE TRIGGER {name} AFTER {when} ON proposal BEGIN {statement}; END")
        else:
            op.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {statement}; RETURN NULL; END $$"
            )


def _make_facet_count(*slot: str) -> None:
    """Make the table of the facets, with these columns more in its key."""
    op.create_table(
        "facet_count",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "facet",
            sa.Enum(*FACETS, name="facet", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("value", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in slot),
        sa.Column("proposals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_facet_count_round_id_round"),
        sa.PrimaryKeyConstraint("round_id", "facet", "value", *slot, name="pk_facet_count"),
    )


def _make_counts(table: str, *slot: str) -> None:
    op.create_table(
        table,
        sa.Column("round_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*slot, *COUNTS)),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=f"fk_{table}_round_id"),
        sa.PrimaryKeyConstraint("round_id", *slot, name=f"pk_{table}"),
    )


def _remake_facet_count(*slot: str) -> None:
    """Make the table of the facets anew; everything goes into the first slot, or together."""
    kept = sa.text("SELECT round_id, facet, value, sum(proposals) AS proposals FROM facet_count "
                   "GROUP BY round_id, facet, value")  # fmt: skip
    rows = [dict(row) for row in op.get_bind().execute(kept).mappings()]
    op.drop_table("facet_count")
    _make_facet_count(*slot)
    table = sa.table("facet_count", *map(sa.column, ("round_id", "facet", "value", *slot,
                                                      "proposals")))  # fmt: skip
    op.bulk_insert(table, [row | dict.fromkeys(slot, 0) for row in rows])


def upgrade() -> None:
    _make_counts("tally_slot", "slot")
    names = ", ".join(COUNTS)
    op.execute(
        f"INSERT INTO tally_slot (round_id, slot, {names}) "
        f"SELECT round_id, 0, {names} FROM round_tally"
    )
    op.drop_table("round_tally")
    _remake_facet_count("slot")
    _replace_triggers(_keep_in_slot)


def downgrade() -> None:
    _make_counts("round_tally")
    op.execute(
        f"INSERT INTO round_tally (round_id, {', '.join(COUNTS)}) "
        f"SELECT round_id, {SUMS} FROM tally_slot GROUP BY round_id"
    )
    op.drop_table("tally_slot")
    _remake_facet_count()
    _replace_triggers(_keep)
