"""Putting one case right: where it goes on, which answer it goes by, or cancelling it."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, CaseClosed, Refused
from engine.migration.plan import CannotMove
from engine.migration.repair import VALUE, Repair, cancel_case, put_right, undo_repair
from web.access import allow
from web.studio.blueprint import blueprint
from web.typed import kept_fields, send_away, sent_back, words_posted
from workflows.repair_page import (
    COUNTS_AS_DONE,
    case_with_reference,
    repair_of,
    repair_page,
    token_page,
    value_page,
    value_said,
)


@blueprint.get("/repair")
@allow("repair_case")
def find_case() -> str | Response:
    """With a `reference` in the address: to the case that has it."""
    reference = request.args.get("reference")
    if reference is None:
        return render_template("studio/repair_find.html", errors={}, reference="")
    try:
        return redirect(_page(case_with_reference(g.acting, reference)))
    except AnswersInvalid as problem:
        return render_template("studio/repair_find.html", errors=problem.errors,
                               reference=reference)


@blueprint.get("/repair/<uuid:case_id>")
@allow("repair_case", kind="case", arg="case_id")
def put_right_case(case_id: UUID) -> str | Response:
    try:
        page = repair_page(g.acting, case_id)
    except CaseClosed:
        flash("The case is over.")
        return redirect(url_for("studio.overview"))
    return render_template("studio/repair.html", page=page, errors=_errors())


@blueprint.get("/repair/<uuid:case_id>/at/<uuid:token>")
@allow("repair_case", kind="case", arg="case_id")
def place_in_case(case_id: UUID, token: UUID) -> str:
    """With `target` in the address: what would happen, and the question why."""
    words = words_posted(sent_back(request.path))
    target = request.args.get("target") or words.get("target", "")
    page = token_page(g.acting, case_id, token, target)
    return render_template("studio/repair_token.html", page=page, as_done=COUNTS_AS_DONE,
                           errors=_errors(), words=words)


@blueprint.post("/repair/<uuid:case_id>/at/<uuid:token>")
@allow("repair_case", kind="case", arg="case_id")
def move_token(case_id: UUID, token: UUID) -> Response:
    target, reason = request.form.get("target", ""), request.form.get("reason", "")
    here = url_for("studio.place_in_case", case_id=case_id, token=token)
    return _do(case_id, repair_of(token, target), reason, here, "target")


@blueprint.get("/repair/<uuid:case_id>/answers/<name>")
@allow("repair_case", kind="case", arg="case_id")
def answer_of_case(case_id: UUID, name: str) -> str:
    page = value_page(g.acting, case_id, name)
    return render_template("studio/repair_value.html", page=page, errors=_errors(),
                           words=words_posted(sent_back(request.path)))


@blueprint.post("/repair/<uuid:case_id>/answers/<name>")
@allow("repair_case", kind="case", arg="case_id")
def set_answer(case_id: UUID, name: str) -> Response:
    here = url_for("studio.answer_of_case", case_id=case_id, name=name)
    try:
        value = value_said(value_page(g.acting, case_id, name).settable, request.form)
    except AnswersInvalid as problem:
        return send_away(here, kept_fields(), errors=problem.errors)
    repair = Repair(VALUE, name=name, value=value)
    return _do(case_id, repair, request.form.get("reason", ""), here, "value")


@blueprint.post("/repair/<uuid:case_id>/cancel")
@allow("repair_case", kind="case", arg="case_id")
def cancel(case_id: UUID) -> Response:
    try:
        cancel_case(g.acting, case_id, request.form.get("reason", ""))
    except AnswersInvalid as problem:
        return send_away(_page(case_id), kept_fields(), errors=problem.errors)
    flash("The case is cancelled.")
    return redirect(url_for("studio.overview"))


@blueprint.post("/repair/<uuid:case_id>/undo/<uuid:move_id>")
@allow("repair_case", kind="case", arg="case_id")
def undo(case_id: UUID, move_id: UUID) -> Response:
    try:
        undo_repair(g.acting, case_id, move_id)
    except Refused as refused:
        flash(refused.message)
    else:
        flash("It is undone. The case stands as it did before.")
    return redirect(_page(case_id))


def _do(case_id: UUID, repair: Repair, reason: str, here: str, box: str) -> Response:
    """`box` is the question beside which it is said why it cannot be done."""
    try:
        put_right(g.acting, case_id, repair, reason)
    except AnswersInvalid as problem:
        return send_away(here, kept_fields(), errors=problem.errors)
    except CannotMove as refused:
        said = f"This cannot be done, because {refused.message}"
        return send_away(here, kept_fields(), errors={box: said})
    flash("It is done. See below how the case stands now.")
    return redirect(_page(case_id))


def _page(case_id: UUID) -> str:
    return url_for("studio.put_right_case", case_id=case_id)


def _errors() -> Mapping[str, str]:
    typed = sent_back(request.path)
    errors: Mapping[str, str] = typed.said["errors"] if typed else {}
    return errors
