"""The deadlines of a Personal Education Plan: statutory, guidance and local.

Statutory limits are functions here, which a diagram may call and not alter (a local default
stands as a literal in the diagram, where a process owner edits it). A limit in months stays its
calendar date even where that is no working day: the regulation says "not more than".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from engine.domain import Function, Overload, Step, ValueType
from workflows.calendar import (
    day_in_words,
    explain_working_days,
    in_words,
    last_working_day_before,
    months,
    months_in_words,
    working_days,
)

PROCEDURE = "Procedure 4.9.2"
REGULATIONS = "Care Planning, Placement and Case Review (England) Regulations 2010"
HANDBOOK = "IRO Handbook"
LOCAL = "local practice, as published by"


class Kind(StrEnum):
    """How binding a deadline is."""

    STATUTORY = "statutory"
    GUIDANCE = "guidance"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline; `breach` says who hears of it when it is missed."""

    id: str
    title: str
    anchor: str
    kind: Kind
    source: str
    breach: str
    limit: str = ""
    """The function of expressions that gives the date, for a statutory limit."""


DEADLINES = (
    Deadline("T1", "Plan prepared before the first placement", "start of the first placement",
             Kind.STATUTORY, f"{PROCEDURE}, section 1, point 3", "10 working days apply instead"),
    Deadline("T2", "Plan prepared within 10 working days", "start of the first placement",
             Kind.STATUTORY, f"{PROCEDURE}, section 1, point 3",
             "virtual school and social worker's manager; marked late", "plan_prepared_by"),
    Deadline("T3", "First statutory review within 20 working days", "becoming looked after",
             Kind.STATUTORY, f"{REGULATIONS}, regulation 33(1)", "reviewing officers' manager",
             "first_review_by"),
    Deadline("T4", "Plan with the reviewing officer 3 working days before the first review",
             "first statutory review", Kind.GUIDANCE, f"{PROCEDURE}, section 2; {HANDBOOK}",
             "reviewing officer"),
    Deadline("T5", "Second review within 3 months of the first", "first review, as held",
             Kind.STATUTORY, f"{REGULATIONS}, regulation 33(2)", "reviewing officers' manager",
             "second_review_by"),
    Deadline("T6", "Later reviews at most 6 months apart", "previous review, as held",
             Kind.STATUTORY, f"{REGULATIONS}, regulation 33(2)", "reviewing officers' manager",
             "later_review_by"),
    Deadline("T7", "Plan reviewed and passed on before each review", "statutory review",
             Kind.GUIDANCE, f"{PROCEDURE}, section 2, monitoring",
             "headteacher, virtual school and reviewing officer"),
    Deadline("T8", "A plan each term", "the term's cut-off date", Kind.LOCAL,
             f"{LOCAL} East Riding", "virtual school"),
    Deadline("T9", "New plan within 10 working days of a change of school",
             "start at the new school", Kind.LOCAL, f"{LOCAL} Gateshead and Shropshire",
             "virtual school"),
    Deadline("T10", "Education place within 20 school days for a child without one",
             "loss of the place, or emergency placement", Kind.GUIDANCE,
             "Department for Education guidance of 2018, as restated by Central Bedfordshire "
             "and Halton", "virtual school, then director of children's services"),
    Deadline("T11", "School and virtual school told within 48 hours", "becoming looked after",
             Kind.LOCAL, f"{LOCAL} Knowsley", "reminder"),
    Deadline("T12", "Social worker's sections done 5 working days before the meeting",
             "PEP meeting", Kind.LOCAL, f"{LOCAL} Somerset and Lancashire", "team manager"),
    Deadline("T13", "Form to the school 3 school weeks before the meeting, back 3 days before",
             "PEP meeting", Kind.LOCAL, f"{LOCAL} Cheshire West and Central Bedfordshire",
             "no one"),
    Deadline("T14", "Plan finished within 5 working days of the meeting", "PEP meeting",
             Kind.LOCAL, f"{LOCAL} Lancashire, Halton and others", "headteacher"),
    Deadline("T15", "Quality assured within 5 working days", "plan submitted", Kind.LOCAL,
             f"{LOCAL} Halton and others", "virtual school's list"),
    Deadline("T16", "Returned plan put right within 5 working days", "quality assurance",
             Kind.LOCAL, "Pepway's default", "the virtual school rings"),
    Deadline("T17", "Reviewing officer appointed within 5 working days, and has met the child",
             "becoming looked after", Kind.LOCAL, "East Riding, procedure 4.11.2", "no one"),
    Deadline("T18", "Dispute resolved within 20 working days", "dispute raised", Kind.GUIDANCE,
             f"{HANDBOOK}, 6.2", "Cafcass, at any stage (regulation 45)"),
    Deadline("T19", "Education from the first day of an exclusion", "first day of the exclusion",
             Kind.GUIDANCE, f"guidance, and {LOCAL} Lancashire", "virtual school"),
    Deadline("T20", "Final and child-friendly copies within 5 working days", "statutory review",
             Kind.LOCAL, "East Riding's notes for social workers", "social worker's reminder"),
)


