"""The engine's tables.

`child_id` and the ids of people point into the domain's tables. They carry no foreign key,
because the engine must not know those tables.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, new_id

SEQUENCE = BigInteger().with_variant(Integer, "sqlite")


class ReleaseState(StrEnum):
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    """Sent back by a colleague, or taken back by its author: it never goes live."""
    APPROVED = "approved"
    """Goes live on its day."""
    LIVE = "live"
    RETIRED = "retired"


class CaseStatus(StrEnum):
    OPEN = "open"
    INCIDENT = "incident"
    ENDED = "ended"
    CLOSED = "closed"
    """Stopped by a person before its end."""


RUNNING = (CaseStatus.OPEN, CaseStatus.INCIDENT)
"""A case that is not over."""


class TaskStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TimerStatus(StrEnum):
    PENDING = "pending"
    FIRED = "fired"
    CANCELLED = "cancelled"


class Release(Base):
    """An immutable, numbered set of every file of a procedure's folder (design decision 1)."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("procedure", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    procedure: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(16))
    """`folder` or `studio`."""
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    authors: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Ids of all who changed something in it; none of them approves it."""
    live_from: Mapped[date | None]
    """The day on which it goes live; None for the moment at which it is approved."""
    set_aside: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Keys of the local protected rules that it does without."""
    reviewed_by: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    review: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What the colleague wrote who approved it, or why it was sent back."""

    files: Mapped[list["ReleaseFile"]] = relationship(order_by="ReleaseFile.path")


class ReleaseFile(Base):
    __tablename__ = "release_file"

    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(128), primary_key=True)
    content: Mapped[bytes]


def _only(which: str, name: str, *columns: str) -> Index:
    """An index of some rows. Where it ends with the status that it goes by, SQLite finds all that
    is asked for in the index alone; PostgreSQL, where it has the child as well, for whose rows are
    whose is told from that."""
    return Index(name, *columns, sqlite_where=text(which), postgresql_where=text(which))


_RUNNING = "status IN ('open', 'incident')"
_OPEN, _PENDING = "status = 'open'", "status = 'pending'"
_UNSENT = "sent_at IS NULL"


class Case(Base):
    """One run of a procedure for one child."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_procedure_status", "procedure", "status", "release_id", "id", "child_id"),
        Index("ix_case_opened", "opened_at"),
        _only(_RUNNING, "ix_case_running", "opened_at", "id", "status"),
        _only(_RUNNING, "ix_case_running_moved", "moved_at", "id", "status"),
        Index("ix_case_child", "child_id", "opened_at", "id", "status"),
        _only(_RUNNING, "ix_case_child_running", "child_id", "opened_at", "id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    """Random, quoted by people; says nothing about the child."""
    procedure: Mapped[str] = mapped_column(String(64))
    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"))
    child_id: Mapped[UUID]
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[bytes]
    opened_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_element: Mapped[str | None] = mapped_column(String(128))
    incident: Mapped[dict[str, Any] | None]
    """`{"element", "message", "at"}` while a process owner is needed."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so


class Task(Base):
    """One piece of work in a case for one person."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        Index("ix_task_case_status", "case_id", "status"),
        _only(_OPEN, "ix_task_mine", "assignee_id", "due_on", "role", "covered_by", "assigned_by",
              "child_id", "status"),
        _only(_OPEN, "ix_task_due", "due_on", "procedure", "case_id", "child_id", "status"),
        _only(_OPEN, "ix_task_standing", "procedure", "element", "due_on", "opened_at", "case_id",
              "child_id", "status"),
        _only("completed_by IS NOT NULL", "ix_task_done", "completed_by", "ended_at"),
        _only(f"{_OPEN} AND stands_in_for IS NOT NULL", "ix_task_stands_in", "stands_in_for",
              "child_id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    child_id: Mapped[UUID] = mapped_column(index=True)
    procedure: Mapped[str] = mapped_column(String(64))
    token: Mapped[UUID]
    """The flow's own id of this piece of work."""
    element: Mapped[str] = mapped_column(String(128))
    name: Mapped[str] = mapped_column(String(256))
    role: Mapped[str] = mapped_column(String(64))
    covered_by: Mapped[str | None] = mapped_column(String(64))
    """The role that covers where no one holds `role` for this child."""
    form: Mapped[str | None] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(16))
    assignee_id: Mapped[UUID | None]
    assigned_by: Mapped[str] = mapped_column(String(16), default="rule")
    """`rule`, `claim` or `reassignment`; `cover` and `kept` where somebody is away
    (`engine/standing_in.py`). The rule never undoes the others."""
    stands_in_for: Mapped[UUID | None]
    """Who is away, in whose place the assignee has it, or whoever takes it from the queue."""
    due_on: Mapped[date | None]
    """The last day on which it is in time, in London."""
    due_expression: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    completed_by: Mapped[UUID | None]


