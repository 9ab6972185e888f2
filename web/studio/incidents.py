"""Cases that stopped, and letting them go on."""

from uuid import UUID

from flask import flash, g, redirect, url_for
from werkzeug.wrappers import Response

from engine.cases import retry_incident
from web.access import allow, may
from web.studio.blueprint import blueprint


@blueprint.post("/incidents/<uuid:case_id>/retry")
@allow("retry_incident", kind="case", arg="case_id")
def retry(case_id: UUID) -> Response:
    """Try again what failed; whoever sees the case comes back to it."""
    if retry_incident(g.acting, case_id):
        flash("The case goes on.")
    else:
        flash("It failed again. What is wrong now stands at the case.")
    if may("see_case", g.resource):
        return redirect(url_for("cases.case_page", case_id=case_id))
    return redirect(url_for("studio.overview"))
