"""The child's legal status changes while they stay in care."""

from datetime import date
from uuid import UUID

from engine.advance import lock_case
from engine.work import Work, verb
from workflows.children import Child
from workflows.days import day_if_any
from workflows.pep.changes.command import needs_reason, refuse
from workflows.pep.facts import SHORT_BREAKS

ANOTHER_TIME = (
    "Short breaks and other care are two times in care, and the clocks of the second count anew. "
    "Say that the child is no longer looked after, then that they return to care"
)


@verb
def change_legal_status(
    work: Work, case_id: UUID, *, legal_status: str, from_on: date, reason: str
) -> UUID:
    """Which one it is stands on the child and in the audit, not in the story of the case, which
    the school reads too. No date counts from it."""
    case = lock_case(work, case_id)
    child = work.session.get_one(Child, case.child_id)
    was = child.legal_status
    refuse([
        needs_reason(reason),
        (legal_status == was, "legal_status",
         "This is the legal status that stands now. Choose another one"),
        (SHORT_BREAKS in (was, legal_status), "legal_status", ANOTHER_TIME),
        (from_on > work.today, "from_on",
         "This day is in the future. Enter it on the day, or after it"),
        (from_on < child.looked_after_on, "from_on",
         f"The child became looked after on {day_if_any(child.looked_after_on)}. Enter that day or "
         "a later one"),
    ])
    child.legal_status = legal_status
    work.event(case, "legal_status_changed", on=from_on, reason=reason)
    work.audit("change_legal_status", child_id=child.id, about=f"case:{case.id}", was=was,
               now=legal_status)
    return case.id
