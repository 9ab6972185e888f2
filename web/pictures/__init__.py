"""Drawings and photos beside the answers of a task: added, removed, looked at."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import allow
from web.reading import reading
from web.uploading import as_download, refusal, refused, sent_picture, takes_file
from workflows.pictures.kept import add_picture, pictures_of, read_picture, remove_picture
from workflows.pictures.redrawing import PictureRefused, redrawn
from workflows.task_page import task_page

blueprint = Blueprint("pictures", __name__, template_folder="templates")
VOICE = "child"
"""Whose tasks take pictures."""


@blueprint.get("/tasks/<uuid:task_id>/pictures")
@allow("add_picture", kind="task", arg="task_id")
def pictures(task_id: UUID) -> str | tuple[str, int]:
    page, errors = task_page(reading(), task_id), refusal()
    if page.step.voice != VOICE:
        raise NotFound
    html = render_template("pictures/pictures.html", page=page, errors=errors,
                           pictures=pictures_of(reading(), task_id=task_id))
    return (html, 422) if errors else html


@blueprint.post("/tasks/<uuid:task_id>/pictures")
@allow("add_picture", kind="task", arg="task_id")
@takes_file
def add(task_id: UUID) -> Response:
    if task_page(reading(), task_id).step.voice != VOICE:
        raise NotFound
    try:
        add_picture(g.acting, task_id, redrawn(sent_picture()))
    except PictureRefused as problem:
        return refused(problem.why)
    flash("The picture was added. Whatever the file said of place and time is gone.")
    return redirect(url_for("pictures.pictures", task_id=task_id))


@blueprint.post("/tasks/<uuid:task_id>/pictures/<uuid:attachment_id>/remove")
@allow("add_picture", kind="task", arg="task_id")
def remove(task_id: UUID, attachment_id: UUID) -> Response:
    remove_picture(g.acting, task_id, attachment_id)
    flash("The picture was removed.")
    return redirect(url_for("pictures.pictures", task_id=task_id))


@blueprint.get("/attachments/<uuid:attachment_id>")
@allow("see_picture", kind="attachment", arg="attachment_id")
def see(attachment_id: UUID) -> Response:
    g.csp_extra = {"img-src": "'none'", "script-src": "'none'", "sandbox": ""}
    return as_download(read_picture(reading(), attachment_id))
