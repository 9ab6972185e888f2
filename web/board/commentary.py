"""What the Virtual School Head says to the numbers of this month."""

from flask import g, request, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.board.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from workflows.board.commentary import commentaries, form_of_commentary, write_commentary


@blueprint.get("/deadlines/commentary")
@allow("write_commentary")
def ask_for_commentary() -> str | Response | tuple[str, int]:
    written = commentaries(reading())
    return ask(form_of_commentary(reading()), "board/commentary.html", button="Keep the commentary",
               kept={"text": written[0].text} if written else None, earlier=written)


@blueprint.post("/deadlines/commentary")
@allow("write_commentary")
def keep_commentary() -> Response:
    raw = raw_from_post(form_of_commentary(g.acting), request.form)
    return answered(lambda: write_commentary(g.acting, raw), "The commentary is kept.",
                    url_for("board.deadlines"))
