"""What was expected of the steps that were taken, and which of them decided: pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from workflows.why_late.taken import StepTaken

DueIfBegun = Callable[[str, date], date | None]
"""The due date that a step would have had, had it begun on that day; None where nobody can tell."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A step beside what was expected of it."""

    step: StepTaken
    begin: date
    """When it would have begun, had every step before it kept its limit."""
    end: date | None
    """By when it would have been done; None where it has no limit."""
    decides: bool
    """It lies on the way on which everything had to wait for the one before."""


def way_to(target: StepTaken, steps: Sequence[StepTaken]) -> list[StepTaken]:
    """The steps that had to end one after the other before the target could; it stands last."""
    by_id = {step.id: step for step in steps}
    way = [target]
    while (before := way[-1].after) is not None and before in by_id:
        way.append(by_id[before])
    return way[::-1]


def the_late_one(
    steps: Sequence[StepTaken], today: date, *, plan_awaited: bool
) -> StepTaken | None:
    """What the case is late by: of the open steps that are overdue, or of all where the plan itself
    is awaited and late, the one behind the longest row of others; else the step with which the plan
    was prepared, or the last that was done."""
    open_now = [step for step in steps if step.ended is None]
    overdue = [step for step in open_now if step.due and step.due < today]
    if waiting := open_now if plan_awaited else overdue:
        return max(waiting, key=lambda step: len(way_to(step, steps)))
    prepared = [step for step in steps if step.prepared_the_plan]
    if prepared:
        return prepared[-1]
    done = [step for step in steps if step.ended and not step.dropped]
    return max(done or open_now, key=lambda step: step.ended or today, default=None)


def decisive(way: Sequence[StepTaken], today: date) -> StepTaken | None:
    """The step of the way that went beyond its limit the furthest; None where none did."""
    over = [step for step in way if step.over(today)]
    return max(over, key=lambda step: step.over(today), default=None)


def compared(
    steps: Sequence[StepTaken], way: Sequence[StepTaken], opened: date, due_if_begun: DueIfBegun
) -> list[Compared]:
    """Each step with what was expected, counted on from the opening of the case."""
    expected: dict[UUID, tuple[date, date | None]] = {}
    found = []
    on_the_way = {step.id for step in way}
    for step in steps:
        begin = _expected_begin(step, expected, opened)
        end = step.first_due
        if end is not None and begin != step.began:
            end = due_if_begun(step.element, begin) or end
        if end is not None:
            end = max(end, begin)
        expected[step.id] = begin, end
        found.append(Compared(step, begin, end, step.id in on_the_way))
    return found


def _expected_begin(
    step: StepTaken, expected: Mapping[UUID, tuple[date, date | None]], opened: date
) -> date:
    """With the expected end of the step before; what a date or the case began, when it did."""
    if step.after is None or step.after not in expected:
        return max(step.began, opened)
    begin, end = expected[step.after]
    return end or begin
