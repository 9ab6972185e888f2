"""Many cases moved, one transaction each: planned by a person, done by the background.

Whatever dies on the way, a case is moved once: its row and the case change together.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from engine.advance import UNEXPECTED, lock_case
from engine.domain import Actor
from engine.due import MOST_ATTEMPTS
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.faults import where
from engine.migration.moving import move, undo
from engine.migration.plan import CannotMove, Plan
from engine.migration.preparing import Target, target_of
from engine.migration.tables import IN_TURN, CaseMove, CaseMoveState, Move
from engine.releases import get_release
from engine.store.models import IS_RUNNING, Case
from engine.watchdog import TookTooLong, watched
from engine.work import Acting, Work, query, verb

log = logging.getLogger(__name__)

CASES_IN_A_ROW = 50
"""Then timers and messages have their turn."""
BROKE_DOWN = f"Pepway broke down or hung {MOST_ATTEMPTS} times while it worked on it"
OF_RELEASES = "release"
"""Kind of a move of cases to another release."""


@dataclass(frozen=True, slots=True)
class MoveView:
    id: UUID
    kind: str
    procedure: str
    release_id: UUID
    plan: Plan
    reason: str
    planned_by: UUID
    planned_at: datetime
    begun_at: datetime | None
    undone_by: UUID | None
    undone_at: datetime | None


@verb
def plan_move(
    work: Work, procedure: str, release_id: UUID, case_ids: Iterable[UUID]
) -> UUID:
    """Choose cases to be moved; nothing happens to them yet. Raises `AnswersInvalid`."""
    if get_release(work, release_id).procedure != procedure:
        raise NotFound
    with work.for_the_council("which of the chosen cases run is asked, whose they are is not"):
        cases = list(work.session.scalars(
            select(Case).where(Case.id.in_(list(case_ids)), Case.procedure == procedure,
                               IS_RUNNING, Case.release_id != release_id)))
    if not cases:
        raise AnswersInvalid({"classes": "Select the cases to move"})
    planned = Move(kind=OF_RELEASES, procedure=procedure, release_id=release_id,
                   plan=Plan().as_json(), reason="", planned_by=work.actor.id,
                   planned_at=work.now)
    work.session.add(planned)
    work.session.flush()
    work.session.add_all(
        CaseMove(move_id=planned.id, case_id=case.id, child_id=case.child_id,
                 state=CaseMoveState.CHOSEN, because="", notes=[], undoable=False)
        for case in cases
    )
    work.audit("plan_move", about=f"move:{planned.id}", cases=len(cases), release=release_id)
    return planned.id


@verb
def change_plan(work: Work, move_id: UUID, plan: Plan) -> None:
    """Raises `NotFound`, or `Refused` where the move has begun."""
    planned = _not_begun(work, move_id)
    planned.plan = plan.as_json()
    work.audit("plan_move", about=f"move:{move_id}", plan=planned.plan)


@verb
def begin_move(work: Work, move_id: UUID, reason: str) -> None:
    """Give it to the background. A second time, as after a double click, changes nothing.

    Raises `NotFound`, or `AnswersInvalid` without a reason.
    """
    planned = _locked(work, move_id)
    if planned.begun_at is not None:
        return
    if not reason.strip():
        raise AnswersInvalid({"reason": "Enter why these cases are moved"})
    planned.begun_at, planned.reason = work.now, reason.strip()
    _to_turn(work, move_id, CaseMoveState.CHOSEN, CaseMoveState.WAITING)
    work.audit("move_cases", about=f"move:{move_id}", reason=planned.reason, plan=planned.plan,
               release=planned.release_id)


@verb
def stop_move(work: Work, move_id: UUID) -> None:
    """Cases whose turn is to come stay as they are."""
    _locked(work, move_id)
    work.session.execute(
        update(CaseMove)
        .where(CaseMove.move_id == move_id, CaseMove.state == CaseMoveState.WAITING)
        .values(state=CaseMoveState.STAYED, because="the move was stopped before its turn",
                done_at=work.now)
        .execution_options(synchronize_session=False))
    work.audit("stop_move", about=f"move:{move_id}")


@verb
def undo_move(work: Work, move_id: UUID) -> None:
    """Let the background put back every case that has not gone on since."""
    planned = _locked(work, move_id)
    if planned.begun_at is None or planned.undone_at is not None:
        return
    planned.undone_by, planned.undone_at = work.actor.id, work.now
    _to_turn(work, move_id, CaseMoveState.MOVED, CaseMoveState.UNDO_WAITING)
    work.audit("undo_moves", about=f"move:{move_id}")


@query
def get_move(work: Work, move_id: UUID) -> MoveView:
    """Raises `NotFound`."""
    row = work.session.get(Move, move_id)
    if row is None or row.kind != OF_RELEASES:
        raise NotFound
    return _view(row)


@query
def moves_of(work: Work, procedure: str, limit: int = 20) -> list[MoveView]:
    """Those that have begun, newest first."""
    rows = work.session.scalars(
        select(Move)
        .where(Move.procedure == procedure, Move.begun_at.is_not(None), Move.kind == OF_RELEASES)
        .order_by(Move.begun_at.desc()).limit(limit))
    return [_view(row) for row in rows]


def counts(work: Work, move_id: UUID) -> dict[str, int]:
    """How many cases of a move there are in each state."""
    rows = work.session.execute(
        select(CaseMove.state, func.count()).where(CaseMove.move_id == move_id)
        .group_by(CaseMove.state)).all()
    return {state: count for state, count in rows}


def carry_on(by: Acting, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Move, or put back, the next cases; whether there may be more."""
    for _ in range(CASES_IN_A_ROW):
        if stopping():
            return True
        taken = _take_up(by)
        if taken is None:
            return False
        move_id, case_id, attempts = taken
        try:
            with watched():
                _take_its_turn(by, move_id, case_id, attempts)
        except TookTooLong:
            log.error("case %s took too long to be moved", case_id)
    return True


