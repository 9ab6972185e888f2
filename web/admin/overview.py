from flask import render_template

from web.access import allow
from web.admin.blueprint import blueprint

AREAS = (
    ("admin.people", "People", "Who signs in, what they do, and what happens when somebody leaves"),
    ("admin.teams", "Teams", "Names of teams, and how many people are in each"),
    ("admin.schools", "Schools", "Those that children go to, also of other councils"),
    ("admin.imports", "Import", "Schools, people, and who works with which child, from a CSV file"),
    ("admin.closures", "Closures", "Days on which the council is closed"),
    ("admin.terms", "Term dates", "When schools are open, by area, and what is missing"),
    ("admin.webhooks", "Programs that are told", "Addresses that hear what happens, by ids alone"),
    ("admin.settings", "Settings", "The council's name, its other procedures, a plan each term"),
    ("admin.maintenance", "Work on Pepway", "A banner on every page while work is ahead"),
)


@blueprint.get("/admin")
@allow("see_administration")
def overview() -> str:
    return render_template("admin/overview.html", areas=AREAS)
