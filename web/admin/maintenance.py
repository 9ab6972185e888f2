"""Work on Pepway, announced above every page and called off again."""

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from workflows.maintenance import (
    FORM_OF_MAINTENANCE,
    announce_as_answered,
    call_off_maintenance,
)


@blueprint.get("/admin/maintenance")
@allow("administer_settings")
def maintenance() -> str | Response | tuple[str, int]:
    return ask(FORM_OF_MAINTENANCE, "admin/maintenance.html", button="Announce it")


@blueprint.post("/admin/maintenance")
@allow("administer_settings")
def announce() -> Response:
    raw = raw_from_post(FORM_OF_MAINTENANCE, request.form)
    return answered(lambda: announce_as_answered(g.acting, raw),
                    "It is announced above every page.", url_for("admin.maintenance"))


@blueprint.post("/admin/maintenance/off")
@allow("administer_settings")
def call_off() -> Response:
    call_off_maintenance(g.acting)
    flash("Nothing is announced any more.")
    return redirect(url_for("admin.maintenance"))
