"""The deadlines of a Personal Education Plan: statutory, guidance and local.

Statutory limits are functions here, which a diagram may call and not alter (design decision 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.domain import Function, Overload, Step, ValueType
from workflows.calendar import count_steps, in_words, months, working_days

REGULATIONS = "Care Planning, Placement and Case Review (England) Regulations 2010"


@dataclass(frozen=True, slots=True)
class Deadline:
    id: str
    title: str
    anchor: str
    kind: str
    """`statutory`, `guidance` or `local`."""
    source: str
    breach: str


DEADLINES = (
    Deadline("T1", "Plan prepared before the first placement", "start of first placement",
             "statutory", "Procedure 4.9.2, section 1, point 3", "falls to ten working days"),
    Deadline("T2", "Plan prepared within 10 working days", "start of first placement",
             "statutory", "Procedure 4.9.2, section 1, point 3", "virtual school, team manager"),
    Deadline("T3", "First statutory review within 20 working days", "becoming looked after",
             "statutory", f"{REGULATIONS}, regulation 33(1)", "reviewing officers' manager"),
    Deadline("T4", "Plan available for the first review", "first review", "guidance",
             "Procedure 4.9.2, section 2; IRO Handbook", "reviewing officer"),
    Deadline("T5", "Second review within 3 months of the first", "first review held",
             "statutory", f"{REGULATIONS}, regulation 33(2)", "reviewing officers' manager"),
    Deadline("T6", "Later reviews at most 6 months apart", "previous review held", "statutory",
             f"{REGULATIONS}, regulation 33(2)", "reviewing officers' manager"),
    Deadline("T7", "Plan reviewed and passed on before each review", "review date", "guidance",
             "Procedure 4.9.2, section 2, monitoring", "headteacher, virtual school"),
    Deadline("T8", "Termly plan", "term cut-off", "local", "virtual school", "virtual school"),
    Deadline("T9", "New plan after a change of school", "start at new school", "local",
             "local authorities' practice", "virtual school"),
    Deadline("T10", "Education place for a child without one", "loss of place", "guidance",
             "DfE guidance 2018", "virtual school"),
    Deadline("T11", "School and virtual school told", "becoming looked after", "local",
             "local authorities' practice", "reminder"),
    Deadline("T12", "Social worker's sections", "meeting", "local",
             "local authorities' practice", "team manager"),
    Deadline("T13", "Form to school before the meeting", "meeting", "local",
             "local authorities' practice", "none"),
    Deadline("T14", "Plan finished after the meeting", "meeting", "local",
             "local authorities' practice", "headteacher"),
    Deadline("T15", "Quality assured", "sign-off", "local", "local authorities' practice",
             "virtual school's list"),
    Deadline("T16", "Returned plan reworked", "quality assurance", "local", "default",
             "virtual school"),
    Deadline("T17", "Reviewing officer appointed", "becoming looked after", "local",
             "East Riding procedure 4.11.2", "none"),
    Deadline("T18", "Dispute resolved within 20 working days", "dispute raised", "guidance",
             "IRO Handbook 6.2", "Cafcass"),
    Deadline("T19", "Education from the first day of an exclusion", "first day", "guidance",
             "local authorities' practice", "virtual school"),
    Deadline("T20", "Final copies sent after the review", "review", "local",
             "East Riding guidance 4.9.3", "social worker"),
)


def plan_prepared_by(_calendar: Any, placement_start: date) -> date:
    """10 working days from the start of the first placement (procedure 4.9.2, 1.3)."""
    return working_days(None, placement_start, 10)


def first_review_by(_calendar: Any, looked_after_since: date) -> date:
    """20 working days from becoming looked after (regulation 33(1))."""
    return working_days(None, looked_after_since, 20)


def second_review_by(_calendar: Any, first_review: date) -> date:
    """Not more than three months after the first review (regulation 33(2)); may be no working
    day, because the limit is the calendar date."""
    return months(None, first_review, 3)


def later_review_by(_calendar: Any, previous_review: date) -> date:
    """Not more than six months after the review before (regulation 33(2))."""
    return months(None, previous_review, 6)


def explain_working_days(start: date, count: int) -> str:
    """The arithmetic of a count of working days, in one sentence."""
    steps = count_steps(None, start, count)
    return in_words(start, count, steps[-1].day if steps else start, steps)


def _ten(_calendar: Any, start: date) -> Sequence[Step]:
    return count_steps(None, start, 10)


def _twenty(_calendar: Any, start: date) -> Sequence[Step]:
    return count_steps(None, start, 20)


_ONE_DATE = (Overload((ValueType.DATE,), ValueType.DATE),)

FUNCTIONS = (
    Function("plan_prepared_by", _ONE_DATE, plan_prepared_by, _ten,
             "10 working days from the start of the first placement"),
    Function("first_review_by", _ONE_DATE, first_review_by, _twenty,
             "20 working days from becoming looked after"),
    Function("second_review_by", _ONE_DATE, second_review_by, None,
             "3 months from the first review"),
    Function("later_review_by", _ONE_DATE, later_review_by, None,
             "6 months from the review before"),
)
