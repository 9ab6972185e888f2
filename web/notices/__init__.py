"""Privacy notices by audience, and the assessments behind them."""

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import allow, anyone
from web.layout.notice import FOR_STAFF, NOTICE_TO_READ, notice
from workflows.notices import acknowledge

blueprint = Blueprint("notices", __name__, template_folder="templates")

AUDIENCES = ("child", "young-person", "parent-or-carer", FOR_STAFF)
ASSESSMENTS = ("impact-assessment", "security-standard")


@blueprint.get("/privacy")
@anyone("see_notices")
def overview() -> str:
    return render_template("notices/overview.html", notices=[notice(each) for each in AUDIENCES],
                           assessments=[notice(each) for each in ASSESSMENTS])


@blueprint.get("/privacy/<audience>")
@anyone("see_notices")
def one(audience: str) -> str:
    return _page(audience, AUDIENCES)


@blueprint.get("/records/assessments/<name>")
@allow("see_records")
def assessment(name: str) -> str:
    return _page(name, ASSESSMENTS)


@blueprint.post("/privacy/read")
@allow("acknowledge_notice")
def read() -> Response:
    """The version that stands now, for it is the one that is shown."""
    acknowledge(g.acting, FOR_STAFF, notice(FOR_STAFF).version)
    session.pop(NOTICE_TO_READ, None)
    flash("Thank you. You are asked again only when the notice changes.")
    return redirect(url_for("notices.one", audience=FOR_STAFF))


def _page(key: str, known: tuple[str, ...]) -> str:
    if key not in known:
        raise NotFound
    return render_template("notices/one.html", notice=notice(key),
                           to_read=key == FOR_STAFF and bool(session.get(NOTICE_TO_READ)))
