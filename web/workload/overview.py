"""Each person with what is open and coming, and one person's tasks to choose from."""

from uuid import UUID

from flask import render_template as render
from flask import request

from web.access import allow, children_shown
from web.reading import reading
from web.workload.blueprint import blueprint
from workflows.absences.scope import WITH_TASKS
from workflows.workload.coming import WITHIN, coming_to
from workflows.workload.giving import person_page
from workflows.workload.overview import workload


@blueprint.get("/workload")
@allow("see_workload")
def overview() -> str:
    team, role = request.args.get("team", ""), request.args.get("role", "")
    page = workload(reading(), team=team, role=role, page=request.args.get("page", 1, type=int))
    return render("workload/overview.html", page=page, team=team, role=role, roles=WITH_TASKS)


@blueprint.get("/workload/<uuid:person_id>")
@allow("see_workload")
def person(person_id: UUID) -> str:
    page = person_page(reading(), person_id, request.args.get("page", 1, type=int))
    coming = coming_to(reading(), person_id)
    children_shown("see_workload", {
        *(task.child.id for task in page.tasks), *(step.child.id for step in coming.steps)})
    return render("workload/person.html", page=page, coming=coming, within=WITHIN)
