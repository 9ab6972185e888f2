"""Restricting a record, looking at it again, and all that is protected in one list."""

from uuid import UUID

from flask import g, request, url_for
from flask import render_template as render
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import allow, children_shown
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from web.sight.blueprint import blueprint
from workflows.children import get_child
from workflows.sight.emergencies import emergencies
from workflows.sight.restrictions import (
    FORM_OF_REVIEWING,
    form_of_restricting,
    restrict_record,
    restriction_of,
    restrictions,
    review_restriction,
)


@blueprint.get("/protected-records")
@allow("see_protected")
def protected() -> str:
    restricted, opened = restrictions(reading()), emergencies(reading())
    children_shown("see_protected", {each.child_id for each in restricted}
                   | {each.child_id for each in opened})
    return render("sight/protected.html", restricted=restricted, opened=opened)


@blueprint.get("/children/<uuid:child_id>/restriction")
@allow("restrict_record", kind="child", arg="child_id")
def ask_to_restrict(child_id: UUID) -> str | Response | tuple[str, int]:
    if restriction_of(reading(), child_id) is not None:
        raise NotFound
    return ask(form_of_restricting(reading(), child_id), "sight/restrict.html",
               button="Restrict the record", child=get_child(reading(), child_id))


@blueprint.post("/children/<uuid:child_id>/restriction")
@allow("restrict_record", kind="child", arg="child_id")
def restrict(child_id: UUID) -> Response:
    raw = raw_from_post(form_of_restricting(g.acting, child_id), request.form)
    return answered(lambda: restrict_record(g.acting, child_id, raw),
                    "The record is restricted. Only those who work with the child see it.",
                    url_for("sight.protected"))


@blueprint.get("/children/<uuid:child_id>/restriction/review")
@allow("review_restriction", kind="child", arg="child_id")
def ask_to_review(child_id: UUID) -> str | Response | tuple[str, int]:
    restriction = restriction_of(reading(), child_id)
    if restriction is None:
        raise NotFound
    return ask(FORM_OF_REVIEWING, "sight/review_restriction.html", button="Save",
               restriction=restriction)


@blueprint.post("/children/<uuid:child_id>/restriction/review")
@allow("review_restriction", kind="child", arg="child_id")
def review(child_id: UUID) -> Response:
    raw = raw_from_post(FORM_OF_REVIEWING, request.form)
    return answered(lambda: review_restriction(g.acting, child_id, raw), "Saved.",
                    url_for("sight.protected"))
