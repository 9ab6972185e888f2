"""Both flowcharts as picture and as text, for everyone who is signed in; they print."""

from flask import Blueprint, render_template

from web.access import allow
from web.diagrams import draw
from web.reading import reading
from workflows.procedure_page import deadlines_by_kind, procedure_page, procedure_titles

blueprint = Blueprint("procedures", __name__, template_folder="templates",
                      url_prefix="/procedures")


@blueprint.get("")
@allow("see_procedures")
def overview() -> str:
    return render_template("procedures/overview.html", titles=procedure_titles(reading()))


@blueprint.get("/deadlines")
@allow("see_procedures")
def deadlines() -> str:
    """All deadlines, whichever case they are for; each kind on its own."""
    return render_template("procedures/deadlines.html", groups=deadlines_by_kind())


@blueprint.get("/<procedure>")
@allow("see_procedures")
def procedure(procedure: str) -> str:
    page = procedure_page(reading(), procedure)
    pictures = [draw(flowchart.diagram, key=flowchart.diagram.process)
                for flowchart in page.flowcharts]
    return render_template("procedures/procedure.html", page=page, pictures=pictures)
