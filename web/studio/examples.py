"""Examples of a procedure: trials that were kept, and whether the draft still goes their way."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.releases import get_release
from engine.trial import TakesTooLong
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.seen import sent_version
from web.typed import done_with, form_id, send_back, sent_back, with_form_id, words_posted
from workflows.trying.drafts import NotSound
from workflows.trying.examples import (
    agree_to_new_way,
    delete_example,
    examples_in_release,
    examples_of,
    keep_example,
    open_example,
    rename_example,
    run_example,
    run_examples,
)
from workflows.trying.page import page_of
from workflows.trying.stages_in_words import way_in_words
from workflows.trying.trials import TrialChanged, try_draft


@blueprint.get("/<procedure>/examples")
@allow("try_draft")
def examples(procedure: str) -> str:
    """All of them, each gone through in the draft."""
    try:
        runs, refused = run_examples(g.acting, procedure), ""
    except NotSound as refusal:
        runs, refused = [], refusal.message
    kept = [] if runs else examples_of(g.acting, procedure)
    return render_template("studio/examples.html", procedure=procedure, runs=runs, kept=kept,
                           refused=refused)


@blueprint.get("/releases/<uuid:release_id>/examples")
@allow("see_release")
def examples_of_release(release_id: UUID) -> str:
    """To read: where each leads in the release that somebody approves or sends back."""
    release = get_release(g.acting, release_id)
    try:
        runs, refused = examples_in_release(g.acting, release), ""
    except NotSound:
        runs, refused = [], "The check lets this release run no more, so it is not gone through."
    return render_template(
        "studio/release_examples.html", release=release, refused=refused,
        examples=[(run, way_in_words(run.example.expected), way_in_words(run.stages))
                  for run in runs],
    )


@blueprint.get("/<procedure>/try/keep")
@allow("try_draft")
def keep_trial(procedure: str) -> str | Response | tuple[str, int]:
    """What is kept, before it is kept, and under which name."""
    if way := with_form_id():
        return way
    try:
        tried = try_draft(g.acting, procedure)
    except (NotSound, TakesTooLong):
        tried = None
    if tried is None or not tried.kept.acts:
        return redirect(url_for("studio.trial", procedure=procedure))
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    page = render_template(
        "studio/example_keep.html", page=page_of(tried), procedure=procedure, errors=errors,
        way=way_in_words(tried.run.stages), name=words_posted(typed).get("name", ""),
        form_id=form_id(),
    )
    return (page, 422) if errors else page


@blueprint.post("/<procedure>/try/keep")
@allow("try_draft")
def keep_trial_as_example(procedure: str) -> Response:
    try:
        keep_example(g.acting, procedure, request.form.get("name", ""), sent_version())
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    except (Refused, TakesTooLong, TrialChanged) as refusal:
        return send_back(request.path, errors={"name": refusal.message})
    done_with()
    flash("The example is saved. From now on a draft that goes another way is not published "
          "before you have looked at it.")
    return redirect(url_for("studio.examples", procedure=procedure))


@blueprint.get("/<procedure>/examples/<uuid:example_id>")
@allow("try_draft")
def example(procedure: str, example_id: UUID) -> str | Response | tuple[str, int]:
    try:
        run = run_example(g.acting, procedure, example_id)
    except NotSound:
        return redirect(url_for("studio.examples", procedure=procedure))
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    page = render_template(
        "studio/example.html", procedure=procedure, run=run, example=run.example, errors=errors,
        words=words_posted(typed), form_id=form_id(), expected=way_in_words(run.example.expected),
        becomes=way_in_words(run.stages) if run.stages and not run.passes else (),
    )
    return (page, 422) if errors else page


@blueprint.post("/<procedure>/examples/<uuid:example_id>")
@allow("try_draft")
def change_example(procedure: str, example_id: UUID) -> Response:
    """Rename it, agree to the draft's way, or delete it."""
    said, wish = request.form, request.form.get("do", "")
    try:
        if wish == "rename":
            rename_example(g.acting, procedure, example_id, said.get("name", ""))
            flash("The example has its new name.")
        elif wish == "agree":
            agree_to_new_way(g.acting, procedure, example_id, said.get("agree_reason", ""),
                             said.get("difference", ""))
            flash("The draft's way is the example's from now on.")
        elif wish == "delete":
            delete_example(g.acting, procedure, example_id, said.get("delete_reason", ""))
            flash("The example is deleted.")
            return redirect(url_for("studio.examples", procedure=procedure))
        else:
            raise NotFound
    except AnswersInvalid as problem:
        where = {"reason": f"{wish}_reason"}
        errors = {where.get(key, key): text for key, text in problem.errors.items()}
        return send_back(request.path, errors=errors)
    except Refused as refusal:
        return send_back(request.path, errors={"agree_reason": refusal.message})
    done_with()
    return redirect(url_for("studio.example", procedure=procedure, example_id=example_id))


@blueprint.post("/<procedure>/examples/<uuid:example_id>/open")
@allow("try_draft")
def open_as_trial(procedure: str, example_id: UUID) -> Response:
    open_example(g.acting, procedure, example_id)
    return redirect(url_for("studio.trial", procedure=procedure))
