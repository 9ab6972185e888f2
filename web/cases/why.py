"""Why a case is late, for those who answer for how work goes."""

from uuid import UUID

from flask import Blueprint, render_template

from web.access import allow, may_see
from web.reading import reading
from workflows.why_late.page import why_late

blueprint = Blueprint("why", __name__)


@blueprint.get("/<uuid:case_id>/why-late")
@allow("see_why_late", kind="case", arg="case_id")
def see(case_id: UUID) -> str:
    return render_template("cases/why_late.html", case_id=case_id,
                           page=why_late(reading(), case_id, may_see))