def plan_prepared_by(_calendar: Any, placement_start: date) -> date:
    """10 working days from the start of the first placement (procedure 4.9.2, section 1, 3)."""
    return working_days(None, placement_start, 10)


def third_birthday(born_on: date) -> date:
    """From here on a plan is made (East Riding's guidance notes 4.9.3: aged 3 and above)."""
    return months(None, born_on, 36)


def plan_due(opened_on: date, placement_start: date, *, planned: bool) -> date:
    """The day that the steps of an initial plan count back from.

    The last working day before a planned placement, where ten working days lie between the day on
    which the case was opened and it (procedure 4.9.2, section 1, 3); else the statutory limit.
    """
    if planned and opened_on <= working_days(None, placement_start, -10):
        return last_working_day_before(None, placement_start)
    return plan_prepared_by(None, placement_start)


def plan_due_in_words(due_on: date, placement_start: date) -> str:
    """Why the plan is due on that day: the arithmetic of `plan_due`, in one sentence."""
    if due_on < placement_start:
        return (f"The plan is due on {day_in_words(due_on)}, the last working day before the "
                f"planned placement of {day_in_words(placement_start)}.")
    return f"The plan is due {limit_in_words('plan_prepared_by', placement_start)}."


def first_review_by(_calendar: Any, looked_after_since: date) -> date:
    """20 working days from the day the child became looked after (regulation 33(1))."""
    return working_days(None, looked_after_since, 20)


def second_review_by(_calendar: Any, first_review: date) -> date:
    """Not more than 3 months after the day of the first review (regulation 33(2))."""
    return months(None, first_review, 3)


def later_review_by(_calendar: Any, previous_review: date) -> date:
    """Not more than 6 months after the day of the review before (regulation 33(2))."""
    return months(None, previous_review, 6)


def explain_plan_prepared_by(_calendar: Any, placement_start: date) -> list[Step]:
    return explain_working_days(None, placement_start, 10)


def explain_first_review_by(_calendar: Any, looked_after_since: date) -> list[Step]:
    return explain_working_days(None, looked_after_since, 20)


def limit_in_words(limit: str, anchor: date) -> str:
    """The arithmetic of a statutory limit, by the name of its function.

    "10 working days from Thu 18 Dec 2025, skipping 25 and 26 Dec, 1 Jan: Tue 6 Jan 2026"
    """
    return _IN_WORDS[limit](anchor)


def _working_days_in_words(start: date, count: int) -> str:
    steps = explain_working_days(None, start, count)
    return in_words(start, count, steps[-1].day, steps)


_IN_WORDS: dict[str, Callable[[date], str]] = {
    "plan_prepared_by": lambda anchor: _working_days_in_words(anchor, 10),
    "first_review_by": lambda anchor: _working_days_in_words(anchor, 20),
    "second_review_by": lambda anchor: months_in_words(anchor, 3),
    "later_review_by": lambda anchor: months_in_words(anchor, 6),
}

_ONE_DATE = (Overload((ValueType.DATE,), ValueType.DATE),)

FUNCTIONS = (
    Function("plan_prepared_by", _ONE_DATE, plan_prepared_by, explain_plan_prepared_by,
             "10 working days from the start of the first placement"),
    Function("first_review_by", _ONE_DATE, first_review_by, explain_first_review_by,
             "20 working days from becoming looked after"),
    Function("second_review_by", _ONE_DATE, second_review_by, None,
             "3 months from the first review"),
    Function("later_review_by", _ONE_DATE, later_review_by, None,
             "6 months from the review before"),
)
