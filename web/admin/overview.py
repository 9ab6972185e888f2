from flask import render_template

from web.access import allow
from web.admin.blueprint import blueprint
from web.reading import reading
from workflows.filing.standing import late_ones

CASE_SYSTEM = "admin.see_case_system"
AREAS = (
    ("admin.people", "People", "Who signs in, what they do, and what happens when somebody leaves"),
    ("admin.teams", "Teams", "Names of teams, and how many people are in each"),
    ("admin.schools", "Schools", "Those that children go to, also of other councils"),
    ("admin.imports", "Import", "Schools, people, and who works with which child, from a CSV file"),
    ("admin.closures", "Closures", "Days on which the council is closed"),
    ("admin.terms", "Term dates", "When schools are open, by area, and what is missing"),
    ("admin.webhooks", "Programs that are told", "Addresses that hear what happens, by ids alone"),
    (CASE_SYSTEM, "The case system", "Where signed plans go, and which have not arrived"),
    ("admin.settings", "Settings", "The council's name, its other procedures, a plan each term"),
    ("admin.maintenance", "Work on Pepway", "A banner on every page while work is ahead"),
)


@blueprint.get("/admin")
@allow("see_administration")
def overview() -> str:
    return render_template("admin/overview.html", areas=AREAS,
                           warnings={CASE_SYSTEM: _late(late_ones(reading()))})


def _late(count: int) -> str:
    plans = "1 signed plan has" if count == 1 else f"{count} signed plans have"
    return f"{plans} not arrived for more than a working day" if count else ""
