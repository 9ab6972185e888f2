"""Cases: the list, one case's page, and starting one."""

import secrets
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from web.access import allow, children_shown, may, may_see, resource_of
from web.cases import changing
from web.diagrams import Marks, draw
from web.forms import date_parts, error_targets, raw_from_post, rows_of
from workflows.case_list import case_list as read_cases
from workflows.case_page import case_page as read_case
from workflows.case_page import deadlines_of
from workflows.pep.changes.carrying_out import changes_offered
from workflows.pep.duplicates import find_duplicate
from workflows.pep.starting import start_form, start_initial_pep

blueprint = Blueprint("cases", __name__, template_folder="templates", url_prefix="/cases")
blueprint.register_blueprint(changing.blueprint)

CHECKED = ("upn", "family_name", "born-day", "born-month", "born-year")
"""What the check asks, by the names on its page."""


@blueprint.get("")
@allow("see_cases")
def case_list() -> str:
    ended_too = request.args.get("ended") == "1"
    search = request.args.get("search", "")[:100]
    cases = read_cases(g.acting, search=search, running_only=not ended_too,
                       page=request.args.get("page", 1, type=int))
    children_shown("see_cases", {row.child.id for row in cases.rows})
    return render_template("cases/list.html", cases=cases, ended_too=ended_too, search=search)


@blueprint.get("/<uuid:case_id>")
@allow("see_case", kind="case", arg="case_id")
def case_page(case_id: UUID) -> str:
    page = read_case(g.acting, case_id, may_see)
    marks = Marks(done=page.done, here=page.here, late=page.late)
    pictures = [draw(each.diagram, marks, key=each.diagram.process) for each in page.flowcharts]
    return render_template("cases/case.html", page=page, pictures=pictures,
                           offered=changes_offered(g.acting, case_id))


@blueprint.route("/start", methods=["GET", "POST"])
@allow("find_duplicate")
def check_first() -> str | tuple[str, int]:
    """Whether the child has a record already, before another is made."""
    typed = {name: request.form.get(name, "").strip() for name in CHECKED}
    errors: dict[str, str] = {}
    answer = None
    if request.method == "POST":
        try:
            answer = find_duplicate(g.acting, upn=typed["upn"], family_name=typed["family_name"],
                                    born_on=_born(typed))
        except AnswersInvalid as problem:
            errors = problem.errors
    page = render_template("cases/check_first.html", typed=typed, errors=errors, answer=answer)
    return (page, 422) if errors else page


@blueprint.route("/start/details", methods=["GET", "POST"])
@allow("start_case")
def start() -> str | tuple[str, int] | Response:
    """The details of the child, reached by way of the check; opens the case."""
    if request.method == "GET":
        return redirect(url_for("cases.check_first"))
    form = start_form(g.acting)
    errors: dict[str, str] = {}
    nonce = request.form.get("nonce") or secrets.token_urlsafe(16)
    if "checked" in request.form:
        raw: dict[str, Any] = _carried_over()
    else:
        raw = raw_from_post(form, request.form)
        try:
            case_id = start_initial_pep(g.acting, raw, nonce)
        except AnswersInvalid as problem:
            errors = problem.errors
        else:
            return redirect(url_for("cases.started", case_id=case_id))
    page = render_template("cases/start.html", form=form, raw=raw, errors=errors, nonce=nonce,
                           targets=error_targets(form, errors), date_parts=date_parts,
                           rows_of=rows_of)
    return (page, 422) if errors else page


@blueprint.get("/<uuid:case_id>/started")
@allow("start_case")
def started(case_id: UUID) -> str:
    """Whoever starts a case for a colleague may not see it afterwards: then no dates either."""
    try:
        seen = may("see_case", resource_of("case", case_id))
    except NotFound:
        seen = False
    deadlines = deadlines_of(g.acting, case_id) if seen else []
    return render_template("cases/started.html", case_id=case_id, seen=seen, deadlines=deadlines)


def _carried_over() -> dict[str, Any]:
    """What was typed for the check, as first answers to the details."""
    born = {part: request.form.get(f"born-{part}", "") for part in ("day", "month", "year")}
    return {
        "upn": request.form.get("upn", ""),
        "family_name": request.form.get("family_name", ""),
        **({"born_on": born} if any(born.values()) else {}),
    }


def _born(typed: dict[str, str]) -> date | None:
    parts = [typed[f"born-{name}"] for name in ("year", "month", "day")]
    if not any(parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, OverflowError) as problem:
        raise AnswersInvalid({"born": "Enter a real date, such as 27 3 2014"}) from problem
