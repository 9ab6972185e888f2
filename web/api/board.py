"""The board's numbers, the same as on its pages: where cases are, and limits that were kept."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from engine.errors import AnswersInvalid
from web.access import allow
from web.api.blueprint import api
from web.api.paging import page_of, whole
from web.api.shapes import MeasureOut, MonthOut, ProcedureNumbersOut, StepNumbersOut
from web.reading import answer, reading
from workflows.board.live_map import ProcedureBoard, boards
from workflows.board.narrowing import Narrowed, narrowed
from workflows.board.statutory import MeasureFigures, Outcome, Tally, statutory_page


class Cohort(BaseModel):
    """By the same keys as on the board's pages."""

    model_config = ConfigDict(extra="forbid")

    stage: str | None = None
    area: str | None = None
    school: str | None = Field(None, description="A school's id")


class BoardAsked(Cohort):
    team: str | None = Field(None, description="A team's id")
    worker: str | None = Field(None, description="A social worker's id")
    release: str | None = Field(None, description="A release's id")
    day: date | None = Field(None, description="As it was when that day ended; else now")


@api.get("/board")
@allow("see_live_map")
@api.input(BoardAsked, location="query", arg_name="asked")
@api.output(page_of(ProcedureNumbersOut))
def board(asked: BoardAsked) -> dict[str, Any]:
    """Where the cases are that you may see: by procedure and step, in numbers"""
    with answer().excused("the board counts cases, and names none"):
        found = boards(reading(), _narrowed(asked, asked.day))
    return whole([_of_procedure(each) for each in found])


@api.get("/board/deadlines")
@allow("see_board")
@api.input(Cohort, location="query", arg_name="asked")
@api.output(page_of(MeasureOut))
def board_deadlines(asked: Cohort) -> dict[str, Any]:
    """Plans and reviews of twelve months against their limits"""
    with answer().excused("the board counts limits, and names no child"):
        figures = statutory_page(reading(), which=_narrowed(asked)).figures
    return whole([_measure(each) for each in figures])


def _narrowed(asked: Cohort, day: date | None = None) -> Narrowed:
    """Raises `AnswersInvalid` for what means nothing."""
    given = [(key, str(value)) for key, value in asked.model_dump(exclude={"day"}).items()
             if value is not None]
    by = [key for key in type(asked).model_fields if key != "day"]
    wrong = {key: problem for key, value in given
             for problem in narrowed(reading(), [(key, value)], by=by).problems}
    if wrong:
        raise AnswersInvalid(wrong)
    return narrowed(reading(), given, day.isoformat() if day else "", by)


def _of_procedure(found: ProcedureBoard) -> ProcedureNumbersOut:
    return ProcedureNumbersOut(
        procedure=found.procedure, title=found.title, release_number=found.release_number,
        running=found.running, late=found.late, incidents=found.incidents,
        steps=[StepNumbersOut.model_validate(each) for each in found.steps],
    )


def _measure(found: MeasureFigures) -> MeasureOut:
    told = found.measure
    return MeasureOut(
        deadline=told.deadline, title=told.title, definition=told.definition, source=told.source,
        months=[_month(month, tally) for month, tally in found.months.items()],
    )


def _month(month: date, tally: Tally) -> MonthOut:
    counts = tally.counts
    return MonthOut(
        month=month, on_time=tally.on_time, late_with_reason=counts[Outcome.EXPLAINED],
        late=counts[Outcome.LATE], to_come=counts[Outcome.TO_COME],
        not_counted=counts[Outcome.NOT_COUNTED], due=tally.due, percent_on_time=tally.share,
    )
