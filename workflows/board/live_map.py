"""Where all cases are: numbers at every step, from a number to the named cases."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from engine.diagram import Diagram, read_diagram
from engine.errors import TaskGone
from engine.releases import compiled, flowcharts, live_releases
from engine.spiff import Element
from engine.store.models import (
    IS_OPEN,
    IS_PENDING,
    RUNNING,
    Case,
    CaseStatus,
    Release,
    ReleaseState,
    Task,
    TaskStatus,
    Timer,
)
from engine.tasks import TaskView, candidates, get_task
from engine.work import Work, query
from workflows.absences.page import absences_of
from workflows.absences.suggesting import open_tasks_of
from workflows.access import visible
from workflows.board.narrowing import EVERYTHING, Narrowed
from workflows.board.now import counted_now, dates_now, tasks_now
from workflows.board.then import Count, counted_of, then
from workflows.figures.standing_days import WAITS, WHOLE, waits_of
from workflows.people import names
from workflows.pep.case_dates import day_of
from workflows.step_names import StepNames


@dataclass(frozen=True, slots=True)
class StepCount:
    element: str
    name: str
    role: str | None
    cases: int
    late: int
    stuck: int
    """Cases with an incident here: they need a process owner."""
    since: date | None
    """On which day the oldest of what is open here began; None where that is nobody's to know."""
    days: int | None
    """Of the calendar, from that day to the one that is shown."""
    gone: bool
    """Only an earlier release has this step: it is listed, though not drawn."""
    waits: bool = False
    """Cases wait here for a date: nobody has anything to do, and nothing is late."""


@dataclass(frozen=True, slots=True)
class ProcedureBoard:
    procedure: str
    title: str
    release_number: int
    diagrams: Sequence[Diagram]
    """The procedure's own; then those that it calls, where cases are in them."""
    running: int
    late: int
    incidents: int
    steps: Sequence[StepCount]
    """Every step at which a case stands, in the order of the diagram."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person to whom a task may be given."""

    id: UUID
    name: str
    covers: bool
    """Not of the task's own role for this child, but of the one that covers it."""
    open_tasks: int
    is_away: bool


@dataclass(slots=True)
class _Counted:
    """What is counted of one procedure."""

    cases: int = 0
    late: int = 0
    incidents: int = 0
    steps: dict[str, Count] = field(default_factory=dict)
    used: Mapping[str, Element] = field(default_factory=dict)
    """Steps of every release that may have a case at one of `steps`."""


@query
def boards(work: Work, which: Narrowed = EVERYTHING) -> list[ProcedureBoard]:
    """One board for each procedure with a live release; as a day ended, where it asks for one.
    Counted for all of them at once: each question costs as much for one as for all."""
    live = live_releases(work)
    procedures = [release.procedure for release in live]
    count = _counted_now if which.day is None else _counted_then
    counted = count(work, procedures, which)
    return [
        _board(work, release.procedure, release.id, release.number, counted[release.procedure],
               which.day or work.today)
        for release in live
    ]


@query
def who_may_hold(work: Work, task_id: UUID) -> tuple[TaskView, list[Candidate]]:
    """The task and the people to whom it may be given, the least busy first, who is away last.

    Raises `TaskGone` where there is nothing left to give, and `NotFound`.
    """
    task = get_task(work, task_id)
    if task.status != TaskStatus.OPEN:
        raise TaskGone(status=task.status, by=task.completed_by, at=task.ended_at)
    holders = candidates(work, task_id)
    people = {*holders.people, *holders.reserve}
    called, away = names(work, people), absences_of(work, people)
    with work.for_the_council("how much people have to do is counted, whose it is is not"):
        busy = open_tasks_of(work, people)
    found = [
        Candidate(each, called.get(each, ""), each not in holders.people, busy.get(each, 0),
                  each in away)
        for each in people
    ]
    return task, sorted(
        found, key=lambda each: (each.is_away, each.covers, each.open_tasks, each.name))


def _board(
    work: Work, procedure: str, release_id: UUID, number: int, counted: _Counted, day: date
) -> ProcedureBoard:
    diagrams = diagrams_of(work, release_id)
    counts, used = counted.steps, counted.used
    known = compiled(work, release_id).elements
    called = StepNames(known)
    drawn = [node.element.id for diagram in diagrams for node in diagram.nodes]
    steps = [
        _step(day, known[name], called.in_full(name), counts[name], gone=False)
        for name in drawn if name in counts
    ]
    steps += [
        _step(day, used[each], used[each].name, counts[each], gone=True)
        for each in sorted(set(counts) - set(known)) if each in used
    ]
    return ProcedureBoard(
        procedure, diagrams[0].title, number,
        [diagrams[0], *(each for each in diagrams[1:] if _has(each, counts))],
        counted.cases, counted.late, counted.incidents, steps,
    )


def _step(day: date, element: Element, name: str, count: Count, *, gone: bool) -> StepCount:
    return StepCount(element.id, name, element.role, count.cases, count.late, count.stuck,
                     count.since, (day - count.since).days if count.since else None, gone,
                     waits=element.kind == WAITS)


