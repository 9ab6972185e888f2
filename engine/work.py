"""One transaction per user action.

`Installation` is what a running Pepway consists of. A person acts through `Acting`; a verb
(`complete_task`, `open_case`, ...) takes it, opens one transaction, and hands its `Work` on.
A verb called with a `Work` joins the transaction that is already open.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.answering import (
    Answer,
    Noticed,
    Unaudited,
    notice_from_here,
    notice_no_more,
)
from engine.clock import Clock
from engine.domain import SYSTEM, Actor, Domain
from engine.seal import mac_of
from engine.store.appended import Attempt, append, attempt, change, write_everything
from engine.store.base import Base, new_id
from engine.store.database import Database
from engine.store.models import Audit, Case, Event, Outbox, Task
from engine.store.sight import COUNCIL, NOBODY, look

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Installation:
    """One council's running Pepway."""

    database: Database
    clock: Clock
    domain: Domain
    audit_key: bytes

    def acting(self, actor: Actor, answer: Answer | None = None) -> "Acting":
        return Acting(self, actor, answer)


@dataclass(frozen=True, slots=True)
class Acting:
    """A person at work, before any transaction is open."""

    installation: Installation
    actor: Actor
    answer: Answer | None = None
    """What is read or changed for it must be audited. Whoever acts by a request has one."""
    at_first: Callable[["Work"], None] | None = None
    """Called in each transaction that writes before anything else is done in it; what it raises
    ends the transaction."""

    @property
    def now(self) -> datetime:
        return self.installation.clock.now()

    @property
    def today(self) -> date:
        return self.now.astimezone(LONDON).date()

    @contextmanager
    def begin(self, *, writing: bool = True) -> Iterator["Work"]:
        """On PostgreSQL whoever reads has only those children in sight whom they may see. Whoever
        writes has all: a verb runs only after `decide`, and must write on after it has ended its
        actor's own involvement.

        Raises `Unaudited`, and keeps nothing, where a child's record was changed for an answer and
        neither an event nor the audit says so."""
        with self.installation.database.transaction(writing=writing) as session:
            work = Work(self.installation, self.actor, session, self.now, writing, self.answer)
            work.look(COUNCIL if writing else work.own_sight)
            if writing and self.at_first is not None:
                self.at_first(work)
            with work.noticing() as noticed:
                yield work
                if writing and noticed is not None:
                    work.write()
                    if noticed.written and not work.is_told:
                        msg = f"nothing says who changed {', '.join(sorted(noticed.written))}"
                        raise Unaudited(msg)
        for measure in work.once_committed:
            measure()


