"""What people do with tasks: see, claim, hand back, keep a draft, complete, reassign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.advance import (
    CaseWorld,
    assign_by_rule,
    lock_case,
    lock_case_of,
    open_tasks,
    step,
)
from engine.domain import Kept, Known, RolePeople, Told
from engine.earlier_releases import procedure_of
from engine.errors import AnswersInvalid, CaseClosed, NotFound, Refused, TaskGone, TaskTaken
from engine.forms import Form, entries, names_asked, read_answers
from engine.measures import COMPLETIONS
from engine.releases import compiled
from engine.spiff import Procedure
from engine.store.models import Case, CaseStatus, Submission, Task, TaskStatus
from engine.task_drafts import answers_that_went_hidden, drafted
from engine.work import Work, query, verb


@dataclass(frozen=True, slots=True)
class TaskView:
    id: UUID
    case_id: UUID
    child_id: UUID
    procedure: str
    element: str
    name: str
    role: str
    covered_by: str | None
    stands_in_for: UUID | None
    form: str | None
    status: str
    assignee_id: UUID | None
    due_on: date | None
    due_expression: str | None
    opened_at: datetime
    ended_at: datetime | None
    completed_by: UUID | None


@dataclass(frozen=True, slots=True)
class TaskForm:
    """A task with its form, what the record holds for it, and the facts its conditions may read."""

    task: TaskView
    form: Form
    kept: Mapping[str, Kept]
    """By field key."""
    facts: Mapping[str, Any]
    known: Known
    """What both are told from."""


@dataclass(frozen=True, slots=True)
class Completed:
    task: TaskView
    case_id: UUID
    case_status: str
    next_tasks: tuple[TaskView, ...]
    """Tasks that this completion opened and that are still open."""
    repeated: bool
    """True where the same form had been sent before: nothing was done again."""


@query
def get_task(work: Work, task_id: UUID) -> TaskView:
    """Raises `NotFound`."""
    return view_of(_task(work, task_id))


@query
def list_tasks(
    work: Work,
    *,
    mine: bool = False,
    case_id: UUID | None = None,
    status: str = TaskStatus.OPEN,
    after: UUID | None = None,
    limit: int = 100,
) -> list[TaskView]:
    """Tasks of the children whom the actor may see, or only the actor's own, or one case's.

    In the order of their ids, beginning behind `after`.
    """
    only = [Task.assignee_id == work.actor.id] if mine else []
    only += [Task.case_id == case_id] if case_id is not None else []
    behind = [Task.id > after] if after is not None else []
    rows = work.session.scalars(
        select(Task)
        .where(
            Task.status == status,
            work.domain.visible(work, Task.child_id),
            *only,
            *behind,
        )
        .order_by(Task.id)
        .limit(limit)
    )
    return [view_of(row) for row in rows]


@query
def task_form(work: Work, task_id: UUID) -> TaskForm:
    """Raises `NotFound`; a task without a form gets an empty one."""
    task = _task(work, task_id)
    case = work.session.get_one(Case, task.case_id)
    form = _form(work, procedure_of(work, case, task), case, task)
    known = _known(work, case, form)
    facts = known.facts(frozenset(work.domain.vocabulary.facts))
    return TaskForm(view_of(task), form, _by_key(form, known), facts, known)


@query
def candidates(work: Work, task_id: UUID) -> RolePeople:
    """Who may be given this task today."""
    task = _task(work, task_id)
    case = work.session.get_one(Case, task.case_id)
    return work.domain.known(work.session, case, work.today).people_for(task.role)


@verb
def claim_task(work: Work, task_id: UUID) -> TaskView:
    """Take a task from the queue. Raises `TaskTaken`, `TaskGone`, `NotFound`."""
    case, task = hold_open_task(work, task_id)
    _must_be_able_to_hold(work, case, task)
    if task.assignee_id != work.actor.id:
        task.assignee_id, task.assigned_by = work.actor.id, "claim"
        work.event(case, "task_claimed", task=task)
        _audit(work, "claim_task", task)
    return view_of(task)


@verb
def release_task(work: Work, task_id: UUID, reason: str = "") -> TaskView:
    """Hand a task back ("this is not my task"): the queue gets it, the reason goes on the case.

    One that the queue has already, as after a double click, stays there.
    """
    case, task = hold_open_task(work, task_id)
    _must_be_able_to_hold(work, case, task)
    if task.assignee_id is None:
        return view_of(task)
    task.assignee_id, task.assigned_by = None, "claim"
    work.event(case, "task_released", task=task, reason=reason)
    _audit(work, "release_task", task)
    return view_of(task)


@verb
def reassign_task(work: Work, task_id: UUID, to: UUID | None, reason: str) -> TaskView:
    """Give a task to a person who may hold it, or (`to=None`) back to the assignment rule.

    What would change nothing, as the second click of two, leaves nothing behind.
    """
    if not reason.strip():
        raise AnswersInvalid({"reason": "Enter why you are giving this task to someone else"})
    case, task = hold_open_task(work, task_id)
    before = _given(task)
    holders = work.domain.known(work.session, case, work.today).people_for(task.role)
    if to is None:
        assign_by_rule(task, holders)
    else:
        if not holders.may_hold(to):
            raise AnswersInvalid({"to": "Choose a person who may do this task for this child"})
        task.assignee_id, task.assigned_by = to, "reassignment"
        task.stands_in_for = holders.instead_of.get(to)
    if before == _given(task):
        return view_of(task)
    work.event(case, "task_reassigned", task=task, old=before[0], new=task.assignee_id,
               reason=reason)
    if to is not None and to != work.actor.id:
        work.tell("task_given", to, case, task=task.id)
    _audit(work, "reassign_task", task)
    return view_of(task)


@verb
def save_draft(
    work: Work,
    task_id: UUID,
    answers: Mapping[str, Any],
    seen: Mapping[str, int] | None = None,
) -> TaskView:
    """Keep what was typed, right or wrong. Raises `ValuesChanged`, `TaskGone`, `TaskTaken`.

    `answers` may be one field of many: whether a question is hidden is decided with what is
    kept of the others. What was typed in a hidden one, or in a hidden cell of a row, is kept too,
    for a draft loses no word; completing takes it out. Raises `AnswersInvalid` for what the form
    does not ask.
    """
    case, task = hold_open_task(work, task_id)
    _must_hold(work, case, task)
    form = _form(work, compiled(work, case.release_id), case, task)
    known = _known(work, case, form)
    facts = known.facts(_facts_asked(work, form))
    sent = drafted(form, _by_key(form, known), answers, seen or {}, facts)
    work.domain.save(work, case, sent, known, final=False)
    _audit(work, "save_draft", task)
    return view_of(task)


@verb
def complete_task(
    work: Work,
    task_id: UUID,
    answers: Mapping[str, Any],
    seen: Mapping[str, int] | None = None,
    nonce: str | None = None,
) -> Completed:
    """Check the answers, write them to the record, and move the case on: all of it or nothing.

    `answers` are raw values by field key; `seen` is the version of each value that the form
    showed. The same `nonce` again has no second effect. A flow that cannot go on becomes an
    incident; the answers are safe and no exception is raised for it.
    """
    case = lock_case_of(work, task_id)
    tasks = open_tasks(work, case)
    task = next((each for each in tasks if each.id == task_id), None) or _task(work, task_id)
    if _sent_before(work, task, nonce):
        return _completed(case, task, _opened_by(work, task), repeated=True)
    must_be_open(case, task)
    _must_hold(work, case, task)
    form = _form(work, compiled(work, case.release_id), case, task)
    world = CaseWorld(work, case, tasks, _paths(form))
    read = read_answers(form, answers, world.facts(_facts_asked(work, form)))
    if read.errors:
        raise AnswersInvalid(read.errors)
    shown = entries(form, answers, read, seen or {})
    gone = answers_that_went_hidden(work, case, task, form, read, world.known)
    told = work.domain.save(work, case, (*shown, *gone), world.known, final=True)
    if told is Told.ROWS:
        world = CaseWorld(work, case, paths=_paths(form))
    if told is not Told.NOTHING:
        world.ask_anew()
    _mark_completed(work, case, task, nonce)
    outcomes = world.procedure.outcomes_of(read.values)
    step(world, {"complete": str(task.token), "outcomes": _json(outcomes)}, f"task:{task.id}")
    return _completed(case, task, world.opened, repeated=False)


@verb
def reassign_by_rule(work: Work, case_id: UUID) -> None:
    """Run the assignment rule again: an involvement with the case's child started or ended.

    A claim or a reassignment stands for as long as its person may hold the task.
    """
    case = lock_case(work, case_id)
    known = work.domain.known(work.session, case, work.today)
    for task in open_tasks(work, case):
        before, holders = task.assignee_id, known.people_for(task.role)
        chosen = task.assigned_by != "rule" and holders.may_hold(before)
        if chosen:
            continue
        assign_by_rule(task, holders)
        if task.assignee_id != before:
            work.event(case, "task_reassigned", task=task, old=before, new=task.assignee_id,
                       reason="involvement")
    work.domain.people_changed(work, case, known)


def view_of(task: Task) -> TaskView:
    return TaskView(**{name: getattr(task, name) for name in TaskView.__slots__})


def _task(work: Work, task_id: UUID) -> Task:
    task = work.session.get(Task, task_id)
    if task is None:
        raise NotFound
    return task


def _locked(work: Work, task_id: UUID) -> tuple[Case, Task]:
    """The task as it is now and its case, held by this transaction until it ends."""
    case = lock_case_of(work, task_id)
    return case, work.session.get_one(Task, task_id, populate_existing=True)


def hold_open_task(work: Work, task_id: UUID) -> tuple[Case, Task]:
    """As it is now, with its case, which this transaction holds until it ends.

    Raises `NotFound`, and as `must_be_open`.
    """
    case, task = _locked(work, task_id)
    must_be_open(case, task)
    return case, task


def must_be_open(case: Case, task: Task) -> None:
    """Raises `TaskGone`, or `CaseClosed`."""
    if task.status != TaskStatus.OPEN:
        raise TaskGone(status=task.status, by=task.completed_by, at=task.ended_at)
    if case.status in (CaseStatus.CLOSED, CaseStatus.ENDED):
        raise CaseClosed


def _given(task: Task) -> tuple[object, ...]:
    return task.assignee_id, task.assigned_by, task.covered_by, task.stands_in_for


def _must_be_able_to_hold(work: Work, case: Case, task: Task) -> None:
    if task.assignee_id not in (None, work.actor.id):
        raise TaskTaken(by=task.assignee_id)
    if task.assignee_id is None:
        known = work.domain.known(work.session, case, work.today)
        if not known.people_for(task.role).may_hold(work.actor.id):
            raise NotFound


def _must_hold(work: Work, case: Case, task: Task) -> None:
    """The task is the actor's, or stands in a queue of theirs: then saving it claims it.

    Whoever begins what they have in somebody's place has claimed it too: it stays with them.
    """
    _must_be_able_to_hold(work, case, task)
    if task.assignee_id is None:
        task.assignee_id, task.assigned_by = work.actor.id, "claim"
        work.event(case, "task_claimed", task=task)
    elif task.stands_in_for is not None and task.assigned_by != "claim":
        task.assigned_by = "claim"


def _form(work: Work, procedure: Procedure, case: Case, task: Task) -> Form:
    if task.form is None:
        return Form(name=task.element, title=task.name, fields=())
    return procedure.forms[task.form].with_options(
        lambda name: work.domain.options(work.session, case, name)
    )


def _known(work: Work, case: Case, form: Form) -> Known:
    return work.domain.known(work.session, case, work.today, _paths(form))


def _paths(form: Form) -> list[str]:
    return [field.path for field in form.inputs()]


def _by_key(form: Form, known: Known) -> dict[str, Kept]:
    """What the record holds of the form's questions."""
    return {field.key: known.kept[field.path] for field in form.inputs()
            if field.path in known.kept}


