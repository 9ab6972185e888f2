"""The editor: a diagram of the draft, drawn with the mouse or by keyboard."""

from dataclasses import asdict
from typing import Any

from flask import g, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.drafts import DraftChanged
from engine.editing.conditions import written_askings
from engine.errors import AnswersInvalid, Refused
from web.access import allow
from web.diagrams import Marks
from web.diagrams import draw as draw_picture
from web.studio.blueprint import blueprint
from web.studio.editors import EDITOR_POLICY, told_to_editor
from web.studio.seen import as_sent_back, clash, sent_version
from workflows.counted_dates import written_forms
from workflows.form_changes import form_of_step
from workflows.pep.domain import vocabulary
from workflows.studio_page import DiagramPage, diagram_page


@blueprint.get("/<procedure>/draw/<diagram>")
@allow("edit_draft")
def draw(procedure: str, diagram: str) -> str | tuple[str, int]:
    errors, status, _ = as_sent_back()
    page = diagram_page(g.acting, procedure, f"{diagram}.bpmn")
    g.csp_extra = EDITOR_POLICY
    return render_template(
        "studio/draw.html",
        page=page,
        draft=page.draft,
        errors=errors,
        picture=draw_picture(page.diagram, _way_marked(page)) if page.drawn else "",
        shapes={node.element.id for node in page.diagram.nodes},
        config=_config(page),
    ), status


@blueprint.post("/<procedure>/draw/<diagram>/form")
@allow("edit_draft")
def make_form_of_step(procedure: str, diagram: str) -> tuple[Response, int]:
    """A new form for a step that is drawn: JSON with the `title` of both and the `version`."""
    sent = request.get_json(silent=True)
    title = sent.get("title") if isinstance(sent, dict) else None
    try:
        form, version = form_of_step(g.acting, procedure, f"{diagram}.bpmn",
                                     title if isinstance(title, str) else "", sent_version())
    except AnswersInvalid as problem:
        return jsonify({"message": f"{' '.join(problem.errors.values())}."}), 422
    except DraftChanged as changed:
        return jsonify(clash(procedure, changed)), 409
    except Refused as refused:
        return jsonify({"message": refused.message}), 422
    return jsonify({"form": form, "title": f"{title} ({form})", "version": version}), 200


def _way_marked(page: DiagramPage) -> Marks:
    """By number, the steps after which a case goes wrong, as the first finding tells them."""
    steps = {node.element.id for node in page.diagram.nodes}
    way = next((said.way for said in page.check.findings
                if said.way and said.file == page.path), ())
    numbered = dict.fromkeys(each for each in way if each in steps)
    return Marks(badges={each: str(at) for at, each in enumerate(numbered, 1)},
                 badges_say="How a case goes wrong, step by step")


def _config(page: DiagramPage) -> dict[str, Any]:
    """What the editor in the browser needs to know."""
    known, procedure = vocabulary(), page.draft.procedure
    told = told_to_editor(page.draft, page.path, page.content.decode("utf-8-sig"))
    return {
        **told,
        "addresses": {
            **told["addresses"],
            "form": url_for("studio.make_form_of_step", procedure=procedure,
                            diagram=page.path.removesuffix(".bpmn")),
            "questions": url_for("studio.questions", procedure=procedure, form="-form-"),
        },
        "forms": {name: f"{title} ({name})" for name, title in page.forms.items()},
        "roles": dict(known.roles),
        "actions": dict(known.actions),
        "decisions": dict(page.decisions),
        "processes": {each: each for each in page.processes},
        "dates": {"forms": written_forms(), "names": list(page.dates)},
        "asking": {
            "askings": written_askings(),
            "questions": [asdict(question) for question in page.questions],
        },
        "words": [{"name": name, "title": title} for name, title in page.words],
        "report": asdict(page.check),
    }
