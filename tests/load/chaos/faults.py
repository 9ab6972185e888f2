"""Twelve faults to be planted into a running Pepway, so that the harness is seen to catch them.

What is written late is written in a transaction of its own, after the action's has committed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer as Later
from typing import Any

from sqlalchemy import delete, select, update

import engine.advance as advance
import engine.background.embedded as embedded
import engine.background.outbox as outbox
import engine.tasks as tasks
import engine.timers as timers
import engine.work as work_
from engine.advance import CaseWorld
from engine.domain import Told
from engine.due import may_fire
from engine.store.address import LONGEST_WAIT_FOR_A_LOCK
from engine.store.database import Database
from engine.store.models import Audit, Case, Event, Outbox, Timer, TimerStatus
from engine.work import Acting
from workflows.pep.domain import PepDomain
from workflows.pep.plan import RecordValue, RecordVersion

LATE = "written late"


@dataclass(frozen=True)
class Fault:
    plant: Callable[[], None]
    caught_by: str
    """`kill`: a server that dies shows it; `again`: already the same form sent again;
    `at once`: several that fire timers at the same time; `round`: a process that dies in a round
    of the background."""
    action: str = "complete the last of a parallel join"
    """The recorded action that shows it."""


def event_written_late() -> None:
    _append_late(lambda table, row: table is Event and row["kind"] == "task_completed")


def audit_written_late() -> None:
    _append_late(lambda table, row: table is Audit and row["action"] == "complete_task")


def outbox_written_late() -> None:
    _append_late(lambda table, row: table is Outbox)


def record_written_late() -> None:
    _append_late(lambda table, row: table is RecordValue)


def state_saved_late() -> None:
    """The tables in one transaction, the case's state in the next."""

    def settle(world: Any, case: Case, state: bytes) -> None:
        later = update(Case).where(Case.id == case.id).values(state=state)
        world.work.session.info.setdefault(LATE, []).append(later)

    _settle_otherwise(settle)


def state_not_saved() -> None:
    """The task is marked as done, and the case has not moved."""
    _settle_otherwise(lambda world, case, state: None)


def nonce_not_stored() -> None:
    mark = tasks._mark_completed
    tasks._mark_completed = lambda work, case, task, nonce: mark(work, case, task, None)


def draft_dropped() -> None:
    """Whoever completes a task takes with it what others were writing in the case."""
    save = PepDomain.save

    def save_and_drop(
        self: Any, work: Any, case: Any, entries: Any, known: Any, *, final: bool
    ) -> Told:
        told = save(self, work, case, entries, known, final=final)
        if final:
            own = select(RecordVersion.id).where(RecordVersion.case_id == case.id)
            work.session.execute(delete(RecordValue).where(
                RecordValue.version_id.in_(own),
                RecordValue.path.notin_([each.path for each in entries]),
                RecordValue.at > case.moved_at, RecordValue.by != work.actor.id,
            ))
        return told

    PepDomain.save = save_and_drop  # type: ignore[method-assign]


def acknowledged_before_commit() -> None:
    """The transaction commits half a second after the browser was answered."""

    @contextmanager
    def transaction(self: Database, *, writing: bool = True) -> Iterator[Any]:
        session = self._sessions()
        if self.is_sqlite:
            left = LONGEST_WAIT_FOR_A_LOCK if writing else None
            session.connection(execution_options={"pepway_waits_to_write": left})
        try:
            yield session
        except BaseException:
            session.close()
            raise
        if writing:
            Later(0.5, session.commit).start()
        else:
            session.close()

    Database.transaction = transaction  # type: ignore[method-assign]


def timer_not_looked_at_again() -> None:
    """What was due as the case was looked at fires, whatever has become of it meanwhile."""

    def fire(by: Any, case_id: Any) -> int:
        with by.begin(writing=False) as work:
            due = list(work.session.scalars(
                select(Timer).where(Timer.case_id == case_id, may_fire(work.now))
            ))
        with by.begin() as work:
            case = timers.lock_case(work, case_id)
            for timer in due:
                work.event(case, "timer_fired", element=timer.element, due=str(timer.due_at))
                timers._fire(CaseWorld(work, case), work.session.merge(timer, load=False))
        return len(due)

    timers.fire_due_timers_of = fire


def timer_marked_first() -> None:
    """A timer is marked as fired in one transaction, and the step is made in the next."""

    def fire_marked(by: Acting, _stopping: Any) -> None:
        while (timer := the_next(by)) is not None:
            with by.begin() as work:
                case = timers.lock_case(work, timer.case_id)
                work.event(case, "timer_fired", element=timer.element, due=str(timer.due_at))
                advance.step(CaseWorld(work, case), {"fire": str(timer.token)}, "planted")

    def the_next(by: Acting) -> Timer | None:
        with by.begin() as work:
            timer = work.session.scalar(
                select(Timer).where(may_fire(work.now)).order_by(Timer.due_at).limit(1)
            )
            if timer is not None:
                timer.status, timer.ended_at = TimerStatus.FIRED, work.now
            return timer

    embedded.fire_due_timers = fire_marked  # type: ignore[assignment]


def message_noted_first() -> None:
    """A message is noted as sent, and then it is sent."""

    def send_noted(by: Acting, deliver: Any, message_id: Any) -> None:
        message = outbox._to_be_sent(by, message_id, held=False)
        outbox._note(by, message_id, sent=True)
        deliver(message)

    embedded.send = send_noted  # type: ignore[assignment]


FAULTS = {
    fault.plant.__name__: fault
    for fault in (
        Fault(event_written_late, "kill"),
        Fault(audit_written_late, "kill"),
        Fault(outbox_written_late, "kill", "complete a task that opens others"),
        Fault(record_written_late, "kill", "save a draft"),
        Fault(state_saved_late, "kill"),
        Fault(state_not_saved, "again"),
        Fault(nonce_not_stored, "again"),
        Fault(draft_dropped, "again"),
        Fault(acknowledged_before_commit, "kill"),
        Fault(timer_not_looked_at_again, "at once"),
        Fault(timer_marked_first, "round"),
        Fault(message_noted_first, "round"),
    )
}


def _append_late(is_late: Callable[[Any, Any], bool]) -> None:
    append = work_.append

    def append_or_wait(session: Any, table: Any, row: Any) -> None:
        if is_late(table, row):
            session.info.setdefault(LATE, []).append(table(**row))
        else:
            append(session, table, row)

    work_.append = append_or_wait
    _write_late()


def _settle_otherwise(keep: Callable[[Any, Case, bytes], None]) -> None:
    settle = advance.settle

    def settle_without_state(world: Any, flow: Any) -> None:
        case, before = world.case, world.case.state
        settle(world, flow)
        state, case.state = case.state, before
        keep(world, case, state)

    advance.settle = settle_without_state
    _write_late()


def _write_late() -> None:
    """Rows and statements that were put off, in a transaction after the one they belong to."""
    transaction = Database.transaction

    @contextmanager
    def then_another(self: Database, *, writing: bool = True) -> Iterator[Any]:
        with transaction(self, writing=writing) as session:
            yield session
            late = session.info.pop(LATE, [])
        if late:
            with transaction(self) as session:
                for each in late:
                    if isinstance(each, (Event, Audit, Outbox, RecordValue)):
                        session.add(each)
                    else:
                        session.execute(each)

    Database.transaction = then_another  # type: ignore[method-assign]
