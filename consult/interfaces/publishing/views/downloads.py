"""Downloads: the plan and its versions as PDF, as Word document and as the frozen text."""

from flask import (
    Response,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import lazy_gettext as _l

from consult.consultation.plans.models import Plan
from consult.consultation.plans.queries import get_plan
from consult.foundation.core.clock import now
from consult.foundation.core.errors import NotFound
from consult.foundation.core.languages import reader_language
from consult.foundation.core.public_revision import read_revision
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, as_attachment
from consult.foundation.policy.view_permissions import public
from consult.interfaces.publishing.document_cache import (
    RETRY_SECONDS,
    BeingMade,
    DocumentFile,
    DocumentRequest,
    cached_document,
    remember,
    remembered,
)
from consult.interfaces.publishing.letterhead import letterhead
from consult.interfaces.publishing.plan_document import document_of
from consult.interfaces.publishing.version_proof import version_proof
from consult.outcomes.approvals.contents import PlanContent
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.omissions import content_of, served_text
from consult.outcomes.approvals.queries import get_version
from consult.outcomes.approvals.services import plan_content
from consult.outcomes.commitments.queries import commitments_of

routes = Routes()

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _document(plan_slug: str, number: int | None, kind: str) -> Answer:
    asked, seen = (plan_slug, number, reader_language(), kind), read_revision().pages
    made = remembered(asked, seen)
    if made is None:
        plan, version, content = _read(plan_slug, number)
        base: str = current_app.config["BASE_URL"]
        address = base + url_for("publishing.plan", plan_slug=plan.slug)
        language = reader_language()
        publisher = letterhead(language)
        document = document_of(content, language, address, base, publisher, version)
        try:
            made = cached_document(plan.id, document, kind)
        except BeingMade:
            return _being_made(plan, version)
        remember(asked, seen, made)
    return _file(made, asked)


def _read(plan_slug: str, number: int | None) -> tuple[Plan, PlanVersion | None, PlanContent]:
    """Read a version, or the plan as it is now, and the text of it that readers get."""
    if number is not None:
        version = get_version(plan_slug, number)
        return version.plan, version, content_of(version)
    plan = get_plan(plan_slug)
    return plan, None, plan_content(plan, commitments_of(plan.id))


def _file(made: DocumentFile, asked: DocumentRequest) -> Answer:
    plan_slug, number, language, kind = asked
    frozen = f"-v{number}" if number is not None else ""
    # In one piece: a file is handed on in pieces of 8 KiB, and each waits for the other threads.
    answer: Response = make_response(made.content)
    answer.mimetype = MEDIA_TYPES[kind]
    answer.set_etag(made.digest)
    as_attachment(answer, f"{plan_slug}{frozen}-{language}.{kind}")
    return answer.make_conditional(request, accept_ranges=True, complete_length=len(made.content))


def _being_made(plan: Plan, version: PlanVersion | None) -> Response:
    page = render_template(
        "publishing/being_made.html", plan=plan, version=version, again=request.path
    )
    answer: Response = make_response(page, 503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


@routes.get("/plans/<string:plan_slug>/plan.pdf")
@public
def plan_pdf(plan_slug: str) -> Answer:
    """Return the public plan as a tagged PDF."""
    return _document(plan_slug, None, "pdf")


@routes.get("/plans/<string:plan_slug>/plan.docx")
@public
def plan_docx(plan_slug: str) -> Answer:
    """Return the public plan as a Word document."""
    return _document(plan_slug, None, "docx")


@routes.get("/plans/<string:plan_slug>/versions/<int:number>/plan.pdf")
@public
def version_pdf(plan_slug: str, number: int) -> Answer:
    """Return a frozen version as a tagged PDF, with its digest on the cover."""
    return _document(plan_slug, number, "pdf")


@routes.get("/plans/<string:plan_slug>/versions/<int:number>/plan.docx")
@public
def version_docx(plan_slug: str, number: int) -> Answer:
    """Return a frozen version as a Word document, with its digest on the cover."""
    return _document(plan_slug, number, "docx")


@routes.get("/plans/<string:plan_slug>/versions/<int:number>/text.json")
@public
def version_text(plan_slug: str, number: int) -> Answer:
    """Return the text that a version froze; where something was left out, its place says so."""
    version = get_version(plan_slug, number)
    return _json(served_text(version), f"{version.plan.slug}-v{version.number}.json")


@routes.get("/plans/<string:plan_slug>/versions/<int:number>/proof.json")
@public
def version_proof_file(plan_slug: str, number: int) -> Answer:
    """Return what proves a version: its sealed text, what opens it, and its entry in the log."""
    version = get_version(plan_slug, number)
    proof = version_proof(version, now())
    if proof is None:
        raise NotFound(
            _l("This version was frozen before there were proofs."),
            _l("The SHA-256 of its text is its digest."),
        )
    return _json(proof, f"{version.plan.slug}-v{version.number}-proof.json")


def _json(content: bytes, name: str) -> Response:
    answer: Response = make_response(content)
    answer.mimetype = "application/json"
    return as_attachment(answer, name)
