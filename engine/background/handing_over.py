"""Makes jobs of Procrastinate's of what is due, in the transaction that marks it as taken up.

A queue of things that are not due yet would slow down every fetch, and could not follow a date
that moves: so a timer becomes a job only once it is due, and few jobs wait at a time. Where few
cases are due each is a job of its own; after an outage a job has several, because Procrastinate's
own work for a job is as much as firing a timer.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from procrastinate import App
from procrastinate.jobs import Job
from sqlalchemy import (
    ColumnElement,
    String,
    cast,
    column,
    exists,
    func,
    select,
    table,
    text,
    update,
)

from engine.background.outbox import waiting
from engine.store.models import Outbox, Timer
from engine.timers import HELD, is_due
from engine.work import Work, query, verb

QUEUE = "pepway"
FIRE, SEND, BEGIN_DAY = "fire_timer", "send_message", "begin_day"
BEFORE_OTHERS = 100
JOBS_AT_A_TIME = 40
TIMERS_AT_A_TIME = 1000
HANDING_OVER = 0x50657077
"""PostgreSQL's advisory lock of the one worker that hands over."""

JOBS = table(
    "procrastinate_jobs", column("status"), column("queue_name"), column("queueing_lock")
)
TO_DO = JOBS.c.status == text("'todo'")


@verb
def give_due(work: Work, giving: App) -> int:
    """Make a job of each message and timer that is due, in order; how many.

    One worker at a time does so: two would mix up the order.
    """
    if not work.session.scalar(select(func.pg_try_advisory_xact_lock(HANDING_OVER))):
        return 0
    waiting_jobs = select(func.count()).select_from(JOBS).where(TO_DO, JOBS.c.queue_name == QUEUE)
    if (work.session.scalar(waiting_jobs) or 0) >= JOBS_AT_A_TIME:
        return 0
    jobs = [*_take_messages(work), *_take_timers(work)]
    _defer(work, giving, jobs)
    return len(jobs)


@verb
def give_each_alone(work: Work, giving: App, case_ids: list[str]) -> None:
    """Jobs of their own for cases one of which may have been the death of a worker."""
    _defer(work, giving, [_job(FIRE, None, None, case_ids=[case_id]) for case_id in case_ids])


@verb
def give_day(work: Work, giving: App) -> None:
    lock = f"day:{work.today.isoformat()}"
    if not work.session.scalar(select(_is_queued(lock))):
        _defer(work, giving, [_job(BEGIN_DAY, "day", lock, priority=BEFORE_OTHERS)])


@query
def living_workers(work: Work, stalled: int) -> int:
    """How many workers have given a sign of life of late, on any machine."""
    workers = table("procrastinate_workers", column("last_heartbeat"))
    since = func.now() - timedelta(seconds=stalled)
    return work.session.scalar(
        select(func.count()).select_from(workers).where(workers.c.last_heartbeat > since)
    ) or 0


def _take_timers(work: Work) -> list[Job]:
    """Jobs that fire all that is due in each of their cases.

    They need no lock of Procrastinate's: whoever fires holds the case's own row.
    """
    lock = func.concat("timer:", cast(Timer.id, String))
    due = (
        select(Timer.id)
        .where(is_due(work.now), ~_is_queued(lock))
        .order_by(Timer.due_at)
        .limit(TIMERS_AT_A_TIME)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = work.session.execute(
        update(Timer)
        .where(Timer.id == due.c.id)
        .values(held_until=work.now + HELD)
        .returning(Timer.due_at, Timer.case_id, Timer.id)
        .execution_options(synchronize_session=False)
    )
    first: dict[UUID, UUID] = {}
    for _due_at, case_id, timer_id in sorted(taken):
        first.setdefault(case_id, timer_id)
    cases, size = list(first), -(-len(first) // JOBS_AT_A_TIME) or 1
    together = [cases[start : start + size] for start in range(0, len(cases), size)]
    return [
        _job(FIRE, None, f"timer:{first[some[0]]}", case_ids=[str(each) for each in some])
        for some in together
    ]


def _take_messages(work: Work) -> list[Job]:
    lock = func.concat("message:", cast(Outbox.id, String))
    due = waiting(work.now).where(~_is_queued(lock)).with_for_update(skip_locked=True).cte("due")
    taken = work.session.execute(
        update(Outbox)
        .where(Outbox.id == due.c.id)
        .values(held_until=work.now + HELD)
        .returning(Outbox.seq, Outbox.case_id, Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return [
        _job(SEND, f"messages:{case_id or message_id}", f"message:{message_id}",
             message_id=str(message_id))
        for _seq, case_id, message_id in sorted(taken, key=lambda row: row[0])
    ]


def _is_queued(lock: Any) -> ColumnElement[bool]:
    """Whether a job with this queueing lock waits already: Procrastinate takes no second one."""
    return exists().where(TO_DO, JOBS.c.queueing_lock == lock)


def _job(
    task: str, lock: str | None, queueing_lock: str | None, *, priority: int = 0, **named: Any
) -> Job:
    return Job(queue=QUEUE, task_name=task, lock=lock, queueing_lock=queueing_lock,
               priority=priority, task_kwargs=named)


def _defer(work: Work, giving: App, jobs: list[Job]) -> None:
    """In the transaction at hand: on the session's own connection."""
    if jobs:
        connection = work.session.connection().connection.driver_connection
        giving.job_manager.batch_defer_jobs(jobs, connection=connection)
