"""How plans and reviews stand against their limits."""

from flask import abort, render_template, request

from web.access import allow, children_shown
from web.board.blueprint import blueprint
from web.board.chart import columns
from web.reading import reading
from workflows.board.statutory import BY_DEADLINE, by_part, late_cases, statutory_page


@blueprint.get("/deadlines")
@allow("see_board")
def deadlines() -> str:
    page = statutory_page(reading())
    drawn = {each.measure.deadline: columns(each.months, each.measure.title,
                                            each.measure.deadline.lower())
             for each in page.figures}
    return render_template("board/deadlines.html", page=page, drawn=drawn)


@blueprint.get("/deadlines/<deadline>")
@allow("see_board")
def deadline(deadline: str) -> str:
    """One measure: which cases were late, and by team and by school."""
    measure = BY_DEADLINE.get(deadline) or abort(404)
    teams, schools = by_part(reading(), deadline)
    late = late_cases(reading(), deadline, request.args.get("page", 1, type=int))
    children_shown("see_board", {each.case.child.id for each in late.cases})
    return render_template("board/deadline.html", measure=measure, teams=teams, schools=schools,
                           late=late)