def _has(diagram: Diagram, counts: Mapping[str, Count]) -> bool:
    return any(node.element.id in counts for node in diagram.nodes)


def diagrams_of(work: Work, release_id: UUID) -> Sequence[Diagram]:
    """The pictures of a release."""
    return [read_diagram(content) for content in flowcharts(work, release_id)]


def elements_of(work: Work, releases: Iterable[UUID]) -> Mapping[str, Element]:
    """A step keeps its id from release to release."""
    found: dict[str, Element] = {}
    for release_id in releases:
        found |= compiled(work, release_id).elements
    return found


def releases_of(work: Work, procedures: Collection[str]) -> dict[str, list[UUID]]:
    """Every one that any case began with: a step of long ago has its name from it."""
    found: defaultdict[str, list[UUID]] = defaultdict(list)
    for procedure, release_id in work.session.execute(
        select(Release.procedure, Release.id).where(
            Release.procedure.in_(procedures),
            Release.state.in_([ReleaseState.LIVE, ReleaseState.RETIRED]))
    ):
        found[procedure].append(release_id)
    return found


def releases_in_use(work: Work, procedure: str) -> list[UUID]:
    running = running_cases(work, [procedure])
    return list(work.session.scalars(select(Case.release_id).where(*running).distinct()))


def _counted_now(
    work: Work, procedures: Collection[str], which: Narrowed
) -> Mapping[str, _Counted]:
    """By procedure and element, the cases of every release, each once: `step_page` names as
    many."""
    found = {procedure: _Counted() for procedure in procedures}
    releases = defaultdict(set)
    for procedure, release_id, status, cases in _running(work, procedures, which):
        releases[procedure].add(release_id)
        found[procedure].cases += cases
        if status == CaseStatus.INCIDENT:
            found[procedure].incidents += cases
    for procedure, here in found.items():
        here.used = elements_of(work, releases[procedure])
    counted = None if which.filters else counted_now(work, procedures)
    if counted is None:
        counted = counted_of(work, work.today, tasks_now(work, procedures, which),
                             dates_now(work, procedures, which))
    for procedure, steps in counted.items():
        found[procedure].late = steps.pop(WHOLE, Count()).late
        found[procedure].steps = steps
    if any(here.incidents for here in found.values()):
        _count_stuck(work, found, which)
    return found


def _counted_then(
    work: Work, procedures: Collection[str], which: Narrowed
) -> Mapping[str, _Counted]:
    found = {}
    used, counted = releases_of(work, procedures), then(work, procedures, which)
    for procedure in procedures:
        steps = counted.get(procedure, {})
        whole = steps.pop(WHOLE, Count())
        found[procedure] = _Counted(
            whole.cases, whole.late, 0, steps, elements_of(work, used[procedure]))
    return found


def _count_stuck(work: Work, found: Mapping[str, _Counted], which: Narrowed) -> None:
    stopped = work.session.scalars(
        select(Case).where(*is_stuck(work, list(found), which)).order_by(Case.moved_at)).all()
    counted = _things_of(work, stopped)
    for stuck in stopped:
        name = str((stuck.incident or {}).get("element"))
        if name in compiled(work, stuck.release_id).elements:
            here = found[stuck.procedure].steps.setdefault(name, Count())
            here.add(int((stuck.id, name) not in counted), day_of(stuck.moved_at))
            here.stuck += 1


def _things_of(work: Work, cases: Collection[Case]) -> set[tuple[UUID, str]]:
    """Where these cases have a task or wait for a date: there they are counted already."""
    ids = [each.id for each in cases]
    tasks = select(Task.case_id, Task.element).where(IS_OPEN, Task.case_id.in_(ids))
    dates = select(Timer.case_id, Timer.element).where(
        IS_PENDING, Timer.case_id.in_(ids),
        tuple_(Timer.procedure, Timer.element).in_(sorted(waits_of(work))))
    return {(case_id, element) for case_id, element in work.session.execute(tasks.union(dates))}


def _running(
    work: Work, procedures: Collection[str], which: Narrowed
) -> list[tuple[str, UUID, str, int]]:
    """How many cases run on each release, by their status."""
    return list(
        work.session.execute(
            select(Case.procedure, Case.release_id, Case.status, func.count())
            .where(*running_cases(work, procedures, which))
            .group_by(Case.procedure, Case.status, Case.release_id)
        )
    )


def is_stuck(
    work: Work, procedures: Collection[str], which: Narrowed = EVERYTHING
) -> tuple[ColumnElement[bool], ...]:
    return (Case.status == CaseStatus.INCIDENT, *running_cases(work, procedures, which))


def running_cases(
    work: Work, procedures: Collection[str], which: Narrowed = EVERYTHING
) -> tuple[ColumnElement[bool], ...]:
    """The running cases of these procedures that the actor may see."""
    return (
        Case.procedure.in_(procedures),
        Case.status.in_(RUNNING),
        visible(work, Case.child_id, "see_case"),
        *which.keeps(work, Case.id),
    )
