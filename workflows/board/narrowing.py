"""Which of the cases the board counts: of a team, a school, a cohort; now, or as a day ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.store.models import Case
from engine.work import Work, query
from workflows.case_list.asked import Chosen, understood
from workflows.case_list.filters import ALL_STATUSES, FILTERS, How, conditions

NARROWED_BY = ("team", "worker", "school", "stage", "area", "release")
"""Keys of the filters that the list of cases has too: as things stand today."""
COHORT = ("stage", "area", "school")
"""Those that say who the child is: by them limits are told apart."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chosen: tuple[Chosen, ...] = ()
    problems: tuple[str, ...] = ()
    """Of each part that means nothing and was left out, a sentence."""
    day: date | None = None
    """As it was when this day ended; None: now."""

    def keeps(
        self, work: Work, case_id: InstrumentedAttribute[object]
    ) -> Sequence[ColumnElement[bool]]:
        """Conditions on a column that names a case."""
        if not self.filters:
            return ()
        asked = conditions(work, {**self.filters, "status": (ALL_STATUSES,)})
        return (case_id.in_(select(Case.id).where(*asked)),)


EVERYTHING = Narrowed()


@query
def narrowed(
    work: Work, given: Iterable[tuple[str, str]], day: str = "", by: Sequence[str] = NARROWED_BY
) -> Narrowed:
    """What an address asks for. A day that is none, or still to come, is now."""
    said = understood(work, [pair for pair in given if pair[0] in by])
    return Narrowed(said.asked.filters, said.chosen, said.problems, _past(day, work.today))


@query
def choices(
    work: Work, by: Sequence[str] = NARROWED_BY
) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Title and what can be chosen, by key; without what is asked by name."""
    return {key: (FILTERS[key].title, FILTERS[key].choices(work, None)) for key in by
            if FILTERS[key].how is not How.NAME}


def _past(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day < today else None
