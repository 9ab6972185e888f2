"""A child whose case runs, and someone who changes something about it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.errors import NotFound
from engine.store.models import Audit, Case, Event, Outbox, Timer
from engine.tampering import find_tampering
from workflows.case_deadlines import deadlines_of
from workflows.pep.changes.carrying_out import carry_out, changes_offered, preview
from workflows.pep.changes.outcome import Outcome
from workflows.pep.reviews import StatutoryReview
from workflows.resources import case_resource


@dataclass
class Changing:
    """One case of the small council, as a test speaks of changing it."""

    case: Any
    """The case that runs now."""

    @property
    def council(self):
        return self.case.council

    def move_to(self, day: str) -> None:
        self.council.move_to(day)

    def preview(self, name: str, command: str, **answers: Any) -> Outcome:
        seen = preview(self.council.by(name), command, self.case.id, _raw(answers))
        assert [line for line in seen.lines if line.before == line.after] == []
        return seen

    def change(self, name: str, command: str, **answers: Any) -> Outcome:
        """The change, after its preview has said the very same."""
        seen = self.preview(name, command, **answers)
        done = carry_out(self.council.by(name), command, self.case.id, _raw(answers),
                         seen.fingerprint)
        assert done.lines == seen.lines
        return done

    def offered(self, name: str) -> list[str]:
        """Nothing where the database does not even show them the case."""
        with suppress(NotFound):
            by = self.council.by(name)
            return [each.name for each in changes_offered(by, case_resource(by, self.case.id))]
        return []

    def deadlines(self) -> dict[str, date]:
        rows = deadlines_of(self.council.by("vera"), self.case.id)
        return {row.title: row.due_on for row in rows}

    def review(self, number: int | None = None) -> StatutoryReview:
        """The one that the case prepares, or the child's of that number."""
        [found] = self._rows(StatutoryReview, StatutoryReview.child_id == self.case.child_id,
                             StatutoryReview.number == number if number
                             else StatutoryReview.case_id == self.case.id)
        return found

    def holder(self, element: str) -> str:
        holder = self.case.open()[element].assignee_id
        return {each: name for name, each in self.council.people.items()}.get(holder, "")

    def timers(self) -> dict[str, datetime]:
        return {t.element: t.due_at for t in self._rows(Timer, Timer.case_id == self.case.id)
                if t.status == "pending"}

    def kinds(self) -> list[str]:
        """What happened to the child, in order."""
        rows = self._rows(Event, Event.child_id == self.case.child_id)
        return [row.kind for row in sorted(rows, key=lambda row: row.seq)]

    def audited(self, action: str) -> int:
        return len(self._rows(Audit, Audit.action == action))

    def messages(self) -> list[tuple[str, str]]:
        """Kind and receiver of each message that is still to leave."""
        by_id = {person: name for name, person in self.council.people.items()}
        rows = self._rows(Outbox, Outbox.sent_at.is_(None), Outbox.given_up_at.is_(None))
        return [(row.kind, by_id.get(row.person_id, "")) for row in rows]

    def status(self, case_id: UUID | None = None) -> str:
        return self._rows(Case, Case.id == (case_id or self.case.id))[0].status

    def nothing_is_altered(self) -> bool:
        return find_tampering(self.council.by("vera")).findings == []

    def all_rows(self) -> dict[str, int]:
        return {model.__tablename__: len(self._rows(model))
                for model in (Event, Audit, Outbox, Timer, Case)}

    def _rows(self, model: Any, *where: Any) -> list[Any]:
        with self.council.by("vera").begin(writing=False) as work:
            return list(work.session.scalars(select(model).where(*where)))


def _raw(answers: dict[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, UUID) else value
            for key, value in answers.items()}


@pytest.fixture
def begun(small_council):
    """Starts a case; what is told of the child is as in `small_council.details`."""
    return lambda **told: Changing(small_council.start(**told))


@pytest.fixture
def changing(begun):
    """A child who came into care today, Wednesday 25 March 2026; the first step is open."""
    return begun()


@pytest.fixture
def gathering(changing):
    """Everyone fills in their part."""
    changing.case.do("initiate_pep", "wilma")
    changing.case.do("allocate_caseworker", "vera")
    return changing


@pytest.fixture
def waiting(changing):
    """The first review was held on Friday 24 April 2026: the second one's case waits."""
    live_through(changing, until=lambda: changing.status() == "ended", held=date(2026, 4, 24))
    first = changing.case
    with changing.council.by("vera").begin(writing=False) as work:
        following = work.session.scalar(select(Case.id).where(Case.previous_id == first.id))
    return Changing(type(first)(changing.council, following))


def live_through(changing: Changing, until: Any, held: date) -> None:
    """Do whatever is open, each by whoever has it, until the story has come far enough."""
    usual = {"quality_rating": "green", "review_held_on": held.isoformat(),
             "caseworker": str(changing.council.people["vera"])}
    by_role = {"social_worker": "wilma", "designated_teacher": "tara", "team_manager": "mona",
               "virtual_school": "vera", "reviewing_officer": "rob", "process_owner": "olga"}
    for _ in range(60):
        if until():
            return
        reviews = {"hold_first_review", "hold_statutory_review"}
        if set(changing.case.open()) <= reviews:
            changing.move_to(held.isoformat())
        by_hand = sorted(changing.case.open().items(), key=lambda each: (each[0] in reviews, each))
        element, task = by_hand[0]
        name = changing.holder(element) or by_role[task.covered_by or task.role]
        changing.case.do(element, name, **usual)
    raise AssertionError(f"stands at {set(changing.case.open())}")
