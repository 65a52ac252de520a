"""A salted digest for each field of an event, and a log that begins anew with the old record"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.triggers import protect, release

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 1000
MOMENT = sa.DateTime(timezone=True)
event = sa.table(
    "event", sa.column("id", sa.Integer), sa.column("public_id"), sa.column("verb"),
    sa.column("subject_type"), sa.column("subject_id"), sa.column("plan_id"),
    sa.column("round_id"), sa.column("at", MOMENT), sa.column("actor_id"),
    sa.column("commitment"), sa.column("fields", sa.JSON),
)  # fmt: skip
detail = sa.table(
    "event_detail", sa.column("event_id", sa.Integer), sa.column("actor_id"), sa.column("salt"),
    sa.column("content", sa.JSON(none_as_null=True)), sa.column("reason"),
    sa.column("salts", sa.JSON), sa.column("carried", sa.JSON(none_as_null=True)),
    sa.column("erased_at", MOMENT),
)  # fmt: skip
leaf = sa.table("leaf", sa.column("position"), sa.column("event_id"), sa.column("digest"))
receipt = sa.table("receipt", sa.column("event_id"), sa.column("code"))
log = sa.table("log", sa.column("id"), sa.column("origin"), sa.column("began_at", MOMENT),
               sa.column("first"))  # fmt: skip
Salted = tuple[dict[str, str], dict[str, str]]


def canonical(value: object) -> bytes:
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def moment(at: datetime) -> str:
    return f"{aware(at):%Y-%m-%dT%H:%M:%S.%fZ}"


def digests_of(fields: dict[str, object]) -> Salted:
    salts = {name: secrets.token_hex(16) for name in fields}
    return {name: _salted(b"field", salts[name], value) for name, value in fields.items()}, salts


def _salted(kind: bytes, salt: str, value: object) -> str:
    start = b"consult-" + kind + b"/v1\n" + bytes.fromhex(salt)
    return hashlib.sha256(start + canonical(value)).hexdigest()


def leaf_of(row: sa.Row[Any], fields: dict[str, str], salt: str) -> str:
    body = {
        "event": row.public_id,
        "verb": row.verb,
        "subject": {"type": row.subject_type, "id": row.subject_id},
        "plan": row.plan_id,
        "round": row.round_id,
        "at": moment(row.at),
        "fields": fields,
    }
    entry = f"{aware(row.at):%Y-%m-%dT%H:%M:%SZ} {_salted(b'event', salt, body)}"
    return hashlib.sha256(b"\x00" + entry.encode()).hexdigest()


def old_leaf(row: sa.Row[Any], commitment: str) -> str:
    body = {
        "event": row.public_id,
        "verb": row.verb,
        "subject": f"{row.subject_type}:{row.subject_id}",
        "round": row.round_id,
        "at": moment(row.at),
        "commitment": commitment,
    }
    return hashlib.sha256(b"\x00" + canonical(body)).hexdigest()


def events(*more: sa.ColumnElement[Any]) -> Iterator[Any]:
    """Read the events with their details and places, some at a time."""
    last = 0
    connection = op.get_bind()
    while True:
        statement = (
            sa.select(
                *(c for c in event.c if c.name not in {"commitment", "actor_id", "fields"}),
                detail.c.content, detail.c.reason, detail.c.erased_at,
                leaf.c.position, leaf.c.digest.label("leaf"), receipt.c.code, *more,
            )
            .select_from(event)
            .join(detail, detail.c.event_id == event.c.id)
            .outerjoin(leaf, leaf.c.event_id == event.c.id)
            .outerjoin(receipt, receipt.c.event_id == event.c.id)
            .where(event.c.id > last)
            .order_by(event.c.id)
            .limit(BATCH)
        )  # fmt: skip
        rows = connection.execute(statement).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id


def upgrade() -> None:
    op.create_table(
        "log",
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("rows_carried_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
    )
    op.add_column("event", sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("event_detail", sa.Column("actor_id", sa.Integer(), nullable=True))
    op.add_column(
        "event_detail", sa.Column("salts", sa.JSON(), nullable=False, server_default="{}")
    )
    op.add_column("event_detail", sa.Column("carried", sa.JSON(), nullable=True))
    op.create_index("ix_event_detail_actor_id", "event_detail", ["actor_id"])
    release("event")
    release("leaf")
    _carry_over()
    protect("leaf")
    op.drop_column("event", "commitment")
    op.drop_column("event", "actor_id")
    protect("event")
    with op.batch_alter_table("event_detail") as table:
        table.alter_column("content", existing_type=sa.JSON(), nullable=False)
        table.alter_column("salt", existing_type=sa.String(64), nullable=False)


def _carry_over() -> None:
    connection = op.get_bind()
    leaves: list[dict[str, object]] = []
    old = hashlib.sha256()
    places = 0
    found = connection.execute(sa.select(leaf.c.digest).order_by(leaf.c.position))
    for (digest,) in found:
        old.update(bytes.fromhex(digest))
        places += 1
    actor, commitment, salt = event.c.actor_id, event.c.commitment, detail.c.salt
    for row in events(actor, commitment, salt):
        carried = {
            "commitment": row.commitment, "salt": row.salt, "position": row.position,
            "leaf": row.leaf,
        }  # fmt: skip
        content = row.content or {}
        said = {f"said.{key}": value for key, value in content.items()}
        why = {"reason": row.reason} if row.reason else {}
        code = {"receipt": row.code} if row.code else {}
        named = {"actor": row.actor_id, **said, **why, **code, "carried": carried}
        fields, salts = digests_of(named)
        salt_of_event = secrets.token_hex(16)
        connection.execute(sa.update(event).where(event.c.id == row.id).values(fields=fields))
        connection.execute(
            sa.update(detail).where(detail.c.event_id == row.id).values(
                actor_id=row.actor_id, content=content, salts=salts, salt=salt_of_event,
                carried=carried,
            )
        )  # fmt: skip
        digest = leaf_of(row, fields, salt_of_event)
        leaves.append({"position": len(leaves) + 1, "event_id": row.id, "digest": digest})
    connection.execute(sa.delete(leaf))
    if leaves:
        first = _begin(len(leaves), places, old.hexdigest())
        connection.execute(sa.insert(leaf), [first])
        for start in range(0, len(leaves), BATCH):
            connection.execute(sa.insert(leaf), leaves[start : start + BATCH])


def _begin(number: int, places: int, digest: str) -> dict[str, object]:
    """Begin the new log with an event that says what the old record held."""
    connection = op.get_bind()
    now = datetime.now(UTC)
    stored = now.replace(tzinfo=None) if connection.dialect.name == "sqlite" else now
    connection.execute(sa.insert(log).values(id=1, origin="", began_at=stored, first=0))
    if connection.dialect.name != "sqlite":
        op.execute("SELECT setval(pg_get_serial_sequence('log', 'id'), 1)")
    content: dict[str, object] = {"events": number, "leaves": places, "digest": digest}
    said = {f"said.{key}": value for key, value in content.items()}
    fields, salts = digests_of({"actor": None, **said})
    salt = secrets.token_hex(16)
    values = {
        "public_id": str(uuid.uuid4()), "verb": "record.carried_over", "subject_type": "log",
        "subject_id": 1, "plan_id": None, "round_id": None, "fields": fields,
        "at": stored, "commitment": "0" * 64,
    }  # fmt: skip
    connection.execute(sa.insert(event).values(**values))
    made = connection.execute(
        sa.select(event).where(event.c.public_id == values["public_id"])
    ).one()
    connection.execute(
        sa.insert(detail).values(
            event_id=made.id, content=content, reason="", salts=salts, salt=salt
        )
    )
    return {"position": 0, "event_id": made.id, "digest": leaf_of(made, fields, salt)}


def downgrade() -> None:
    op.add_column("event", sa.Column("actor_id", sa.Integer(), nullable=True))
    op.add_column(
        "event", sa.Column("commitment", sa.String(64), nullable=False, server_default="")
    )
    with op.batch_alter_table("event_detail") as table:
        table.alter_column("content", existing_type=sa.JSON(), nullable=True)
        table.alter_column("salt", existing_type=sa.String(64), nullable=True)
    release("event")
    release("leaf")
    _carry_back()
    protect("leaf")
    op.drop_column("event", "fields")
    protect("event")
    op.drop_index("ix_event_detail_actor_id", "event_detail")
    op.drop_column("event_detail", "actor_id")
    op.drop_column("event_detail", "salts")
    op.drop_column("event_detail", "carried")
    op.drop_table("log")


def _carry_back() -> None:
    connection = op.get_bind()
    made = sa.select(event.c.id).where(event.c.verb == "record.carried_over")
    connection.execute(sa.delete(leaf).where(leaf.c.event_id.in_(made)))
    connection.execute(sa.delete(detail).where(detail.c.event_id.in_(made)))
    connection.execute(sa.delete(event).where(event.c.verb == "record.carried_over"))
    old: list[dict[str, object]] = []
    new: list[dict[str, object]] = []
    for row in events(detail.c.actor_id.label("who"), detail.c.carried):
        gone = row.erased_at is not None
        if row.carried:
            commitment, salt = row.carried["commitment"], row.carried["salt"]
        else:
            salt = secrets.token_hex(16)
            body = canonical({"content": row.content, "reason": row.reason})
            commitment = hashlib.sha256(bytes.fromhex(salt) + body).hexdigest()
        connection.execute(
            sa.update(event).where(event.c.id == row.id).values(
                actor_id=row.who, commitment=commitment
            )
        )  # fmt: skip
        connection.execute(
            sa.update(detail).where(detail.c.event_id == row.id).values(
                salt=None if gone else salt, content=None if gone else row.content
            )
        )  # fmt: skip
        if row.carried and row.carried["position"] is not None:
            place = {"position": row.carried["position"], "digest": row.carried["leaf"]}
            old.append({**place, "event_id": row.id})
        elif row.position is not None:
            new.append({"event_id": row.id, "digest": old_leaf(row, commitment)})
    connection.execute(sa.delete(leaf))
    first = max((int(str(one["position"])) for one in old), default=-1) + 1
    places = [*old, *({"position": first + at, **one} for at, one in enumerate(new))]
    if places:
        connection.execute(sa.insert(leaf), places)
