"""Whose the open steps of chosen cases are, to be given to others person by person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from engine.store.models import IS_OPEN, Case, Task
from engine.work import Work, query
from workflows.access import visible
from workflows.children import ListedChild, children_listed
from workflows.people import Person


@dataclass(frozen=True, slots=True)
class StepOfACase:
    task_id: UUID
    case_id: UUID
    name: str
    reference: str
    child: ListedChild
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Holder:
    person_id: UUID | None
    """None for those that wait in a queue."""
    name: str
    steps: Sequence[StepOfACase]


@dataclass(frozen=True, slots=True)
class StillToGive:
    """Of chosen cases."""

    holders: Sequence[Holder]
    """By name, what waits in a queue last."""
    cases: Sequence[UUID]
    """Those with a step that is still to give."""
    given: Sequence[UUID]
    """The steps of these cases that were given before."""

    @property
    def left(self) -> int:
        return sum(len(each.steps) for each in self.holders)


@query
def still_to_give(
    work: Work, cases: Sequence[UUID], given: Collection[UUID] = ()
) -> StillToGive:
    """The open steps, but for those given before, of the cases that the actor may see."""
    rows = work.session.execute(
        select(Task.id, Task.case_id, Task.name, Task.due_on, Case.reference, Case.child_id,
               Task.assignee_id, Person.name)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(Person, Person.id == Task.assignee_id)
        .where(Task.case_id.in_(cases), IS_OPEN, visible(work, Task.child_id))
        .order_by(Task.due_on.is_(None), Task.due_on, Task.id)
    ).all()
    children = children_listed(work, {row.child_id for row in rows})
    found: dict[tuple[bool, str, UUID | None], list[StepOfACase]] = {}
    for task_id, case_id, name, due_on, reference, child_id, person_id, person in rows:
        if task_id in given:
            continue
        step = StepOfACase(task_id, case_id, name, reference, children[child_id], due_on)
        found.setdefault((person_id is None, person or "", person_id), []).append(step)
    order = sorted(found, key=lambda key: key[:2])
    left = {step.case_id for steps in found.values() for step in steps}
    return StillToGive([Holder(key[2], key[1], found[key]) for key in order],
                       [each for each in cases if each in left],
                       [row.id for row in rows if row.id in given and row.case_id in left])
