"""Who says that they, or somebody else, must not see a child's record."""

from uuid import UUID

from flask import g, request, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.layout import first_page
from web.reading import reading
from web.sight.blueprint import blueprint
from workflows.children import get_child
from workflows.sight.conflicts import (
    FORM_OF_DECLARING,
    FORM_OF_ENDING,
    conflicts_about,
    declare_conflict,
    declare_conflict_of_others,
    end_conflict,
    form_of_declaring_for_others,
)


@blueprint.get("/children/<uuid:child_id>/conflict")
@allow("declare_conflict", kind="child", arg="child_id")
def ask_to_declare(child_id: UUID) -> str | Response | tuple[str, int]:
    return ask(FORM_OF_DECLARING, "sight/declare.html", button="Close the record to me",
               child=get_child(reading(), child_id))


@blueprint.post("/children/<uuid:child_id>/conflict")
@allow("declare_conflict", kind="child", arg="child_id")
def declare(child_id: UUID) -> Response:
    raw = raw_from_post(FORM_OF_DECLARING, request.form)
    return answered(lambda: declare_conflict(g.acting, child_id, raw),
                    "The record is closed to you. The virtual school has been told, and your tasks "
                    "for this child go to a colleague.", first_page())


@blueprint.get("/children/<uuid:child_id>/conflicts")
@allow("declare_conflict_of_others", kind="child", arg="child_id")
def conflicts(child_id: UUID) -> str | Response | tuple[str, int]:
    return ask(form_of_declaring_for_others(reading()), "sight/conflicts.html",
               button="Close the record to them", child=get_child(reading(), child_id),
               conflicts=conflicts_about(reading(), child_id))


@blueprint.post("/children/<uuid:child_id>/conflicts")
@allow("declare_conflict_of_others", kind="child", arg="child_id")
def declare_of_others(child_id: UUID) -> Response:
    raw = raw_from_post(form_of_declaring_for_others(g.acting), request.form)
    return answered(lambda: declare_conflict_of_others(g.acting, child_id, raw),
                    "The record is closed to them.", url_for("sight.conflicts", child_id=child_id))


@blueprint.get("/children/<uuid:child_id>/conflicts/<uuid:conflict_id>/end")
@allow("declare_conflict_of_others", kind="child", arg="child_id")
def ask_to_end(child_id: UUID, conflict_id: UUID) -> str | Response | tuple[str, int]:
    return ask(FORM_OF_ENDING, "sight/end_conflict.html", button="End it",
               child=get_child(reading(), child_id))


@blueprint.post("/children/<uuid:child_id>/conflicts/<uuid:conflict_id>/end")
@allow("declare_conflict_of_others", kind="child", arg="child_id")
def end(child_id: UUID, conflict_id: UUID) -> Response:
    raw = raw_from_post(FORM_OF_ENDING, request.form)
    return answered(lambda: end_conflict(g.acting, child_id, conflict_id, raw),
                    "The conflict of interest has ended.",
                    url_for("sight.conflicts", child_id=child_id))
