"""Many tasks of one person given to others at once, each only to whom it may be given.

Each task is a transaction of its own: one that is gone meanwhile, or that its chosen holder may not
do any more, is told, and the others are given. The same choice of tasks and people is spread in the
same way, so that the same form sent twice has one effect.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from engine.errors import AnswersInvalid, EngineError, NotAllowed
from engine.store.among import among
from engine.store.models import IS_OPEN, Task
from engine.tasks import get_task, reassign_task
from engine.work import Acting, Work, query, verb
from workflows.absences.arranging import in_their_place
from workflows.absences.page import AbsenceView, absences_of, absences_to_come
from workflows.absences.scope import person_looked_after
from workflows.absences.suggesting import open_tasks_of
from workflows.access import visible
from workflows.children import ListedChild, children_listed
from workflows.involvements import PeopleAround, people_around_children
from workflows.people import names
from workflows.resources import task_resource
from workflows.sight.still import still_allowed
from workflows.workload.overview import PersonLoad, load_of

PAGE = 50
"""Tasks of a page, and of those that are given away together."""


@dataclass(frozen=True, slots=True)
class TheirTask:
    id: UUID
    name: str
    role: str
    child: ListedChild
    due_on: date | None
    in_place_of: str
    """Name of whoever is away, in whose place they have it."""


@dataclass(frozen=True, slots=True)
class PersonPage:
    load: PersonLoad
    tasks: Sequence[TheirTask]
    found: int
    """Of the children whom the actor may see."""
    page: int
    pages: int
    to_come: Sequence[AbsenceView]
    with_others: int
    """Tasks of theirs that others have while they are away."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody to whom some of the chosen tasks may be given."""

    id: UUID
    name: str
    may_do: int
    open_tasks: int
    is_away: bool


@dataclass(frozen=True, slots=True)
class Given:
    task: TheirTask
    to: UUID | None
    """None where none of the chosen may do it."""
    to_name: str


@dataclass(frozen=True, slots=True)
class NotGiven:
    task: str
    why: str


@query
def person_page(work: Work, person_id: UUID, page: int = 1) -> PersonPage:
    """Raises `NotFound` for somebody whose work the actor does not look after."""
    person = person_looked_after(work, person_id)
    theirs = (Task.assignee_id == person_id, IS_OPEN,
              visible(work, Task.child_id, "reassign_task"))
    found = work.session.scalar(select(func.count()).select_from(Task).where(*theirs)) or 0
    pages = max(1, -(-found // PAGE))
    page = min(max(1, page), pages)
    rows = work.session.scalars(
        select(Task).where(*theirs).order_by(Task.due_on.asc().nulls_last(), Task.id)
        .limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    return PersonPage(load_of(work, person), _their(work, rows), found, page, pages,
                      absences_to_come(work, person_id), sum(in_their_place(work, person_id)))


@query
def chosen_tasks(work: Work, person_id: UUID, ids: Collection[UUID]) -> list[TheirTask]:
    """Those of them that are still this person's, the first due first. Raises `NotFound`."""
    person_looked_after(work, person_id)
    rows = work.session.scalars(
        select(Task)
        .where(among(Task.id, list(ids)[:PAGE]), Task.assignee_id == person_id, IS_OPEN,
               visible(work, Task.child_id, "reassign_task"))
        .order_by(Task.due_on.asc().nulls_last(), Task.id)
    ).all()
    return _their(work, rows)


@query
def who_could_take(work: Work, person_id: UUID, tasks: Sequence[TheirTask]) -> list[Taker]:
    """By their names, whoever may do one of these tasks."""
    around = _around(work, tasks)
    may_do = Counter(each for task in tasks for each in _holders(around, task)
                     if each != person_id)
    called, away = names(work, may_do), absences_of(work, may_do)
    with work.for_the_council("how much people have to do is counted, whose it is is not"):
        busy = open_tasks_of(work, list(may_do))
    found = [Taker(each, called.get(each, ""), count, busy.get(each, 0), each in away)
             for each, count in may_do.items()]
    return sorted(found, key=lambda each: (each.is_away, each.name))


@query
def spread(work: Work, tasks: Sequence[TheirTask], takers: Sequence[UUID]) -> list[Given]:
    """Evenly over those who were chosen, each task only to whom it may be given: first those that
    few may do."""
    around, called = _around(work, tasks), names(work, takers)
    may = {task.id: sorted(set(takers) & _holders(around, task)) for task in tasks}
    loads, to = Counter[UUID](), dict[UUID, UUID]()
    for task in sorted(tasks, key=lambda each: len(may[each.id])):
        if may[task.id]:
            to[task.id] = min(may[task.id], key=lambda each: loads[each])
            loads[to[task.id]] += 1
    return [Given(task, to.get(task.id), called.get(to[task.id], "") if task.id in to else "")
            for task in tasks]


def give_all(by: Acting, given: Sequence[Given], reason: str) -> list[NotGiven]:
    """What could not be given, with why. Raises `AnswersInvalid` without a reason."""
    if not reason.strip():
        raise AnswersInvalid({"reason": "Enter why you are giving these tasks to somebody else"})
    failed = []
    for each in given:
        if each.to is None:
            failed.append(NotGiven(each.task.name, "None of the people you chose may do it."))
            continue
        try:
            _give_one(by, each.task.id, each.to, reason)
        except AnswersInvalid as problem:
            failed.append(NotGiven(each.task.name, " ".join(
                f"{said}." for said in problem.errors.values())))
        except EngineError as problem:
            failed.append(NotGiven(each.task.name, problem.message))
    return failed


@verb
def _give_one(work: Work, task_id: UUID, to: UUID, reason: str) -> None:
    task = get_task(work, task_id)
    if not still_allowed(work, "reassign_task", task.child_id,
                         lambda at: task_resource(at, task_id)):
        raise NotAllowed
    reassign_task(work, task_id, to, reason)


def _their(work: Work, rows: Sequence[Task]) -> list[TheirTask]:
    children = children_listed(work, {row.child_id for row in rows})
    called = names(work, [row.stands_in_for for row in rows])
    return [TheirTask(row.id, row.name, row.role, children[row.child_id], row.due_on,
                      called.get(row.stands_in_for, "") if row.stands_in_for else "")
            for row in rows]


def _around(work: Work, tasks: Sequence[TheirTask]) -> dict[UUID, PeopleAround]:
    return people_around_children(work.session, {task.child.id for task in tasks}, work.today)


def _holders(around: dict[UUID, PeopleAround], task: TheirTask) -> set[UUID]:
    holders = around[task.child.id].people_for(task.role)
    return {*holders.people, *holders.reserve}
