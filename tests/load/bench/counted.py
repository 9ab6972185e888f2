"""Figures of a stamped council, as the background would have counted them over the years.

What is counted of one child is stamped with its life; what is added up over all of them is added
up here, by the product's own functions.
"""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from lives import KEY, MORNING
from sqlalchemy import Date, cast, func, select, update

from engine.clock import FixedClock
from engine.domain import SYSTEM
from engine.store.database import Database
from engine.store.models import Event, Task
from engine.work import LONDON, Installation, Work, query, verb
from workflows.figures.added_up import count_in_and_out
from workflows.figures.limit_counts import write_limits
from workflows.figures.standing_days import standing_counted, write_standing
from workflows.figures.standing_now import begin_standing_now, standing_of
from workflows.figures.step_times import step_times_of, write_step_times
from workflows.figures.stood_alike import ended_of, write_ended
from workflows.figures.tables import (
    Clock,
    FiguresPosition,
    PlanFigures,
    PremiumUse,
    SectionCount,
    SectionRating,
)
from workflows.figures.variants import variants_of, write_variants
from workflows.pep.domain import PepDomain

EVENTS_AT_ONCE = 1_000


def add_up_the_years(database: Database) -> None:
    by = Installation(database, FixedClock(MORNING), PepDomain(), KEY).acting(SYSTEM)
    _let_months_begin(by, on_sqlite=database.is_sqlite)
    counting = _that_count(by)
    for at in range(0, len(counting), EVENTS_AT_ONCE):
        _add_up(by, counting[at:at + EVENTS_AT_ONCE])
    _count_days(by, by.today - timedelta(days=1))
    _count_what_stands(by)


@verb
def _let_months_begin(work: Work, *, on_sqlite: bool) -> None:
    """A life that is stamped weeks earlier has its months begin on any day."""
    for table in (PlanFigures, SectionRating, PremiumUse):
        begins = (func.date(table.month, "start of month") if on_sqlite
                  else cast(func.date_trunc("month", table.month), Date))
        work.session.execute(update(table).values(month=begins))


@query
def _that_count(work: Work) -> list[UUID]:
    return list(work.session.scalars(
        select(Event.id).where(Event.kind.in_(("task_completed", "case_ended", "case_closed")))
        .order_by(Event.seq)
    ))


@verb
def _add_up(work: Work, ids: list[UUID]) -> None:
    events = work.session.scalars(select(Event).where(Event.id.in_(ids))).all()
    write_step_times(work, step_times_of(work, events))
    write_variants(work, variants_of(work, events))
    write_ended(work, ended_of(work, events))


@verb
def _count_days(work: Work, last: date) -> None:
    began = work.session.scalar(select(func.min(Task.opened_at)))
    if began is not None:
        first = began.astimezone(LONDON).date()
        write_standing(work, first, last, standing_counted(work, first, last))
    work.session.add(FiguresPosition(
        id=1, event_seq=work.session.scalar(select(func.max(Event.seq))) or 0,
        counted_at=work.now, day=work.today, day_child_id=None, standing_to=last,
    ))


@verb
def _count_what_stands(work: Work) -> None:
    limits = work.session.execute(select(*Clock.__table__.columns).execution_options(
        yield_per=EVENTS_AT_ONCE))
    write_limits(work, (row._asdict() for row in limits))
    section = (SectionRating.month, SectionRating.section, SectionRating.rating)
    count_in_and_out(work, SectionCount, Counter({
        tuple(key): plans for *key, plans in
        work.session.execute(select(*section, func.count()).group_by(*section))}), ())
    begin_standing_now(work, standing_of(work))
    work.session.get_one(FiguresPosition, 1).stands = True
