"""The deadlines of a Personal Education Plan: statutory, guidance and local.

One table says of each what it counts from, how it is counted, and what meets it. The functions
that diagrams call, the rows on a case's page and the page of all deadlines come from it. A diagram
may call a statutory limit and not alter it; a local default stands as a literal in the diagram,
where a process owner edits it. A limit in months stays its calendar date even where that is no
working day: the regulation says "not more than".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from engine.domain import Function, Overload, Step, ValueType
from workflows.calendar import last_working_day_before, months
from workflows.counting import Count, Unit
from workflows.days import short_day

PROCEDURE = "Procedure 4.9.2"
REGULATIONS = "Care Planning, Placement and Case Review (England) Regulations 2010"
HANDBOOK = "IRO Handbook"
LOCAL = "local practice, as published by"


class Kind(StrEnum):
    """How binding a deadline is; the most binding first."""

    STATUTORY = "statutory"
    GUIDANCE = "guidance"
    LOCAL = "local"


class Anchor(StrEnum):
    """What a deadline counts from. `pep/anchors.py` says where a case has it."""

    PLANNED_PLACEMENT = "the start of a planned first placement"
    PLACEMENT = "the start of the first placement"
    IN_CARE = "becoming looked after"
    FIRST_REVIEW = "the first statutory review"
    FIRST_HELD = "the first review, as held"
    LAST_HELD = "the review before, as held"
    REVIEW = "the statutory review"
    TERM_ENDS = "the term's cut-off date"
    NEW_SCHOOL = "the start at the new school"
    NO_PLACE = "the loss of the school place, or a placement without one"
    MEETING = "the PEP meeting"
    SIGNED = "both signatures"
    RETURNED = "the return of the plan"
    DISPUTE = "raising the dispute"
    EXCLUSION = "the suspension or exclusion"
    REVIEW_HELD = "the statutory review, as held"


class Met(StrEnum):
    """What meets a deadline. `pep/anchors.py` says where a case shows it."""

    PREPARED = "both have signed the plan"
    HELD = "the review has been held"
    PASSED_ON = "the plan has been passed on"
    NEW_PLAN = "both have signed a plan made since"
    PLACE_FOUND = "the child has a school place"
    TOLD = "Pepway has told them of the case"
    SOCIAL_WORK_DONE = "the social worker has completed their sections"
    SCHOOL_DONE = "the school has completed its sections"
    QUALITY_ASSURED = "the virtual school has rated the plan"
    SIGNED_AGAIN = "both have signed it again"
    OFFICER_APPOINTED = "a reviewing officer is among the people around the child"
    DISPUTE_SETTLED = "the dispute is settled"
    EDUCATED = "interim education is recorded from that day"
    COPIES_OUT = "the copies are filed and given out"
    WITH_SCHOOL = "the school has the task of its sections"
    CHILD_MET = "the review's record says when the officer met the child"


@dataclass(frozen=True, slots=True)
class Also:
    """What else a deadline asks for, on the way there or beside it."""

    what: str
    met: Met
    count: Count | None = None
    """From the deadline's own anchor; None where no day is set."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline; `breach` says who hears of it when it is missed."""

    id: str
    title: str
    anchor: Anchor
    count: Count
    met: Met
    kind: Kind
    source: str
    breach: str
    limit: str = ""
    """The function of expressions that gives the date, for a statutory limit."""
    falls_to: str = ""
    """The deadline that counts instead once this one is missed: then it is no breach."""
    also: Also | None = None

    @property
    def counted(self) -> str:
        """"10 working days from the start of the first placement"."""
        return f"{self.count} {self.anchor}"


_WORKING, _SCHOOL = Unit.WORKING_DAYS, Unit.SCHOOL_DAYS

