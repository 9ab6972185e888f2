"""The deadlines of a trial, as the page of a case has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from engine.domain import Kept
from engine.store.models import CaseStatus, TaskStatus
from engine.trial import Course
from workflows.case_deadlines import DeadlineRow, clocks_of
from workflows.pep.case_dates import PATHS, STEPS, TOLD, day_of
from workflows.trying.imagined_case import ImaginedCase, ImaginedFacts


@dataclass(slots=True)
class _Done:
    """A step of the trial, as deadlines read a task."""

    element: str
    opened_at: datetime
    status: str = TaskStatus.OPEN
    ended_at: datetime | None = None


def clocks_of_trial(course: Course, case: ImaginedCase) -> list[DeadlineRow]:
    """The most binding first."""
    return clocks_of(_Read(course, case))


class _Read(ImaginedFacts):
    """With what deadlines read beyond facts: told from the story, where a case has rows."""

    def __init__(self, course: Course, case: ImaginedCase) -> None:
        super().__init__(case, day_of(course.now))
        self._course = course
        if course.ended is not None:
            self.case.status = CaseStatus.ENDED

    @cached_property
    def values(self) -> Mapping[str, Any]:
        kept: dict[str, Kept] = self.kept
        return {path: kept[path] for path in PATHS if path in kept}

    @cached_property
    def tasks(self) -> Sequence[Any]:
        found: list[_Done] = []
        for each in self._course.story:
            if each.element not in STEPS:
                continue
            if each.kind == "task_opened":
                found.append(_Done(each.element, each.at))
            elif each.kind in ("task_completed", "task_cancelled"):
                done = next(task for task in found
                            if task.element == each.element and task.ended_at is None)
                done.ended_at = each.at
                done.status = (TaskStatus.COMPLETED if each.kind == "task_completed"
                               else TaskStatus.CANCELLED)
        return [each for each in found if each.status != TaskStatus.CANCELLED]

    @property
    def told_on(self) -> date | None:
        return next((day_of(each.at) for each in self._course.story
                     if each.kind == "action_performed" and each.data.get("action") == TOLD), None)

    @property
    def officer_since(self) -> date | None:
        """Everyone who is invented is there from the beginning."""
        return self.opened_on

    def plan_since(self, day: date) -> date | None:
        prepared = self.stamp("prepared_at")
        return prepared if prepared and prepared >= day else None
