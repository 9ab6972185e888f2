"""The adapter for any number of workers on PostgreSQL, with Procrastinate.

What waits stays in our own tables; only what is due becomes a job (`handing_over.py`). A job is a
hint: whoever runs it locks the case and looks whether the timer still waits, so that a job that
runs twice, or that was lost, changes nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException

from engine.background.gate import Gate
from engine.background.handing_over import (
    BEFORE_OTHERS,
    BEGIN_DAY,
    FIRE,
    QUEUE,
    SEND,
    give_cases_alone,
    give_day,
    give_due,
    give_messages_alone,
    living_workers,
)
from engine.background.outbox import Message, send, send_in_doubt
from engine.background.port import Background, Health
from engine.background.rounds import told_of
from engine.due import HELD
from engine.faults import is_passing, where
from engine.store.address import conninfo
from engine.store.database import Database
from engine.store.second_wall import work_as_the_application_too
from engine.timers import fire_in_doubt, fire_taken_up
from engine.work import Installation

log = logging.getLogger(__name__)

RESCUE, PURGE = "rescue_stalled_jobs", "purge_finished_jobs"
KEPT_HOURS = 24 * 7
"""Jobs that did not succeed are kept for so long; one that did is gone at once."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon things are noticed, in seconds."""

    heartbeat: int = 10
    stalled: int = 30
    """Without a heartbeat for so long a worker is dead, and others take over its jobs."""
    rescue: int = 10
    reconnect: float = 2.0
    again: int = 10
    """Between two attempts at a job while the database is away."""
    jobs_at_once: int = 2


class Distributed(Background):
    """One worker. Each looks at the tables; one at a time hands over what is due."""

    in_the_web_process = False

    def __init__(
        self,
        installation: Installation,
        deliver: Callable[[Message], None],
        before_round: Callable[[], None] = lambda: None,
        pace: Pace = Pace(),
    ) -> None:
        super().__init__(installation, deliver, before_round)
        self._pace = pace
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._stop = asyncio.Event()
        self.giving = App(connector=SyncPsycopgConnector())
        """Only defers, and only on connections of ours."""
        self._gate = Gate()
        self._app = _app_of(self, pace)

    def run(self) -> None:
        asyncio.run(self._work())

    def one_round(self) -> None:
        """Hand over what is due and work through all jobs there are, one after the other."""
        self.hand_over()
        with ThreadPoolExecutor(max_workers=1) as alone:  # the caller may be in a loop of its own
            alone.submit(lambda: asyncio.run(self._run_jobs(wait=False, concurrency=1))).result()

    def ask_to_stop(self) -> None:
        self._stopping = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stop.set)

    def health(self) -> Health:
        """Running where any worker is alive, here or on another machine."""
        alive = living_workers(self.by, self._pace.stalled) > 0
        return Health(alive, self._last_round_at, self._last_error)

    def hand_over(self) -> None:
        """Make jobs of what is due. A failure is logged and the next round goes on."""
        try:
            self._before_round()
            self.begin_day(lambda: give_day(self.by, self.giving))
            self.let_programs_hear(lambda: self._stopping)
            with told_of("round") as done:
                done["jobs"] = give_due(self.by, self.giving)
            self.seal()
            self.go_on(lambda: self._stopping)
            self._last_error = None
            self.outage.over()
        except Exception as failure:
            self._last_error = type(failure).__name__
            self.outage.tell("background round failed", failure)
        self._last_round_at = self.by.installation.clock.now()

    def together(self, job: Callable[[], object]) -> None:
        """Work on a job, whatever else this process is at."""
        with self._gate.together():
            self._do(job)

    def alone(self, job: Callable[[], object]) -> None:
        """Work on a job in doubt, which takes no other with it where the process dies of it."""
        with self._gate.alone():
            self._do(job)

    def _do(self, job: Callable[[], object]) -> None:
        try:
            with told_of("job") as done:
                job()
                done["jobs"] = 1
        except Exception as failure:
            self.outage.tell("a job was not done", failure)
            raise DatabaseAway from None

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._tell_of_a_task)
        if self._stopping:
            return
        rounds = asyncio.create_task(self._rounds())
        jobs = asyncio.create_task(self._jobs())
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait([rounds, jobs, stopped], return_when=asyncio.FIRST_COMPLETED)
        self._stop.set()
        jobs.cancel()  # Procrastinate then ends the jobs at hand and takes no new one
        with suppress(asyncio.CancelledError):
            await jobs
        await rounds

    async def _rounds(self) -> None:
        while not self._stop.is_set():
            await asyncio.to_thread(self.hand_over)
            await self._stopped_within(await asyncio.to_thread(self.pause))

    async def _jobs(self) -> None:
        """Work on jobs; where the database was away, begin again as soon as it is back."""
        while not self._stop.is_set():
            try:
                await self._run_jobs(wait=True, concurrency=self._pace.jobs_at_once)
            except Exception as failure:
                if not is_passing(failure):  # else the rounds, which go on meanwhile, say so
                    log.error("the worker begins again\n%s", where(failure))
            await self._stopped_within(self._pace.reconnect)

    def _tell_of_a_task(self, loop: asyncio.AbstractEventLoop, said: dict[str, Any]) -> None:
        """Procrastinate leaves its own tasks alone when it ends because the database is away."""
        failure = said.get("exception")
        if isinstance(failure, Exception):
            self.outage.tell("a task of the worker failed", failure)
        else:
            loop.default_exception_handler(said)

    async def _run_jobs(self, *, wait: bool, concurrency: int) -> None:
        async with self._app.open_async():
            await self._app.run_worker_async(
                queues=[QUEUE],
                wait=wait,
                concurrency=concurrency,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=self._pace.heartbeat,
                stalled_worker_timeout=self._pace.stalled,
            )

    async def _stopped_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


