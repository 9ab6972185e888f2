"""Who has opened unusually many records, or at an unusual time."""

from flask import render_template as render

from web.access import allow
from web.reading import reading
from web.sight.blueprint import blueprint
from workflows.sight.unusual import unusual_openings


@blueprint.get("/unusual-openings")
@allow("see_unusual_openings")
def unusual() -> str:
    return render("sight/unusual.html", openings=unusual_openings(reading()))
