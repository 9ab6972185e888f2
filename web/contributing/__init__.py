"""Links by which somebody without an account says what they want to say: made, ended, taken."""

from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from web.access import allow
from web.contributing import by_link
from web.reading import reading
from web.typed import done_with, form_id, send_back, sent_back, with_form_id, words_posted
from workflows.contributions.asking import VOICES, voices_of
from workflows.contributions.links import invite_to_contribute, links_of, revoke_link
from workflows.contributions.taking import take_contribution
from workflows.task_page import task_page

blueprint = Blueprint("contributing", __name__, template_folder="templates")
blueprint.register_blueprint(by_link.blueprint)

MADE = "made_link"
"""Where a link and its code are kept between two pages."""


@blueprint.get("/tasks/<uuid:task_id>/links")
@allow("see_links", kind="task", arg="task_id")
def links(task_id: UUID) -> str | Response | tuple[str, int]:
    """Who was asked by a link, and the form to ask somebody else; a new link is shown this once."""
    page = task_page(reading(), task_id)
    if page.step.voice is None:
        raise NotFound
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    made = session.pop(MADE, None)
    shown = render_template(
        "contributing/links.html", page=page, links=links_of(reading(), task_id), errors=errors,
        offered=voices_of(page.asked.form), voices=VOICES, typed=words_posted(typed),
        form_id=form_id(), holds=g.resource.holds_task,
        made=_with_address(made) if made and made["task"] == str(task_id) else None,
    )
    return (shown, 422) if errors else shown


@blueprint.post("/tasks/<uuid:task_id>/links")
@allow("invite_to_contribute", kind="task", arg="task_id")
def invite(task_id: UUID) -> Response:
    voice, called = request.form.get("voice", ""), request.form.get("called", "")
    try:
        link = invite_to_contribute(g.acting, task_id, voice, called)
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    session[MADE] = {"task": str(task_id), "secret": link.secret, "code": link.code}
    return redirect(url_for("contributing.links", task_id=task_id))


@blueprint.post("/tasks/<uuid:task_id>/links/<uuid:link_id>/end")
@allow("revoke_link", kind="task", arg="task_id")
def revoke(task_id: UUID, link_id: UUID) -> Response:
    revoke_link(g.acting, task_id, link_id)
    flash("The link has ended. It opens nothing any more.")
    return redirect(url_for("contributing.links", task_id=task_id))


@blueprint.post("/tasks/<uuid:task_id>/links/<uuid:link_id>/take")
@allow("take_contribution", kind="task", arg="task_id")
def take(task_id: UUID, link_id: UUID) -> Response:
    take_contribution(g.acting, task_id, link_id)
    flash("Taken into your answers. Read them through, then continue.")
    return redirect(url_for("tasks.see_task", task_id=task_id))


def _with_address(made: dict[str, str]) -> dict[str, str]:
    public = current_app.extensions["pepway_settings"].public_url.rstrip("/")
    at = url_for("contributing.by_link.open_it", secret=made["secret"])
    code = made["code"]
    return {"address": f"{public}{at}", "code": f"{code[:3]} {code[3:]}"}
