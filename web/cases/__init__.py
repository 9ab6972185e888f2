"""Cases: the list, one case's page, and starting one."""

from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from web.access import allow, children_shown, may_look, may_see, nobody_shown, resource_of
from web.cases import another, changing, chosen, exporting, narrowing, views, why
from web.cases.asking import FINISHED_TOO, LIST, address_of, posted_pairs, question
from web.diagrams import Marks, draw
from web.forms import error_targets, hidden_pairs, raw_from_post
from web.reading import reading
from web.typed import (
    done_with,
    form_id,
    keep_away,
    kept_fields,
    send_back,
    sent_back,
    with_form_id,
    words_posted,
)
from workflows.answers_in_words import date_parts, rows_of
from workflows.case_deadlines import deadlines_of
from workflows.case_list.columns import COLUMNS, SORTS, SORTS_WITH_FINISHED
from workflows.case_list.query import case_list as read_cases
from workflows.case_page import case_page as read_case
from workflows.pep.changes.carrying_out import changes_offered
from workflows.pep.duplicates import find_duplicate
from workflows.pep.starting import AROUND, long_past, start_form, start_initial_pep

blueprint = Blueprint("cases", __name__, template_folder="templates", url_prefix="/cases")
blueprint.register_blueprint(changing.blueprint)
blueprint.register_blueprint(another.blueprint)
for each in (narrowing, views, exporting, chosen, why):
    blueprint.register_blueprint(each.blueprint)

CHECKED = ("upn", "family_name", "born-day", "born-month", "born-year")
"""What the check asks, by the names on its page."""


@blueprint.get("")
@allow("see_cases")
def case_list() -> str:
    asked = question()
    cases = read_cases(reading(), asked.asked, search=asked.search,
                       page=request.args.get("page", 1, type=int))
    children_shown("see_cases", {row.child.id for row in cases.rows})
    return render_template(
        "cases/list.html", cases=cases, question=asked, columns=COLUMNS, sorts=SORTS,
        tick=request.args.get("tick") == "all", none_chosen="none-chosen" in request.args,
        sortable=SORTS_WITH_FINISHED if asked.asked.finished_too else frozenset(SORTS),
    )


@blueprint.post("")
@allow("see_cases")
def search_cases() -> Response:
    """A name that is searched for stands in no address; what else is asked for stays."""
    pairs = [pair for pair in posted_pairs() if pair != FINISHED_TOO]
    if request.form.get("ended"):
        pairs = [FINISHED_TOO, *(pair for pair in pairs if pair[0] != "status")]
    if not request.form.get("search"):
        return redirect(address_of(pairs))
    kept = keep_away(g.acting, LIST, kept_fields())
    return redirect(f"{kept}&{urlencode(pairs)}" if pairs else kept)


@blueprint.get("/<uuid:case_id>")
@allow("see_case", kind="case", arg="case_id")
def case_page(case_id: UUID) -> str:
    page = read_case(reading(), case_id, may_see)
    picture = page.picture
    marks = Marks(done=picture.done, here=picture.here, late=picture.late)
    pictures = [draw(each.diagram, marks, key=each.diagram.process)
                for each in picture.flowcharts]
    return render_template("cases/case.html", page=page, pictures=pictures,
                           offered=changes_offered(reading(), g.resource))


@blueprint.get("/start")
@allow("find_duplicate")
def check_first() -> str | tuple[str, int] | Response:
    """Whether the child has a record already, before another is made."""
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    words = words_posted(typed)
    said = typed.said if typed else {}
    page = render_template(
        "cases/check_first.html", typed={name: words.get(name, "").strip() for name in CHECKED},
        errors=said.get("errors", {}), answer=said.get("answer"), form_id=form_id(),
    )
    return (page, 422) if "errors" in said else page


@blueprint.post("/start")
@allow("find_duplicate")
def check() -> Response:
    nobody_shown("whether a record is there is all that is told, and audited by itself")
    typed = {name: request.form.get(name, "").strip() for name in CHECKED}
    try:
        answer = find_duplicate(g.acting, upn=typed["upn"], family_name=typed["family_name"],
                                born_on=_born(typed))
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    case_id = str(answer.case_id) if answer.case_id else None
    return send_back(request.path, answer={**asdict(answer), "case_id": case_id})


@blueprint.get("/start/details")
@allow("start_case")
def details() -> str | tuple[str, int] | Response:
    """The details of the child, reached by way of the check."""
    typed = sent_back(request.path)
    if typed is None:
        return redirect(url_for("cases.check_first"))
    form, words = start_form(reading()), words_posted(typed)
    raw = _carried_over(words) if "checked" in words else raw_from_post(form, words)
    errors = typed.said.get("errors", {})
    page = render_template("cases/start.html", form=form, raw=raw, errors=errors,
                           targets=error_targets(form, errors), form_id=form_id(),
                           date_parts=date_parts, rows_of=rows_of)
    return (page, 422) if errors else page


@blueprint.post("/start/details")
@allow("start_case")
def start() -> Response:
    """Opens the case; dates long past are asked about first."""
    nobody_shown("what is typed is compared with the records that are there")
    if "checked" in request.form:
        return send_back(request.path)
    raw = raw_from_post(start_form(reading()), request.form)
    if "confirmed" not in request.form and long_past(g.acting, raw):
        return send_back(request.path, to=url_for("cases.confirm"))
    try:
        case_id = start_initial_pep(g.acting, raw, form_id())
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    return redirect(url_for("cases.started", case_id=case_id))


@blueprint.get("/start/confirm")
@allow("start_case")
def confirm() -> str | Response:
    """Asks whether a date that is long past is right: a slip in the year makes everything late."""
    typed = sent_back(url_for("cases.details"))
    if typed is None:
        return redirect(url_for("cases.check_first"))
    form = start_form(reading())
    raw = raw_from_post(form, words_posted(typed))
    return render_template("cases/confirm.html", dates=long_past(g.acting, raw),
                           hidden=hidden_pairs(form, raw), form_id=form_id())


@blueprint.get("/<uuid:case_id>/started")
@allow("start_case")
def started(case_id: UUID) -> str:
    """Whoever starts a case for a colleague may not see it afterwards: then no dates either."""
    try:
        seen = may_look("see_case", resource_of("case", case_id))
    except NotFound:
        seen = False
    deadlines = deadlines_of(reading(), case_id) if seen else []
    return render_template("cases/started.html", case_id=case_id, seen=seen, deadlines=deadlines)


def _carried_over(words: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed for the check, as first answers to the details; and whoever starts the case
    in the roles that they hold themselves."""
    born = {part: words.get(f"born-{part}", "") for part in ("day", "month", "year")}
    return {
        "upn": words.get("upn", ""),
        "family_name": words.get("family_name", ""),
        **({"born_on": born} if any(born.values()) else {}),
        **{role: str(g.acting.actor.id) for role in AROUND if role in g.acting.actor.roles},
    }


def _born(typed: dict[str, str]) -> date | None:
    parts = [typed[f"born-{name}"] for name in ("year", "month", "day")]
    if not any(parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, OverflowError) as problem:
        raise AnswersInvalid({"born": "Enter a real date, such as 27 3 2014"}) from problem
