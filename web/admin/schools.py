from uuid import UUID

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from workflows.administration.schools import (
    PHASES,
    add_school,
    change_school_details,
    form_of_school,
    get_school,
    schools_listed,
)

LONGEST_SEARCH = 100


@blueprint.get("/admin/schools")
@allow("administer_schools")
def schools() -> str:
    search = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    found = schools_listed(reading(), search, request.args.get("page", 1, type=int))
    return render_template("admin/schools.html", schools=found, search=search, phases=PHASES)


@blueprint.get("/admin/schools/add")
@allow("administer_schools")
def ask_for_school() -> str | Response | tuple[str, int]:
    return ask(form_of_school(reading()), "admin/form.html", button="Add this school",
               back=("Schools", url_for("admin.schools")))


@blueprint.post("/admin/schools/add")
@allow("administer_schools")
def add_a_school() -> Response:
    raw = raw_from_post(form_of_school(g.acting), request.form)
    return answered(lambda: add_school(g.acting, raw), "The school was added.",
                    url_for("admin.schools"))


@blueprint.get("/admin/schools/<uuid:school_id>")
@allow("administer_schools")
def ask_to_change_school(school_id: UUID) -> str | Response | tuple[str, int]:
    school = get_school(reading(), school_id)
    kept = {"urn": school.urn, "name": school.name, "phase": school.phase, "area": school.area}
    return ask(form_of_school(reading()), "admin/form.html", button="Save", kept=kept,
               back=("Schools", url_for("admin.schools")))


@blueprint.post("/admin/schools/<uuid:school_id>")
@allow("administer_schools")
def change_school(school_id: UUID) -> Response:
    raw = raw_from_post(form_of_school(g.acting), request.form)
    return answered(lambda: change_school_details(g.acting, school_id, raw), "Saved.",
                    url_for("admin.schools"))
