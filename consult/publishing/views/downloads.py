"""Downloads: the plan and its versions as PDF, as Word document and as the frozen text."""

import json
from typing import Any

from flask import Response, current_app, make_response, url_for

from consult.approvals.models import PlanVersion
from consult.approvals.queries import get_version
from consult.approvals.services import plan_content
from consult.commitments.queries import commitments_of
from consult.core.languages import reader_language
from consult.core.web import Answer
from consult.plans.models import Plan
from consult.plans.queries import get_plan
from consult.policy.badges import public
from consult.publishing.documents import render_docx, render_pdf
from consult.publishing.plan_document import document_of
from consult.publishing.views import bp

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _download(content: bytes, media_type: str, name: str) -> Response:
    answer: Response = make_response(content)
    answer.mimetype = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _living(plan_slug: str) -> tuple[Plan, dict[str, Any]]:
    plan = get_plan(plan_slug)
    return plan, plan_content(plan, commitments_of(plan.id))


def _name(plan: Plan, ending: str, version: PlanVersion | None = None) -> str:
    frozen = f"-v{version.number}" if version else ""
    return f"{plan.slug}{frozen}-{reader_language()}.{ending}"


def _document(plan: Plan, content: dict[str, Any], version: PlanVersion | None = None) -> Any:
    base: str = current_app.config["BASE_URL"]
    address = base + url_for("publishing.plan", plan_slug=plan.slug)
    return document_of(content, reader_language(), address, base, version)


@bp.get("/plans/<string:plan_slug>/plan.pdf")
@public
def plan_pdf(plan_slug: str) -> Answer:
    """Give the public plan as a tagged PDF."""
    plan, content = _living(plan_slug)
    pdf = render_pdf(_document(plan, content))
    return _download(pdf, "application/pdf", _name(plan, "pdf"))


@bp.get("/plans/<string:plan_slug>/plan.docx")
@public
def plan_docx(plan_slug: str) -> Answer:
    """Give the public plan as a Word document."""
    plan, content = _living(plan_slug)
    return _download(render_docx(_document(plan, content)), DOCX, _name(plan, "docx"))


@bp.get("/plans/<string:plan_slug>/versions/<int:number>/plan.pdf")
@public
def version_pdf(plan_slug: str, number: int) -> Answer:
    """Give a frozen version as a tagged PDF, with its digest on the cover."""
    version = get_version(plan_slug, number)
    document = _document(version.plan, json.loads(version.content), version)
    return _download(render_pdf(document), "application/pdf", _name(version.plan, "pdf", version))


@bp.get("/plans/<string:plan_slug>/versions/<int:number>/plan.docx")
@public
def version_docx(plan_slug: str, number: int) -> Answer:
    """Give a frozen version as a Word document, with its digest on the cover."""
    version = get_version(plan_slug, number)
    document = _document(version.plan, json.loads(version.content), version)
    return _download(render_docx(document), DOCX, _name(version.plan, "docx", version))


@bp.get("/plans/<string:plan_slug>/versions/<int:number>/text.json")
@public
def version_text(plan_slug: str, number: int) -> Answer:
    """Give the exact bytes that a version froze; their SHA-256 is the digest."""
    version = get_version(plan_slug, number)
    name = f"{version.plan.slug}-v{version.number}.json"
    return _download(version.content.encode(), "application/json", name)
