from flask import render_template

from web.access import allow
from web.admin.blueprint import blueprint

AREAS = (
    ("admin.people", "People", "Who signs in, what they do, and what happens when somebody leaves"),
)


@blueprint.get("/admin")
@allow("see_administration")
def overview() -> str:
    return render_template("admin/overview.html", areas=AREAS)