def _facts_asked(work: Work, form: Form) -> frozenset[str]:
    return names_asked(form.fields) & work.domain.vocabulary.facts.keys()


def _mark_completed(work: Work, case: Case, task: Task, nonce: str | None) -> None:
    task.status = TaskStatus.COMPLETED
    task.ended_at = work.now
    task.completed_by = work.actor.id
    work.event(case, "task_completed", task=task, due=task.due_on)
    _audit(work, "complete_task", task)
    work.once_committed.append(COMPLETIONS.labels(task.procedure).inc)
    if nonce:
        work.append(Submission, {
            "nonce": nonce, "task_id": task.id, "actor_id": work.actor.id, "at": work.now,
        })


def _sent_before(work: Work, task: Task, nonce: str | None) -> bool:
    earlier = work.session.get(Submission, nonce) if nonce else None
    if earlier is None:
        return False
    if earlier.task_id != task.id or earlier.actor_id != work.actor.id:
        msg = "This form has been used for something else. Open the task again from My tasks."
        raise Refused(msg)
    return True


def _opened_by(work: Work, task: Task) -> list[Task]:
    """What the completion of this task opened, and is open still."""
    return list(
        work.session.scalars(
            select(Task).where(
                Task.case_id == task.case_id,
                Task.status == TaskStatus.OPEN,
                Task.opened_at == task.ended_at,
            )
        )
    )


def _completed(
    case: Case, task: Task, opened: Sequence[Task], *, repeated: bool
) -> Completed:
    return Completed(
        view_of(task), case.id, case.status, tuple(view_of(row) for row in opened), repeated
    )


def _json(outcomes: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in outcomes.items()}


def _audit(work: Work, action: str, task: Task) -> None:
    work.audit(action, child_id=task.child_id, about=f"task:{task.id}")