DEADLINES = (
    Deadline("T1", "Plan prepared before the first placement",
             Anchor.PLANNED_PLACEMENT, Count(-1, _WORKING), Met.PREPARED,
             Kind.STATUTORY, f"{PROCEDURE}, section 1, point 3",
             "10 working days from the placement apply instead", falls_to="T2"),
    Deadline("T2", "Plan prepared within 10 working days",
             Anchor.PLACEMENT, Count(10, _WORKING), Met.PREPARED,
             Kind.STATUTORY, f"{PROCEDURE}, section 1, point 3",
             "virtual school and social worker's manager; marked late, with the reason",
             limit="plan_prepared_by"),
    Deadline("T3", "First statutory review within 20 working days",
             Anchor.IN_CARE, Count(20, _WORKING), Met.HELD,
             Kind.STATUTORY, f"{REGULATIONS}, regulation 33(1)", "reviewing officers' manager",
             limit="first_review_by"),
    Deadline("T4", "Plan with the reviewing officer 3 working days before the first review",
             Anchor.FIRST_REVIEW, Count(-3, _WORKING), Met.PASSED_ON,
             Kind.GUIDANCE, f"{PROCEDURE}, section 2; {HANDBOOK}", "reviewing officer"),
    Deadline("T5", "Second review within 3 months of the first",
             Anchor.FIRST_HELD, Count(3, Unit.MONTHS), Met.HELD,
             Kind.STATUTORY, f"{REGULATIONS}, regulation 33(2)", "reviewing officers' manager",
             limit="second_review_by"),
    Deadline("T6", "Later reviews at most 6 months apart",
             Anchor.LAST_HELD, Count(6, Unit.MONTHS), Met.HELD,
             Kind.STATUTORY, f"{REGULATIONS}, regulation 33(2)", "reviewing officers' manager",
             limit="later_review_by"),
    Deadline("T7", "Plan reviewed and passed on before each review",
             Anchor.REVIEW, Count(-1, _WORKING), Met.PASSED_ON,
             Kind.GUIDANCE, f"{PROCEDURE}, section 2, monitoring",
             "headteacher, virtual school and reviewing officer"),
    Deadline("T8", "A plan each term",
             Anchor.TERM_ENDS, Count(0, _WORKING), Met.PREPARED,
             Kind.LOCAL, f"{LOCAL} East Riding", "virtual school"),
    Deadline("T9", "New plan within 10 working days of a change of school",
             Anchor.NEW_SCHOOL, Count(10, _WORKING), Met.NEW_PLAN,
             Kind.LOCAL, f"{LOCAL} Gateshead and Shropshire", "virtual school"),
    Deadline("T10", "Education place within 20 school days for a child without one",
             Anchor.NO_PLACE, Count(20, _SCHOOL), Met.PLACE_FOUND,
             Kind.GUIDANCE, "Department for Education guidance of 2018, as restated by Central "
             "Bedfordshire and Halton", "virtual school, then director of children's services"),
    Deadline("T11", "School and virtual school told within 48 hours",
             Anchor.IN_CARE, Count(2, Unit.DAYS), Met.TOLD,
             Kind.LOCAL, f"{LOCAL} Knowsley", "reminder"),
    Deadline("T12", "Social worker's sections done 5 working days before the meeting",
             Anchor.MEETING, Count(-5, _WORKING), Met.SOCIAL_WORK_DONE,
             Kind.LOCAL, f"{LOCAL} Somerset and Lancashire", "team manager"),
    Deadline("T13", "Form to the school 3 school weeks before the meeting, back 3 days before",
             Anchor.MEETING, Count(-3, _WORKING), Met.SCHOOL_DONE,
             Kind.LOCAL, f"{LOCAL} Cheshire West and Central Bedfordshire", "no one is told",
             also=Also("The form is with the school", Met.WITH_SCHOOL, Count(-15, _SCHOOL))),
    Deadline("T14", "Plan finished within 5 working days of the meeting",
             Anchor.MEETING, Count(5, _WORKING), Met.PREPARED,
             Kind.LOCAL, f"{LOCAL} Lancashire, Halton and others", "headteacher"),
    Deadline("T15", "Quality assured within 5 working days",
             Anchor.SIGNED, Count(5, _WORKING), Met.QUALITY_ASSURED,
             Kind.LOCAL, f"{LOCAL} Halton and others", "virtual school's list"),
    Deadline("T16", "Returned plan put right within 5 working days",
             Anchor.RETURNED, Count(5, _WORKING), Met.SIGNED_AGAIN,
             Kind.LOCAL, "Pepway's default", "the virtual school rings"),
    Deadline("T17", "Reviewing officer appointed within 5 working days, and has met the child",
             Anchor.IN_CARE, Count(5, _WORKING), Met.OFFICER_APPOINTED,
             Kind.LOCAL, "East Riding, procedure 4.11.2", "no one is told",
             also=Also("The officer meets the child before the first review", Met.CHILD_MET)),
    Deadline("T18", "Dispute resolved within 20 working days",
             Anchor.DISPUTE, Count(20, _WORKING), Met.DISPUTE_SETTLED,
             Kind.GUIDANCE, f"{HANDBOOK}, 6.2", "Cafcass, at any stage (regulation 45)"),
    Deadline("T19", "Education from the first day of an exclusion",
             Anchor.EXCLUSION, Count(0, _WORKING), Met.EDUCATED,
             Kind.GUIDANCE, f"guidance, and {LOCAL} Lancashire", "virtual school"),
    Deadline("T20", "Final and child-friendly copies within 5 working days",
             Anchor.REVIEW_HELD, Count(5, _WORKING), Met.COPIES_OUT,
             Kind.LOCAL, "East Riding's notes for social workers", "social worker's reminder"),
)

