"""Downloads: the plan and its versions as PDF, as Word document and as the frozen text."""

from typing import Any

from flask import Response, current_app, make_response, render_template, request, send_file, url_for

from consult.approvals.models import PlanVersion
from consult.approvals.omissions import content_of, served_text
from consult.approvals.queries import get_version
from consult.approvals.services import plan_content
from consult.commitments.queries import commitments_of
from consult.core.languages import reader_language
from consult.core.web import Answer
from consult.plans.models import Plan
from consult.plans.queries import get_plan
from consult.policy.badges import public
from consult.publishing.made_once import RETRY_SECONDS, BeingMade, made_once
from consult.publishing.plan_document import document_of
from consult.publishing.views import bp

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _document(
    plan: Plan, content: dict[str, Any], kind: str, version: PlanVersion | None = None
) -> Answer:
    base: str = current_app.config["BASE_URL"]
    address = base + url_for("publishing.plan", plan_slug=plan.slug)
    document = document_of(content, reader_language(), address, base, version)
    try:
        found, digest = made_once(plan.id, document, kind)
    except BeingMade:
        return _being_made(plan, version)
    frozen = f"-v{version.number}" if version else ""
    return send_file(
        found,
        mimetype=MEDIA_TYPES[kind],
        as_attachment=True,
        download_name=f"{plan.slug}{frozen}-{reader_language()}.{kind}",
        etag=digest,
        last_modified=None,
    )


def _being_made(plan: Plan, version: PlanVersion | None) -> Response:
    page = render_template(
        "publishing/being_made.html", plan=plan, version=version, again=request.path
    )
    answer: Response = make_response(page, 503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _living(plan_slug: str, kind: str) -> Answer:
    plan = get_plan(plan_slug)
    return _document(plan, plan_content(plan, commitments_of(plan.id)), kind)


def _frozen(plan_slug: str, number: int, kind: str) -> Answer:
    version = get_version(plan_slug, number)
    return _document(version.plan, content_of(version), kind, version)


@bp.get("/plans/<string:plan_slug>/plan.pdf")
@public
def plan_pdf(plan_slug: str) -> Answer:
    """Give the public plan as a tagged PDF."""
    return _living(plan_slug, "pdf")


@bp.get("/plans/<string:plan_slug>/plan.docx")
@public
def plan_docx(plan_slug: str) -> Answer:
    """Give the public plan as a Word document."""
    return _living(plan_slug, "docx")


@bp.get("/plans/<string:plan_slug>/versions/<int:number>/plan.pdf")
@public
def version_pdf(plan_slug: str, number: int) -> Answer:
    """Give a frozen version as a tagged PDF, with its digest on the cover."""
    return _frozen(plan_slug, number, "pdf")


@bp.get("/plans/<string:plan_slug>/versions/<int:number>/plan.docx")
@public
def version_docx(plan_slug: str, number: int) -> Answer:
    """Give a frozen version as a Word document, with its digest on the cover."""
    return _frozen(plan_slug, number, "docx")


@bp.get("/plans/<string:plan_slug>/versions/<int:number>/text.json")
@public
def version_text(plan_slug: str, number: int) -> Answer:
    """Give the exact bytes that a version froze; their SHA-256 is the digest.

    Where something was left out, its place says so, and the digest is that of the text before.
    """
    version = get_version(plan_slug, number)
    name = f"{version.plan.slug}-v{version.number}.json"
    answer: Response = make_response(served_text(version))
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
