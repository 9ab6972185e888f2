"""Each procedure with its numbers, and from a number to the named cases."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import g, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from web.access import allow, children_shown, nobody_shown
from web.board.blueprint import blueprint
from web.board.narrowing import narrowing_form, posted_to, without
from web.diagrams import Marks, draw
from web.reading import answer, reading
from workflows.board.live_map import ProcedureBoard, StepCount, boards
from workflows.board.narrowing import NARROWED_BY, Narrowed, narrowed
from workflows.board.step import step_page

MOST_WEEKS = 104
"""So far the slider goes back."""


@blueprint.get("")
@allow("see_live_map")
def overview() -> str | tuple[str, int]:
    late_only, which = _late_only(), _which()
    with answer().excused("the board counts cases, and names none"):
        found, form = boards(reading(), which), narrowing_form(which, NARROWED_BY)
    shown = {board.procedure: _shown(board, late_only) for board in found}
    kept = _kept(which, late_only)
    pictures = {
        board.procedure: _pictures(board, shown[board.procedure], late_only, kept)
        for board in found
    }
    page = render_template(
        "board/overview.html", boards=found, shown=shown, pictures=pictures, late_only=late_only,
        which=which, kept=kept, form=form, address=_address, weeks=_weeks(which),
        without=lambda key, value: _address(without(kept, key, value)),
    )
    return (page, 422) if form.errors else page


@blueprint.post("")
@allow("see_live_map")
def narrow() -> Response:
    """The address of these cases; of the day so many weeks ago, where it is not now."""
    nobody_shown("only an address of the board is made of it")
    weeks = min(max(request.form.get("weeks", 0, type=int), 0), MOST_WEEKS)
    day = g.acting.today - timedelta(weeks=weeks)
    return posted_to("board.overview", NARROWED_BY, day=day.isoformat() if weeks else None,
                     late=1 if _late_only() else None)


@blueprint.get("/<procedure>/<element>")
@allow("see_live_map")
def step(procedure: str, element: str) -> str:
    late_only, which = _late_only(), _which()
    page = step_page(reading(), procedure, element, late_only=late_only,
                     page=request.args.get("page", 1, type=int), which=which)
    children_shown("see_live_map", {at.child.id for at in page.standing})
    return render_template("board/step.html", page=page, late_only=late_only, which=which,
                           kept=_kept(which, late_only), address=_address)


def _which() -> Narrowed:
    with answer().excused("whether there is such a team or school names no child"):
        return narrowed(reading(), request.args.items(multi=True), request.args.get("day", ""))


Kept = Mapping[str, Any]
"""What an address of the board says, by its keys."""


def _kept(which: Narrowed, late_only: bool) -> Kept:
    return {**which.filters, "day": which.day.isoformat() if which.day else None,
            "late": 1 if late_only else None}


def _address(kept: Kept, endpoint: str = "board.overview", **other: Any) -> str:
    """The same of the board, with something other or nothing (None) in place of a key."""
    return url_for(endpoint, **{**kept, **other})


def _weeks(which: Narrowed) -> int:
    return (reading().today - which.day).days // 7 if which.day else 0


def _late_only() -> bool:
    return request.args.get("late") == "1"


def _shown(board: ProcedureBoard, late_only: bool) -> list[StepCount]:
    return [each for each in board.steps if each.late or not late_only]


def _pictures(
    board: ProcedureBoard, shown: list[StepCount], late_only: bool, kept: Kept
) -> list[Markup]:
    """Of each of its diagrams."""
    marks = Marks(
        late=frozenset(each.element for each in shown if each.late),
        badges={each.element: _badge(each, late_only) for each in shown},
        badges_say="Open cases by step, and how long the oldest has stood there",
        links={
            each.element: _address(
                kept, "board.step", procedure=board.procedure, element=each.element
            )
            for each in shown
        },
    )
    return [draw(diagram, marks, key=diagram.process) for diagram in board.diagrams]


def _badge(step: StepCount, late_only: bool) -> str:
    """At a date that is waited for there is no room for more than the number."""
    if late_only:
        return f"{step.late} late"
    count = f"{step.cases} ({step.late} late)" if step.late else str(step.cases)
    if not step.days or step.waits:
        return count
    return f"{count}, {step.days} {'day' if step.days == 1 else 'days'}"
