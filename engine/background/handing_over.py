"""Makes jobs of Procrastinate's of what is due, in the transaction that marks it as taken up.

A queue of things that are not due yet would slow down every fetch, and could not follow a date
that moves: so a timer becomes a job only once it is due, and few jobs wait at a time. Where few
cases are due each is a job of its own; after an outage a job has several, because Procrastinate's
own work for a job is as much as firing a timer. So it is with messages. What was taken up before
and may have been the death of a worker is always a job of its own.
"""

from collections.abc import Sequence
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

from engine.background.outbox import MESSAGES_AT_ONCE, count_as_taken_up, waiting
from engine.due import HELD, hold, in_doubt, take_up
from engine.store.models import Outbox, Timer
from engine.timers import CASES_AT_ONCE
from engine.work import Work, query, verb

QUEUE = "pepway"
FIRE, SEND, BEGIN_DAY = "fire_timer", "send_messages", "begin_day"
BEFORE_OTHERS = 100
JOBS_AT_A_TIME = 40
DOUBTS_AT_A_TIME = 10
TIMERS_AT_A_TIME = JOBS_AT_A_TIME * CASES_AT_ONCE
MESSAGES_AT_A_TIME = JOBS_AT_A_TIME * MESSAGES_AT_ONCE
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
    jobs = [
        *_new_messages(work), *_messages_in_doubt(work), *_new_timers(work),
        *_cases_in_doubt(work),
    ]
    _defer(work, giving, jobs)
    return len(jobs)


@verb
def give_cases_alone(work: Work, giving: App, case_ids: Sequence[str]) -> None:
    """Jobs of their own for cases one of which may have been the death of a worker."""
    _give_alone(work, giving, [_case_alone(case_id) for case_id in case_ids])


@verb
def give_messages_alone(work: Work, giving: App, message_ids: Sequence[str]) -> None:
    """As `give_cases_alone`."""
    _give_alone(work, giving, [_message_alone(message_id) for message_id in message_ids])


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


def _new_timers(work: Work) -> list[Job]:
    """Jobs that fire all that is due in each of their cases.

    They need no lock of Procrastinate's: whoever fires holds the case's own row.
    """
    not_queued = ~_is_queued(func.concat("timer:", cast(Timer.case_id, String)))
    cases = take_up(work, TIMERS_AT_A_TIME, not_queued, until=work.now + HELD)
    return [
        _job(FIRE, None, f"timer:{some[0]}", case_ids=[str(each) for each in some])
        for some in _shared_out(cases)
    ]


def _cases_in_doubt(work: Work) -> list[Job]:
    """They are counted as taken up by whoever works on them, just before."""
    not_queued = ~_is_queued(func.concat("timer:", cast(Timer.case_id, String)))
    doubts = in_doubt(work.now).where(not_queued).limit(DOUBTS_AT_A_TIME)
    cases = list(dict.fromkeys(work.session.scalars(doubts)))
    hold(work, cases, until=work.now + HELD)
    return [_case_alone(case_id) for case_id in cases]


def _new_messages(work: Work) -> list[Job]:
    fresh = waiting(work.now, Outbox.attempts == 0, most=MESSAGES_AT_A_TIME)
    messages = work.session.scalars(fresh.with_for_update(skip_locked=True)).all()
    count_as_taken_up(work, messages, until=work.now + HELD)
    return [
        _job(SEND, None, None, message_ids=[str(each) for each in some])
        for some in _shared_out(messages)
    ]


def _messages_in_doubt(work: Work) -> list[Job]:
    not_queued = ~_is_queued(func.concat("message:", cast(Outbox.id, String)))
    tried = work.session.scalars(
        waiting(work.now, Outbox.attempts > 0, not_queued, most=DOUBTS_AT_A_TIME)
    ).all()
    work.session.execute(
        update(Outbox).where(Outbox.id.in_(tried)).values(held_until=work.now + HELD)
        .execution_options(synchronize_session=False)
    )
    return [_message_alone(message_id) for message_id in tried]


def _shared_out(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    """Among as many jobs as may wait at a time, in order."""
    size = -(-len(ids) // JOBS_AT_A_TIME) or 1
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _case_alone(case_id: UUID | str) -> Job:
    name = f"timer:{case_id}"
    return _job(FIRE, name, name, case_ids=[str(case_id)], in_doubt=True)


def _message_alone(message_id: UUID | str) -> Job:
    name = f"message:{message_id}"
    return _job(SEND, name, name, message_ids=[str(message_id)], in_doubt=True)


def _is_queued(lock: Any) -> ColumnElement[bool]:
    """Whether a job with this queueing lock waits already: Procrastinate takes no second one."""
    return exists().where(TO_DO, JOBS.c.queueing_lock == lock)


def _give_alone(work: Work, giving: App, jobs: Sequence[Job]) -> None:
    queued = set(work.session.scalars(
        select(JOBS.c.queueing_lock).where(
            TO_DO, JOBS.c.queueing_lock.in_([job.queueing_lock for job in jobs])
        )
    ))
    _defer(work, giving, [job for job in jobs if job.queueing_lock not in queued])


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
