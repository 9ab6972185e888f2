"""An absence: when, who covers, what that moves, entered; and ended.

What was chosen stands in the address from page to page: days and ids, and no name.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask import render_template as render
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from web.access import allow, children_shown
from web.forms import raw_from_post
from web.forms.asking import ask
from web.reading import reading
from web.typed import done_with, send_back
from web.workload.blueprint import blueprint
from workflows.absences.arranging import (
    Planned,
    end_absence,
    enter_absence,
    in_their_place,
    must_be_free,
)
from workflows.absences.days import FORM_OF_DAYS, Days, read_days
from workflows.absences.page import (
    BY_RULE,
    absence_view,
    absences_page,
    cover_in_form,
    form_of_cover,
    read_cover,
    whose_absence,
)
from workflows.absences.preview import preview


@blueprint.get("/absences")
@allow("arrange_absence")
def absences() -> str:
    return render("workload/absences.html", page=absences_page(reading()))


@blueprint.get("/absences/<uuid:person_id>/days")
@allow("arrange_absence")
def ask_days(person_id: UUID) -> str | Response | tuple[str, int]:
    name, mine = whose_absence(reading(), person_id)
    said = request.args
    kept = {"starts_on": said.get("from"), "ends_on": said.get("to"), "kind": said.get("kind")}
    return ask(FORM_OF_DAYS, "workload/days.html", button="Continue", name=name, mine=mine,
               kept=kept if "from" in said else None)


@blueprint.post("/absences/<uuid:person_id>/days")
@allow("arrange_absence")
def choose_days(person_id: UUID) -> Response:
    whose_absence(g.acting, person_id)
    try:
        days = read_days(raw_from_post(FORM_OF_DAYS, request.form), g.acting.today)
        must_be_free(g.acting, person_id, days)
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    return redirect(url_for("workload.ask_cover", person_id=person_id, **_in_address(days),
                            **_chosen()))


@blueprint.get("/absences/<uuid:person_id>/cover")
@allow("arrange_absence")
def ask_cover(person_id: UUID) -> str | Response | tuple[str, int]:
    days = _days()
    name, mine = whose_absence(reading(), person_id)
    form = form_of_cover(reading(), person_id, days)
    return ask(form, "workload/cover.html", button="See what will happen", name=name, mine=mine,
               days=days, person_id=person_id, address={**_in_address(days), **_chosen()},
               kept=cover_in_form(form, request.args.get("cover", ""),
                                  request.args.get("moves", "")))


@blueprint.post("/absences/<uuid:person_id>/cover")
@allow("arrange_absence")
def choose_cover(person_id: UUID) -> Response:
    days = _days()
    form = form_of_cover(g.acting, person_id, days)
    try:
        cover_id, moves = read_cover(form, raw_from_post(form, request.form))
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    return redirect(url_for("workload.check_absence", person_id=person_id, moves=moves,
                            cover=cover_id or BY_RULE, **_in_address(days)))


@blueprint.get("/absences/<uuid:person_id>/check")
@allow("arrange_absence")
def check_absence(person_id: UUID) -> str:
    planned = _planned()
    ahead = preview(reading(), person_id, planned)
    children_shown("arrange_absence", ahead.children)
    return render("workload/check_absence.html", ahead=ahead, planned=planned,
                  person_id=person_id, address=_in_address(planned.days),
                  mine=person_id == g.acting.actor.id)


@blueprint.post("/absences/<uuid:person_id>/check")
@allow("arrange_absence")
def enter(person_id: UUID) -> Response:
    planned = _planned()
    try:
        enter_absence(g.acting, person_id, planned)
    except AnswersInvalid as problem:
        flash(" ".join(f"{said}." for said in problem.errors.values()))
        return redirect(url_for("workload.ask_days", person_id=person_id,
                                **_in_address(planned.days), **_chosen()))
    told = " Whoever covers has been told." if planned.tells_cover(g.acting.actor.id) else ""
    flash(f"The absence is entered.{told}")
    return redirect(url_for("workload.absences"))


@blueprint.get("/absences/<uuid:absence_id>/end")
@allow("arrange_absence")
def ask_to_end(absence_id: UUID) -> str:
    absence = absence_view(reading(), absence_id)
    back, begun = in_their_place(reading(), absence.person_id)
    return render("workload/end.html", absence=absence, back=back, begun=begun)


@blueprint.post("/absences/<uuid:absence_id>/end")
@allow("arrange_absence")
def end(absence_id: UUID) -> Response:
    ended = end_absence(g.acting, absence_id)
    flash(f"The absence has ended. {_back(ended.back)}" if ended.had_begun
          else "The absence is called off. Nothing has moved.")
    return redirect(url_for("workload.absences"))


def _back(tasks: int) -> str:
    if not tasks:
        return "No task had to go back."
    return "1 task is theirs again." if tasks == 1 else f"{tasks} tasks are theirs again."


def _in_address(days: Days) -> Mapping[str, Any]:
    return {"from": days.starts_on, "to": days.ends_on, "kind": days.kind}


def _chosen() -> Mapping[str, Any]:
    """Who covers and what moves, where that was chosen before the days were asked for again."""
    return {name: request.args.get(name) for name in ("cover", "moves")}


def _days() -> Days:
    """Raises `NotFound` for an address that this application did not make."""
    said = request.args
    try:
        return read_days({"starts_on": _day("from"), "ends_on": _day("to"),
                          "kind": said.get("kind", "")}, g.acting.today)
    except (AnswersInvalid, ValueError) as unknown:
        raise NotFound from unknown


def _day(name: str) -> str:
    said = request.args.get(name, "")
    return date.fromisoformat(said).isoformat() if said else ""


def _planned() -> Planned:
    """As `_days`."""
    chosen = request.args.get("cover", "")
    try:
        cover_id = None if chosen == BY_RULE else UUID(chosen)
    except ValueError as unknown:
        raise NotFound from unknown
    return Planned(_days(), cover_id, request.args.get("moves", ""))