class Timer(Base):
    """A date that the flow waits for. The truth about what is due; no queue ever holds it."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        Index("ix_timer_case_status", "case_id", "status"),
        _only(_PENDING, "ix_timer_due", "due_at"),
        _only(_PENDING, "ix_timer_standing", "procedure", "element", "started_at", "case_id",
              "child_id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    child_id: Mapped[UUID]
    procedure: Mapped[str] = mapped_column(String(64))
    token: Mapped[UUID]
    element: Mapped[str] = mapped_column(String(128))
    expression: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was no longer waited for: it fired, or was put aside."""
    held_until: Mapped[datetime | None]
    """Before then no one takes it up: it is with a worker, or has failed and is tried again."""
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often it was taken up and nothing was heard of it again."""


def _said(status: StrEnum) -> ColumnElement[str]:
    return literal_column(f"'{status.value}'")


# Written out, not bound: only so does SQLite see that a partial index holds all that is asked for.
IS_OPEN = Task.status == _said(TaskStatus.OPEN)
IS_PENDING = Timer.status == _said(TimerStatus.PENDING)
STANDS_IN = and_(IS_OPEN, Task.stands_in_for.is_not(None))
"""Tasks that somebody has, or may take, in the place of somebody who is away."""
IS_RUNNING = Case.status.in_([_said(status) for status in RUNNING])


class Event(Base):
    """What happened in a case. Append-only; shown to users, counted for managers."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_case", "case_id", "seq"),)

    seq: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    case_id: Mapped[UUID | None]
    """No foreign key: it stays where the case is destroyed, so that the chain stays whole."""
    child_id: Mapped[UUID | None] = mapped_column(index=True)
    task_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(48))
    element: Mapped[str | None] = mapped_column(String(128))
    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    mac: Mapped[str] = mapped_column(String(64))


class Audit(Base):
    """Who did or saw what, and why it was allowed. Append-only."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("seen_once", name="uq_audit_seen_once"),
        Index("ix_audit_child", "child_id", "seq"),
        Index("ix_audit_actor", "actor_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    actor_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(String(48))
    child_id: Mapped[UUID | None]
    about: Mapped[str] = mapped_column(String(96), default="")
    """Kind and id of what was acted on, such as `task:6f...`; never a name."""
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    seen_once: Mapped[str | None] = mapped_column(String(128))
    """Person, child, page and minute of a page view, so that a view is one row a minute."""
    mac: Mapped[str] = mapped_column(String(64))


class Outbox(Base):
    """A message to be sent once its action has committed. Holds ids, no child's details."""

    __tablename__ = "outbox"
    __table_args__ = (
        _only(_UNSENT, "ix_outbox_waiting", "case_id", "seq"),
        _only(_UNSENT, "ix_outbox_in_turn", "seq"),
    )

    seq: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=True)
    """The order in which messages were written."""
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(48))
    person_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    """How often it was taken up to be sent."""
    held_until: Mapped[datetime | None]
    """As with timers; of one that has not been tried, when it may leave at the earliest."""
    failure: Mapped[str | None] = mapped_column(String(200))
    """Why it did not leave last time, in words; no address and no child's details."""
    given_up_at: Mapped[datetime | None]
    """Since when it is not tried any more by itself, because of its `failure`."""


class Recalculation(Base):
    """A changed calendar that the dates of running cases have still to follow."""

    __tablename__ = "recalculation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    done_to: Mapped[UUID | None]
    """Cases follow in the order of their ids; those up to this one have."""
    passed_over: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of cases that someone else held when it was their turn."""
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """As with timers, at the case whose turn it is."""


class Submission(Base):
    """A form that was sent once: the same nonce again gives the same answer, no second effect."""

    __tablename__ = "submission"

    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    task_id: Mapped[UUID]
    """What the form was of or led to: a task, a case that was changed, or a release."""
    actor_id: Mapped[UUID]
    at: Mapped[datetime]


class DemoClock(Base):
    """The demonstration's clock: how far it is ahead of the machine's (one row, id 1)."""

    __tablename__ = "demo_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ahead_seconds: Mapped[int] = mapped_column(BigInteger)


class Draft(Base):
    """A procedure that process owners are changing; one for all of them.

    One that has ended stays, so that the next of its procedure goes on counting versions: a page
    that still shows the one before is then known for that.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("procedure"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    procedure: Mapped[str] = mapped_column(String(64))
    release_id: Mapped[UUID | None] = mapped_column(ForeignKey("release.id"))
    """The release that it began from; of a new procedure there is none."""
    version: Mapped[int]
    """Counts every save of any of its files."""
    taken_back_at: Mapped[int]
    """The version at which a save was taken back last, or else with which it began: whoever saw an
    earlier one saw what is no more."""
    kept_from: Mapped[int]
    """What was saved at this version or before cannot be taken back."""
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of those whose saves are no longer kept one by one."""
    saved_by: Mapped[UUID]
    saved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was proposed or thrown away."""


class DraftFile(Base):
    """One save of one file; the newest of a path is what the draft holds of it."""

    __tablename__ = "draft_file"

    draft_id: Mapped[UUID] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(String(128))
    content: Mapped[bytes | None]
    """None: the file is no part of the draft any more."""
    saved_by: Mapped[UUID]
    saved_at: Mapped[datetime]
