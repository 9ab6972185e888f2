"""What is the council's own, and the days by which a plan each term is due."""

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.admin.blueprint import blueprint
from web.admin.calendars import day_of
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from workflows.administration.settings import (
    FORM_OF_CUT_OFF,
    FORM_OF_SETTINGS,
    add_cut_off,
    change_settings,
    remove_cut_off,
    settings_as_answers,
)
from workflows.council import termly_overlay


@blueprint.get("/admin/settings")
@allow("administer_settings")
def settings() -> str | Response | tuple[str, int]:
    return ask(FORM_OF_SETTINGS, "admin/settings.html", button="Save",
               kept=settings_as_answers(reading()), termly=termly_overlay(reading()))


@blueprint.post("/admin/settings")
@allow("administer_settings")
def change_the_settings() -> Response:
    raw = raw_from_post(FORM_OF_SETTINGS, request.form)
    return answered(lambda: change_settings(g.acting, raw), "Saved.", url_for("admin.settings"))


@blueprint.get("/admin/settings/cut-offs")
@allow("administer_settings")
def cut_offs() -> str | Response | tuple[str, int]:
    return ask(FORM_OF_CUT_OFF, "admin/cut_offs.html", button="Add this date",
               termly=termly_overlay(reading()))


@blueprint.post("/admin/settings/cut-offs")
@allow("administer_settings")
def add_a_cut_off() -> Response:
    raw = raw_from_post(FORM_OF_CUT_OFF, request.form)
    return answered(lambda: add_cut_off(g.acting, raw), "The date was added.",
                    url_for("admin.cut_offs"))


@blueprint.post("/admin/settings/cut-offs/<day>/remove")
@allow("administer_settings")
def remove_a_cut_off(day: str) -> Response:
    remove_cut_off(g.acting, day_of(day))
    flash("The date was removed.")
    return redirect(url_for("admin.cut_offs"))
