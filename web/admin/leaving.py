"""Somebody leaves, in one step; whoever comes back."""

from uuid import UUID

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from workflows.administration.leaving import (
    come_back,
    form_of_leaving,
    go_on_leaving,
    leave,
    what_is_theirs,
)
from workflows.administration.people import person_page


@blueprint.get("/admin/people/<uuid:person_id>/leaving")
@allow("administer_people")
def ask_to_leave(person_id: UUID) -> str | Response | tuple[str, int]:
    return ask(form_of_leaving(reading(), person_id), "admin/leaving.html",
               button="This person leaves", page=person_page(reading(), person_id),
               theirs=what_is_theirs(reading(), person_id))


@blueprint.post("/admin/people/<uuid:person_id>/leaving")
@allow("administer_people")
def let_leave(person_id: UUID) -> Response:
    raw = raw_from_post(form_of_leaving(g.acting, person_id), request.form)
    return answered(lambda: leave(g.acting, person_id, raw), "It is entered that they leave.",
                    url_for("admin.person", person_id=person_id))


@blueprint.post("/admin/people/<uuid:person_id>/leaving/go-on")
@allow("administer_people")
def go_on(person_id: UUID) -> Response:
    go_on_leaving(g.acting, person_id)
    return redirect(url_for("admin.person", person_id=person_id))


@blueprint.post("/admin/people/<uuid:person_id>/back")
@allow("administer_people")
def back(person_id: UUID) -> Response:
    come_back(g.acting, person_id)
    flash("They can sign in again.")
    return redirect(url_for("admin.person", person_id=person_id))
