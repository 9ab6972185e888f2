"""Records: holds, requests for access, lists for disposal and their certificates."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import allow, children_shown, nobody_shown
from web.governance import about_a_child  # noqa: F401 - its routes
from web.governance.asking import ask, take
from web.governance.blueprint import blueprint
from web.reading import reading
from workflows.retention.disposal import (
    all_disposals,
    approve_disposal,
    children_to_destroy,
    destroy_record,
    draw_up_disposal,
    get_disposal,
    past_their_date,
)
from workflows.retention.holds import all_holds, lift_hold, place_hold_on
from workflows.retention.periods import council_periods
from workflows.retention.schedule import SCHEDULE
from workflows.subject_access.pack import pack_for
from workflows.subject_access.requests import (
    all_requests,
    close_request,
    confirm_identity,
    extend_request,
    get_request,
    open_request_about,
)
from workflows.subject_access.withholding import withheld_about

STEPS: dict[str, Callable[..., None]] = {
    "confirm_identity": confirm_identity, "extend_request": extend_request,
    "close_request": close_request,
}
"""What is done to a request, each with a form of that name."""


@blueprint.get("/records")
@allow("see_records")
def records() -> str:
    holds, requests = all_holds(reading()), all_requests(reading())
    children_shown("see_records", {each.child_id for each in holds}
                   | {each.child_id for each in requests})
    return render_template(
        "governance/records.html", holds=holds, requests=requests,
        lists=all_disposals(reading()), due=len(past_their_date(reading())),
    )


@blueprint.get("/records/schedule")
@allow("see_records")
def schedule() -> str:
    return render_template("governance/schedule.html", classes=SCHEDULE.values(),
                           periods=council_periods(reading()))


@blueprint.get("/records/holds/new")
@allow("place_hold")
def new_hold() -> str | Response | tuple[str, int]:
    return ask("place_hold", "Place this hold")


@blueprint.post("/records/holds/new")
@allow("place_hold")
def place() -> Response:
    return take("place_hold", lambda told: place_hold_on(g.acting, **told),
                "The hold stands. Nothing about this child can be destroyed.")


@blueprint.get("/records/holds/<uuid:hold_id>/lift")
@allow("lift_hold")
def lifting(hold_id: UUID) -> str | Response | tuple[str, int]:
    return ask("lift_hold", "Lift this hold")


@blueprint.post("/records/holds/<uuid:hold_id>/lift")
@allow("lift_hold")
def lift(hold_id: UUID) -> Response:
    return take("lift_hold", lambda told: lift_hold(g.acting, hold_id, **told),
                "The hold was lifted.")


@blueprint.post("/records/disposals")
@allow("draw_up_disposal")
def draw_up() -> Response:
    nobody_shown("whose date has passed is told by the list alone; else only that there is nobody")
    return redirect(url_for("governance.disposal", list_id=draw_up_disposal(g.acting)))


@blueprint.get("/records/disposals/<uuid:list_id>")
@allow("see_records")
def disposal(list_id: UUID) -> str:
    page = get_disposal(reading(), list_id)
    children_shown("see_records", {each.child_id for each in page.items})
    return render_template("governance/disposal.html", page=page)


@blueprint.post("/records/disposals/<uuid:list_id>/approve")
@allow("approve_disposal")
def approve(list_id: UUID) -> Response:
    approve_disposal(g.acting, list_id)
    flash("You have approved this list.")
    return redirect(url_for("governance.disposal", list_id=list_id))


@blueprint.post("/records/disposals/<uuid:list_id>/destroy")
@allow("destroy_records")
def destroy(list_id: UUID) -> Response:
    """Each child by itself: what was cut off goes on when the button is pressed again."""
    children = children_to_destroy(g.acting, list_id)
    children_shown("destroy_records", children)
    for child_id in children:
        destroy_record(g.acting, list_id, child_id)
    flash(f"Records destroyed: {len(children)}. Their certificates are below.")
    return redirect(url_for("governance.disposal", list_id=list_id))


@blueprint.get("/records/requests/new")
@allow("answer_request")
def new_request() -> str | Response | tuple[str, int]:
    return ask("open_request", "Open this request")


@blueprint.post("/records/requests/new")
@allow("answer_request")
def open_one() -> Response:
    return take("open_request", lambda told: open_request_about(g.acting, **told),
                "The request is open. You can read this child's record while it is.")


@blueprint.get("/subject-access/<uuid:request_id>")
@allow("answer_request", kind="request", arg="request_id")
def request_page(request_id: UUID) -> str:
    """The clock, what is withheld and why, and what the pack will hold."""
    asked = get_request(reading(), request_id)
    return render_template(
        "governance/request.html", asked=asked,
        pack=None if asked.closed_at else pack_for(reading(), request_id),
        withheld=withheld_about(reading(), asked.child_id),
    )


@blueprint.get("/subject-access/<uuid:request_id>/<step>")
@allow("answer_request", kind="request", arg="request_id")
def step_form(request_id: UUID, step: str) -> str | Response | tuple[str, int]:
    _must_be_a_step(step)
    return ask(step, "Save", url_for("governance.request_page", request_id=request_id))


@blueprint.post("/subject-access/<uuid:request_id>/<step>")
@allow("answer_request", kind="request", arg="request_id")
def take_step(request_id: UUID, step: str) -> Response:
    _must_be_a_step(step)
    return take(step, lambda told: STEPS[step](g.acting, request_id, **told), "Saved.",
                url_for("governance.request_page", request_id=request_id))


def _must_be_a_step(step: str) -> None:
    if step not in STEPS:
        raise NotFound
