from uuid import UUID

from flask import g, request, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from workflows.administration.teams import (
    FORM_OF_ADDING,
    FORM_OF_RENAMING,
    add_team,
    get_team,
    rename_team,
    teams_listed,
)


@blueprint.get("/admin/teams")
@allow("administer_people")
def teams() -> str | Response | tuple[str, int]:
    return ask(FORM_OF_ADDING, "admin/teams.html", button="Add this team",
               teams=teams_listed(reading()))


@blueprint.post("/admin/teams")
@allow("administer_people")
def add_a_team() -> Response:
    raw = raw_from_post(FORM_OF_ADDING, request.form)
    return answered(lambda: add_team(g.acting, raw), "The team was added.", url_for("admin.teams"))


@blueprint.get("/admin/teams/<uuid:team_id>")
@allow("administer_people")
def ask_to_rename(team_id: UUID) -> str | Response | tuple[str, int]:
    kept = {"name": get_team(reading(), team_id).name}
    return ask(FORM_OF_RENAMING, "admin/form.html", button="Save", kept=kept,
               back=("Teams", url_for("admin.teams")))


@blueprint.post("/admin/teams/<uuid:team_id>")
@allow("administer_people")
def rename(team_id: UUID) -> Response:
    raw = raw_from_post(FORM_OF_RENAMING, request.form)
    return answered(lambda: rename_team(g.acting, team_id, raw), "Saved.", url_for("admin.teams"))
