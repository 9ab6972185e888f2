"""The board: each procedure with its numbers, from a number to the cases, reassigning."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.diagram import Diagram
from engine.errors import AnswersInvalid
from engine.tasks import TaskView, reassign_task
from web.access import allow, children_shown
from web.diagrams import Marks, draw
from web.reading import answer, reading
from web.typed import form_id, send_back, sent_back, with_form_id, words_posted
from workflows.board import ProcedureBoard, StepCount, boards, who_may_hold
from workflows.board_step import step_page
from workflows.children import get_child
from workflows.people import names

blueprint = Blueprint("board", __name__, template_folder="templates", url_prefix="/board")

BY_RULE = "rule"
"""Chosen instead of a person: whoever the procedure names."""


@blueprint.get("")
@allow("see_board")
def overview() -> str:
    late_only = _late_only()
    with answer().excused("the board counts cases, and names none"):
        found = boards(reading())
    shown = {board.procedure: _shown(board, late_only) for board in found}
    pictures = {
        board.procedure: [
            _picture(board, diagram, shown[board.procedure], late_only)
            for diagram in board.diagrams
        ]
        for board in found
    }
    return render_template(
        "board/overview.html", boards=found, shown=shown, pictures=pictures, late_only=late_only
    )


@blueprint.get("/<procedure>/<element>")
@allow("see_board")
def step(procedure: str, element: str) -> str:
    late_only = _late_only()
    page = step_page(reading(), procedure, element, late_only=late_only,
                     page=request.args.get("page", 1, type=int))
    children_shown("see_board", {at.child.id for at in page.standing})
    return render_template("board/step.html", page=page, late_only=late_only)


@blueprint.get("/reassign/<uuid:task_id>")
@allow("reassign_task", kind="task", arg="task_id")
def reassign(task_id: UUID) -> str | Response | tuple[str, int]:
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    page = _reassign_page(task_id, words_posted(typed), errors)
    return (page, 422) if errors else page


@blueprint.post("/reassign/<uuid:task_id>")
@allow("reassign_task", kind="task", arg="task_id")
def give(task_id: UUID) -> Response:
    try:
        task = reassign_task(g.acting, task_id, _chosen(), request.form.get("reason", ""))
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    who = names(g.acting, [task.assignee_id]).get(task.assignee_id, "") if task.assignee_id else ""
    flash(f"“{task.name}” now belongs to {who or 'the queue of its role'}. The reason stands on "
          "the case.")
    return redirect(_back_to(task))


def _reassign_page(task_id: UUID, typed: MultiDict[str, str], errors: dict[str, str]) -> str:
    task, people = who_may_hold(g.acting, task_id)
    return render_template(
        "board/reassign.html",
        task=task,
        child=get_child(g.acting, task.child_id),
        people=people,
        holder=names(g.acting, [task.assignee_id]).get(task.assignee_id, "")
        if task.assignee_id else "",
        errors=errors,
        typed=typed,
        form_id=form_id(),
        back=_back_to(task),
        by_rule=BY_RULE,
    )


def _chosen() -> UUID | None:
    """The person who was chosen, or None for whoever the procedure names."""
    chosen = request.form.get("to", "")
    if chosen == BY_RULE:
        return None
    try:
        return UUID(chosen)
    except ValueError as nobody:
        problems = {"to": "Choose who does this task"}
        if not request.form.get("reason", "").strip():
            problems["reason"] = "Enter why you are giving this task to someone else"
        raise AnswersInvalid(problems) from nobody


def _back_to(task: TaskView) -> str:
    if request.values.get("from") == "case":
        return url_for("cases.case_page", case_id=task.case_id)
    return url_for("board.step", procedure=task.procedure, element=task.element)


def _late_only() -> bool:
    return request.args.get("late") == "1"


def _shown(board: ProcedureBoard, late_only: bool) -> list[StepCount]:
    return [each for each in board.steps if each.late or not late_only]


def _picture(
    board: ProcedureBoard, diagram: Diagram, shown: list[StepCount], late_only: bool
) -> Markup:
    late = 1 if late_only else None
    marks = Marks(
        late=frozenset(each.element for each in shown if each.late),
        badges={each.element: _badge(each, late_only) for each in shown},
        links={
            each.element: url_for(
                "board.step", procedure=board.procedure, element=each.element, late=late
            )
            for each in shown
        },
    )
    return draw(diagram, marks, key=diagram.process)


def _badge(step: StepCount, late_only: bool) -> str:
    if late_only:
        return f"{step.late} late"
    return f"{step.cases} ({step.late} late)" if step.late else str(step.cases)
