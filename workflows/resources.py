"""What is acted on, loaded with all that a decision about it needs to know."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from uuid import UUID

from sqlalchemy import Select, select

from engine.errors import NotFound
from engine.store.models import Case, Task, TaskStatus
from engine.work import Work, query
from workflows.access import Resource, decide
from workflows.attached.table import AttachedFile
from workflows.children import Child
from workflows.corrections import Correction
from workflows.delegations import is_given_to_actor
from workflows.involvements import may_hold, people_for
from workflows.pictures.kept import KeptPicture
from workflows.sight.standing import standing
from workflows.sight.table import EmergencyAccess
from workflows.subject_access.table import SubjectAccessRequest

Lookup = Callable[[Work, UUID], Resource]


def _even_out_of_sight(find: Lookup) -> Lookup:
    """PostgreSQL hides what is not this person's: whose it is must still be found, so that the
    refusal is noted with the child."""

    @wraps(find)
    def found(work: Work, identity: UUID) -> Resource:
        try:
            return find(work, identity)
        except NotFound:
            with work.for_the_council("a refusal is noted with the child"):
                return find(work, identity)

    return found


@query
@_even_out_of_sight
def child_resource(work: Work, child_id: UUID) -> Resource:
    """Raises `NotFound`: whoever sees the whole council learns from no answer that there is a child
    whose record is set apart."""
    return _of_the_child(work, select(Child.id).where(Child.id == child_id), "child", child_id)


@query
@_even_out_of_sight
def case_resource(work: Work, case_id: UUID) -> Resource:
    """Raises `NotFound`."""
    whose = select(Case.child_id).where(Case.id == case_id)
    return _of_the_child(work, whose, "case", case_id)


@query
@_even_out_of_sight
def task_resource(work: Work, task_id: UUID) -> Resource:
    """Raises `NotFound`."""
    task = work.session.get(Task, task_id)
    if task is None:
        raise NotFound
    mine = standing(work, task.child_id)
    holds = _holds(work, task, mine.relations)
    return Resource.of_child(mine, "task", task_id, task.child_id, holds_task=holds,
                             may_hold_task=holds or _is_candidate(work, task))


@query
@_even_out_of_sight
def delegated_resource(work: Work, task_id: UUID) -> Resource:
    """A task as a colleague comes to it. Raises `NotFound`."""
    task = work.session.get(Task, task_id)
    if task is None:
        raise NotFound
    return Resource("task", task_id, task.child_id, delegated=is_given_to_actor(work, task_id),
                    conflict=standing(work, task.child_id).conflict)


@query
@_even_out_of_sight
def attachment_resource(work: Work, attachment_id: UUID) -> Resource:
    """Raises `NotFound`, also for one that was added by a link and not sent yet."""
    whose = select(KeptPicture.child_id).where(
        KeptPicture.id == attachment_id, KeptPicture.given_at.is_not(None)
    )
    return _of_the_child(work, whose, "attachment", attachment_id)


@query
@_even_out_of_sight
def attached_file_resource(work: Work, file_id: UUID) -> Resource:
    """Raises `NotFound`."""
    whose = select(AttachedFile.child_id).where(AttachedFile.id == file_id)
    return _of_the_child(work, whose, "attached_file", file_id)


@query
@_even_out_of_sight
def correction_resource(work: Work, correction_id: UUID) -> Resource:
    """Raises `NotFound`."""
    whose = select(Correction.child_id).where(Correction.id == correction_id)
    return _of_the_child(work, whose, "correction", correction_id)


@query
@_even_out_of_sight
def request_resource(work: Work, request_id: UUID) -> Resource:
    """A request for access. Raises `NotFound`."""
    whose = select(SubjectAccessRequest.child_id).where(SubjectAccessRequest.id == request_id)
    return _of_the_child(work, whose, "request", request_id)


@query
@_even_out_of_sight
def emergency_resource(work: Work, emergency_id: UUID) -> Resource:
    """Raises `NotFound`."""
    whose = select(EmergencyAccess.child_id).where(EmergencyAccess.id == emergency_id)
    return _of_the_child(work, whose, "emergency", emergency_id)


def must_be_allowed(work: Work, action: str, child_id: UUID) -> None:
    """Raises `NotFound` where the actor may not do this about the child."""
    if not decide(work.actor, action, child_resource(work, child_id)).allowed:
        raise NotFound


def _of_the_child(
    work: Work, whose: Select[UUID], kind: str, identity: UUID
) -> Resource:
    child_id = work.session.scalar(whose)
    if child_id is None:
        raise NotFound
    return Resource.of_child(standing(work, child_id), kind, identity, child_id)


def _is_candidate(work: Work, task: Task) -> bool:
    holders = people_for(work.session, task.child_id, task.role, work.today)
    return work.actor.id in holders.people or work.actor.id in holders.reserve


def _holds(work: Work, task: Task, held: Mapping[str, date]) -> bool:
    """The task is open and theirs, or waits in a queue of theirs.

    A task that was given to someone opens nothing from the day on which their involvement has
    ended, even before the assignment rule has taken it away.
    """
    me = work.actor.id
    if task.status != TaskStatus.OPEN:
        return False
    if task.assignee_id is not None:
        return task.assignee_id == me and may_hold(work.actor, task.role, held)
    return _is_candidate(work, task)
