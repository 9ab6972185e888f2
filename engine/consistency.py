"""Looks over everything once a day: whether states, tables and releases fit together.

A piece at a time, and nothing is locked. Where something seems wrong the case is looked at again
with a lock on it, so that one that has changed meanwhile counts for well. What does not fit becomes
an incident, which says so once, and is over by itself when all fits again.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, String, delete, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.advance import lock_case, open_tasks, pending_timers
from engine.domain import Misfit
from engine.due import HELD, MOST_ATTEMPTS
from engine.errors import NotFound
from engine.faults import is_passing, where
from engine.misfits import misfits_of
from engine.store.base import Base
from engine.store.models import (
    IS_OPEN,
    IS_PENDING,
    RUNNING,
    Case,
    CaseStatus,
    Outbox,
    Task,
    Timer,
)
from engine.store.turns import LOOKING, take_turn
from engine.watchdog import TookTooLong, watched
from engine.work import Acting, Work, query, verb

log = logging.getLogger(__name__)

Row = TypeVar("Row", Task, Timer)

CASES, MESSAGES, DOMAIN = "cases", "messages", "domain"
PARTS = (CASES, MESSAGES, DOMAIN)
CASES_AT_ONCE = 25
MESSAGES_AT_ONCE = 1_000
SECONDS_IN_A_ROW = 0.5
"""Then timers and messages have their turn."""
FOUND = "found"
"""In an incident that was opened here: the kinds of what does not fit."""


class LookOver(Base):
    """How far the look of a day has come; only the last one is kept."""

    __tablename__ = "look_over"

    day: Mapped[date] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(16))
    upto: Mapped[str] = mapped_column(String(64))
    """In this part; those before have been looked at."""
    attempts: Mapped[int]
    """As with timers, at the piece whose turn it is."""
    held_until: Mapped[datetime | None]
    found: Mapped[int]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Find:
    what: str
    """Table and id."""
    reference: str
    """Of its case; empty where there is none."""
    misfits: Sequence[Misfit]


@dataclass(frozen=True, slots=True)
class Piece:
    """What was seen of a part at one moment."""

    cases: Sequence[UUID] = ()
    """To be looked at again."""
    loose: Sequence[str] = ()
    upto: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    part: str
    upto: str
    attempts: int


def look_over_some(by: Acting, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Go on with the look of the day; whether more of it may be left."""
    until = time.monotonic() + SECONDS_IN_A_ROW
    while not stopping() and time.monotonic() < until:
        turn = _take_up(by)
        if turn is None:
            return False
        try:
            with watched():
                piece = _piece(by, turn)
                finds = list(_finds(by, piece))
        except TookTooLong:
            log.error("%s after %s took too long to look over", turn.part, turn.upto or "the first")
            _give_back(by)
        except Exception as fault:
            if is_passing(fault):
                raise
            log.error("%s after %s could not be looked over\n%s", turn.part,
                      turn.upto or "the first", where(fault))
            _give_back(by)
        else:
            _note(by, turn, piece, len(finds))
    return True


def look_over_all(by: Acting) -> Iterator[Find]:
    """All of it at once, whatever the day's look has come to."""
    for part in PARTS:
        upto: str | None = ""
        while upto is not None:
            piece = _piece(by, Turn(part, upto, 0))
            yield from _finds(by, piece)
            upto = piece.upto or None


def holds_together(work: Work, case: Case) -> list[Misfit]:
    """What does not fit in a case that this transaction holds; it is said in an incident, or the
    incident that said so is over. One with another incident keeps that."""
    misfits = misfits_of(work, case, open_tasks(work, case), pending_timers(work, case))
    stands = case.incident or {}
    if case.status not in RUNNING or (stands and FOUND not in stands):
        return misfits
    if not misfits and stands:
        case.status, case.incident = CaseStatus.OPEN, None
        work.event(case, "misfit_over")
    elif misfits:
        kinds = sorted({each.kind for each in misfits})
        if not stands:
            work.event(case, "misfit_found", element=misfits[0].element, kinds=kinds)
        case.status = CaseStatus.INCIDENT
        case.incident = {
            "element": misfits[0].element,
            "message": " ".join(each.message for each in misfits),
            "at": stands.get("at", work.now.isoformat()),
            "pending": [],
            FOUND: kinds,
        }
    return misfits


