"""What every change of a running case does: refuse what cannot be, let dates follow, leave a note.

A change is one verb. Its arguments are the keys of its form, so that the same verb serves the
page, its preview and a program.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.advance import lock_case
from engine.cases import facts_changed
from engine.errors import AnswersInvalid, CaseClosed
from engine.forms import Entry
from engine.store.models import RUNNING, Case
from engine.timers import fire_due_timers_of
from engine.work import Work
from workflows.pep.plan import kept_values, latest_version, save_entries
from workflows.pep.record import PLACES

AHEAD = timedelta(days=90)
"""How far ahead of its day something may be entered; farther is a slip of the keyboard."""


Rule = tuple[bool, str, str]
"""Whether it is broken, the field in which to put it right, and the sentence that says how."""


def refuse(rules: Iterable[Rule]) -> None:
    """Raises `AnswersInvalid`; of several rules on one field the first one counts."""
    problems: dict[str, str] = {}
    for broken, field, sentence in rules:
        if broken:
            problems.setdefault(field, sentence)
    if problems:
        raise AnswersInvalid(problems)


def needs_reason(reason: str) -> Rule:
    return (not reason.strip(), "reason", "Enter why")


def running_case(work: Work, case_id: UUID) -> Case:
    """The case, held by this transaction. Raises `CaseClosed` where it runs no more."""
    case = lock_case(work, case_id)
    if case.status not in RUNNING:
        raise CaseClosed
    return case


def running_cases(work: Work, child_id: UUID) -> list[Case]:
    return list(
        work.session.scalars(
            select(Case)
            .where(Case.child_id == child_id, Case.status.in_(RUNNING))
            .order_by(Case.opened_at)
        )
    )


def let_dates_follow(work: Work, child_id: UUID, reason: str) -> None:
    """Work out every open date anew (design decision 6); what is due by now happens at once."""
    work.session.flush()
    facts_changed(work, child_id, reason)
    for case in running_cases(work, child_id):
        fire_due_timers_of(work, case.id)


def put_on_record(work: Work, case: Case, path: str, value: Any) -> None:
    """Write one value to the open version of the plan, whoever has a form open."""
    label = PLACES[path].label
    entry = Entry(path, path, label, value, valid=True, seen=None)
    latest = latest_version(work.session, case.child_id)
    save_entries(work, case, [entry], latest, kept_values(work.session, case.child_id, [path]))


def add_row_to_record(work: Work, case: Case, path: str, row: Mapping[str, Any]) -> None:
    """Put a row behind those of a list; cells without a value are left out."""
    kept = kept_values(work.session, case.child_id, [path]).get(path)
    rows = list(kept.value) if kept and isinstance(kept.value, list) else []
    filled = {key: cell for key, cell in row.items() if cell is not None}
    put_on_record(work, case, path, [*rows, filled])


def note(work: Work, case: Case, kind: str, action: str, **data: Any) -> None:
    """One event for the story of the case, one row for the audit."""
    work.event(case, kind, **data)
    work.audit(action, child_id=case.child_id, about=f"case:{case.id}")
