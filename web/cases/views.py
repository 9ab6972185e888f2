"""Views of the list: kept under a name, shared, removed; the one that the list opens with."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.access import allow, nobody_shown
from web.cases.asking import LIST, question
from web.reading import reading
from web.typed import done_with, form_id, send_back, sent_back, words_posted
from workflows.case_list.asked import KEYS, understood
from workflows.case_list.views import LONGEST_NAME, open_with, remove_view, save_view, views_of

blueprint = Blueprint("views", __name__)


@blueprint.get("/views")
@allow("save_view")
def views() -> str:
    return render_template("cases/views.html", views=views_of(reading()))


@blueprint.get("/views/keep")
@allow("save_view")
def name() -> str | tuple[str, int]:
    nobody_shown("what is asked of the list is said, and no case")
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    words = words_posted(typed)
    given = [(key, value) for key in KEYS for value in words.getlist(key)]
    read = understood(reading(), given) if typed else question().read
    page = render_template("cases/keep_view.html", read=read, errors=errors, typed=words,
                           longest=LONGEST_NAME, form_id=form_id())
    return (page, 422) if errors else page


@blueprint.post("/views/keep")
@allow("save_view")
def keep() -> Response:
    nobody_shown("what is asked of the list is kept, and no case")
    given = [(key, value) for key in KEYS for value in request.form.getlist(key)]
    try:
        view_id = save_view(g.acting, request.form.get("name", ""),
                            understood(g.acting, given).asked, shared="shared" in request.form)
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    flash("The view is kept.")
    return redirect(f"{LIST}?view={view_id}")


@blueprint.post("/views/first")
@allow("save_view")
def first() -> Response:
    try:
        open_with(g.acting, request.form.get("view", ""))
    except AnswersInvalid as problem:
        flash(f"{problem.errors['view']}.")
        return redirect(url_for("cases.views.views"))
    flash("The list opens with this view from now on.")
    return redirect(LIST)


@blueprint.post("/views/<uuid:view_id>/remove")
@allow("save_view")
def remove(view_id: UUID) -> Response:
    remove_view(g.acting, view_id)
    flash("The view is removed. No case was changed.")
    return redirect(url_for("cases.views.views"))
