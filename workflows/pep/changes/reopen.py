"""A plan that was passed on has to be put right: its next version, signed by both once more."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from engine.advance import lock_case, start_flow
from engine.cases import new_case
from engine.work import Work, verb
from workflows.children import Child
from workflows.pep.changes.command import needs_reason, note, refuse
from workflows.pep.plan import NEWEST_OF_CHILD, RecordVersion, next_of_plan
from workflows.pep.starting import REOPENED


@verb
def reopen_plan(work: Work, case_id: UUID, *, reason: str) -> UUID:
    """Gives the case in which the next version is put right and signed.

    A case of its own: the flow that passed the plan on has gone on, and may be over. What it was
    signed for stands, with the day on which both signed for the first time.
    """
    case = lock_case(work, case_id)
    refuse([needs_reason(reason)])
    reopened = new_case(work, REOPENED, case.child_id)
    next_of_plan(work, reopened, reason)
    note(work, case, "plan_reopened", "reopen_plan", reason=reason, reopened=reopened.id)
    start_flow(work, reopened)
    return reopened.id


_newest, _of_its_case = aliased(RecordVersion), aliased(RecordVersion)
WAS_PASSED_ON = (
    select(_of_its_case.id)
    .join(_newest, _newest.case_id == _of_its_case.case_id)
    .where(_newest.id == NEWEST_OF_CHILD, _of_its_case.passed_at.is_not(None))
    .correlate(Child)
    .exists()
)
"""Whether the child's newest plan was. Once the next one has begun, what is wrong is put right
there."""
