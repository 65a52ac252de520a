"""What the policy's answers may count on of a subject, as Protocols.

A subject of a plan has a `plan_id`; a subject of a round has a `round`, which has both.
"""


def plan_id_of(subject: object) -> int | None:
    """Return the plan that a subject belongs to; None when it belongs to none."""
    if subject is None:
        return None
    plan_id: int | None = getattr(subject, "plan_id", None)
    if plan_id is None and (round_ := getattr(subject, "round", None)) is not None:
        plan_id = round_.plan_id
    return plan_id
