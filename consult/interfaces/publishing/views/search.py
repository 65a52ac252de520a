"""The search over everything that is public."""

from flask import render_template, request

from consult.foundation.core.routing import Routes
from consult.foundation.core.search import HitCount, fault_in
from consult.foundation.core.spelling import suggestion
from consult.foundation.core.web import Answer
from consult.foundation.policy.view_permissions import public
from consult.interfaces.publishing.labels import DATED, HANDED_IN, ONE_FOUND
from consult.interfaces.publishing.search import FoundKind, count_everything, find_everything

routes = Routes()


@routes.get("/search")
@public
def search() -> Answer:
    """Show what a question finds: the numbers for each kind, and a page of one of them."""
    query = request.args.get("q", "").strip()
    fault = fault_in(query)
    counts = count_everything(query) if query and not fault else {}
    found = [kind for kind, hits in counts.items() if hits]
    asked = [kind for kind in FoundKind if kind.value == request.args.get("kind")]
    kind = next(iter(asked or found), FoundKind.PROPOSAL)
    return render_template(
        "publishing/search.html",
        query=query,
        fault=fault,
        counts=counts,
        kind=kind,
        all_found=HitCount(sum(hits.number for hits in counts.values())),
        one_found=ONE_FOUND | HANDED_IN,
        dated=DATED,
        page=find_everything(kind, query, request.args.get("cursor"), counts[kind])
        if counts
        else None,
        meant=suggestion(query, _finds_anything) if counts and not found else None,
    )


def _finds_anything(query: str) -> bool:
    return any(count_everything(query).values())
