"""Documents as PDF: which one, for whom, and the numbered copy as a download."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.audit import record_view
from engine.errors import AnswersInvalid, NotFound
from web.access import allow, may_see
from web.documents.answering import certificate_pdf, zip_of
from web.documents.rendering import pdf_of
from web.reading import reading, reading_for_anyone
from web.typed import form_id, send_back, sent_back, with_form_id, words_posted
from web.typesetting import NotMade
from workflows.children import get_child
from workflows.council import council_name
from workflows.documents.copies import GivenCopy, give_copy, note_copy_not_made
from workflows.documents.purposes import PURPOSES, Purpose
from workflows.documents.receipts import say_received, to_be_received
from workflows.documents.recipients import RECIPIENTS, Recipient
from workflows.documents.who_has import who_has as read_who_has
from workflows.filing.again import version_to_file_again
from workflows.retention.disposal import get_certificate
from workflows.subject_access.pack import give_pack

blueprint = Blueprint("documents", __name__, template_folder="templates")


@blueprint.get("/children/<uuid:child_id>/copies")
@allow("see_documents", kind="child", arg="child_id")
def who_has(child_id: UUID) -> str:
    """Of the plan that was passed on last, or of the version that the address asks for."""
    page = read_who_has(reading(), child_id, may_see, request.args.get("version", type=int))
    return render_template("documents/who_has.html", page=page,
                           to_be_received=to_be_received(reading(), child_id))


@blueprint.post("/children/<uuid:child_id>/plan/<int:number>/received")
@allow("say_received", kind="child", arg="child_id")
def received(child_id: UUID, number: int) -> Response:
    say_received(g.acting, child_id, number)
    flash(f"Kept: you have received version {number} of the plan.")
    return redirect(url_for("documents.who_has", child_id=child_id))


@blueprint.post("/children/<uuid:child_id>/plan/<int:number>/file-again")
@allow("file_plan_again", kind="child", arg="child_id")
def file_again(child_id: UUID, number: int) -> Response:
    case_id = version_to_file_again(g.acting, child_id, number)
    flash("The plan is sent to the case system within a minute.")
    return redirect(url_for("cases.case_page", case_id=case_id))


@blueprint.get("/children/<uuid:child_id>/documents/<purpose>")
@allow("see_documents", kind="child", arg="child_id")
def choose(child_id: UUID, purpose: str) -> str | Response:
    """For whom it is, and what they will find in it."""
    document = _purpose(purpose)
    if (to_form := with_form_id()) is not None:
        return to_form
    typed = sent_back(request.path)
    return render_template(
        "documents/choose.html",
        child=get_child(reading(), child_id),
        purpose=document,
        version=_version(document),
        recipients=RECIPIENTS.values(),
        typed=words_posted(typed),
        errors=typed.said["errors"] if typed else {},
        form_id=form_id(),
    )


@blueprint.post("/children/<uuid:child_id>/documents/<purpose>")
@allow("give_copy", kind="child", arg="child_id")
def give(child_id: UUID, purpose: str) -> Response:
    """A download and no page: the browser stays where it is."""
    document = _purpose(purpose)
    try:
        recipient = _recipient()
    except AnswersInvalid as nobody:
        return send_back(url_for("documents.choose", child_id=child_id, purpose=purpose),
                         errors=nobody.errors)
    copy = give_copy(g.acting, child_id, document, recipient, may_see, g.decision.reason,
                     _version(document))
    return _download(copy, _made(copy, child_id))


@blueprint.post("/subject-access/<uuid:request_id>/pack")
@allow("answer_request", kind="request", arg="request_id")
def pack(request_id: UUID) -> Response:
    """The answer to a request for access, as a download."""
    made = give_pack(g.acting, request_id)
    return _as_file(zip_of(made, council_name(reading_for_anyone())), "application/zip",
                    f"subject-access-{made.request.reference}.zip")


@blueprint.get("/records/certificates/<uuid:certificate_id>")
@allow("see_records")
def certificate(certificate_id: UUID) -> Response:
    held = get_certificate(reading(), certificate_id)
    record_view(reading(), "see_records", None, f"certificate:{certificate_id}", g.decision.reason)
    pdf = certificate_pdf(held, council_name(reading_for_anyone()), g.acting.today)
    return _as_file(pdf, "application/pdf", f"certificate-{held.number}.pdf")


def _made(copy: GivenCopy, child_id: UUID) -> bytes:
    try:
        return pdf_of(copy, council_name(reading_for_anyone()))
    except NotMade:
        note_copy_not_made(g.acting, child_id, copy.id)
        raise


def _download(copy: GivenCopy, pdf: bytes) -> Response:
    """Named by the case's reference, which says nothing about the child."""
    name = f"{copy.purpose.key}-{copy.case_reference}-copy-{copy.number}.pdf"
    return _as_file(pdf, "application/pdf", name)


def _as_file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, mimetype=media_type, headers={
        "Content-Disposition": f'attachment; filename="{name}"',
    })


def _purpose(name: str) -> Purpose:
    if name not in PURPOSES:
        raise NotFound
    return PURPOSES[name]


def _recipient() -> Recipient:
    chosen = request.form.get("recipient", "")
    if chosen not in RECIPIENTS:
        raise AnswersInvalid({"recipient": "Choose whom the document is for"})
    return RECIPIENTS[chosen]


def _version(purpose: Purpose) -> int | None:
    """The version of the plan that the address asks for; None is the plan as it stands."""
    asked = request.args.get("version", "")
    if not asked:
        return None
    if not purpose.every_version or not (asked.isascii() and asked.isdecimal()) or len(asked) > 6:
        raise NotFound
    return int(asked)
