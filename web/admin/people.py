"""People who sign in: found, added, changed, and given or relieved of roles."""

from uuid import UUID

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from engine.forms import Form
from web.access import allow
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from workflows.accounts.links import invite
from workflows.accounts.second_factor import reset_second_factor
from workflows.administration.people import (
    add_colleague,
    as_answers,
    change_person,
    form_of_adding,
    form_of_changing,
    form_of_giving,
    give_role,
    people_listed,
    person_page,
    take_role_away,
)
from workflows.administration.teams import teams_listed
from workflows.identities import unlink_identity
from workflows.roles import ROLES
from workflows.sessions import end_sessions_of

LONGEST_SEARCH = 100


@blueprint.get("/admin/people")
@allow("administer_people")
def people() -> str:
    asked = {
        "search": request.args.get("search", "").strip()[:LONGEST_SEARCH],
        "role": request.args.get("role", ""), "team": request.args.get("team", ""),
        "active": request.args.get("active", "yes"),
    }
    found = people_listed(reading(), **asked, page=request.args.get("page", 1, type=int))
    return render_template("admin/people.html", people=found, asked=asked, roles=ROLES.values(),
                           teams=teams_listed(reading()))


@blueprint.get("/admin/people/add")
@allow("administer_people")
def ask_to_add() -> str | Response | tuple[str, int]:
    return ask(form_of_adding(reading()), "admin/form.html", button="Add this person",
               back=("People", url_for("admin.people")))


@blueprint.post("/admin/people/add")
@allow("administer_people")
def add() -> Response:
    raw = raw_from_post(form_of_adding(g.acting), request.form)
    return answered(lambda: add_colleague(g.acting, raw),
                    "The person was added. An invitation leaves by e-mail within a minute.",
                    url_for("admin.people"))


@blueprint.get("/admin/people/<uuid:person_id>")
@allow("administer_people")
def person(person_id: UUID) -> str:
    return render_template("admin/person.html", page=person_page(reading(), person_id))


@blueprint.get("/admin/people/<uuid:person_id>/change")
@allow("administer_people")
def ask_to_change(person_id: UUID) -> str | Response | tuple[str, int]:
    return ask(form_of_changing(reading()), "admin/form.html", button="Save",
               kept=as_answers(reading(), person_id), back=_back(person_id))


@blueprint.post("/admin/people/<uuid:person_id>/change")
@allow("administer_people")
def change(person_id: UUID) -> Response:
    raw = raw_from_post(form_of_changing(g.acting), request.form)
    return answered(lambda: change_person(g.acting, person_id, raw), "Saved.",
                    url_for("admin.person", person_id=person_id))


@blueprint.get("/admin/people/<uuid:person_id>/roles")
@allow("administer_people")
def ask_to_give(person_id: UUID) -> str | Response | tuple[str, int]:
    return ask(form_of_giving(reading(), person_id), "admin/form.html", button="Give this role",
               back=_back(person_id))


@blueprint.post("/admin/people/<uuid:person_id>/roles")
@allow("administer_people")
def give(person_id: UUID) -> Response:
    raw = raw_from_post(form_of_giving(g.acting, person_id), request.form)
    return answered(lambda: give_role(g.acting, person_id, raw), "The role was given.",
                    url_for("admin.person", person_id=person_id))


@blueprint.post("/admin/people/<uuid:person_id>/roles/<role>/take")
@allow("administer_people")
def take(person_id: UUID, role: str) -> Response:
    return answered(lambda: take_role_away(g.acting, person_id, role), "The role was taken away.",
                    url_for("admin.person", person_id=person_id))


@blueprint.post("/admin/people/<uuid:person_id>/invite")
@allow("administer_people")
def invite_again(person_id: UUID) -> Response:
    return answered(lambda: invite(g.acting, person_id), "The invitation leaves within a minute.",
                    url_for("admin.person", person_id=person_id))


@blueprint.post("/admin/people/<uuid:person_id>/sessions/end")
@allow("end_sessions_of")
def sign_out_everywhere(person_id: UUID) -> Response:
    return answered(lambda: end_sessions_of(g.acting, person_id), "They are signed out everywhere.",
                    url_for("admin.person", person_id=person_id))


@blueprint.post("/admin/people/<uuid:person_id>/second-factor/reset")
@allow("reset_second_factor")
def reset_factor(person_id: UUID) -> Response:
    return answered(lambda: reset_second_factor(g.acting, person_id),
                    "They set up a new app when they sign in next.",
                    url_for("admin.person", person_id=person_id))


@blueprint.get("/admin/people/<uuid:person_id>/council-account/disconnect")
@allow("unlink_identity")
def ask_to_unlink(person_id: UUID) -> str | Response | tuple[str, int]:
    page = person_page(reading(), person_id)
    if not page.signs_on or page.is_me:
        raise NotFound
    return ask(Form("unlink_identity", "Disconnect their council account", ()),
               "admin/unlink.html", button="Disconnect it", page=page, back=_back(person_id))


@blueprint.post("/admin/people/<uuid:person_id>/council-account/disconnect")
@allow("unlink_identity")
def unlink(person_id: UUID) -> Response:
    return answered(lambda: unlink_identity(g.acting, person_id),
                    "Their council account is disconnected, and they are signed out.",
                    url_for("admin.person", person_id=person_id))


def _back(person_id: UUID) -> tuple[str, str]:
    return person_page(reading(), person_id).person.name, url_for("admin.person",
                                                                  person_id=person_id)
