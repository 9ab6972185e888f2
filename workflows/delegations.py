"""Education sections that a designated teacher gives to a colleague of the school to fill in.

The task stays the teacher's: they alone complete it, and they sign. What a delegation opens is told
from how things stand, at each request, so that it ends by itself: with the task, with the day that
was set, when the teacher takes it back, no longer has the task, or leaves the child. While a
colleague has the task in the place of a teacher who is away, what that teacher gave stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, exists, literal, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.errors import AnswersInvalid, NotFound
from engine.forms import Field, Form, Option, read_answers
from engine.store.base import Base
from engine.store.models import Task, TaskStatus
from engine.task_drafts import drafted
from engine.tasks import TaskForm, hold_open_task, task_form
from engine.work import Work, query, verb
from workflows.children import get_child
from workflows.involvements import Involvement, in_force
from workflows.people import Person, PersonRole, names
from workflows.pep.record import field_class
from workflows.sight.table import in_conflict

TEACHER, COLLEAGUE = "designated_teacher", "school_colleague"
EDUCATION_SECTIONS = ("complete_education_sections", "collect_progress")
"""Forms that a teacher may let a colleague fill in."""
OPEN_TO_COLLEAGUES = "ordinary"
"""The class of field that they see: nothing of health, of custody, of social care."""


class Delegation(Base):
    __tablename__ = "delegation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    given_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    until: Mapped[date | None]
    """The last day on which it holds."""
    taken_back_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class DelegationView:
    person_id: UUID
    name: str
    until: date | None


@dataclass(frozen=True, slots=True)
class GivenToMe:
    """What a colleague is told of a task."""

    task_id: UUID
    child_id: UUID
    task: str
    child: str
    school: str
    given_by: str
    until: date | None
    due_on: date | None


@query
def may_be_delegated(work: Work, task_id: UUID) -> bool:
    """Whether it is the actor's own task of education sections, as this child's teacher today."""
    return _own_task(work, task_id) is not None


@query
def delegation_of(work: Work, task_id: UUID) -> DelegationView | None:
    """The one that holds today."""
    row = work.session.scalar(select(Delegation).where(Delegation.task_id == task_id, _holds(work)))
    if row is None:
        return None
    return DelegationView(row.person_id, names(work, [row.person_id]).get(row.person_id, ""),
                          row.until)


@query
def form_of_delegating(work: Work, child_id: UUID) -> Form:
    """Who can be chosen: colleagues who sign in with an e-mail address of the teacher's school,
    without whoever must not see the child."""
    mine = work.session.get_one(Person, work.actor.id)
    people = work.session.scalars(
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, PersonRole.role == COLLEAGUE, Person.id != mine.id,
               ~in_conflict(Person.id, literal(child_id)))
        .order_by(Person.name)
    )
    options = tuple(Option(str(each.id), each.name) for each in people
                    if _domain(each) == _domain(mine))
    return Form("delegate", "Give the sections to a colleague", (
        Field("to", "radio", "Who fills them in?", "to", required=True, options=options,
              hint="People of your school who have an account"),
        Field("until", "date", "Until when?", "until",
              hint="The last day. Leave it empty to take it back yourself"),
    ))


@verb
def delegate_task(work: Work, task_id: UUID, answers: Mapping[str, Any]) -> None:
    """Let one colleague fill in the task; whoever had it before no longer does.

    Raises `AnswersInvalid`, `TaskGone`, and `NotFound` for what is not the teacher's own to give.
    """
    case, task = hold_open_task(work, task_id)
    if _own_task(work, task_id) is None:
        raise NotFound
    form = form_of_delegating(work, case.child_id)
    if not form.input("to").options:
        raise AnswersInvalid({"to": "There is nobody of your school to choose. Ask the virtual "
                              "school for an account"})
    read = read_answers(form, answers, {})
    if "to" in read.errors:
        raise AnswersInvalid({**read.errors, "to": "Choose who fills the sections in"})
    if read.errors:
        raise AnswersInvalid(read.errors)
    to, until = UUID(str(read.values["to"])), read.values.get("until")
    if until is not None and until < work.today:
        raise AnswersInvalid({"until": "This day is over. Enter today or a later day"})
    standing = delegation_of(work, task_id)
    if standing is not None and (standing.person_id, standing.until) == (to, until):
        return
    _end(work, task_id)
    work.session.add(Delegation(id=uuid4(), task_id=task_id, person_id=to, given_at=work.now,
                                given_by=work.actor.id, until=until, taken_back_at=None))
    work.event(case, "task_delegated", task=task, new=to, until=until)
    work.tell("sections_given", to, case, sections_of=task_id)
    work.audit("delegate_task", child_id=case.child_id, about=f"task:{task_id}", to=to)


@verb
def take_back(work: Work, task_id: UUID) -> None:
    """The colleague's access ends at once; what they filled in stays. Raises `NotFound`."""
    case, task = hold_open_task(work, task_id)
    if _own_task(work, task_id) is None:
        raise NotFound
    standing = delegation_of(work, task_id)
    if standing is None:
        return
    _end(work, task_id)
    work.event(case, "delegation_ended", task=task, old=standing.person_id)
    work.audit("take_back_task", child_id=case.child_id, about=f"task:{task_id}")


