"""How good plans are."""

from flask import render_template

from web.access import allow
from web.board.blueprint import blueprint
from web.board.chart import Kind, columns
from web.reading import reading
from workflows.board.quality import RATINGS, quality_page, share

_DRAWN = [Kind(rating, rating) for rating in RATINGS]


@blueprint.get("/quality")
@allow("see_board")
def quality() -> str:
    page = quality_page(reading())
    drawn = columns({month: each.ratings for month, each in page.months.items()}, _DRAWN,
                    "How plans were rated", "ratings")
    return render_template("board/quality.html", page=page, drawn=drawn, share=share,
                           quarters=[f"from {each:%b %Y}" for each in page.quarters])