@verb
def _take_up(work: Work) -> tuple[UUID, UUID, int] | None:
    """The next case whose turn it is, counted as taken up."""
    row = work.session.scalar(
        select(CaseMove).where(CaseMove.state.in_(IN_TURN))
        .order_by(CaseMove.move_id, CaseMove.attempts, CaseMove.case_id)
        .limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    row.attempts += 1
    return row.move_id, row.case_id, row.attempts


@verb
def _take_its_turn(work: Work, move_id: UUID, case_id: UUID, attempts: int) -> None:
    row = work.session.scalar(
        select(CaseMove)
        .where(CaseMove.move_id == move_id, CaseMove.case_id == case_id,
               CaseMove.state.in_(IN_TURN))
        .with_for_update(skip_locked=True))
    if row is None:  # done, or with another worker
        return
    planned = work.session.get_one(Move, move_id)
    undoing = row.state == CaseMoveState.UNDO_WAITING
    who = planned.undone_by if undoing else planned.planned_by
    theirs = replace(work, actor=Actor(who or planned.planned_by, "", frozenset()))
    row.done_at = work.now
    try:
        if attempts > MOST_ATTEMPTS:
            raise Refused(BROKE_DOWN)
        case = lock_case(work, case_id)
        with work.attempt():
            if undoing:
                _put_back(theirs, case, row)
            else:
                _move(theirs, case, row, planned)
    except (CannotMove, Refused) as refused:
        _leave(row, refused.message, undoing=undoing)
    except SQLAlchemyError:
        raise
    except Exception as fault:
        log.error("case %s could not be moved\n%s", case_id, where(fault))
        _leave(row, UNEXPECTED, undoing=undoing)


def _move(work: Work, case: Case, row: CaseMove, planned: Move) -> None:
    target = _target(work, planned.release_id)
    moved = move(work, case, target, Plan.from_json(planned.plan), planned.id)
    row.state, row.notes = CaseMoveState.MOVED, list(moved.notes)
    row.before, row.after, row.undoable = moved.before, moved.after, moved.undoable


def _put_back(work: Work, case: Case, row: CaseMove) -> None:
    if not row.undoable or row.before is None or row.after is None:
        raise Refused("something was done with the move that cannot be taken back")
    undo(work, case, row.after, row.before)
    row.state = CaseMoveState.UNDONE


def _leave(row: CaseMove, because: str, *, undoing: bool) -> None:
    row.state = CaseMoveState.KEPT if undoing else CaseMoveState.STAYED
    row.because = because


_targets: dict[UUID, Target] = {}


def _target(work: Work, release_id: UUID) -> Target:
    """What has been shown of a release once is known for its next case."""
    target = _targets.get(release_id)
    if target is None:
        target = target_of(work, release_id)
        _targets.clear()
        _targets[release_id] = target
    return target


def _to_turn(work: Work, move_id: UUID, before: CaseMoveState, after: CaseMoveState) -> None:
    work.session.execute(
        update(CaseMove).where(CaseMove.move_id == move_id, CaseMove.state == before)
        .values(state=after, attempts=0)
        .execution_options(synchronize_session=False))


def _locked(work: Work, move_id: UUID) -> Move:
    row = work.session.scalar(
        select(Move).where(Move.id == move_id, Move.kind == OF_RELEASES).with_for_update())
    if row is None:
        raise NotFound
    return row


def _not_begun(work: Work, move_id: UUID) -> Move:
    planned = _locked(work, move_id)
    if planned.begun_at is not None:
        raise Refused("This move has begun: its plan stands.")
    return planned


def _view(row: Move) -> MoveView:
    return MoveView(
        row.id, row.kind, row.procedure, row.release_id, Plan.from_json(row.plan), row.reason,
        row.planned_by, row.planned_at, row.begun_at, row.undone_by, row.undone_at)


def chosen_cases(work: Work, move_id: UUID) -> Sequence[CaseMove]:
    return work.session.scalars(
        select(CaseMove).where(CaseMove.move_id == move_id).order_by(CaseMove.case_id)).all()
