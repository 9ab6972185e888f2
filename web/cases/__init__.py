"""Cases: the list, one case's page, and starting one."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.access import allow
from web.diagrams import Marks, draw
from web.forms import date_parts, raw_from_post, rows_of
from workflows.case_page import case_list as read_cases
from workflows.case_page import case_page as read_case
from workflows.pep.starting import find_duplicate, start_form, start_initial_pep

blueprint = Blueprint("cases", __name__, template_folder="templates", url_prefix="/cases")


@blueprint.get("")
@allow("see_cases")
def case_list() -> str:
    ended_too = request.args.get("ended") == "1"
    rows = read_cases(g.acting, open_only=not ended_too)
    return render_template("cases/list.html", rows=rows, ended_too=ended_too)


@blueprint.get("/<uuid:case_id>")
@allow("see_case", kind="case", arg="case_id")
def case_page(case_id: UUID) -> str:
    page = read_case(g.acting, case_id)
    marks = Marks(done=page.done, here=page.here, late=page.late)
    return render_template("cases/case.html", page=page, picture=draw(page.diagram, marks))


@blueprint.route("/start", methods=["GET", "POST"])
@allow("find_duplicate")
def check_first() -> str | tuple[str, int] | Response:
    """Whether the child has a record already, before another is made."""
    if request.method == "GET":
        return render_template("cases/check_first.html", typed={}, errors={}, answer=None,
                               date_parts=date_parts)
    typed = {name: request.form.get(name, "").strip() for name in
             ("upn", "family_name", "born-day", "born-month", "born-year")}
    errors: dict[str, str] = {}
    answer = None
    try:
        answer = find_duplicate(
            g.acting, upn=typed["upn"], family_name=typed["family_name"], born_on=_born(typed)
        )
    except AnswersInvalid as problem:
        errors = problem.errors
    page = render_template("cases/check_first.html", typed=typed, errors=errors, answer=answer,
                           date_parts=date_parts)
    return (page, 422) if errors else page


@blueprint.route("/start/details", methods=["GET", "POST"])
@allow("start_case")
def start() -> str | tuple[str, int] | Response:
    """The details of the child; opens the case."""
    form = start_form(g.acting)
    raw: dict[str, Any] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        raw = raw_from_post(form, request.form)
        try:
            case_id = start_initial_pep(g.acting, raw)
        except AnswersInvalid as problem:
            errors = problem.errors
        else:
            return redirect(url_for("cases.started", case_id=case_id))
    page = render_template("cases/start.html", form=form, raw=raw, errors=errors,
                           date_parts=date_parts, rows_of=rows_of)
    return (page, 422) if errors else page


@blueprint.get("/<uuid:case_id>/started")
@allow("start_case")
def started(case_id: UUID) -> str:
    return render_template("cases/started.html", case_id=case_id)


def _born(typed: dict[str, str]) -> date | None:
    parts = [typed[f"born-{name}"] for name in ("year", "month", "day")]
    if not any(parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError as problem:
        raise AnswersInvalid({"born": "Enter a real date, such as 27 3 2014"}) from problem
