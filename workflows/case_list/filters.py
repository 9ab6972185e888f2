"""What the list can be narrowed by: one declared table.

A filter of a task and another one mean the same task: “late” and “with Sam Sample” is what Sam has
that is late. Filters are joined by “and”, the values of one filter by “or”.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.releases import compiled, live_releases
from engine.store.models import IS_OPEN, IS_RUNNING, RUNNING, Case, CaseStatus, Release, Task
from engine.work import LONDON, Work
from workflows.access import ACTIONS, visible
from workflows.children import Child, Enrolment, School, attended
from workflows.involvements import Involvement, in_force
from workflows.people import Person, PersonRole, Team
from workflows.roles import ROLES
from workflows.step_names import StepNames

ME, NOBODY, NONE = "me", "nobody", "none"
ALL_STATUSES = "all"
SOCIAL_WORKER = "social_worker"

Choices = Callable[[Work, Collection[str] | None], Mapping[str, str]]
"""Words by value: of these values those that there are, or of all that can be chosen; of a filter
that is asked by name, what can be chosen without one."""
Named = Callable[[Work, Sequence[str]], Select[UUID, str]]
"""Whatever has all of these in its name, each by its id, in the order of the names."""
Condition = Callable[[Work, Sequence[str]], ColumnElement[bool]]


class How(Enum):
    """How a filter is asked for."""

    BOXES = auto()
    LIST = auto()
    NAME = auto()
    """By a part of the name: there may be thousands, too many for any page."""
    DAY = auto()


@dataclass(frozen=True, slots=True)
class Filter:
    title: str
    how: How
    choices: Choices
    of_case: Condition | None = None
    of_task: Condition | None = None
    """A condition on an open task of the case."""
    named: Named | None = None
    """For a filter that is asked by name."""


def conditions(work: Work, filters: Mapping[str, Sequence[str]]) -> list[ColumnElement[bool]]:
    """On cases; where no status is asked for, those that run."""
    found: list[ColumnElement[bool]] = [] if "status" in filters else [IS_RUNNING]
    of_task = []
    for key, values in filters.items():
        filter_ = FILTERS[key]
        if filter_.of_case:
            found.append(filter_.of_case(work, values))
        if filter_.of_task:
            of_task.append(filter_.of_task(work, values))
    if of_task:
        found.append(Case.id.in_(select(Task.case_id).where(IS_OPEN, *of_task)))
    return found


def _fixed(words: Mapping[str, str]) -> Choices:
    return lambda _work, _among: words


STATUSES = {
    "working": "Under way", "waiting": "Waits for its date",
    CaseStatus.INCIDENT.value: "Stopped: needs a process owner",
    CaseStatus.ENDED.value: "Finished", CaseStatus.CLOSED.value: "Closed by a person",
    ALL_STATUSES: "Finished cases too",
}
DUE = {"late": "Late", "week": "This week", "four-weeks": "In the next 4 weeks"}
STILL = {days: f"For {int(days) // 7} weeks or longer" for days in ("14", "28", "56")}
STAGES: Mapping[str, tuple[str, int, int]] = {
    "early-years": ("Early years", -10, 0), "key-stage-1": ("Key stage 1", 1, 2),
    "key-stage-2": ("Key stage 2", 3, 6), "key-stage-3": ("Key stage 3", 7, 9),
    "key-stage-4": ("Key stage 4", 10, 11), "post-16": ("Post-16", 12, 20),
}
"""Words, and the first and the last school year: 0 is Reception."""


def _status(_work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    at_work = exists().where(Task.case_id == Case.id, IS_OPEN).correlate(Case)
    is_open = Case.status == CaseStatus.OPEN
    by_value = {"working": and_(IS_RUNNING, is_open, at_work),
                "waiting": and_(IS_RUNNING, is_open, ~at_work)}
    if ALL_STATUSES in values:
        return Case.status.in_(list(CaseStatus))
    return or_(*(by_value.get(value, Case.status == value)
                 for value in values))


def _due(work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    today = work.today
    sunday = today + timedelta(days=6 - today.weekday())
    spans = {"late": Task.due_on < today, "week": Task.due_on.between(today, sunday),
             "four-weeks": Task.due_on.between(today, today + timedelta(days=28))}
    return or_(*(spans[value] for value in values))


def _due_from(_work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    return Task.due_on >= date.fromisoformat(values[0])


def _due_to(_work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    return Task.due_on <= date.fromisoformat(values[0])


def _moved_before(_work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    return Case.moved_at < datetime.combine(date.fromisoformat(values[0]), time(), LONDON)


def _still(work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    since = work.today - timedelta(days=min(int(value) for value in values))
    return Case.moved_at < datetime.combine(since, time(), LONDON)


def _step(_work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    parts = (value.partition(":") for value in values)
    return or_(*(and_(Task.procedure == procedure, Task.element == element)
                 for procedure, _, element in parts))


def _holder(work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    people = [work.actor.id if value == ME else UUID(value) for value in values if value != NOBODY]
    theirs = [Task.assignee_id.in_(people)] if people else []
    nobodys = [Task.assignee_id.is_(None)] if NOBODY in values else []
    return or_(*theirs, *nobodys)


def _mine(work: Work, _values: Sequence[str]) -> ColumnElement[bool]:
    me = work.actor.id
    return or_(
        Case.child_id.in_(select(Involvement.child_id).where(
            Involvement.person_id == me, *in_force(work.today))),
        Case.id.in_(select(Task.case_id).where(IS_OPEN, Task.assignee_id == me)),
    )


def _worked_with(work: Work) -> Select[UUID]:
    return select(Involvement.child_id).where(
        Involvement.role == SOCIAL_WORKER, *in_force(work.today))


def _of_the_child(involved: Select[UUID]) -> ColumnElement[bool]:
    """Whether there is one of these for the child of the case: asked of each case, for few have
    none."""
    return involved.where(Involvement.child_id == Case.child_id).correlate(Case).exists()


def _worker(work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    people = [UUID(value) for value in values if value != NOBODY]
    theirs = [Case.child_id.in_(_worked_with(work).where(Involvement.person_id.in_(people)))
              ] if people else []
    return or_(*theirs, *([~_of_the_child(_worked_with(work))] if NOBODY in values else []))


def _team(work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    teams = [UUID(value) for value in values if value != NONE]
    # by the people of the team: a join would look at every involvement there ever was
    members = select(Person.id).where(Person.team_id.in_(teams))
    theirs = [Case.child_id.in_(_worked_with(work).where(Involvement.person_id.in_(members)))
              ] if teams else []
    in_any = _worked_with(work).join(Person, Person.id == Involvement.person_id)
    without = ~_of_the_child(in_any.where(Person.team_id.is_not(None)))
    return or_(*theirs, *([without] if NONE in values else []))


def _school(work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    enrolled = select(Enrolment.child_id).where(*attended(work.today))
    schools = [UUID(value) for value in values if value != NONE]
    there = [Case.child_id.in_(enrolled.where(Enrolment.school_id.in_(schools)))
             ] if schools else []
    nowhere = ~exists().where(
        Enrolment.child_id == Case.child_id, *attended(work.today)).correlate(Case)
    return or_(*there, *([nowhere] if NONE in values else []))


def _stage(work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    academic_year = work.today.year if work.today.month >= 9 else work.today.year - 1
    spans = []
    for _, first, last in (STAGES[value] for value in values):
        born_from = date(academic_year - last - 5, 9, 1)
        born_to = date(academic_year - first - 4, 8, 31)
        spans.append(Child.born_on.between(born_from, born_to))
    return exists().where(Child.id == Case.child_id, or_(*spans)).correlate(Case)


def _area(_work: Work, values: Sequence[str]) -> ColumnElement[bool]:
    wanted = or_(*(Child.out_of_area.is_(value == "out") for value in values))
    return exists().where(Child.id == Case.child_id, wanted).correlate(Case)


def _procedures(work: Work, _among: Collection[str] | None) -> Mapping[str, str]:
    return {each.procedure: compiled(work, each.id).name for each in live_releases(work)}


def _steps(work: Work, among: Collection[str] | None) -> Mapping[str, str]:
    """Of the live releases, in the order of their diagrams; then of earlier ones that run still."""
    found = {}
    several = len(live := live_releases(work)) > 1
    for release in live:
        procedure = compiled(work, release.id)
        called = StepNames(procedure.elements)
        for element in procedure.elements.values():
            if element.kind == "userTask":
                where = f" ({procedure.name})" if several else ""
                found[f"{release.procedure}:{element.id}"] = f"{called.in_full(element.id)}{where}"
    if among is not None and set(among) <= set(found):
        return found
    standing = set(work.session.execute(
        select(Task.procedure, Task.element).where(IS_OPEN, visible(work, Task.child_id)).distinct()
    ))
    for key, element_id in sorted(standing):
        if f"{key}:{element_id}" not in found:
            name = work.session.scalar(select(Task.name).where(
                IS_OPEN, Task.procedure == key, Task.element == element_id).limit(1))
            found[f"{key}:{element_id}"] = f"{name} (only in an earlier release)"
    return found


def _releases(work: Work, among: Collection[str] | None) -> Mapping[str, str]:
    run = exists().where(
        Case.procedure == Release.procedure, Case.status.in_(RUNNING),
        Case.release_id == Release.id, visible(work, Case.child_id))
    in_use = run if among is None else Release.id.in_(list(_ids(among)))
    rows = work.session.execute(
        select(Release.id, Release.procedure, Release.number).where(in_use)
        .order_by(Release.procedure, Release.number.desc())
    )
    titles = _procedures(work, None)
    return {str(identity): f"{titles.get(procedure, procedure)}, release {number}"
            for identity, procedure, number in rows}


def _holders(work: Work, among: Collection[str] | None) -> Mapping[str, str]:
    return {ME: "Me", NOBODY: "Nobody: it waits in a queue",
            **_of_these(work, _holders_named(work, ()), Person.id, among)}


def _holders_named(work: Work, parts: Sequence[str]) -> Select[UUID, str]:
    has_one = exists().where(Task.assignee_id == Person.id, IS_OPEN, visible(work, Task.child_id))
    return _people(has_one, parts)


def _workers(work: Work, among: Collection[str] | None) -> Mapping[str, str]:
    return {NOBODY: "No social worker",
            **_of_these(work, _workers_named(work, ()), Person.id, among)}


def _workers_named(work: Work, parts: Sequence[str]) -> Select[UUID, str]:
    works = Person.id.in_(select(PersonRole.person_id).where(PersonRole.role == SOCIAL_WORKER))
    if not work.actor.roles & ACTIONS["see_case"].roles:
        works = Person.id.in_(select(Involvement.person_id).where(
            Involvement.role == SOCIAL_WORKER, *in_force(work.today),
            visible(work, Involvement.child_id)))
    return _people(works, parts)


def _people(who: ColumnElement[bool], parts: Sequence[str]) -> Select[UUID, str]:
    return (select(Person.id, Person.name).where(who, *_has_in(Person.name, parts))
            .order_by(Person.name, Person.id))


def _has_in(
    name: InstrumentedAttribute[str], parts: Sequence[str]
) -> Iterator[ColumnElement[bool]]:
    return (name.icontains(part, autoescape=True) for part in parts)


def _of_these(
    work: Work, rows: Select[UUID, str], column: InstrumentedAttribute[UUID],
    among: Collection[str] | None,
) -> Mapping[str, str]:
    ids = list(_ids(among or ()))
    if not ids:
        return {}
    return {str(key): name for key, name in work.session.execute(rows.where(column.in_(ids)))}


def _teams(work: Work, among: Collection[str] | None) -> Mapping[str, str]:
    rows = select(Team.id, Team.name).order_by(Team.name)
    if among is not None:
        rows = rows.where(Team.id.in_(list(_ids(among))))
    return {NONE: "No team", **{str(key): name for key, name in work.session.execute(rows)}}


def _schools(work: Work, among: Collection[str] | None) -> Mapping[str, str]:
    return {NONE: "No school place", **_of_these(work, _schools_named(work, ()), School.id, among)}


def _schools_named(work: Work, parts: Sequence[str]) -> Select[UUID, str]:
    return select(School.id, School.name).where(*_has_in(School.name, parts), exists().where(
        Enrolment.school_id == School.id, *attended(work.today),
        visible(work, Enrolment.child_id),
    )).order_by(School.name, School.id)


def _ids(among: Collection[str]) -> Iterator[UUID]:
    for value in among:
        try:
            identity = UUID(value)
        except ValueError:
            continue
        if str(identity) == value:
            yield identity


def _any_day(_work: Work, _among: Collection[str] | None) -> Mapping[str, str]:
    return {}


FILTERS: Mapping[str, Filter] = {
    "mine": Filter("Mine", How.BOXES,
                   _fixed({"yes": "I work with the child, or have a step of the case"}),
                   of_case=_mine),
    "due": Filter("Due", How.BOXES, _fixed(DUE), of_task=_due),
    "due-from": Filter("Due on or after", How.DAY, _any_day, of_task=_due_from),
    "due-to": Filter("Due on or before", How.DAY, _any_day, of_task=_due_to),
    "status": Filter("Status", How.BOXES, _fixed(STATUSES), of_case=_status),
    "procedure": Filter("Procedure", How.BOXES, _procedures,
                        of_case=lambda _work, values: Case.procedure.in_(values)),
    "step": Filter("Step", How.LIST, _steps, of_task=_step),
    "holder": Filter("Who has it", How.NAME, _holders, of_task=_holder, named=_holders_named),
    "role": Filter("Role", How.LIST,
                   _fixed({key: role.title for key, role in ROLES.items()}),
                   of_task=lambda _work, values: or_(
                       Task.covered_by.in_(values),
                       and_(Task.covered_by.is_(None), Task.role.in_(values)))),
    "team": Filter("Team", How.LIST, _teams, of_case=_team),
    "worker": Filter("Social worker", How.NAME, _workers, of_case=_worker,
                     named=_workers_named),
    "school": Filter("School", How.NAME, _schools, of_case=_school, named=_schools_named),
    "stage": Filter("Stage", How.BOXES,
                    _fixed({key: words for key, (words, _, _) in STAGES.items()}),
                    of_case=_stage),
    "area": Filter("Where the child lives", How.BOXES,
                   _fixed({"in": "In this council", "out": "In another council"}),
                   of_case=_area),
    "still": Filter("Not moved", How.BOXES, _fixed(STILL), of_case=_still),
    "moved-before": Filter("Last moved before", How.DAY, _any_day, of_case=_moved_before),
    "release": Filter("Release", How.LIST, _releases,
                      of_case=lambda _work, values: Case.release_id.in_(
                          [UUID(value) for value in values])),
}
"""By its key in addresses, in the order in which they are asked."""
