"""A procedure that is new."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.access import allow
from web.studio.blueprint import blueprint
from web.typed import kept_fields, send_away, sent_back, words_posted
from workflows.new_procedures import begin_new_procedure
from workflows.pep.domain import vocabulary


@blueprint.get("/new")
@allow("edit_draft")
def ask_for_procedure() -> tuple[str, int]:
    typed = sent_back(request.path)
    errors, status = (typed.said["errors"], 422) if typed else ({}, 200)
    return render_template("studio/new.html", roles=vocabulary().roles, errors=errors,
                           typed=words_posted(typed)), status


@blueprint.post("/new")
@allow("edit_draft")
def begin_new() -> Response:
    said = request.form
    try:
        draft = begin_new_procedure(g.acting, said.get("title", ""), said.get("step", ""),
                                    said.get("role", ""))
    except AnswersInvalid as problem:
        return send_away(url_for("studio.ask_for_procedure"), kept_fields(),
                         errors=problem.errors)
    flash("The procedure has its first step. Add the others here, or draw them.")
    return redirect(url_for("studio.steps_of", procedure=draft.procedure, diagram=draft.procedure))
