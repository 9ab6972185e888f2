"""Finding a child or a case: one search, and what one opened last.

What is searched for is most often a name, so it stands in no address.
"""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.access import allow, children_shown
from web.reading import reading
from web.typed import kept_fields, of_this_form, send_away, sent_back, words_posted
from workflows.find_page import find_page, opened_last
from workflows.finding import LONGEST

blueprint = Blueprint("finding", __name__, template_folder="templates")


@blueprint.get("/find")
@allow("find_child")
def find() -> str:
    search = words_posted(sent_back(request.path)).get("search", "").strip()[:LONGEST]
    if not search:
        rows = opened_last(reading())
        children_shown("find_child", {row.child.id for row in rows})
        return render_template("finding/find.html", search="", recent=rows, found=None)
    found = find_page(reading(), search, request.args.get("page", 1, type=int))
    children_shown("find_child", {row.child.id for row in found.rows})
    return render_template("finding/find.html", search=search, recent=[], found=found,
                           address=of_this_form(request.path))


@blueprint.post("/find")
@allow("find_child")
def search() -> Response:
    """Each search has an address of its own: the Back button leads to the one before."""
    here = url_for("finding.find")
    return send_away(here, kept_fields()) if request.form.get("search") else redirect(here)
