"""The decision tables of a draft: all of them, a new one, the editor, and a table taken out."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.decisions.editing import Column
from engine.drafts import DraftChanged
from engine.errors import AnswersInvalid, Refused
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.editors import TEXT_EDITOR_POLICY, told_to_editor
from web.studio.seen import as_sent_back, sent_version, what_went_wrong
from web.typed import done_with, send_back
from workflows.decision_changes import TYPES, make_decision, remove_decision
from workflows.decision_pages import decision_page, decisions_page, names_for_columns

ASKED_AT_FIRST = 4
"""Columns that a new table can begin with; more are added to it later."""


@blueprint.get("/<procedure>/decisions")
@allow("edit_draft")
def decisions(procedure: str) -> tuple[str, int]:
    errors, status, _ = as_sent_back()
    page = decisions_page(g.acting, procedure)
    return render_template("studio/decisions.html", page=page, draft=page.draft,
                           errors=errors), status


@blueprint.get("/<procedure>/decisions/new")
@allow("edit_draft")
def new_decision(procedure: str) -> tuple[str, int]:
    errors, status, words = as_sent_back()
    page = decisions_page(g.acting, procedure)
    return render_template(
        "studio/new_decision.html", page=page, draft=page.draft, errors=errors, types=TYPES,
        known=names_for_columns(g.acting, procedure), words=words,
        places=range(ASKED_AT_FIRST),
    ), status


@blueprint.post("/<procedure>/decisions/new")
@allow("edit_draft")
def make_new_decision(procedure: str) -> Response:
    known = names_for_columns(g.acting, procedure)
    chosen = [request.form.get(f"ask-{number}", "") for number in range(ASKED_AT_FIRST)]
    gives = Column(request.form.get("output", "").strip(),
                   request.form.get("output-label", "").strip(),
                   request.form.get("output-type", ""))
    try:
        name = make_decision(g.acting, procedure, request.form.get("table-title", ""),
                             [known[each].column for each in chosen if each in known], gives,
                             sent_version())
    except (AnswersInvalid, DraftChanged, Refused) as problem:
        return send_back(request.path, **what_went_wrong(problem, procedure, "table-title"))
    done_with()
    flash("The table is made. No step asks it yet: choose it for a step of the diagram.")
    return redirect(url_for("studio.rules", procedure=procedure, decision=name))


@blueprint.get("/<procedure>/decisions/<decision>")
@allow("edit_draft")
def edit_decision(procedure: str, decision: str) -> str:
    page = decision_page(g.acting, procedure, decision)
    g.csp_extra = TEXT_EDITOR_POLICY
    return render_template("studio/decision.html", page=page, draft=page.draft,
                           config=told_to_editor(page.draft, f"{decision}.dmn", page.content))


@blueprint.post("/<procedure>/decisions/<decision>/remove")
@allow("edit_draft")
def remove_table(procedure: str, decision: str) -> Response:
    to = url_for("studio.decisions", procedure=procedure)
    try:
        remove_decision(g.acting, procedure, decision, sent_version())
    except DraftChanged as changed:
        return send_back(to, **what_went_wrong(changed, procedure, f"remove-{decision}"))
    flash("The table is taken out of the draft. Running cases keep theirs.")
    return redirect(to)
