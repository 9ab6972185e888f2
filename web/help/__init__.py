"""Help: guides for each role, the words of the field, what is new. It is about no child.

Most of it is for whoever is signed in; how to sign in is for everybody.
"""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import SignInNeeded, allow, anyone
from web.diagrams import draw
from web.help.glossary import glossary
from web.help.guides import Guide, by_part, guide_to, guides, guides_for
from web.help.news import news
from web.help.searching import search
from web.reading import reading
from web.typed import kept_fields, send_away, sent_back, words_posted
from workflows.finding import LONGEST
from workflows.procedure_page import Flowchart, procedure_page, procedure_titles
from workflows.roles import ROLES

blueprint = Blueprint("help", __name__, template_folder="templates")


@blueprint.get("/help")
@anyone("see_help")
def overview() -> str:
    if g.acting is None:
        return render_template("help/overview.html", search="", roles=[], others={}, terms=[],
                               mine=[each for each in guides().values() if each.public])
    typed = words_posted(sent_back(request.path)).get("search", "").strip()[:LONGEST]
    if typed:
        found, terms = search(typed, _roles())
        return render_template("help/found.html", search=typed, guides=found, terms=terms)
    mine, others = guides_for(_roles())
    return render_template("help/overview.html", search="", mine=mine, others=by_part(others),
                           roles=[each.title for each in ROLES.values() if each.key in _roles()])


@blueprint.post("/help")
@allow("read_help")
def find() -> Response:
    """The words stand in no address: people search for names too."""
    here = url_for("help.overview")
    return send_away(here, kept_fields()) if request.form.get("search") else redirect(here)


@blueprint.get("/help/<guide>")
@anyone("see_help")
def one(guide: str) -> str:
    shown = guides().get(guide)
    if g.acting is None and (shown is None or not shown.public):
        raise SignInNeeded
    if shown is None:
        raise NotFound
    return render_template("help/guide.html", guide=shown, flowcharts=_flowcharts(shown),
                           related=[guides()[key] for key in shown.related])


@blueprint.get("/help/words")
@allow("read_help")
def words() -> str:
    return render_template("help/words.html", terms=glossary())


@blueprint.get("/help/new")
@allow("read_help")
def new() -> str:
    return render_template("help/new.html", news=news())


@blueprint.app_context_processor
def way_to_help() -> dict[str, Any]:
    """For the frame of every page: where its “Help” leads, and whether in a window of its own.

    In one of its own everywhere but in help itself, so that nobody loses what they type.
    """
    endpoint = request.endpoint or ""
    return {"help_address": _address(endpoint), "help_apart": not endpoint.startswith("help.")}


def _address(endpoint: str) -> str:
    found = guide_to(endpoint, _roles())
    if found is None or not (g.get("acting") or found.public):
        return url_for("help.overview")
    return url_for("help.one", guide=found.key)


def _roles() -> frozenset[str]:
    acting = g.get("acting")
    return frozenset(acting.actor.roles) if acting else frozenset()


def _flowcharts(guide: Guide) -> list[tuple[str, Flowchart, Markup]]:
    """As they are live today: whoever changes one changes this page. None of what is not live."""
    if not guide.flowcharts:
        return []
    drawn = []
    live = {release.procedure for release, _ in procedure_titles(reading())}
    for procedure in [each for each in guide.flowcharts if each in live]:
        flowchart = procedure_page(reading(), procedure).flowcharts[0]
        picture = draw(flowchart.diagram, key=flowchart.diagram.process)
        drawn.append((procedure, flowchart, picture))
    return drawn
