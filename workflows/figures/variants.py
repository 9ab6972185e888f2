"""The ways that finished cases went."""

import hashlib
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select

from engine.store.adding_up import add_up
from engine.store.base import to_json
from engine.store.models import Case, Event, Task, TaskStatus
from engine.work import Work
from workflows.figures.tables import Variant
from workflows.pep.case_dates import day_of


def variants_of(work: Work, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Rows of `Variant`, one for each case that these events say has come to its end."""
    ended = [each.case_id for each in events if each.kind == "case_ended"]
    if not ended:
        return []
    cases = work.session.execute(
        select(Case.id, Case.procedure, Case.ended_at).where(Case.id.in_(ended))
    ).all()
    return [
        {"procedure": procedure, "year": day_of(ended_at).year, "cases": 1,
         "steps": steps, "sha256": hashlib.sha256(to_json(steps).encode()).hexdigest()}
        for case_id, procedure, ended_at in cases if ended_at
        for steps in [_steps_of(work, case_id)]
    ]


def write_variants(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        add_up(work.session, Variant, [row])


def _steps_of(work: Work, case_id: object) -> list[str]:
    done = work.session.scalars(
        select(Task.element)
        .where(Task.case_id == case_id, Task.status == TaskStatus.COMPLETED)
        .order_by(Task.ended_at, Task.id)
    )
    return [element for element, _ in groupby(done)]
