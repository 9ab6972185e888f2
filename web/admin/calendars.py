"""When the council is closed, and when schools are open."""

from datetime import date
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import allow
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from workflows.administration.calendars import (
    FORM_OF_CHANGING_TERM,
    FORM_OF_CLOSURE,
    add_term_dates,
    change_term_dates,
    close_council,
    closures_by_year,
    form_of_terms,
    get_term,
    open_council,
    remove_term_dates,
    terms_by_area,
)


@blueprint.get("/admin/closures")
@allow("administer_calendars")
def closures() -> str | Response | tuple[str, int]:
    return ask(FORM_OF_CLOSURE, "admin/closures.html", button="Add this closure",
               years=closures_by_year(reading()))


@blueprint.post("/admin/closures")
@allow("administer_calendars")
def close() -> Response:
    raw = raw_from_post(FORM_OF_CLOSURE, request.form)
    return answered(lambda: close_council(g.acting, raw),
                    "The closure was added. Dates of running cases follow.",
                    url_for("admin.closures"))


@blueprint.post("/admin/closures/<day>/remove")
@allow("administer_calendars")
def remove_closure(day: str) -> Response:
    open_council(g.acting, day_of(day))
    flash("The closure was removed. Dates of running cases follow.")
    return redirect(url_for("admin.closures"))


@blueprint.get("/admin/terms")
@allow("administer_calendars")
def terms() -> str:
    return render_template("admin/terms.html", areas=terms_by_area(reading()))


@blueprint.get("/admin/terms/add")
@allow("administer_calendars")
def ask_for_terms() -> str | Response | tuple[str, int]:
    return ask(form_of_terms(reading()), "admin/form.html", button="Add these dates",
               back=("Term dates", url_for("admin.terms")))


@blueprint.post("/admin/terms/add")
@allow("administer_calendars")
def add_terms() -> Response:
    raw = raw_from_post(form_of_terms(g.acting), request.form)
    return answered(lambda: add_term_dates(g.acting, raw),
                    "The dates were added. Dates of running cases follow.", url_for("admin.terms"))


@blueprint.get("/admin/terms/<uuid:term_id>")
@allow("administer_calendars")
def ask_to_change_term(term_id: UUID) -> str | Response | tuple[str, int]:
    term = get_term(reading(), term_id)
    kept = {"starts_on": term.starts_on.isoformat(), "ends_on": term.ends_on.isoformat()}
    return ask(FORM_OF_CHANGING_TERM, "admin/term.html", button="Save", kept=kept, term=term)


@blueprint.post("/admin/terms/<uuid:term_id>")
@allow("administer_calendars")
def change_term(term_id: UUID) -> Response:
    raw = raw_from_post(FORM_OF_CHANGING_TERM, request.form)
    return answered(lambda: change_term_dates(g.acting, term_id, raw),
                    "Saved. Dates of running cases follow.", url_for("admin.terms"))


@blueprint.post("/admin/terms/<uuid:term_id>/remove")
@allow("administer_calendars")
def remove_term(term_id: UUID) -> Response:
    remove_term_dates(g.acting, term_id)
    flash("The dates were removed. Dates of running cases follow.")
    return redirect(url_for("admin.terms"))


def day_of(text: str) -> date:
    """Raises `NotFound` for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