@query
def is_given_to_actor(work: Work, task_id: UUID) -> bool:
    return work.session.scalar(
        select(Delegation.id).where(Delegation.task_id == task_id,
                                    Delegation.person_id == work.actor.id, _holds(work))
    ) is not None


@query
def given_to_me(work: Work) -> list[GivenToMe]:
    """What is due first, first."""
    if COLLEAGUE not in work.actor.roles:
        return []
    rows = work.session.execute(
        select(Delegation, Task)
        .join(Task, Task.id == Delegation.task_id)
        .where(Delegation.person_id == work.actor.id, _holds(work))
        .order_by(Task.due_on.asc().nulls_last(), Task.id)
    ).all()
    return [_given(work, delegation, task) for delegation, task in rows]


@query
def delegated_form(work: Work, task_id: UUID) -> tuple[GivenToMe, TaskForm]:
    """The task as a colleague sees it: the questions that are open to them, and their answers.

    Raises `NotFound` where it is not given to the actor today.
    """
    row = work.session.scalar(
        select(Delegation).where(Delegation.task_id == task_id,
                                 Delegation.person_id == work.actor.id, _holds(work))
    )
    if row is None or COLLEAGUE not in work.actor.roles:
        raise NotFound
    given = _given(work, row, work.session.get_one(Task, task_id))
    return given, _open_to_colleagues(task_form(work, task_id))


@verb
def fill_in_delegated(
    work: Work, task_id: UUID, answers: Mapping[str, Any], seen: Mapping[str, int]
) -> None:
    """Keep a draft of what is open to the colleague.

    Raises `ValuesChanged`, `TaskGone`, `AnswersInvalid` for what is not asked of them, and
    `NotFound`.
    """
    case, task = hold_open_task(work, task_id)
    _, asked = delegated_form(work, task_id)
    sent = drafted(asked.form, asked.kept, answers, seen, asked.facts)
    work.domain.save(work, case, sent, asked.known, final=False)
    work.audit("fill_in_delegated", child_id=task.child_id, about=f"task:{task_id}")


def _own_task(work: Work, task_id: UUID) -> Task | None:
    return work.session.scalar(
        select(Task).where(
            Task.id == task_id, Task.status == TaskStatus.OPEN, Task.role == TEACHER,
            Task.form.in_(EDUCATION_SECTIONS), Task.assignee_id == work.actor.id,
            _is_teacher(work, work.actor.id),
        )
    )


def _holds(work: Work) -> ColumnElement[bool]:
    """Conditions on a delegation, of which nothing is left to be remembered or cleared away."""
    return (
        Delegation.taken_back_at.is_(None)
        & or_(Delegation.until.is_(None), Delegation.until >= work.today)
        & exists().where(
            Task.id == Delegation.task_id, Task.status == TaskStatus.OPEN,
            or_(Task.assignee_id == Delegation.given_by,
                Task.stands_in_for == Delegation.given_by),
            _is_teacher(work, Delegation.given_by),
        ).correlate(Delegation)
    )


def _is_teacher(work: Work, person: Any) -> ColumnElement[bool]:
    """Of the child of the task."""
    return exists().where(
        Involvement.child_id == Task.child_id, Involvement.person_id == person,
        Involvement.role == TEACHER, *in_force(work.today),
    ).correlate(Task, Delegation)


def _end(work: Work, task_id: UUID) -> None:
    for row in work.session.scalars(
        select(Delegation).where(Delegation.task_id == task_id,
                                 Delegation.taken_back_at.is_(None))
    ):
        row.taken_back_at = work.now


def _given(work: Work, delegation: Delegation, task: Task) -> GivenToMe:
    child = get_child(work, task.child_id)
    return GivenToMe(task.id, task.child_id, task.name, child.name, child.school or "",
                     names(work, [delegation.given_by]).get(delegation.given_by, ""),
                     delegation.until, task.due_on)


def _open_to_colleagues(asked: TaskForm) -> TaskForm:
    form = replace(asked.form, fields=tuple(_open(asked.form.fields)))
    shown = {each.key for each in form.inputs()}
    return replace(asked, form=form,
                   kept={key: each for key, each in asked.kept.items() if key in shown})


def _open(fields: Sequence[Field]) -> list[Field]:
    """Without what is not for them, and without parts of which nothing else is left."""
    kept = []
    for each in fields:
        if each.kind == "group":
            inside = tuple(_open(each.fields))
            if any(inner.is_input or inner.kind == "group" for inner in inside):
                kept.append(replace(each, fields=inside))
        elif not each.is_input or {field_class(one.path) for one in (each, *each.fields)} == {
            OPEN_TO_COLLEAGUES
        }:
            kept.append(each)
    return kept


def _domain(person: Person) -> str:
    return person.email.rpartition("@")[2]
