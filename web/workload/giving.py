"""Some of a person's tasks: to whom, why, what would become of each, and done."""

from collections.abc import Collection, Sequence
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask import render_template as render
from werkzeug.wrappers import Response

from engine.forms import Field, Form, Option, read_answers
from web.access import allow, children_shown, nobody_shown
from web.chosen_cases import CASES, GIVEN, ids_named, still_to_give_of_them
from web.forms import raw_from_post
from web.forms.asking import ask
from web.reading import reading
from web.typed import FORM_ID, done_with, form_id, send_back, sent_back, words_posted
from web.workload.blueprint import blueprint
from workflows.workload.giving import (
    Given,
    Taker,
    chosen_tasks,
    give_all,
    spread,
    who_could_take,
)

LONGEST_REASON = 2_000


@blueprint.get("/workload/<uuid:person_id>/give")
@allow("reassign_tasks")
def ask_to_give(person_id: UUID) -> str | Response | tuple[str, int]:
    if "task" in request.args:  # of the list's own form, one for each that was ticked
        return redirect(url_for("workload.ask_to_give", person_id=person_id,
                                tasks=",".join(request.args.getlist("task"))))
    tasks = chosen_tasks(reading(), person_id, ids_named("tasks"))
    children_shown("see_workload", {task.child.id for task in tasks})
    if not tasks:
        flash("Choose the tasks that somebody else will do.")
        return redirect(_where_from(person_id))
    takers = who_could_take(reading(), person_id, tasks)
    return ask(_form(takers, len(tasks)), "workload/give.html", button="See what will happen",
               tasks=tasks, back=_where_from(person_id), person_id=person_id,
               of_cases=CASES in request.args)


@blueprint.post("/workload/<uuid:person_id>/give")
@allow("reassign_tasks")
def check_giving(person_id: UUID) -> Response:
    nobody_shown("it leads to a page that says whose tasks they are")
    tasks = chosen_tasks(g.acting, person_id, ids_named("tasks"))
    form = _form(who_could_take(g.acting, person_id, tasks), len(tasks))
    errors = dict(read_answers(form, raw_from_post(form, request.form), {}).errors)
    if "to" in errors:
        errors["to"] = "Choose who will do these tasks"
    if "reason" in errors and not request.form.get("reason", "").strip():
        errors["reason"] = "Enter why you are giving these tasks to somebody else"
    if errors:
        return send_back(request.path, errors=errors)
    return send_back(request.path, to=url_for("workload.preview_giving", person_id=person_id),
                     errors={})


@blueprint.get("/workload/<uuid:person_id>/give/check")
@allow("reassign_tasks")
def preview_giving(person_id: UUID) -> str | Response:
    planned = _planned(person_id)
    given, reason = planned or ((), "")
    children_shown("see_workload", {each.task.child.id for each in given})
    if not given:
        return redirect(_where_from(person_id))
    return render("workload/check_giving.html", given=given, reason=reason, form_id=form_id(),
                  person_id=person_id, address=_address())


@blueprint.post("/workload/<uuid:person_id>/give/check")
@allow("reassign_tasks")
def give(person_id: UUID) -> Response:
    nobody_shown("what is given says so on each case")
    planned = _planned(person_id)
    if planned is not None:
        given, reason = planned
        failed = give_all(g.acting, given, reason)
        done_with()
        done = len(given) - len(failed)
        flash(f"{done} {'task was' if done == 1 else 'tasks were'} given to others. The reason "
              "stands on each case.")
        for each in failed:
            flash(f"“{each.task}” stayed where it was. {each.why}")
    still_theirs = {task.id for task in chosen_tasks(g.acting, person_id, ids_named("tasks"))}
    return redirect(_where_from(person_id, set(ids_named("tasks")) - still_theirs))


def _address() -> dict[str, str]:
    """What was chosen and what was typed, as the address holds it, and nothing else of it."""
    return {key: request.args[key] for key in ("tasks", CASES, GIVEN, FORM_ID)
            if key in request.args}


def _where_from(person_id: UUID, given: Collection[UUID] = ()) -> str:
    """To the chosen cases with what is still to give of them, or to the person."""
    return (still_to_give_of_them(given)
            or url_for("workload.person", person_id=person_id))


def _planned(person_id: UUID) -> tuple[Sequence[Given], str] | None:
    """What was chosen and why; None where that was done, or nothing of it is left."""
    tasks = chosen_tasks(reading(), person_id, ids_named("tasks"))
    typed = sent_back(url_for("workload.ask_to_give", person_id=person_id))
    if typed is None:
        return None
    form = _form(who_could_take(reading(), person_id, tasks), len(tasks))
    read = read_answers(form, raw_from_post(form, words_posted(typed)), {})
    if not tasks or read.errors:
        return None
    takers = [UUID(each) for each in read.values["to"]]
    return spread(reading(), tasks, takers), str(read.values["reason"])


def _form(takers: Sequence[Taker], count: int) -> Form:
    return Form("give", f"Give {count} {'task' if count == 1 else 'tasks'} to others", (
        Field("to", "checkboxes", "Who will do them?", "to", required=True,
              options=tuple(Option(str(each.id), each.name, _about(each, count))
                            for each in takers),
              hint="Several people share them evenly. Each task goes only to somebody who may do "
                   "it for that child"),
        Field("reason", "textarea", "Why?", "reason", required=True, max_length=LONGEST_REASON,
              hint="It stands in the story of each case, where everyone who works with the child "
                   "reads it"),
    ))


def _about(taker: Taker, count: int) -> str:
    busy = "1 open task" if taker.open_tasks == 1 else f"{taker.open_tasks} open tasks"
    of = "" if taker.may_do == count else f", may do {taker.may_do} of these {count}"
    return f"{busy}{of}{', away today' if taker.is_away else ''}"
