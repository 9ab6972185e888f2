"""All procedures with their releases; and one of them, with the parts of its draft."""

from flask import g, render_template

from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.seen import as_sent_back
from workflows.studio_page import incidents, procedure_in_studio, studio_overview


@blueprint.get("")
@allow("see_studio")
def overview() -> str:
    return render_template("studio/overview.html", procedures=studio_overview(g.acting),
                           incidents=incidents(g.acting))


@blueprint.get("/<procedure>")
@allow("edit_draft")
def procedure_page(procedure: str) -> tuple[str, int]:
    errors, status, _ = as_sent_back()
    page = procedure_in_studio(g.acting, procedure)
    return render_template("studio/procedure.html", page=page, draft=page.draft,
                           errors=errors), status