def _finds(by: Acting, piece: Piece) -> Iterator[Find]:
    for row in piece.loose:
        log.error("%s belongs to nothing", row)
        yield Find(row, "", [Misfit("loose", "It belongs to nothing that is there.")])
    for case_id in piece.cases:
        find = _looked_at_again(by, case_id)
        if find.misfits:
            log.error("%s does not fit together: %s", find.what,
                      ", ".join(each.kind for each in find.misfits))
            yield find


@verb
def _looked_at_again(work: Work, case_id: UUID) -> Find:
    try:
        case = lock_case(work, case_id)
    except NotFound:
        return Find(f"case:{case_id}", "", ())
    return Find(f"case:{case_id}", case.reference, holds_together(work, case))


@query
def _piece(work: Work, turn: Turn) -> Piece:
    """The next piece; of one that was the death of its process nothing is looked at, and no more
    of its part unless it is of cases."""
    passed_over = turn.attempts > MOST_ATTEMPTS
    if passed_over:
        log.error("%s after %s are passed over", turn.part, turn.upto or "the first")
        if turn.part != CASES:
            return Piece()
    if turn.part == DOMAIN:
        loose = work.domain.loose_rows(work, turn.upto)
        return Piece(loose=loose.rows, upto=loose.upto)
    if turn.part == MESSAGES:
        return _messages(work, int(turn.upto or 0))
    return _cases(work, turn.upto, passed_over=passed_over)


def _cases(work: Work, upto: str, *, passed_over: bool) -> Piece:
    after = [Case.id > UUID(upto)] if upto else []
    cases = work.session.scalars(
        select(Case).where(*after).order_by(Case.id).limit(CASES_AT_ONCE)
    ).all()
    ids = [case.id for case in cases]
    tasks, timers = _by_case(work, Task, IS_OPEN, ids), _by_case(work, Timer, IS_PENDING, ids)
    wrong = [] if passed_over else [
        case.id for case in cases
        if misfits_of(work, case, tasks[case.id], timers[case.id])
        or FOUND in (case.incident or {})
    ]
    return Piece(wrong, upto=str(ids[-1]) if len(ids) == CASES_AT_ONCE else "")


def _messages(work: Work, upto: int) -> Piece:
    numbers = work.session.scalars(
        select(Outbox.seq).where(Outbox.seq > upto).order_by(Outbox.seq).limit(MESSAGES_AT_ONCE)
    ).all()
    if not numbers:
        return Piece()
    loose = work.session.scalars(select(Outbox.id).where(
        Outbox.seq.between(numbers[0], numbers[-1]), Outbox.case_id.is_not(None),
        ~exists().where(Case.id == Outbox.case_id),
    ))
    more = len(numbers) == MESSAGES_AT_ONCE
    return Piece(loose=[f"message:{each}" for each in loose],
                 upto=str(numbers[-1]) if more else "")


def _by_case(
    work: Work, table: type[Row], which: ColumnElement[bool], ids: Sequence[UUID]
) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in work.session.scalars(select(table).where(table.case_id.in_(ids), which)):
        found[row.case_id].append(row)
    return found


@verb
def _take_up(work: Work) -> Turn | None:
    """The piece whose turn it is, counted; None where the day's look is over, or with another."""
    take_turn(work.session.connection(), LOOKING)
    row = work.session.get(LookOver, work.today)
    if row is None:
        work.session.execute(delete(LookOver))
        row = LookOver(day=work.today, part=PARTS[0], upto="", attempts=0, found=0)
        work.session.add(row)
    held = row.held_until is not None and work.now < row.held_until <= work.now + HELD
    if row.ended_at is not None or held:
        return None
    row.attempts, row.held_until = row.attempts + 1, work.now + HELD
    return Turn(row.part, row.upto, row.attempts)


@verb
def _give_back(work: Work) -> None:
    row = work.session.get(LookOver, work.today)
    if row is not None:
        row.held_until = None


@verb
def _note(work: Work, turn: Turn, piece: Piece, found: int) -> None:
    """How far it has come, unless another day has begun meanwhile."""
    row = work.session.get(LookOver, work.today)
    if row is None or (row.part, row.upto) != (turn.part, turn.upto):
        return
    row.upto, row.attempts, row.held_until = piece.upto, 0, None
    row.found += found
    if piece.upto:
        return
    if turn.part != PARTS[-1]:
        row.part = PARTS[PARTS.index(turn.part) + 1]
    else:
        row.ended_at = work.now
        log.info("everything was looked over: %s do not fit together", row.found)
