"""What has come due, and who has taken it up.

What is due is taken up before it is fired, and its rows count how often: a case of which nothing
was heard afterwards was the death of whoever took it up, or never came to an end. It is taken up
alone from then on, and given up after `MOST_ATTEMPTS`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from engine.store.models import IS_PENDING, Timer, TimerStatus
from engine.work import Work, query, verb

HELD = timedelta(minutes=10)
"""The longest that a timer is left to whoever has taken it up; after that it was lost."""
MOST_ATTEMPTS = 3
"""How often a case is taken up of which nothing is heard afterwards."""


@verb
def take_up(
    work: Work, most: int, *but: ColumnElement[bool], until: datetime | None = None
) -> list[UUID]:
    """Cases that have waited longest, in due order; no one else takes them up before `until`.

    Those of at most `most` timers, without any in doubt; a timer has to meet `but` as well.
    """
    case_ids = list(dict.fromkeys(work.session.scalars(_fresh(work.now, most, *but))))
    if case_ids:
        work.session.execute(
            update(Timer)
            .where(Timer.case_id.in_(case_ids), may_fire(work.now))
            .values(attempts=Timer.attempts + 1, held_until=until)
            .execution_options(synchronize_session=False)
        )
    return case_ids


@query
def longest_in_doubt(work: Work) -> UUID | None:
    """A case that was taken up before and of which nothing was heard: the least tried first."""
    return work.session.scalar(in_doubt(work.now).limit(1))


def in_doubt(now: datetime) -> Select[UUID]:
    return (
        select(Timer.case_id)
        .where(is_due(now), Timer.attempts > 0)
        .order_by(Timer.attempts, Timer.due_at)
    )


@verb
def take_up_again(work: Work, case_id: UUID, until: datetime | None = None) -> int:
    """Take up a case in doubt; for which time, 0 where nothing of it is due any more."""
    counted = work.session.scalars(
        update(Timer)
        .where(Timer.case_id == case_id, may_fire(work.now))
        .values(attempts=Timer.attempts + 1, held_until=until)
        .returning(Timer.attempts)
        .execution_options(synchronize_session=False)
    )
    return max(counted, default=0)


@verb
def hold(work: Work, case_ids: Sequence[UUID], until: datetime) -> None:
    """Let no one take up what is due in these cases; whoever works on them counts."""
    work.session.execute(
        update(Timer)
        .where(Timer.case_id.in_(case_ids), may_fire(work.now))
        .values(held_until=until)
        .execution_options(synchronize_session=False)
    )


@verb
def put_off(work: Work, case_id: UUID, until: datetime) -> None:
    """Leave what is due in a case alone for a while. Something was heard of it."""
    _give_back(work, case_id, attempts=0, held_until=until)


@verb
def leave_in_doubt(work: Work, case_id: UUID) -> None:
    """Let what was taken up be taken up again at once."""
    _give_back(work, case_id, held_until=None)


@verb
def trust_again(work: Work, case_id: UUID) -> None:
    """Let the timers of a case that were given up be tried again."""
    work.session.execute(
        update(Timer)
        .where(Timer.case_id == case_id, IS_PENDING, Timer.attempts > MOST_ATTEMPTS)
        .values(attempts=1, held_until=None)
    )


@query
def next_due(work: Work) -> datetime | None:
    """When the next timer comes due that is not due yet, if one waits."""
    return work.session.scalar(
        select(Timer.due_at)
        .where(IS_PENDING, Timer.due_at > work.now)
        .order_by(Timer.due_at)
        .limit(1)
    )


def is_due(now: datetime) -> ColumnElement[bool]:
    """May fire, and no one has taken it up.

    A hold for longer than any that is given out is from before the clock was put back.
    """
    return and_(
        may_fire(now),
        or_(
            Timer.held_until.is_(None), Timer.held_until <= now, Timer.held_until > now + HELD
        ),
    )


def may_fire(now: datetime) -> ColumnElement[bool]:
    """Waits, is due, and was not given up; whoever has taken it up."""
    return and_(IS_PENDING, Timer.due_at <= now, Timer.attempts <= MOST_ATTEMPTS)


def _fresh(now: datetime, most: int, *but: ColumnElement[bool]) -> Select[UUID]:
    other = aliased(Timer)
    doubtful = exists().where(
        other.case_id == Timer.case_id,
        other.status == TimerStatus.PENDING,
        other.due_at <= now,
        other.attempts.between(1, MOST_ATTEMPTS),
    )
    return (
        select(Timer.case_id)
        .where(is_due(now), Timer.attempts == 0, ~doubtful, *but)
        .order_by(Timer.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )


def _give_back(work: Work, case_id: UUID, **values: datetime | int | None) -> None:
    work.session.execute(
        update(Timer).where(Timer.case_id == case_id, may_fire(work.now)).values(**values)
    )
