"""Tasks: listed, read with their form, claimed, handed back, drafted and completed."""

import hashlib
from typing import Any
from uuid import UUID

from flask import g, request
from pydantic import Field

from engine.tasks import (
    TaskForm,
    TaskView,
    claim_task,
    complete_task,
    list_tasks,
    release_task,
    save_draft,
    task_form,
)
from engine.work import Acting, Work
from web.access import allow, children_shown, may_see
from web.api.blueprint import api
from web.api.once import Given, key_sent, once
from web.api.paging import Listing, page, page_of
from web.api.questions import question_out
from web.api.shapes import (
    AnswersIn,
    BesideOut,
    CompletedOut,
    FormOut,
    ReasonIn,
    TaskOut,
    TaskWithForm,
)
from web.reading import reading
from workflows.pep.record import field_class
from workflows.shown_beside import Beside, shown_beside
from workflows.task_page import unseen


class TaskListing(Listing):
    case: UUID | None = None
    mine: bool = Field(False, description="Only those that are yours")
    status: str = Field("open", description="open, completed or cancelled")


@api.get("/tasks")
@allow("see_my_tasks")
@api.input(TaskListing, location="query", arg_name="asked")
@api.output(page_of(TaskOut))
def tasks(asked: TaskListing) -> dict[str, Any]:
    """The tasks you may see"""
    rows = list_tasks(reading(), mine=asked.mine, case_id=asked.case, status=asked.status,
                      after=asked.after, limit=asked.limit)
    children_shown("see_task", {row.child_id for row in rows})
    return page([_task(row) for row in rows], asked.limit)


@api.get("/tasks/<uuid:task_id>")
@allow("see_task", kind="task", arg="task_id")
@api.output(TaskWithForm)
def task(task_id: UUID) -> TaskWithForm:
    """One task with its form and the answers that the record holds"""
    return _with_form(task_form(reading(), task_id))


@api.post("/tasks/<uuid:task_id>/claim")
@allow("claim_task", kind="task", arg="task_id")
@api.output(TaskOut)
def claim(task_id: UUID) -> Given:
    """Take a task from the queue"""
    return once(lambda by: _task(claim_task(by, task_id)))


@api.post("/tasks/<uuid:task_id>/release")
@allow("release_task", kind="task", arg="task_id")
@api.output(TaskOut)
@api.doc(description="The body is optional: {\"reason\": \"...\"} stands on the case.")
def release(task_id: UUID) -> Given:
    """Hand a task back to its queue"""
    sent = ReasonIn.model_validate(request.get_json()) if request.data else ReasonIn(reason="")
    return once(lambda by: _task(release_task(by, task_id, sent.reason)))


@api.put("/tasks/<uuid:task_id>/draft")
@allow("do_task", kind="task", arg="task_id")
@api.input(AnswersIn, arg_name="sent")
@api.output(TaskOut)
def draft(task_id: UUID, sent: AnswersIn) -> Given:
    """Keep answers, right or wrong, without completing the task"""
    return once(lambda by: _task(save_draft(by, task_id, sent.answers, sent.seen)))


@api.post("/tasks/<uuid:task_id>/complete")
@allow("do_task", kind="task", arg="task_id")
@api.input(AnswersIn, arg_name="sent")
@api.output(CompletedOut)
@api.doc(description="Of what was done before, `repeated` is true and the rest as it was.")
def complete(task_id: UUID, sent: AnswersIn) -> Given:
    """Check the answers, write them to the record, and move the case on"""
    others = unseen(task_form(g.acting, task_id), g.acting.actor.id, may_see)

    def do(by: Acting | Work) -> CompletedOut:
        done = complete_task(by, task_id, {**others, **sent.answers}, sent.seen, _nonce())
        return CompletedOut(
            task=_task(done.task),
            case=done.case_id,
            case_status=done.case_status,
            next_tasks=[_task(each) for each in done.next_tasks],
            repeated=done.repeated,
        )

    return once(do, repeated=True)


def _nonce() -> str | None:
    """The client's key, which is its own: hashed with who sends it."""
    key = key_sent()
    return hashlib.sha256(f"{g.acting.actor.id}:{key}".encode()).hexdigest() if key else None


def _task(view: TaskView) -> TaskOut:
    return TaskOut(**_task_fields(view))


def _task_fields(view: TaskView) -> dict[str, Any]:
    same = ("id", "procedure", "element", "name", "role", "covered_by", "stands_in_for",
            "status", "due_on",
            "opened_at", "ended_at", "completed_by")
    return {
        **{name: getattr(view, name) for name in same},
        "case": view.case_id,
        "child": view.child_id,
        "assignee": view.assignee_id,
    }


def _with_form(asked: TaskForm) -> TaskWithForm:
    """Whoever does the task is asked the whole form; answers are shown to whom they are for."""
    shown = [
        each for each in asked.form.inputs()
        if g.resource.holds_task or may_see(field_class(each.path))
    ]
    others = unseen(asked, g.acting.actor.id, may_see)
    kept = {key: answer for key, answer in asked.kept.items() if key not in others}
    beside = shown_beside(reading(), asked.task.id, may_see)
    return TaskWithForm(
        **_task_fields(asked.task),
        form=FormOut(
            name=asked.form.name, title=asked.form.title,
            questions=[question_out(each) for each in shown],
        ),
        beside=_beside(beside) if beside else None,
        answers={each.key: kept[each.key].value for each in shown if each.key in kept},
        seen={each.key: kept[each.key].version if each.key in kept else 0 for each in shown
              if each.key not in others},
    )


def _beside(beside: Beside) -> BesideOut:
    return BesideOut(
        heading=beside.heading,
        questions=[question_out(question) for question, _ in beside.answers],
        answers={question.key: value for question, value in beside.answers},
    )
