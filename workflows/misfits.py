"""What of a case does not fit together beside its flow: whose its tasks are, and its record."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import exists, select

from engine.domain import LooseRows, Misfit
from engine.store.models import Case, Event, Task
from engine.work import Work
from workflows.access import decide
from workflows.people import find_actor
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.resources import task_resource

VERSIONS_AT_ONCE = 200
OF_ANOTHER = Misfit(
    "record", "A version of the plan belongs to this case, and to another child. Ask whoever runs "
    "Pepway to look into the last backup.")
NO_RECORD = Misfit(
    "record", "This case has begun a version of the plan, which is not there. Ask whoever runs "
    "Pepway to look into the last backup.")


def tasks_without_an_owner(work: Work, case: Case, tasks: Sequence[Task]) -> Iterator[Misfit]:
    """Whoever has it, or of a queue anybody, must be let in to it."""
    known = None
    for task in tasks:
        if task.assignee_id is not None:
            if not _may_see(work, task.assignee_id, task.id):
                yield Misfit("owner", f"“{task.name}” is with somebody who may not see it. "
                             "Give it to somebody else.", task.element)
            continue
        known = known or work.domain.known(work.session, case, work.today)
        holders = known.people_for(task.role)
        if not any(_may_see(work, each, task.id) for each in (*holders.people, *holders.reserve)):
            yield Misfit("owner", f"“{task.name}” waits in a queue that nobody may see. Give "
                         "somebody its role, or say where the case goes on.", task.element)


def records_of_another(work: Work, case: Case) -> Iterator[Misfit]:
    children = work.session.scalars(
        select(RecordVersion.child_id).where(RecordVersion.case_id == case.id)).all()
    if any(child_id != case.child_id for child_id in children):
        yield OF_ANOTHER
    begun = exists().where(Event.case_id == case.id, Event.kind == "plan_version_opened")
    if not children and work.session.scalar(select(begun)):
        yield NO_RECORD


def loose_answers(work: Work, after: str) -> LooseRows:
    """Answers whose version is not there, and versions whose case is not."""
    later = [RecordValue.version_id > UUID(after)] if after else []
    ids = work.session.scalars(
        select(RecordValue.version_id).where(*later).distinct()
        .order_by(RecordValue.version_id).limit(VERSIONS_AT_ONCE)
    ).all()
    there = set(work.session.scalars(
        select(RecordVersion.id).where(
            RecordVersion.id.in_(ids), exists().where(Case.id == RecordVersion.case_id))
    ))
    return LooseRows(
        [f"record_version:{each}" for each in ids if each not in there],
        str(ids[-1]) if len(ids) == VERSIONS_AT_ONCE else "",
    )


def _may_see(work: Work, person_id: UUID, task_id: UUID) -> bool:
    person = find_actor(work, person_id)
    if person is None:
        return False
    return decide(person, "see_task", task_resource(replace(work, actor=person), task_id)).allowed
