"""What a change does to a child's cases: what stood before against what stands after."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select

from engine.releases import compiled
from engine.store.models import Case, Outbox, Task, TaskStatus, Timer, TimerStatus
from engine.work import LONDON, Work
from workflows.case_deadlines import clocks_of
from workflows.days import day_if_any
from workflows.involvements import Involvement
from workflows.people import names
from workflows.pep.case_dates import CaseDates
from workflows.pep.changes.command import running_cases
from workflows.roles import ROLES
from workflows.step_names import StepNames


class Group(StrEnum):
    """Under which heading a change is told, in this order."""

    CASES = "cases"
    TASKS = "tasks"
    DATES = "dates"
    PEOPLE = "people"
    MESSAGES = "messages"
    WATCHES = "watches"
    """Reminders, and dates on which Pepway looks whether something is done."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in words; empty `before` is new, empty `after` is gone."""

    group: Group
    what: str
    before: str
    after: str
    rank: int = 0
    """Among those of its group; the smaller is told first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    lines: Sequence[Line]
    case_id: UUID
    """The case to show afterwards."""

    def of(self, group: str) -> list[Line]:
        return [line for line in self.lines if line.group == group]

    @property
    def fingerprint(self) -> str:
        """The same where the same would happen: a person confirms what they have seen."""
        told = "\n".join(f"{line.group}|{line.what}|{line.before}|{line.after}"
                         for line in self.lines)
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing as it stands at a moment: what it is called, and its state in words."""

    group: Group
    what: str
    state: str
    rank: int = 0


AFTER_THE_CLOCKS = 100
"""The deadlines come first, the most binding before the others."""

Picture = Mapping[str, Standing]
"""By the id of the thing, so that it is known again after the change."""


def picture_of(work: Work, child_id: UUID) -> Picture:
    """All that a change may move, of the cases of a child that run now."""
    work.session.flush()
    found: dict[str, Standing] = {}
    for case in running_cases(work, child_id):
        found |= _of_case(work, case)
    return found | _of_people(work, child_id) | _of_messages(work, child_id)


def compare(before: Picture, after: Picture) -> list[Line]:
    order = list(Group)
    lines = list(_lines(before, after))
    return sorted(lines, key=lambda line: (
        order.index(line.group), line.rank, line.what, line.before
    ))


def _lines(before: Picture, after: Picture) -> Iterator[Line]:
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        named = new or old
        if named is None or (old and new and old.state == new.state):
            continue
        if key.startswith("due:") and new is None:
            continue  # that its task is no longer needed says it
        if named.group is Group.MESSAGES and old and new:
            continue
        yield Line(named.group, named.what, old.state if old else "", new.state if new else "",
                   named.rank)


def _of_case(work: Work, case: Case) -> dict[str, Standing]:
    procedure = compiled(work, case.release_id)
    found = {f"case:{case.id}": Standing(Group.CASES, procedure.name, "runs")}
    tasks = work.session.scalars(
        select(Task).where(Task.case_id == case.id, Task.status == TaskStatus.OPEN)
    ).all()
    called = names(work, [task.assignee_id for task in tasks])
    for task in tasks:
        holder = called.get(task.assignee_id, "") if task.assignee_id else ""
        role = ROLES[task.covered_by or task.role].title.lower()
        found[f"task:{task.id}"] = Standing(
            Group.TASKS, f"“{task.name}”", holder or f"the {role} queue"
        )
        if task.due_on is not None:
            overdue = ", which is past" if task.due_on < work.today else ""
            found[f"due:{task.id}"] = Standing(
                Group.DATES, f"“{task.name}” is due", f"{day_if_any(task.due_on)}{overdue}",
                AFTER_THE_CLOCKS,
            )
    timers = work.session.scalars(
        select(Timer).where(Timer.case_id == case.id, Timer.status == TimerStatus.PENDING)
    )
    steps = StepNames(procedure.elements)
    for timer in timers:
        watches = steps.only_watches(timer.element)
        found[f"timer:{timer.id}"] = Standing(
            Group.WATCHES if watches else Group.DATES, steps.in_full(timer.element),
            day_if_any(timer.due_at.astimezone(LONDON).date()), AFTER_THE_CLOCKS,
        )
    for rank, row in enumerate(clocks_of(CaseDates(work.session, case, work.today))):
        found[f"clock:{case.id}:{row.title}"] = Standing(
            Group.DATES, row.title, day_if_any(row.due_on), rank
        )
    return found


def _of_people(work: Work, child_id: UUID) -> dict[str, Standing]:
    rows = work.session.scalars(
        select(Involvement).where(
            Involvement.child_id == child_id,
            or_(Involvement.ends_on.is_(None), Involvement.ends_on >= Involvement.starts_on),
            or_(Involvement.ends_on.is_(None), Involvement.ends_on >= work.today),
        )
    ).all()
    called = names(work, [row.person_id for row in rows])
    return {
        f"involvement:{row.id}": Standing(
            Group.PEOPLE,
            f"{called[row.person_id]}, {ROLES[row.role].title.lower()}",
            f"from {day_if_any(row.starts_on)}"
            + (f" until {day_if_any(row.ends_on)}" if row.ends_on else ""),
        )
        for row in rows
    }


def _of_messages(work: Work, child_id: UUID) -> dict[str, Standing]:
    """Messages that are still to leave, by whom they are for."""
    rows = work.session.scalars(
        select(Outbox)
        .join(Case, Case.id == Outbox.case_id)
        .where(Case.child_id == child_id, Outbox.sent_at.is_(None),
               Outbox.given_up_at.is_(None))
    ).all()
    called = names(work, [row.person_id for row in rows])
    return {
        f"message:{row.id}": Standing(
            Group.MESSAGES, called.get(row.person_id, "") if row.person_id else "", "told"
        )
        for row in rows
    }
