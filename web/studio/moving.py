"""Moving running cases to another release: choose, look, decide, begin, watch, and undo."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, Refused
from engine.migration.batch import (
    begin_move,
    change_plan,
    plan_move,
    stop_move,
    undo_move,
)
from engine.migration.plan import ENDS_HERE, Plan, TimerRule
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.seen import as_sent_back
from web.typed import kept_fields, send_away
from workflows.moving_page import (
    DONE,
    ENDS,
    cases_chosen,
    choose_page,
    dates_page,
    move_page,
    steps_page,
)

SECONDS_TO_NEXT_LOOK = 3
_RUNNING = ("moving", "undoing")


@blueprint.get("/<procedure>/move")
@allow("move_cases")
def choose_cases(procedure: str) -> tuple[str, int]:
    errors, status, words = as_sent_back()
    page = choose_page(g.acting, procedure)
    return render_template("studio/move_choose.html", page=page, errors=errors,
                           chosen=set(words.getlist("classes")), words=words), status


@blueprint.post("/<procedure>/move")
@allow("move_cases")
def plan_cases(procedure: str) -> Response:
    page = choose_page(g.acting, procedure)
    wanted = request.form.get("release", "")
    release = next((each for each in page.targets if str(each.id) == wanted), page.targets[0])
    try:
        cases = cases_chosen(g.acting, procedure, request.form.getlist("classes"), release.id)
        move_id = plan_move(g.acting, procedure, release.id, cases)
    except AnswersInvalid as problem:
        return send_away(url_for("studio.choose_cases", procedure=procedure), kept_fields(),
                         errors=problem.errors, status=422)
    return _to("moved_cases", move_id)


@blueprint.get("/moves/<uuid:move_id>")
@allow("move_cases")
def moved_cases(move_id: UUID) -> tuple[str, int]:
    errors, status, words = as_sent_back()
    page = move_page(g.acting, move_id)
    watched = "watch" in request.args and page.phase in _RUNNING
    refresh = SECONDS_TO_NEXT_LOOK if watched else 0
    return render_template("studio/move.html", page=page, errors=errors, words=words,
                           refresh=refresh), status


@blueprint.get("/moves/<uuid:move_id>/steps")
@allow("move_cases")
def steps_of_move(move_id: UUID) -> str:
    return render_template("studio/move_steps.html", page=steps_page(g.acting, move_id),
                           ends=ENDS, as_done=DONE)


@blueprint.post("/moves/<uuid:move_id>/steps")
@allow("move_cases")
def say_steps(move_id: UUID) -> Response:
    page = steps_page(g.acting, move_id)
    places = {place for place, _ in page.places}
    said = {each.element: request.form.get(f"step-{each.element}", "") for each in page.steps}
    steps = {element: ENDS_HERE if place == ENDS else place
             for element, place in said.items() if place in (ENDS, DONE) or place in places}
    return _planned(move_id, Plan(steps, page.move.plan.timers))


@blueprint.get("/moves/<uuid:move_id>/dates")
@allow("move_cases")
def dates_of_move(move_id: UUID) -> str:
    return render_template("studio/move_dates.html", page=dates_page(g.acting, move_id))


@blueprint.post("/moves/<uuid:move_id>/dates")
@allow("move_cases")
def say_dates(move_id: UUID) -> Response:
    page = dates_page(g.acting, move_id)
    known = {rule.value: rule for rule in TimerRule}
    said = {each.element: known.get(request.form.get(f"date-{each.element}", ""), each.rule)
            for each in page.dates}
    return _planned(move_id, Plan(page.move.plan.steps, {**page.move.plan.timers, **said}))


@blueprint.post("/moves/<uuid:move_id>/begin")
@allow("move_cases")
def begin_moving(move_id: UUID) -> Response:
    try:
        begin_move(g.acting, move_id, request.form.get("reason", ""))
    except AnswersInvalid as problem:
        return send_away(url_for("studio.moved_cases", move_id=move_id), kept_fields(),
                         errors=problem.errors, status=422)
    return _to("moved_cases", move_id)


@blueprint.post("/moves/<uuid:move_id>/stop")
@allow("move_cases")
def stop_moving(move_id: UUID) -> Response:
    stop_move(g.acting, move_id)
    return _to("moved_cases", move_id)


@blueprint.post("/moves/<uuid:move_id>/undo")
@allow("move_cases")
def undo_moving(move_id: UUID) -> Response:
    undo_move(g.acting, move_id)
    return _to("moved_cases", move_id)


def _planned(move_id: UUID, plan: Plan) -> Response:
    try:
        change_plan(g.acting, move_id, plan)
    except Refused as refused:
        return send_away(url_for("studio.moved_cases", move_id=move_id), (),
                         errors={"reason": refused.message}, status=409)
    return _to("moved_cases", move_id)


def _to(page: str, move_id: UUID) -> Response:
    return redirect(url_for(f"studio.{page}", move_id=move_id))

