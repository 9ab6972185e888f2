"""A version that is signed waits for the case system from the same moment on."""

from engine.store.base import new_id
from engine.store.models import Case
from engine.work import Work
from workflows.filing.table import PlanFiling, must_stay, the_case_system
from workflows.pep.plan import RecordVersion

MESSAGE = "plan_to_be_filed"


def file_plan(work: Work, case: Case, version: RecordVersion) -> None:
    """Within the transaction that signs it; where no case system is named, nothing.

    The message belongs to no case: a receiver that is away holds up nothing else of it.
    """
    system = the_case_system(work)
    if system is None:
        return
    filing_id, by_hand = new_id(), must_stay(work, version.child_id)
    work.append(PlanFiling, {
        "id": filing_id, "child_id": version.child_id, "case_id": case.id,
        "version": version.number, "written_at": work.now, "by_hand": by_hand, "copy_id": None,
        "body": None, "sha256": None, "received_at": None, "reference": None,
    })
    if by_hand:
        work.event(case, "plan_not_filed", version=version.number)
    elif system.paused_at is None:
        work.tell(MESSAGE, None, message_id=filing_id)
