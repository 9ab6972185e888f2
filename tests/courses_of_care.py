"""What befalls children of generated histories beside the steps of the procedures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from engine.domain import SYSTEM
from workflows.calendar import last_working_day_before, months, working_days
from workflows.children import School
from workflows.council import add_term, set_termly
from workflows.pep.changes.placement import change_placement
from workflows.pep.changes.school import change_school

ANOTHER_SCHOOL = UUID("5ca1ab1e-0000-4000-8000-000000990102")
TERMS: Mapping[str, tuple[tuple[date, date], ...]] = {
    "A": ((date(2026, 1, 5), date(2026, 3, 27)), (date(2026, 4, 13), date(2026, 7, 21)),
          (date(2026, 9, 2), date(2026, 12, 18)), (date(2027, 1, 4), date(2027, 3, 24))),
    "B": ((date(2026, 1, 6), date(2026, 4, 1)), (date(2026, 4, 14), date(2026, 7, 17)),
          (date(2026, 9, 3), date(2026, 12, 16)), (date(2027, 1, 5), date(2027, 3, 25))),
}
"""By area: the small council's school lies in the first, the other one in the second."""
CUT_OFFS = frozenset(ends for terms in TERMS.values() for _, ends in terms)
SOON = 0.3
"""That it befalls the child on a day on which something happens in the case."""


def moves_school(by: Any, case_id: UUID, today: date) -> None:
    """Nobody is the designated teacher there yet: the virtual school covers."""
    change_school(by, case_id, from_on=today, reason="The aunt lives there.",
                  school=str(ANOTHER_SCHOOL))


def loses_place(by: Any, case_id: UUID, today: date) -> None:
    change_school(by, case_id, from_on=today, reason="The school has closed.")


def moves_home(by: Any, case_id: UUID, today: date) -> None:
    change_placement(
        by, case_id, from_on=today, entry="emergency", placement_kind="foster_carer",
        placement_address="2 Other Lane", lives_out_of_area="no", reason="The carers are ill.")


@dataclass(frozen=True)
class Course:
    planned: bool = False
    """The first placement, so far ahead that the plan must come before it."""
    termly: bool = False
    disputed: bool = False
    """Each review ends in a dispute."""
    befalls: Callable[[Any, UUID, date], None] | None = None
    """Once, on a day of the initial plan after the placement began."""
    later_reviews: int = 1

    def told_at_start(self, today: date, chance: Random) -> dict[str, str]:
        if not self.planned:
            return {}
        placed = working_days(None, today, 11 + chance.randrange(6)).isoformat()
        return {"entry": "planned", "first_placement_on": placed, "became_looked_after_on": placed}

    def answers(self) -> dict[str, str]:
        return {"review_outcome": "dispute"} if self.disputed else {}


COURSES = (
    Course(befalls=moves_home),
    Course(termly=True, disputed=True, later_reviews=2),
    Course(planned=True, termly=True, befalls=moves_school),
    Course(planned=True, disputed=True, befalls=loses_place),
    Course(termly=True, befalls=moves_home, later_reviews=2),
)


def furnish(council: Any, course: Course) -> None:
    """Terms of both areas, the other school, and whether a plan is asked for each term."""
    by = council.installation.acting(SYSTEM)
    for area, terms in TERMS.items():
        for begins, ends in terms:
            add_term(by, area, begins, ends)
    if course.termly:
        set_termly(by, on=True)
    with by.begin() as work:
        work.session.add(School(id=ANOTHER_SCHOOL, urn="990102", name="Another School",
                                phase="primary", area="B"))
        work.audit("test")


class Befalling:
    """What a course has in store for a child, once."""

    def __init__(
        self, council: Any, course: Course, case: Any, placed: date, chance: Random
    ) -> None:
        self._council, self._course, self._case, self._placed = council, course, case, placed
        self._chance, self._is_over = chance, course.befalls is None

    def __call__(self, today: date) -> bool:
        """Whether it befell the child on this day."""
        if self._is_over or today <= self._placed or self._chance.random() > SOON:
            return False
        self._is_over = True
        assert self._course.befalls is not None
        self._course.befalls(self._council.by("wilma"), self._case.id, today)
        return True


def limits_of_first_plan(course: Course, placed: date) -> dict[str, date]:
    """What the law gives a child who is placed, and comes into care, on a day."""
    before = {"T1": last_working_day_before(None, placed)} if course.planned else {}
    return {**before, "T2": working_days(None, placed, 10), "T3": working_days(None, placed, 20)}


def limit_of_review(number: int, held_before: date) -> dict[str, date]:
    return {"T5": months(None, held_before, 3)} if number == 2 else {
        "T6": months(None, held_before, 6)}
