"""The school reports that the child is suspended or excluded."""

from datetime import date, timedelta
from uuid import UUID

from engine.work import Work, verb
from workflows.children import Child
from workflows.days import day_if_any
from workflows.pep.changes.command import (
    AHEAD,
    add_row_to_record,
    needs_reason,
    note,
    refuse,
    running_case,
)
from workflows.pep.telling import tell_people

CONDUCT = "chronology.suspensions[]"
SESSIONS_A_DAY = 2


@verb
def report_suspension(
    work: Work,
    case_id: UUID,
    *,
    kind: str,
    from_on: date,
    reason: str,
    to_on: date | None = None,
    sessions: int | None = None,
) -> UUID:
    """`kind` is `suspension` (with its last day and sessions) or `permanent_exclusion`.

    It stands in the record of conduct that the plan must hold (Schedule 1, paragraph 2(1)); the
    virtual school and the social worker hear of it at once.
    """
    case = running_case(work, case_id)
    child = work.session.get_one(Child, case.child_id)
    refuse([
        needs_reason(reason),
        (from_on < child.born_on, "from_on", "This is before the child was born. Check the year"),
        (from_on > work.today + AHEAD, "from_on",
         f"This is more than {AHEAD.days} days ahead. Check the year"),
        (to_on is not None and to_on < from_on, "to_on",
         f"The suspension ends before it begins, on {day_if_any(from_on)}. Check both days"),
        (_too_many(from_on, to_on, sessions), "sessions",
         "These are more sessions than the days have. Two sessions are one school day"),
    ])
    add_row_to_record(work, case, CONDUCT, {
        "kind": "Permanent exclusion" if kind == "permanent_exclusion" else "Suspension",
        "from": from_on.isoformat(),
        "to": to_on.isoformat() if to_on else None,
        "sessions": sessions,
        "reason": reason,
    })
    note(work, case, "suspension_reported", "report_suspension", what=kind, on=from_on, to=to_on,
         sessions=sessions)
    known = work.domain.known(work.session, case, work.today)
    for role in ("virtual_school", "social_worker"):
        tell_people(work, case, known, role, "child_suspended")
    return case.id


def _too_many(from_on: date, to_on: date | None, sessions: int | None) -> bool:
    if to_on is None or sessions is None or to_on < from_on:
        return False
    days = (from_on + timedelta(days=n) for n in range((to_on - from_on).days + 1))
    return sessions > SESSIONS_A_DAY * sum(1 for day in days if day.weekday() < 5)
