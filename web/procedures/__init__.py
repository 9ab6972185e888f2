"""Both flowcharts as picture and as text, for everyone who is signed in; they print."""

from flask import Blueprint, g, render_template

from engine.diagram import read_diagram, read_steps
from engine.releases import live_release, live_releases, release_files
from web.access import allow
from web.diagrams import draw
from workflows.explaining import limit_in_words

blueprint = Blueprint("procedures", __name__, template_folder="templates",
                      url_prefix="/procedures")


@blueprint.get("")
@allow("see_procedures")
def overview() -> str:
    titles = [
        (release, read_diagram(
            release_files(g.acting, release.id)[f"{release.procedure}.bpmn"]).title)
        for release in live_releases(g.acting)
    ]
    return render_template("procedures/overview.html", titles=titles)


@blueprint.get("/<procedure>")
@allow("see_procedures")
def procedure(procedure: str) -> str:
    release = live_release(g.acting, procedure)
    content = release_files(g.acting, release.id)[f"{procedure}.bpmn"]
    diagram = read_diagram(content)
    return render_template(
        "procedures/procedure.html",
        release=release,
        diagram=diagram,
        picture=draw(diagram),
        steps=[(step, limit_in_words(step.element.due or step.element.timer))
               for step in read_steps(content)],
    )
