"""Whether the plan of a case was ready in time, in one sentence, and why it was not.

An initial plan is prepared when both have signed (procedure 4.9.2, section 1, point 3); a later
one is measured by when it was passed on before the review (section 2, monitoring).
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from engine.store.models import Case, Task, TaskStatus
from engine.work import Work, query
from workflows.case_deadlines import DeadlineRow, clocks_of
from workflows.days import long_date
from workflows.pep.case_dates import CaseDates
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pep.record import field_class

MEASURES = {
    "T1": ("Prepared on {}", "Not prepared yet"),
    "T2": ("Prepared on {}", "Not prepared yet"),
    "T7": ("Passed on to social worker and virtual school on {}", "Not passed on yet"),
}
"""The deadlines that a plan is measured by, the first that counts: what is said of each."""

EXPLAIN, REASON = "explain_delay", "delay.reason"

MaySee = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Prepared:
    sentence: str
    late: bool
    reason: str = ""
    """Empty where it was in time, where none is given yet, or where the reader may not see it."""
    asked: bool = False
    """The reason has been asked for and is not given yet."""


@query
def prepared(work: Work, case_id: UUID, may_see: MaySee) -> Prepared | None:
    """None while it is not ready and not late, and of a case that is measured by nothing."""
    case = work.session.get_one(Case, case_id)
    return measured(work, case, clocks_of(CaseDates(work.session, case, work.today)), may_see)


def measured(
    work: Work, case: Case, clocks: list[DeadlineRow], may_see: MaySee
) -> Prepared | None:
    """As `prepared`, of deadlines that have been read already."""
    row = next((row for row in clocks if row.id in MEASURES), None)
    if row is None or not (row.met_on or (row.is_late(work.today) and case.ended_at is None)):
        return None
    ready, not_yet = MEASURES[row.id]
    said = ready.format(long_date(row.met_on)) if row.met_on else not_yet
    if not row.is_late(work.today):
        return Prepared(f"{said}, on time{_which_day(row)}", late=False)
    asked, reason = _explanation(work, case)
    return Prepared(
        f"{said}, late{_by(row.late_by(work.today))}",
        late=True,
        reason=reason if may_see(field_class(REASON)) else "",
        asked=asked,
    )


def reason_given(work: Work, case: Case) -> bool:
    """Whether it is on record why the plan of this case is late."""
    return bool(_explanation(work, case)[1])


def _which_day(row: DeadlineRow) -> str:
    if row.day_of is not None:
        return f" ({row.unit} {row.day_of[0]} of {row.day_of[1]})"
    return " (before the placement began)" if row.id in ("T1", "T2") else ""


def _by(days: int) -> str:
    """Empty of a plan that is late by no more than a weekend."""
    return f" by {days} working day{'' if days == 1 else 's'}" if days else ""


def _explanation(work: Work, case: Case) -> tuple[bool, str]:
    """Whether a reason is asked for and still open; and the reason, once it is given. Of a case
    that ended before, what was written by then."""
    states = set(work.session.scalars(
        select(Task.status).where(Task.case_id == case.id, Task.element == EXPLAIN)
    ))
    if TaskStatus.OPEN in states:
        return True, ""
    reason = work.session.scalar(
        select(RecordValue.value)
        .join(RecordVersion, RecordVersion.id == RecordValue.version_id)
        .where(RecordVersion.case_id == case.id, RecordValue.path == REASON, RecordValue.valid)
        .order_by(RecordVersion.number.desc())
        .limit(1)
    )
    return False, str(reason or "")
