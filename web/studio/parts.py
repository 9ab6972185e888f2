"""The diagrams that a procedure runs besides its own: one more, and one less."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.drafts import DraftChanged, open_draft
from engine.errors import AnswersInvalid, Refused
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.seen import as_sent_back, sent_version, what_went_wrong
from web.typed import done_with, kept_fields, send_away, send_back
from workflows.new_procedures import add_part, remove_part
from workflows.pep.domain import vocabulary


@blueprint.get("/<procedure>/parts/new")
@allow("edit_draft")
def ask_for_part(procedure: str) -> tuple[str, int]:
    errors, status, words = as_sent_back()
    return render_template("studio/new.html", roles=vocabulary().roles, errors=errors,
                           typed=words, draft=open_draft(g.acting, procedure)), status


@blueprint.post("/<procedure>/parts/new")
@allow("edit_draft")
def make_part(procedure: str) -> Response:
    said = request.form
    try:
        part, _ = add_part(g.acting, procedure, said.get("title", ""), said.get("step", ""),
                           said.get("role", ""), sent_version())
    except (AnswersInvalid, DraftChanged, Refused) as problem:
        return send_back(request.path, **what_went_wrong(problem, procedure, "title"))
    done_with()
    flash("The diagram is added, and nothing runs it yet. Add its other steps here. Where it is to "
          "run, put a step into the diagram and change what it is to “Steps of another diagram”.")
    return redirect(url_for("studio.draw", procedure=procedure, diagram=part))


@blueprint.post("/<procedure>/parts/<diagram>/remove")
@allow("edit_draft")
def take_out_part(procedure: str, diagram: str) -> Response:
    to = url_for("studio.procedure_page", procedure=procedure)
    try:
        remove_part(g.acting, procedure, diagram, sent_version())
    except (DraftChanged, Refused) as problem:
        return send_away(to, kept_fields(), **what_went_wrong(problem, procedure, "parts"))
    flash("The diagram is taken out of the draft. Running cases keep theirs.")
    return redirect(to)
