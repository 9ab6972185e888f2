"""Each procedure with its numbers, and from a number to the named cases."""

from flask import render_template, request, url_for
from markupsafe import Markup

from engine.diagram import Diagram
from web.access import allow, children_shown
from web.board.blueprint import blueprint
from web.diagrams import Marks, draw
from web.reading import answer, reading
from workflows.board.live_map import ProcedureBoard, StepCount, boards
from workflows.board.step import step_page


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
