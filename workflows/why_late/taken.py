"""From the events of a case to the steps that were taken in it: pure, one pass."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from engine.work import LONDON
from workflows.calendar import working_days_until
from workflows.event_data import day_said, id_said


class Happened(Protocol):
    """An event, as far as it matters here."""

    @property
    def kind(self) -> str: ...

    @property
    def element(self) -> str | None: ...

    @property
    def task_id(self) -> UUID | None: ...

    @property
    def actor_id(self) -> UUID: ...

    @property
    def at(self) -> datetime: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Move:
    """A due date that became another."""

    old: date | None
    new: date | None
    why: str


@dataclass(slots=True)
class StepTaken:
    """One time that a step was open."""

    id: UUID
    element: str
    role: str
    """Whose it was: where nobody held the step's own role, the one that covers."""
    covered: bool
    began: date
    first_due: date | None
    due: date | None
    """As it stood in the end."""
    after: UUID | None
    """The step with whose end it began; None where a date or the case itself began it."""
    time: int
    """1 where the case came to it for the first time."""
    ended: date | None = None
    dropped: bool = False
    """Nobody did it: it was no longer needed."""
    prepared_the_plan: bool = False
    """With its end the plan was prepared."""
    people: list[tuple[date, UUID | None]] = field(default_factory=list)
    """Who had it from when; None for the queue of its role."""
    moves: list[Move] = field(default_factory=list)

    def waited(self, today: date) -> int:
        """Working days that it was open, to its end or to today."""
        return max(working_days_until(self.began, self.ended or today), 0)

    @property
    def limit(self) -> int | None:
        """Working days that it had when it began; 0 where its date was over already."""
        if self.first_due is None:
            return None
        return max(working_days_until(self.began, self.first_due), 0)

    def over(self, today: date) -> int:
        """Working days beyond its limit; 0 of what was in time or has none."""
        return 0 if self.limit is None else max(self.waited(today) - self.limit, 0)


BEGIN_ANEW = frozenset({"case_opened", "timer_fired", "timer_woken", "incident_retried",
                        "case_repaired", "case_moved", "move_undone"})
"""What else than the end of a step may begin others."""


def steps_taken(events: Iterable[Happened]) -> list[StepTaken]:
    """In the order in which they began; the events in the order of their numbers.

    What the end of a step opens stands behind it, before the end of any other: so the step that was
    waited for last is the one behind which others begin.
    """
    found: dict[UUID, StepTaken] = {}
    times: dict[str, int] = {}
    last: UUID | None = None
    prepared = False
    for event in events:
        if event.kind in BEGIN_ANEW:
            last = None
        elif event.kind == "plan_prepared":
            prepared = True
        elif event.task_id is None:
            continue
        elif event.kind == "task_opened":
            element = str(event.element)
            times[element] = times.get(element, 0) + 1
            found[event.task_id] = _begun(event, element, last, times[element])
        elif event.task_id in found:
            step = found[event.task_id]
            _went_on(step, event)
            if event.kind == "task_completed":
                last = step.id
                step.prepared_the_plan, prepared = prepared, False
    return list(found.values())


def _begun(event: Happened, element: str, after: UUID | None, time: int) -> StepTaken:
    due, day = day_said(event.data.get("due")), _on(event)
    covered_by = event.data.get("covered_by")
    assert event.task_id is not None  # noqa: S101 (its kind has one)
    return StepTaken(
        event.task_id, element, str(covered_by or event.data.get("role")), bool(covered_by), day,
        due, due, after, time, people=[(day, id_said(event.data.get("assignee")))],
    )


def _went_on(step: StepTaken, event: Happened) -> None:
    day = _on(event)
    match event.kind:
        case "task_completed":
            step.ended = day
        case "task_cancelled":
            step.ended, step.dropped = day, True
        case "due_moved":
            step.due = day_said(event.data.get("new"))
            step.moves.append(Move(day_said(event.data.get("old")), step.due,
                                   str(event.data.get("reason") or "")))
        case "task_claimed":
            step.people.append((day, event.actor_id))
        case "task_reassigned" | "task_covered" | "task_given_back":
            step.people.append((day, id_said(event.data.get("new"))))
        case "task_released":
            step.people.append((day, None))


def _on(event: Happened) -> date:
    return event.at.astimezone(LONDON).date()