BY_ID = {deadline.id: deadline for deadline in DEADLINES}
STATUTORY_LIMITS = {deadline.limit: deadline for deadline in DEADLINES if deadline.limit}


def plan_prepared_by(_calendar: Any, placement_start: date) -> date:
    """10 working days from the start of the first placement (procedure 4.9.2, section 1, 3)."""
    return BY_ID["T2"].count.end(None, placement_start)


def first_review_by(_calendar: Any, looked_after_since: date) -> date:
    """20 working days from the day the child became looked after (regulation 33(1))."""
    return BY_ID["T3"].count.end(None, looked_after_since)


def second_review_by(_calendar: Any, first_review: date) -> date:
    """Not more than 3 months after the day of the first review (regulation 33(2))."""
    return BY_ID["T5"].count.end(None, first_review)


def later_review_by(_calendar: Any, previous_review: date) -> date:
    """Not more than 6 months after the day of the review before (regulation 33(2))."""
    return BY_ID["T6"].count.end(None, previous_review)


def review_law(number: int) -> Deadline:
    """What the law says of the statutory review of that number: 1 is the first."""
    return BY_ID[{1: "T3", 2: "T5"}.get(number, "T6")]


def review_by(number: int, counts_from: date) -> date:
    """The latest lawful day of the review of that number: the first counts from becoming looked
    after, each later one from the day on which the one before was held (regulation 33)."""
    return review_law(number).count.end(None, counts_from)


def first_review_with_plan(looked_after_on: date, born_on: date) -> tuple[int, date]:
    """Number and latest lawful day of the first review for which a plan is made.

    Of a child who is younger than three at the first one, the first from the third birthday on:
    those before need no plan, and each is taken to be held on its last lawful day.
    """
    number, limit = 1, review_by(1, looked_after_on)
    while limit < third_birthday(born_on):
        number += 1
        limit = review_by(number, limit)
    return number, limit


def third_birthday(born_on: date) -> date:
    """From here on a plan is made (East Riding's guidance notes 4.9.3: aged 3 and above)."""
    return months(None, born_on, 36)


def plan_counts_from(placement_start: date, born_on: date) -> date:
    """The day from which the plan's ten working days count: the placement, or the birthday."""
    return max(placement_start, third_birthday(born_on))


def plan_due(opened_on: date, placement_start: date, *, planned: bool) -> date:
    """The day that the steps of an initial plan count back from.

    The last working day before a planned placement, where ten working days lie between the day on
    which the case was opened and it (procedure 4.9.2, section 1, 3); else the statutory limit.
    """
    notice = Count(-BY_ID["T2"].count.number).end(None, placement_start)
    if planned and opened_on <= notice:
        return last_working_day_before(None, placement_start)
    return plan_prepared_by(None, placement_start)


def plan_due_in_words(due_on: date, placement_start: date) -> str:
    """Why the plan is due on that day: the arithmetic of `plan_due`, in one sentence."""
    if due_on < placement_start:
        return (f"The plan is due on {short_day(due_on)}, the last working day before the "
                f"planned placement of {short_day(placement_start)}.")
    return f"The plan is due {limit_in_words('plan_prepared_by', placement_start)}."


def limit_in_words(limit: str, anchor: date) -> str:
    """The arithmetic of a statutory limit, by the name of its function.

    "10 working days from Thu 18 Dec 2025, skipping 25 and 26 Dec, 1 Jan: Tue 6 Jan 2026"
    """
    return STATUTORY_LIMITS[limit].count.arithmetic(None, anchor)


def _function(call: Callable[[Any, date], date]) -> Function:
    deadline = STATUTORY_LIMITS[call.__name__]
    in_days = deadline.count.unit is not Unit.MONTHS

    def explain(_calendar: Any, anchor: date) -> list[Step]:
        return list(deadline.count.steps(None, anchor))

    one_date = (Overload((ValueType.DATE,), ValueType.DATE),)
    return Function(call.__name__, one_date, call, explain if in_days else None, deadline.counted)


FUNCTIONS = tuple(
    _function(call)
    for call in (plan_prepared_by, first_review_by, second_review_by, later_review_by)
)
