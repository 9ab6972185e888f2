"""Which step decided is told from events alone: steps that wait for each other, and others."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from workflows.calendar import working_days
from workflows.why_late.expected import compared, decisive, the_late_one, way_to
from workflows.why_late.taken import steps_taken

TODAY = date(2026, 4, 24)


@dataclass
class Happened:
    kind: str
    day: int
    element: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    actor_id: UUID = field(default=UUID(int=1))

    @property
    def at(self):
        return datetime(2026, 4, self.day, 9, tzinfo=UTC)

    @property
    def task_id(self):
        return UUID(int=sum(map(ord, self.element))) if self.element else None


def opened(day, element, due):
    return Happened("task_opened", day, element, {"due": f"2026-04-{due:02}", "role": "manager"})


def done(day, element):
    return Happened("task_completed", day, element)


# Two begin with the case; the second holds the third up, and only the third leads to the fourth.
STORY = [
    Happened("case_opened", 1), opened(1, "first", 8), opened(1, "second", 8),
    done(2, "first"), done(15, "second"), opened(15, "third", 17), done(20, "third"),
    opened(20, "fourth", 22),
]


def test_the_way_is_what_was_waited_for_last_each_time():
    steps = steps_taken(STORY)
    late = the_late_one(steps, TODAY, plan_awaited=True)

    assert late.element == "fourth"
    assert [step.element for step in way_to(late, steps)] == ["second", "third", "fourth"]


def test_the_step_that_went_furthest_beyond_its_limit_decided():
    steps = steps_taken(STORY)
    decided = decisive(way_to(steps[-1], steps), TODAY)

    assert decided.element == "second"
    assert (decided.waited(TODAY), decided.limit, decided.over(TODAY)) == (8, 3, 5)
    assert decisive([steps[0]], TODAY) is None, "it was in time"


def test_what_is_expected_counts_on_from_the_limits_and_not_from_what_happened():
    steps = steps_taken(STORY)
    rows = {row.step.element: row for row in compared(
        steps, [], date(2026, 4, 1), lambda _, on: working_days(None, on, 2))}

    assert (rows["third"].begin, rows["third"].end) == (date(2026, 4, 8), date(2026, 4, 10))
    assert (rows["fourth"].begin, rows["fourth"].end) == (date(2026, 4, 10), date(2026, 4, 14))


def test_what_a_date_begins_waits_for_no_step():
    steps = steps_taken([*STORY[:5], Happened("timer_fired", 16), opened(16, "reminder", 20)])

    assert steps[-1].after is None
