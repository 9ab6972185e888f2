"""Whoever has an open step of a chosen case is reminded of it, at most once a day for each step.

Of the steps that are late; of a case without any, of the one that is due next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from engine.errors import AnswersInvalid
from engine.store.models import IS_OPEN, Case, Task
from engine.store.turns import TELLING, take_turn
from engine.work import Work, query, verb
from workflows.access import visible
from workflows.children import ListedChild, children_listed
from workflows.people import Person
from workflows.telling.day import ToldOnce
from workflows.telling.words import REMINDED

ACTION = "remind_holders"
LONGEST = 300
"""Letters of a note."""


@dataclass(frozen=True, slots=True)
class ToRemind:
    task_id: UUID
    step: str
    reference: str
    child: ListedChild
    due_on: date | None
    holder: str
    """Empty where it waits in a queue: nobody can be told."""
    today: bool
    """Somebody has reminded them today."""

    @property
    def is_told(self) -> bool:
        return bool(self.holder) and not self.today


@query
def who_would_be_reminded(work: Work, cases: Sequence[UUID]) -> list[ToRemind]:
    """By the steps of these cases, of those that the actor may see; the next due first."""
    rows = _steps(work, cases)
    children = children_listed(work, {case.child_id for _, case, _ in rows})
    told = _told_today(work, [task.id for task, _, _ in rows])
    return [
        ToRemind(task.id, task.name, case.reference, children[case.child_id], task.due_on,
                 holder or "", task.id in told)
        for task, case, holder in rows
    ]


@verb
def remind_holders(work: Work, cases: Sequence[UUID], note: str = "") -> int:
    """How many were told. The note stands in the stories of the cases and leaves with no message.

    Raises `AnswersInvalid` for a note that is too long.
    """
    note = note.strip()
    if len(note) > LONGEST:
        raise AnswersInvalid({"note": f"The note must be {LONGEST} characters or fewer"})
    take_turn(work.session.connection(), TELLING)
    rows = [row for row in _steps(work, cases) if row[2]]
    told = _told_today(work, [task.id for task, _, _ in rows])
    count = 0
    for task, case, _ in rows:
        if task.id in told:
            continue
        work.append(ToldOnce, {"day": work.today, "kind": REMINDED, "about": task.id})
        work.event(case, "holder_reminded", task=task, person=task.assignee_id, reason=note)
        work.audit(ACTION, child_id=case.child_id, about=f"task:{task.id}")
        work.tell(REMINDED, task.assignee_id, case, task=task.id)
        count += 1
    return count


def _steps(work: Work, cases: Sequence[UUID]) -> list[tuple[Task, Case, str | None]]:
    rows = work.session.execute(
        select(Task, Case, Person.name)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(Person, Person.id == Task.assignee_id)
        .where(Task.case_id.in_(cases), IS_OPEN, visible(work, Task.child_id, ACTION))
        .order_by(Task.due_on.is_(None), Task.due_on, Task.id)
    )
    found: list[tuple[Task, Case, str | None]] = []
    for task, case, holder in rows:
        is_late = task.due_on is not None and task.due_on < work.today
        if is_late or all(before.id != case.id for _, before, _ in found):
            found.append((task, case, holder))
    return found


def _told_today(work: Work, tasks: Sequence[UUID]) -> set[UUID]:
    return set(work.session.scalars(select(ToldOnce.about).where(
        ToldOnce.day == work.today, ToldOnce.kind == REMINDED, ToldOnce.about.in_(tasks))))
