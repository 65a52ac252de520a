"""What proves a frozen version to outsiders: the file `proof.json` (docs/record-format.md, 7)."""

import json
from datetime import datetime

from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.record.digests import canonical
from consult.foundation.record.models import Event
from consult.foundation.record.proofs import covering
from consult.interfaces.verification.opening import PublicRows, opened_event
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.sealing import opened_text


def version_proof(version: PlanVersion, now: datetime) -> bytes | None:
    """Return the file, canonical JSON; None for a version from before there were sealed texts."""
    if version.sealed is None:
        return None
    return canonical(
        {
            "digest": version.digest,
            "sealed": json.loads(version.sealed),
            "fields": opened_text(version),
            "checkpoint": version.checkpoint,
            "entry": _entry(version, now),
        }
    )


def _entry(version: PlanVersion, now: datetime) -> dict[str, object] | None:
    """Return the entry of the freezing, and its proof; None while no checkpoint covers it."""
    frozen = select(Event).where(
        Event.subject_type == "plan_version",
        Event.subject_id == version.id,
        Event.verb == "version.frozen",
    )
    event = db.session.scalars(frozen).first()
    found = covering(event) if event else None
    opened = opened_event(event, PublicRows([event], now)) if event else None
    if found is None or opened is None:
        return None
    index, prover = found
    return {
        **opened,
        "checkpoint": str(prover.note),
        "index": index,
        "proof": prover.path(index),
    }
