"""Closures of the council and term dates by area. Dates of running cases follow by themselves.

What is past stays: plans were due by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Field, Form, Option, read_answers
from engine.recalculation import calendar_changed
from engine.work import Work, query, verb
from workflows.administration.schools import areas
from workflows.council import Closure, SchoolTerm, add_closure

AHEAD = timedelta(days=365)
"""Of so long from today, each area's term dates should be known."""
FORM_OF_CLOSURE = Form("closure", "Closures", (
    Field("day", "date", "On which day is the council closed?", "day", required=True,
          hint="Weekends and bank holidays are known already"),
    Field("reason", "text", "Why?", "reason", required=True, max_length=128,
          hint="For example, the office is closed between Christmas and New Year",
          error_messages={"required": "Enter why the council is closed"}),
))
_DATES = (
    Field("starts_on", "date", "First day of school", "starts_on", required=True),
    Field("ends_on", "date", "Last day of school", "ends_on", required=True,
          hint="Where a half-term holiday divides the term, enter each half by itself"),
)
FORM_OF_CHANGING_TERM = Form("term", "Change term dates", _DATES)


@dataclass(frozen=True, slots=True)
class ClosureView:
    day: date
    reason: str
    is_past: bool


@dataclass(frozen=True, slots=True)
class TermView:
    id: UUID
    starts_on: date
    ends_on: date
    is_past: bool


@dataclass(frozen=True, slots=True)
class AreaTerms:
    area: str
    terms: Mapping[int, Sequence[TermView]]
    """By the year in which each begins, the latest year first."""
    known_until: date | None
    is_missing: bool
    """Whether dates of the coming year are not there."""


@query
def closures_by_year(work: Work) -> dict[int, list[ClosureView]]:
    """The latest year first; within it in order of time."""
    found: dict[int, list[ClosureView]] = {}
    for row in work.session.scalars(select(Closure).order_by(Closure.day)):
        found.setdefault(row.day.year, []).append(
            ClosureView(row.day, row.reason, row.day < work.today))
    return dict(sorted(found.items(), reverse=True))


@query
def terms_by_area(work: Work) -> list[AreaTerms]:
    """Of every area in which a school lies or of which terms are known; the council's own first."""
    by_area: dict[str, list[SchoolTerm]] = {area: [] for area in areas(work)}
    for row in work.session.scalars(select(SchoolTerm).order_by(SchoolTerm.starts_on)):
        by_area.setdefault(row.area, []).append(row)
    return [_area(area, rows, work.today) for area, rows in by_area.items()]


@query
def get_term(work: Work, term_id: UUID) -> SchoolTerm:
    """Raises `NotFound`."""
    term = work.session.get(SchoolTerm, term_id)
    if term is None:
        raise NotFound
    return term


@query
def form_of_terms(work: Work) -> Form:
    options = tuple(Option(area, area) for area in areas(work))
    return Form("terms", "Add term dates", (
        Field("area", "select", "In which area?", "area", required=True, options=options,
              hint="Another council is here once one of its schools is",
              error_messages={"required": "Choose the area"}),
        *_DATES,
    ))


@verb
def close_council(work: Work, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`, also for a day that is past or known already."""
    read = read_answers(FORM_OF_CLOSURE, answers, {})
    errors, day = dict(read.errors), read.values.get("day")
    if day and day < work.today:
        errors["day"] = "Enter today or a later day. Days in the past stay as they were"
    elif day and work.session.get(Closure, day) is not None:
        errors["day"] = "The council is closed on this day already"
    if errors:
        raise AnswersInvalid(errors)
    add_closure(work, read.values["day"], read.values["reason"])


@verb
def open_council(work: Work, day: date) -> None:
    """Take a closure away. Raises `NotFound`, `Refused` for a day that is past."""
    if work.session.get(Closure, day) is None:
        raise NotFound
    if day < work.today:
        raise Refused("This day is past. What was due by it stays as it was.")
    work.session.execute(delete(Closure).where(Closure.day == day))
    work.audit("remove_closure", day=day)
    calendar_changed(work, f"council open on {day.isoformat()}")


@verb
def add_term_dates(work: Work, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`, also for dates that overlap others of the area."""
    read = read_answers(form_of_terms(work), answers, {})
    errors = {**read.errors, **_wrong_dates(work, read.values.get("area"), read.values)}
    if errors:
        raise AnswersInvalid(errors)
    work.session.add(SchoolTerm(**read.values))
    work.audit("add_term", area=read.values["area"])
    _let_dates_follow(work)


@verb
def change_term_dates(work: Work, term_id: UUID, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`, `NotFound`, `Refused` for a term that is over."""
    term = _not_over(work, term_id)
    read = read_answers(FORM_OF_CHANGING_TERM, answers, {})
    errors = {**read.errors, **_wrong_dates(work, term.area, read.values, term_id)}
    if errors:
        raise AnswersInvalid(errors)
    term.starts_on, term.ends_on = read.values["starts_on"], read.values["ends_on"]
    work.audit("change_term", about=f"term:{term_id}")
    _let_dates_follow(work)


@verb
def remove_term_dates(work: Work, term_id: UUID) -> None:
    """Raises `NotFound`, `Refused` for a term that is over."""
    work.session.delete(_not_over(work, term_id))
    work.audit("remove_term", about=f"term:{term_id}")
    _let_dates_follow(work)


def _let_dates_follow(work: Work) -> None:
    work.session.flush()
    calendar_changed(work, "calendar: term dates")


def _not_over(work: Work, term_id: UUID) -> SchoolTerm:
    term = get_term(work, term_id)
    if term.ends_on < work.today:
        raise Refused("This term is over. What was due by it stays as it was.")
    return term


def _wrong_dates(
    work: Work, area: str | None, values: Mapping[str, Any], itself: UUID | None = None
) -> dict[str, str]:
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if not starts_on or not ends_on:
        return {}
    if ends_on < starts_on:
        return {"ends_on": "The last day is before the first. Put one of them right"}
    if ends_on - starts_on > AHEAD:
        return {"ends_on": "This is longer than a year. Enter each term by itself"}
    if ends_on < work.today:
        return {"ends_on": "These days are past. Enter a term that is not over"}
    other = work.session.scalar(select(SchoolTerm.id).where(
        SchoolTerm.area == area, SchoolTerm.starts_on <= ends_on, SchoolTerm.ends_on >= starts_on,
        SchoolTerm.id != (itself or UUID(int=0)),
    ).limit(1))
    return {} if other is None else {
        "starts_on": "These dates overlap others of this area. Change or remove those first"}


def _area(area: str, rows: Sequence[SchoolTerm], today: date) -> AreaTerms:
    terms: dict[int, list[TermView]] = {}
    for row in rows:
        terms.setdefault(row.starts_on.year, []).append(
            TermView(row.id, row.starts_on, row.ends_on, row.ends_on < today))
    until = max((row.ends_on for row in rows), default=None)
    return AreaTerms(area, dict(sorted(terms.items(), reverse=True)), until,
                     until is None or until < today + AHEAD)
