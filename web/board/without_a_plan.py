"""Children in care who have no plan in force, no case, or a review that is overdue."""

from flask import render_template, request

from web.access import allow, children_shown
from web.board.blueprint import blueprint
from web.reading import reading
from workflows.board.without_a_plan import Which, without_page


@blueprint.get("/children")
@allow("see_board")
def children() -> str:
    asked = request.args.get("which", "")
    which = Which(asked) if asked in set(Which) else Which.LATE
    page = without_page(reading(), which, request.args.get("page", 1, type=int))
    children_shown("see_board", {each.child.id for each in page.children})
    return render_template("board/children.html", page=page)
