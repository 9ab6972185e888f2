"""In whose place somebody has a task, as it is said beside the task."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from engine.work import Work, query
from workflows.absences.page import absences_of
from workflows.days import short_day
from workflows.people import names


@dataclass(frozen=True, slots=True)
class InPlaceOf:
    name: str
    is_back: bool
    until: date | None
    """The last day of the absence, where one is known."""

    @property
    def in_words(self) -> str:
        if self.is_back:
            return f"Begun in the place of {self.name}, who is back: it stayed here"
        until = short_day(self.until) if self.until else "they are back"
        return f"Covering for {self.name} until {until}"


@query
def in_place_of(work: Work, away: Iterable[UUID | None]) -> dict[UUID, InPlaceOf]:
    """By the person who is, or was, away."""
    wanted = {each for each in away if each is not None}
    if not wanted:
        return {}
    lasting, called = absences_of(work, wanted), names(work, wanted)
    return {
        each: InPlaceOf(called.get(each, ""), each not in lasting,
                        lasting[each].ends_on if each in lasting else None)
        for each in wanted
    }
