"""Finding a child or a case: one search, and what one opened last."""

from flask import Blueprint, render_template, request

from web.access import allow, children_shown
from web.reading import reading
from workflows.find_page import find_page, opened_last
from workflows.finding import LONGEST

blueprint = Blueprint("finding", __name__, template_folder="templates")


@blueprint.get("/find")
@allow("find_child")
def find() -> str:
    search = request.args.get("search", "").strip()[:LONGEST]
    if not search:
        rows = opened_last(reading())
        children_shown("find_child", {row.child.id for row in rows})
        return render_template("finding/find.html", search="", recent=rows, found=None)
    found = find_page(reading(), search, request.args.get("page", 1, type=int))
    children_shown("find_child", {row.child.id for row in found.rows})
    return render_template("finding/find.html", search=search, recent=[], found=found)
