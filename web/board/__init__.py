"""The board: each procedure with its numbers, from a number to the cases, reassigning."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from engine.tasks import reassign_task
from web.access import allow
from web.diagrams import Marks, draw
from workflows.board import ProcedureBoard, boards, standing_at, who_may_hold

blueprint = Blueprint("board", __name__, template_folder="templates", url_prefix="/board")


@blueprint.get("")
@allow("see_board")
def overview() -> str:
    found = boards(g.acting)
    pictures = {board.procedure: draw(board.diagram, _marks(board), key=board.procedure)
                for board in found}
    return render_template("board/overview.html", boards=found, pictures=pictures)


@blueprint.get("/<procedure>/<element>")
@allow("see_board")
def step(procedure: str, element: str) -> str:
    late_only = request.args.get("late") == "1"
    rows = standing_at(g.acting, procedure, element, late_only=late_only)
    name = next((board_step.name for board in boards(g.acting) if board.procedure == procedure
                 for board_step in board.steps if board_step.element == element), element)
    return render_template("board/step.html", rows=rows, procedure=procedure, element=element,
                           name=name, late_only=late_only)


@blueprint.route("/reassign/<uuid:task_id>", methods=["GET", "POST"])
@allow("reassign_task", kind="task", arg="task_id")
def reassign(task_id: UUID) -> str | Response | tuple[str, int]:
    task, people = who_may_hold(g.acting, task_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _give(task_id)
        except AnswersInvalid as problem:
            errors = problem.errors
        else:
            flash(f"“{task.name}” has a new owner. Both see it in the case's story.")
            return redirect(url_for("cases.case_page", case_id=task.case_id))
    page = render_template("board/reassign.html", task=task, people=people, errors=errors,
                           typed=request.form)
    return (page, 422) if errors else page


def _give(task_id: UUID) -> None:
    chosen = request.form.get("to", "")
    if not chosen:
        raise AnswersInvalid({"to": "Choose who does this task"})
    to = None if chosen == "rule" else UUID(chosen)
    reassign_task(g.acting, task_id, to, request.form.get("reason", ""))


def _marks(board: ProcedureBoard) -> Marks:
    return Marks(
        late=frozenset(),
        badges={
            step.element: f"{step.cases} ({step.late} late)" if step.late else f"{step.cases}"
            for step in board.steps
        },
        links={
            step.element: url_for("board.step", procedure=board.procedure, element=step.element)
            for step in board.steps
        },
    )
