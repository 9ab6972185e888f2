"""How much waits in the tables, and since when: for whoever watches over Pepway.

Numbers of the whole council. Each is told from an index, for it is asked several times a minute.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, case, func, not_, or_, select

from engine.background.outbox import TAKEN_BACK
from engine.due import may_fire
from engine.seal import SEALED_TABLES, SealedBatch
from engine.store.models import (
    IS_OPEN,
    IS_PENDING,
    IS_RUNNING,
    Case,
    CaseStatus,
    Outbox,
    Task,
    Timer,
)
from engine.work import Work, query


@dataclass(frozen=True, slots=True)
class Waiting:
    """Ages are in seconds; 0 where nothing waits."""

    cases_running: int
    incidents: int
    tasks_open: int
    tasks_in_queues: int
    """Nobody has taken them yet."""
    timers_pending: int
    timers_due: int
    """And not fired; those that were given up are incidents."""
    oldest_timer: float
    messages_waiting: int
    """That may leave now."""
    oldest_message: float
    messages_given_up: int
    oldest_unsealed: float
    """Row of events or audit that is not in the chain yet."""
    figures_behind: int
    """Events that the domain's figures have still to follow."""


@query
def what_waits(work: Work) -> Waiting:
    session, now = work.session, work.now
    running, incidents = session.execute(
        select(func.count(), func.count().filter(Case.status == CaseStatus.INCIDENT))
        .select_from(Case).where(IS_RUNNING)
    ).one()
    tasks, taken = session.execute(
        select(func.count(), func.count(Task.assignee_id)).select_from(Task).where(IS_OPEN)
    ).one()
    pending = session.scalar(select(func.count()).select_from(Timer).where(IS_PENDING)) or 0
    # One that starts after its moment is late from then on.
    since = case((Timer.started_at > Timer.due_at, Timer.started_at), else_=Timer.due_at)
    due, earliest = session.execute(
        select(func.count(), func.min(since)).where(may_fire(now))
    ).one()
    messages, oldest, given_up = session.execute(_messages(now)).one()
    return Waiting(
        running, incidents, tasks, tasks - taken, pending, due, _age(earliest, now),
        messages, _age(oldest, now), given_up, _oldest_unsealed(work),
        work.domain.figures_behind(work),
    )


def _messages(now: datetime) -> Select[int, datetime, int]:
    """Of those that have not left: how many wait, since when the first, how many were given up.

    What was taken back is none of them: nobody is to do anything about it.
    """
    given_up = Outbox.given_up_at.is_not(None)
    is_new = Outbox.attempts == 0
    early = and_(is_new, Outbox.held_until > now)
    waits = and_(not_(given_up), or_(Outbox.held_until.is_(None), not_(early)))
    since = case((is_new, func.coalesce(Outbox.held_until, Outbox.created_at)),
                 else_=Outbox.created_at)
    return select(
        func.count().filter(waits), func.min(since).filter(waits), func.count().filter(given_up)
    ).where(Outbox.sent_at.is_(None), Outbox.failure.is_distinct_from(TAKEN_BACK))


def _oldest_unsealed(work: Work) -> float:
    last = work.session.scalar(select(SealedBatch).order_by(SealedBatch.number.desc()).limit(1))
    first = [
        work.session.scalar(
            select(table.c.at)
            .where(table.c.seq > (getattr(last, f"{name}_to") if last else 0))
            .order_by(table.c.seq).limit(1)
        )
        for name, table in SEALED_TABLES.items()
    ]
    return max((_age(at, work.now) for at in first), default=0.0)


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
