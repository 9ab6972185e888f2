"""Which limits will be missed if nothing is done about it, and on whom it hangs."""

from flask import render_template, request

from web.access import allow, children_shown
from web.board.blueprint import blueprint
from web.reading import reading
from workflows.board.late_soon import Which, late_soon_page


@blueprint.get("/late-soon")
@allow("see_board")
def late_soon() -> str:
    asked = request.args.get("which", "")
    which = Which(asked) if asked in set(Which) else Which.RISK
    page = late_soon_page(reading(), which, request.args.get("page", 1, type=int))
    children_shown("see_board", {each.case.child.id for each in page.limits})
    return render_template("board/late_soon.html", page=page)
