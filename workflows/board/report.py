"""One page for the corporate parenting board: children, plans and reviews of twelve months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from engine.errors import Refused
from engine.work import Work, query, verb
from workflows.board.commentary import Commentary, commentary
from workflows.board.statutory import MeasureFigures, StatutoryPage, statutory_page
from workflows.board.without_a_plan import Counts, counts_of_all
from workflows.days import long_date
from workflows.documents.contents import Part, Table
from workflows.pep.case_dates import day_of

SMALL = 5
"""From one to so many are not told outside the council: somebody might know who it was."""
NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True)
class Report:
    id: UUID
    on: date
    first: date
    last: date
    parts: Sequence[Part]
    outside: bool
    """Made to leave the council: small numbers are not told."""


@query
def board_report(work: Work, *, outside: bool) -> Report:
    """Raises `Refused` before anything was counted."""
    page, counts = statutory_page(work), counts_of_all(work)
    if counts.as_of is None:
        msg = "Pepway has not counted yet. It does so within a minute of its start: try again then."
        raise Refused(msg)
    figures = [each for each in page.figures if each.whole.due]
    parts = [
        Part("Children in care today", [Table("Children in care today", ("Children", "Number"), [
            _row(*each) for each in _children(counts, outside=outside)
        ])]),
        Part("Plans and reviews on time", [
            Table("Plans and reviews on time", ("What", "On time", "Late", "On time in %"), [
                _row(each.measure.title, *_told(each, outside=outside)) for each in figures
            ]),
        ]),
        *_commentary(commentary(work)),
        Part("What is counted", [(each.measure.title, _definition(each)) for each in figures]),
    ]
    return Report(uuid4(), work.today, page.first, page.last, parts, outside)


@verb
def note_report_taken(work: Work, report: Report) -> None:
    """On record before it leaves."""
    work.audit("take_board_report", about=f"report:{report.id}", outside=report.outside)


def _commentary(said: Commentary | None) -> list[Part]:
    if said is None:
        return []
    who = f"{said.by}, Virtual School, {long_date(day_of(said.at))}"
    return [Part("Commentary", [(who, said.text)])]


def period_of(page: StatutoryPage | Report) -> str:
    return f"{page.first:%B %Y} to {page.last:%B %Y}"


def _children(counts: Counts, *, outside: bool) -> list[tuple[str, str]]:
    """Outside, how many have a plan is not told where it would give away a small number."""
    others = (counts.late, counts.in_time, counts.needs_none)
    without = counts.in_care - counts.in_force
    hides = outside and any(0 < each <= SMALL for each in (*others, without))
    shown = _small_ones_hidden if outside else str
    return [
        ("In care", shown(counts.in_care)),
        ("With a plan in force", NOT_TOLD if hides else shown(counts.in_force)),
        ("Without a plan that should be there, with an overdue review, or with nobody at work",
         shown(counts.late)),
        ("Whose first plan is being made, in time", shown(counts.in_time)),
        ("Who need none: short breaks, under three, past Year 13", shown(counts.needs_none)),
    ]


def _told(figures: MeasureFigures, *, outside: bool) -> tuple[str, str, str]:
    """On time, late, and the share: which would give away what a small number is."""
    whole = figures.whole
    numbers = (whole.on_time, whole.late)
    share = f"{whole.share}"
    if not outside:
        return str(numbers[0]), str(numbers[1]), share
    if any(0 < each <= SMALL for each in numbers):
        share = NOT_TOLD
    return _small_ones_hidden(numbers[0]), _small_ones_hidden(numbers[1]), share


def _small_ones_hidden(number: int) -> str:
    return f"1 to {SMALL}" if 0 < number <= SMALL else str(number)


def _definition(figures: MeasureFigures) -> str:
    return f"{figures.measure.definition} Source: {figures.measure.source}."


def _row(*cells: str) -> list[list[tuple[str, str]]]:
    return [[("", cell)] for cell in cells]