class DatabaseAway(Exception):
    """Says no more than its name, because Procrastinate logs what escapes a task."""


def _app_of(worker: Distributed, pace: Pace) -> App:
    """Procrastinate's tasks. What escapes one is the database's trouble: it is tried again."""
    app = App(connector=_connector(worker.by.installation.database))
    again = RetryStrategy(wait=pace.again)
    _add_timers(app, worker, again)
    _add_messages(app, worker, again)

    @app.task(name=BEGIN_DAY, queue=QUEUE, retry=again)
    def begin_day() -> None:
        worker.together(lambda: worker.by.installation.domain.day_begins(worker.by))

    _add_upkeep(app, pace)
    return app


def _add_timers(app: App, worker: Distributed, again: RetryStrategy) -> None:
    by = worker.by

    @app.task(name=FIRE, queue=QUEUE, retry=again, pass_context=True)
    def fire(context: JobContext, *, case_ids: list[str], in_doubt: bool = False) -> None:
        """A job that is run again is in doubt: its worker may have died of it."""
        if not in_doubt and not context.job.attempts:
            worker.together(lambda: fire_taken_up(by, [UUID(each) for each in case_ids]))
        elif len(case_ids) > 1:
            worker.together(lambda: give_cases_alone(by, worker.giving, case_ids))
        else:
            until = by.installation.clock.now() + HELD
            worker.alone(lambda: fire_in_doubt(by, UUID(case_ids[0]), until))


def _add_messages(app: App, worker: Distributed, again: RetryStrategy) -> None:
    by, deliver = worker.by, worker.deliver

    @app.task(name=SEND, queue=QUEUE, retry=again, pass_context=True)
    def send_messages(
        context: JobContext, *, message_ids: list[str], in_doubt: bool = False
    ) -> None:
        if not in_doubt and not context.job.attempts:
            for message_id in message_ids:
                worker.together(partial(send, by, deliver, UUID(message_id), held=True))
        elif len(message_ids) > 1:
            worker.together(lambda: give_messages_alone(by, worker.giving, message_ids))
        else:
            worker.alone(lambda: send_in_doubt(by, deliver, UUID(message_ids[0])))


def _add_upkeep(app: App, pace: Pace) -> None:
    @app.periodic(cron=f"* * * * * */{pace.rescue}")
    @app.task(name=RESCUE, queue=QUEUE, priority=BEFORE_OTHERS, queueing_lock=RESCUE)
    async def rescue(timestamp: int) -> None:
        """Has no `lock`: a worker that died at this would keep all others from it."""
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=pace.stalled)
        for job in stalled:
            with suppress(ConnectorException):  # another worker was faster
                await app.job_manager.retry_job(job)
            log.warning("job %s of a worker that died is taken over", job.queueing_lock)

    @app.periodic(cron="0 * * * *")
    @app.task(name=PURGE, queue=QUEUE, priority=BEFORE_OTHERS, queueing_lock=PURGE)
    async def purge(timestamp: int) -> None:
        await app.job_manager.delete_old_jobs(
            KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )


def _connector(database: Database) -> PsycopgConnector:
    """Procrastinate's own bookkeeping need not be durable: a job that runs twice is harmless."""
    return PsycopgConnector(
        conninfo=conninfo(database.engine.url),
        min_size=1,
        max_size=2,
        kwargs={"options": "-c synchronous_commit=off"},
        configure=work_as_the_application_too,
    )