@dataclass(slots=True)
class Work:
    """One open transaction of one actor at one moment."""

    installation: Installation
    actor: Actor
    session: Session
    now: datetime
    writing: bool = True
    answer: Answer | None = None
    sight: str = NOBODY
    """Whose rows PostgreSQL shows to this transaction."""
    is_told: bool = False
    """Whether it has an event or a row of the audit."""
    once_committed: list[Callable[[], None]] = field(default_factory=list)
    """What counts for the watchers of Pepway (`measures.py`) only once it cannot be taken back."""

    @contextmanager
    def noticing(self) -> Iterator[Noticed | None]:
        """Notice what of children's records is touched for an answer; what Pepway does by itself
        has none."""
        connection = self.session.connection()
        try:
            yield notice_from_here(connection, self.answer) if self.answer else None
        finally:
            notice_no_more(connection)

    @property
    def own_sight(self) -> str:
        return COUNCIL if self.actor == SYSTEM else self.domain.sight(self.actor)

    def look(self, sight: str) -> None:
        """From here on have in sight what this person has, or the council."""
        look(self.session.connection(), sight, self.today, self.now)
        self.sight = sight

    def read_by(self, actor: Actor, answer: Answer) -> "Work":
        """The same transaction from here on, which only reads, as this person's."""
        theirs = replace(self, actor=actor, answer=answer)
        theirs.look(theirs.own_sight)
        notice_from_here(self.session.connection(), answer)
        return theirs

    @contextmanager
    def for_the_council(self, why: str) -> Iterator[None]:
        """Read past what PostgreSQL lets this person see, and no further than the reason says:
        nothing that tells of a child leaves, so nobody is noted for it.

        A test lists every place and its reason.
        """
        before = self.sight
        with self.answer.excused(why) if self.answer else nullcontext():
            if before == COUNCIL:
                yield
                return
            self.look(COUNCIL)
            try:
                yield
            except BaseException:
                with suppress(SQLAlchemyError):  # a transaction that has failed shows nothing more
                    self.look(before)
                raise
            self.look(before)

    @property
    def acting(self) -> Acting:
        """The same person, for a transaction of its own."""
        return Acting(self.installation, self.actor, self.answer)

    @property
    def today(self) -> date:
        return self.now.astimezone(LONDON).date()

    @property
    def domain(self) -> Domain:
        return self.installation.domain

    def append(self, table: type[Base], values: Mapping[str, Any]) -> None:
        """Add a new row, by column; it is written with the others of this transaction."""
        append(self.session, table, values)

    def change(self, statement: Update, rows: Sequence[dict[str, Any]]) -> None:
        """Send one statement for many rows; the session must not hold any of them."""
        change(self.session, statement, rows)

    def write(self) -> None:
        """Send what was changed and added so far: what the database refuses, it refuses here."""
        write_everything(self.session)

    def attempt(self) -> AbstractContextManager[Attempt]:
        """Something that may fail: what it wrote is then taken back, and nothing before it."""
        return attempt(self.session)

    def event(
        self,
        case: Case | None,
        kind: str,
        *,
        element: str | None = None,
        task: Task | None = None,
        child_id: UUID | None = None,
        **data: Any,
    ) -> None:
        """Append what happened. `data` holds ids, dates and element ids; never an answer."""
        self._append_sealed(Event, {
            "id": new_id(),
            "case_id": case.id if case else None,
            "child_id": case.child_id if case else child_id,
            "task_id": task.id if task else None,
            "kind": kind,
            "element": element or (task.element if task else None),
            "actor_id": self.actor.id,
            "at": self.now.astimezone(UTC),
            "data": _plain(data),
        })

    def audit(
        self,
        action: str,
        *,
        child_id: UUID | None = None,
        about: str = "",
        reason: str = "",
        seen_once: str | None = None,
        **data: Any,
    ) -> None:
        """Append who did or saw what. `about` is `kind:id`."""
        self._append_sealed(Audit, {
            "id": new_id(), "actor_id": self.actor.id, "action": action, "child_id": child_id,
            "about": about, "reason": reason, "at": self.now.astimezone(UTC),
            "data": _plain(data), "seen_once": seen_once,
        })
        if self.answer is not None:
            self.answer.audited = True

    def _append_sealed(self, table: type[Event | Audit], values: dict[str, Any]) -> None:
        self.is_told = True
        mac = mac_of(self.installation.audit_key, table.__tablename__, values)
        self.append(table, {**values, "mac": mac})

    def tell(
        self,
        kind: str,
        person_id: UUID | None,
        case: Case | UUID | None = None,
        not_before: datetime | None = None,
        *,
        message_id: UUID | None = None,
        **data: Any,
    ) -> UUID:
        """Put a message into the outbox; it leaves only after this transaction has committed.

        `case` may be its id alone. `not_before` is at most a day ahead. `message_id`
        is for one that is told once, whoever comes to tell it; else a new one.
        """
        message_id = message_id or new_id()
        self.append(Outbox, {
            "id": message_id,
            "case_id": case.id if isinstance(case, Case) else case,
            "kind": kind,
            "person_id": person_id,
            "data": _plain(data),
            "created_at": self.now,
            "held_until": not_before,
        })
        return message_id


P = ParamSpec("P")
R = TypeVar("R")


def verb(
    function: Callable[Concatenate[Work, P], R],
) -> Callable[Concatenate[Acting | Work, P], R]:
    """Run `function` in a transaction of its own, or in the one already open, which must write."""
    return _in_transaction(function, writing=True)


def query(
    function: Callable[Concatenate[Work, P], R],
) -> Callable[Concatenate[Acting | Work, P], R]:
    """As `verb`, for a function that only reads."""
    return _in_transaction(function, writing=False)


def _in_transaction(
    function: Callable[Concatenate[Work, P], R], *, writing: bool
) -> Callable[Concatenate[Acting | Work, P], R]:
    @wraps(function)
    def run(by: Acting | Work, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if isinstance(by, Work):
            if writing and not by.writing:
                msg = f"{function.__name__} writes, and this transaction only reads"
                raise RuntimeError(msg)
            return function(by, *args, **kwargs)
        with by.begin(writing=writing) as work:
            return function(work, *args, **kwargs)

    return run


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, (bool, int, float, list, dict, type(None)))
            else str(value) for key, value in data.items()}
