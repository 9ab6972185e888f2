from flask import render_template

from web.access import allow
from web.admin.blueprint import blueprint

AREAS = (
    ("admin.people", "People", "Who signs in, what they do, and what happens when somebody leaves"),
    ("admin.schools", "Schools", "Those that children go to, also of other councils"),
    ("admin.imports", "Import", "Schools, people, and who works with which child, from a CSV file"),
)


@blueprint.get("/admin")
@allow("see_administration")
def overview() -> str:
    return render_template("admin/overview.html", areas=AREAS)
