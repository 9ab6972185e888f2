"""The case system that takes signed plans: its address, a trial, and what has not arrived."""

from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import allow, nobody_shown
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from web.settings import Settings
from workflows.accounts.sealing import Sealing
from workflows.filing.again import ByHandOnly, file_again
from workflows.filing.schema import address_of_schema
from workflows.filing.standing import not_received
from workflows.filing.system import (
    FORM,
    case_system,
    change_case_systems_secret,
    name_case_system,
    pause_filing,
    resume_filing,
    try_case_system,
)

SECRET = "case_system_secret"  # noqa: S105 - where it is kept between two pages


@blueprint.get("/admin/case-system")
@allow("administer_case_system")
def see_case_system() -> str:
    return render_template(
        "admin/case_system.html", system=case_system(reading()), waiting=not_received(reading()),
        secret=session.pop(SECRET, ""), schema=address_of_schema(_settings().public_url))


@blueprint.get("/admin/case-system/address")
@allow("administer_case_system")
def ask_for_case_system() -> str | Response | tuple[str, int]:
    system = case_system(reading())
    return ask(FORM, "admin/case_system_address.html", button="Save",
               kept={"address": system.address} if system else None)


@blueprint.post("/admin/case-system/address")
@allow("administer_case_system")
def name_the_case_system() -> Response:
    raw, settings = raw_from_post(FORM, request.form), _settings()

    def do() -> None:
        session[SECRET] = name_case_system(g.acting, raw, _sealing(), loopback=settings.demo)

    return answered(do, "Signed plans go to this address from now on.", _page())


@blueprint.post("/admin/case-system/secret")
@allow("administer_case_system")
def new_secret_of_case_system() -> Response:
    session[SECRET] = change_case_systems_secret(g.acting, _sealing())
    return redirect(_page())


@blueprint.post("/admin/case-system/pause")
@allow("administer_case_system")
def pause_case_system() -> Response:
    pause_filing(g.acting)
    flash("Nothing is sent until you go on. What is signed meanwhile waits.")
    return redirect(_page())


@blueprint.post("/admin/case-system/go-on")
@allow("administer_case_system")
def resume_case_system() -> Response:
    resume_filing(g.acting)
    flash("Signed plans leave again, what has waited first.")
    return redirect(_page())


@blueprint.post("/admin/case-system/try")
@allow("administer_case_system")
def try_the_case_system() -> Response:
    try_case_system(g.acting)
    flash("An invented plan is sent within a minute. Open this page again to see what came of it.")
    return redirect(_page())


@blueprint.post("/admin/case-system/plans/<uuid:filing_id>/again")
@allow("administer_case_system")
def file_one_again(filing_id: UUID) -> Response:
    nobody_shown("a plan is sent again by its number; nothing of the child is told")
    try:
        file_again(g.acting, filing_id)
    except ByHandOnly:  # of a restricted record nothing is known here
        raise NotFound from None
    flash("It is sent again within a minute.")
    return redirect(_page())


def _page() -> str:
    return url_for("admin.see_case_system")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pepway_settings"]
    return settings


def _sealing() -> Sealing:
    return Sealing(_settings().secret_keys)
