"""What an absence would move, to whom, and what stays: shown before it is entered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from engine.errors import NotFound
from engine.store.models import IS_OPEN, Task
from engine.work import Work, query
from workflows.absences.arranging import Planned
from workflows.absences.scope import person_looked_after
from workflows.absences.suggesting import open_tasks_of, overlaps, who_could_cover
from workflows.absences.table import Absence
from workflows.access import visible
from workflows.children import ListedChild, children_listed
from workflows.involvements import people_around_children
from workflows.people import Person, PersonRole, names
from workflows.roles import ROLES
from workflows.sight.table import ConflictOfInterest, Restriction

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class TaskAhead:
    id: UUID
    name: str
    child: ListedChild
    due_on: date | None
    within: bool
    """Due before the person is back."""
    goes_to: str
    """Names, or empty where it stays."""


@dataclass(frozen=True, slots=True)
class Preview:
    person: str
    cover: str
    """Empty where nobody was chosen."""
    moving: Sequence[TaskAhead]
    staying: Sequence[TaskAhead]
    cover_before: int
    cover_after: int
    covers_for: Sequence[str]
    """Colleagues for whom the person who will be away covers within these days."""
    shown: int = MOST_SHOWN
    """Of each list; the rest is said in numbers."""

    @property
    def due_within(self) -> int:
        return sum(each.within for each in (*self.moving, *self.staying))

    @property
    def children(self) -> set[UUID]:
        """Of the tasks that are shown."""
        return {each.child.id for some in (self.moving, self.staying)
                for each in some[:self.shown]}


@query
def preview(work: Work, person_id: UUID, planned: Planned) -> Preview:
    """By how things stand now, of the children whom the actor may see. Raises `NotFound`, also
    for somebody who cannot cover then."""
    person = person_looked_after(work, person_id, or_oneself=True)
    if planned.cover_id is not None and planned.cover_id not in {
        each.id for each in who_could_cover(work, person, planned.days)
    }:
        raise NotFound
    theirs = (Task.assignee_id == person_id, IS_OPEN, visible(work, Task.child_id, "see_case"))
    rows = work.session.execute(
        select(Task.id, Task.name, Task.child_id, Task.role, Task.due_on).where(*theirs)
        .order_by(Task.due_on.asc().nulls_last(), Task.id)
    ).all()
    goes_to = _Destinations(work, person_id, planned, {
        row.child_id for row in rows if planned.takes(row.due_on)})
    children = children_listed(work, {row.child_id for row in rows})
    ahead = [
        TaskAhead(row.id, row.name, children[row.child_id], row.due_on,
                  planned.days.hold(row.due_on),
                  goes_to.of(row.child_id, row.role) if planned.takes(row.due_on) else "")
        for row in rows
    ]
    called = names(work, [planned.cover_id])
    with work.for_the_council("how many tasks the cover has is said in numbers"):
        before = open_tasks_of(work, [planned.cover_id]) if planned.cover_id else {}
    load = next(iter(before.values()), 0)
    return Preview(
        person.name, called.get(planned.cover_id, "") if planned.cover_id else "",
        [each for each in ahead if each.goes_to], [each for each in ahead if not each.goes_to],
        load, load + goes_to.to_cover, _covers_for(work, person_id, planned),
    )


class _Destinations:
    """Where each task goes, by the rule that moves it; counts those that go to the cover."""

    def __init__(
        self, work: Work, person_id: UUID, planned: Planned, children: Collection[UUID]
    ) -> None:
        self._work, self._person_id, self._cover_id = work, person_id, planned.cover_id
        barred = _barred(work, planned.cover_id) if planned.cover_id else set()
        roles = set(work.session.scalars(
            select(PersonRole.role).where(PersonRole.person_id == planned.cover_id)))
        self._around = {
            child_id: around.without(
                person_id, None if child_id in barred else planned.cover_id, roles)
            for child_id, around in
            people_around_children(work.session, children, work.today).items()
        }
        self._called: dict[UUID, str] = {}
        self.to_cover = 0

    def of(self, child_id: UUID, role: str) -> str:
        holders = self._around[child_id].people_for(role)
        if self._cover_id is not None and holders.may_hold(self._cover_id):
            self.to_cover += 1
            return self._name(self._cover_id)
        if holders.people in ((), (self._person_id,)):
            return ""
        if len(holders.people) == 1:
            return self._name(holders.people[0])
        return f"whoever takes it: {ROLES[holders.cover_role or role].title.lower()}"

    def _name(self, person_id: UUID) -> str:
        if person_id not in self._called:
            self._called |= names(self._work, [person_id])
        return self._called[person_id]


def _barred(work: Work, cover_id: UUID) -> set[UUID]:
    """Children whom an absence opens to no cover, or not to this one."""
    restricted = select(Restriction.child_id).where(Restriction.lifted_at.is_(None))
    conflicts = select(ConflictOfInterest.child_id).where(
        ConflictOfInterest.person_id == cover_id, ConflictOfInterest.ended_at.is_(None))
    with work.for_the_council("which tasks do not go to the cover is told, and not why"):
        return set(work.session.scalars(restricted.union(conflicts)))


def _covers_for(work: Work, person_id: UUID, planned: Planned) -> list[str]:
    away = aliased(Person)
    return list(work.session.scalars(
        select(away.name).join(Absence, Absence.person_id == away.id)
        .where(Absence.cover_id == person_id, overlaps(planned.days)).order_by(away.name)
    ))
