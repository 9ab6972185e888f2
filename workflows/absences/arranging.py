"""An absence is entered, begins, ends: who covers, and what moves to them and back.

That it is entered, or ended, is one transaction. Then each child has one of its own, in which the
tasks move. What fails in between is gone on with by the new day, which also begins and ends
absences whose day has come.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select

from engine.errors import AnswersInvalid, NotFound
from engine.faults import is_passing, where
from engine.standing_in import KEPT, give_back, give_in_place_of
from engine.store.models import IS_OPEN, IS_RUNNING, STANDS_IN, Case, Task
from engine.work import LONDON, Acting, Work, query, verb
from workflows.absences.days import Days
from workflows.absences.scope import person_looked_after
from workflows.absences.suggesting import overlaps, who_could_cover
from workflows.absences.table import (
    IS_BEGUN_FOR_ANOTHER,
    MOVES_ALL,
    MOVES_DUE,
    MOVES_NONE,
    Absence,
    lasts,
)
from workflows.involvements import Involvement, give_tasks_again, in_force
from workflows.people import Person
from workflows.sight.standing import not_set_apart

log = logging.getLogger(__name__)

ENTERED, BEGINS, COVERS_LATER, ENDED = (
    "absence_entered", "cover_begins", "cover_entered", "absence_ended")
"""Kinds of message."""
AWAY_ALREADY = "Another absence of this person falls within these days. End that one first"


FORGOTTEN_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Planned:
    """An absence as somebody is about to enter it."""

    days: Days
    cover_id: UUID | None
    """None: whoever the assignment rule names."""
    moves: str

    def takes(self, due_on: date | None) -> bool:
        """Whether a task that they have already, due on this day, is covered."""
        return self.moves == MOVES_ALL or (self.moves == MOVES_DUE and self.days.hold(due_on))

    def tells_cover(self, entered_by: UUID) -> bool:
        """Whether a message goes to whoever covers: not to oneself, nor where nobody is named."""
        return self.cover_id not in (None, entered_by)


def enter_absence(by: Acting, person_id: UUID, planned: Planned) -> UUID:
    """Enter it, and begin it where its first day has come. Entered once, however often it is sent.

    Raises `AnswersInvalid`, and `NotFound` where the actor may not.
    """
    absence_id = _enter(by, person_id, planned)
    go_on_with(by, absence_id)
    return absence_id


@dataclass(frozen=True, slots=True)
class Ended:
    had_begun: bool
    """Else it was called off."""
    back: int
    """Tasks that others had in their place and had not begun; of the children whom the actor may
    see."""


def end_absence(by: Acting, absence_id: UUID) -> Ended:
    """They are back, or it was called off. Ended once, however often it is sent. Raises `NotFound`
    where the actor may not."""
    ended = _end(by, absence_id)
    go_on_with(by, absence_id)
    return ended


def go_on_with(by: Acting, absence_id: UUID) -> None:
    """Whatever is still to be done of it by today; done already, nothing.

    A child whose tasks cannot move is logged, and the others go on; the new day tries again.
    """
    if _has_begun(by, absence_id):
        if _each_child(by, absence_id, _cover_child):
            _note_begun(by, absence_id)
    elif _is_over(by, absence_id) and _each_child(by, absence_id, _give_back_child):
        _note_finished(by, absence_id)


@query
def absences_to_go_on_with(work: Work) -> list[UUID]:
    """First those that are over, so that whoever is back has their tasks before they cover."""
    over = _over(work.today)
    begun = Absence.begun_at.is_(None) & lasts(work.today)
    rows = work.session.execute(
        select(Absence.id, over.label("over"))
        .join(Person, Person.id == Absence.person_id)
        .where(Absence.finished_at.is_(None), or_(over, begun))
        .order_by(Absence.starts_on, Absence.id)
    ).all()
    return [row.id for row in sorted(rows, key=lambda each: not each.over)]


@verb
def forget_absences(work: Work) -> None:
    """Those that were over a year ago: nobody needs to know any more when somebody was away. The
    audit keeps who entered one."""
    over = Absence.finished_at < work.now - FORGOTTEN_AFTER
    gone = work.session.scalars(select(Absence.id).where(over)).all()
    work.session.execute(delete(Absence).where(Absence.id.in_(gone)))
    for absence_id in gone:
        work.audit("forget_absence", about=f"absence:{absence_id}")


@query
def must_be_free(work: Work, person_id: UUID, days: Days) -> None:
    """Raises `AnswersInvalid` where the person is away already, `NotFound` where the actor may not
    arrange it."""
    person_looked_after(work, person_id, or_oneself=True)
    if work.session.scalar(
        select(Absence.id).where(Absence.person_id == person_id, overlaps(days))
    ):
        raise AnswersInvalid({"starts_on": AWAY_ALREADY})


@verb
def _enter(work: Work, person_id: UUID, planned: Planned) -> UUID:
    work.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    person = person_looked_after(work, person_id, or_oneself=True)
    days = planned.days
    same = work.session.scalar(select(Absence.id).where(
        Absence.person_id == person_id, Absence.starts_on == days.starts_on,
        Absence.ends_on.is_not_distinct_from(days.ends_on), Absence.ended_at.is_(None),
        Absence.cover_id.is_not_distinct_from(planned.cover_id), Absence.moves == planned.moves))
    if same is not None:
        return same
    must_be_free(work, person_id, days)
    could = {each.id for each in who_could_cover(work, person, days)}
    if planned.cover_id is not None and planned.cover_id not in could:
        raise AnswersInvalid({"cover": "This person cannot cover on these days. Choose somebody "
                                       "else"})
    if planned.moves not in (MOVES_ALL, MOVES_DUE, MOVES_NONE):
        raise AnswersInvalid({"moves": "Choose what happens to the tasks that they have already"})
    row = Absence(
        id=uuid4(), person_id=person_id, cover_id=planned.cover_id, starts_on=days.starts_on,
        ends_on=days.ends_on, kind=days.kind, moves=planned.moves, entered_by=work.actor.id,
        entered_at=work.now,
    )
    work.session.add(row)
    work.audit("enter_absence", about=f"absence:{row.id}", person=person_id,
               cover=planned.cover_id)
    if person_id != work.actor.id:
        work.tell(ENTERED, person_id, absence=row.id)
    if planned.tells_cover(work.actor.id):
        later = days.starts_on > work.today
        work.tell(COVERS_LATER if later else BEGINS, planned.cover_id, absence=row.id)
    return row.id


@verb
def _end(work: Work, absence_id: UUID) -> Ended:
    row = _held(work, absence_id)
    person_looked_after(work, row.person_id, or_oneself=True)
    ended = Ended(row.starts_on <= work.today, in_their_place(work, row.person_id)[0])
    if row.ended_at is not None or row.finished_at is not None:
        return ended
    row.ended_at, row.ended_by = work.now, work.actor.id
    work.audit("end_absence", about=f"absence:{row.id}", person=row.person_id)
    if row.starts_on > work.today:
        _finish(work, row)
    return ended


@query
def in_their_place(work: Work, away: UUID) -> tuple[int, int]:
    """How many tasks of theirs others have and have not begun, and have begun."""
    with work.for_the_council("how many tasks go back is said in numbers"):
        begun, found = work.session.execute(
            select(func.coalesce(func.sum(case((IS_BEGUN_FOR_ANOTHER, 1), else_=0)), 0),
                   func.count())
            .where(STANDS_IN, Task.stands_in_for == away, *not_set_apart(work, Task.child_id))
        ).one()
    return found - begun, begun


@query
def _has_begun(work: Work, absence_id: UUID) -> bool:
    """And what it moves has not moved yet."""
    return work.session.scalar(
        select(Absence.id)
        .join(Person, Person.id == Absence.person_id)
        .where(Absence.id == absence_id, Absence.begun_at.is_(None), Person.active,
               lasts(work.today))
    ) is not None


@query
def _is_over(work: Work, absence_id: UUID) -> bool:
    """And what goes back has not gone back yet."""
    return work.session.scalar(
        select(Absence.id)
        .join(Person, Person.id == Absence.person_id)
        .where(Absence.id == absence_id, Absence.finished_at.is_(None),
               _over(work.today))
    ) is not None


def _over(today: date) -> ColumnElement[bool]:
    """Somebody ended it, its last day is over, or whoever was away has left."""
    return or_(Absence.ended_at.is_not(None), Absence.ends_on < today, ~Person.active)


def _each_child(
    by: Acting, absence_id: UUID, move: Callable[[Acting, UUID, UUID], None]
) -> bool:
    """Whether the tasks of all of them have moved."""
    failed = False
    for child_id in _children(by, absence_id):
        try:
            move(by, absence_id, child_id)
        except Exception as fault:
            if is_passing(fault):
                raise
            failed = True
            log.error("child %s could not follow an absence\n%s", child_id, where(fault))
    return not failed


@query
def _children(work: Work, absence_id: UUID) -> list[UUID]:
    """With whom they work, and whose tasks they have, or others in their place."""
    away = work.session.get_one(Absence, absence_id).person_id
    with work.for_the_council("each child's tasks move, and none is shown"):
        found = set(work.session.scalars(
            select(Involvement.child_id)
            .join(Case, and_(Case.child_id == Involvement.child_id, IS_RUNNING))
            .where(Involvement.person_id == away, *in_force(work.today))
        ))
        found |= set(work.session.scalars(select(Task.child_id).where(_theirs(away))))
    return sorted(found)


def _theirs(away: UUID) -> ColumnElement[bool]:
    return IS_OPEN & or_(Task.assignee_id == away, Task.stands_in_for == away)


@verb
def _cover_child(work: Work, absence_id: UUID, child_id: UUID) -> None:
    row = work.session.get_one(Absence, absence_id)
    planned = Planned(Days(row.starts_on, row.ends_on, row.kind), row.cover_id, row.moves)
    for case_id in _cases(work, child_id, Task.assignee_id == row.person_id,
                          Task.assigned_by != KEPT):
        give_in_place_of(work, case_id, row.person_id, row.cover_id,
                         lambda task: planned.takes(task.due_on))
    give_tasks_again(work, child_id)
    work.audit("cover_child", child_id=child_id, about=f"absence:{absence_id}")


@verb
def _give_back_child(work: Work, absence_id: UUID, child_id: UUID) -> None:
    away = work.session.get_one(Absence, absence_id).person_id
    for case_id in _cases(work, child_id, _theirs(away)):
        give_back(work, case_id, away)
    give_tasks_again(work, child_id)
    work.audit("cover_child_no_more", child_id=child_id, about=f"absence:{absence_id}")


def _cases(work: Work, child_id: UUID, *of_tasks: ColumnElement[bool]) -> list[UUID]:
    """Running cases of the child with such a task, in the order in which cases are held."""
    return list(work.session.scalars(
        select(Task.case_id).where(Task.child_id == child_id, IS_OPEN, *of_tasks)
        .distinct().order_by(Task.case_id)
    ))


@verb
def _note_begun(work: Work, absence_id: UUID) -> None:
    row = _held(work, absence_id)
    if row.begun_at is not None:
        return
    row.begun_at = work.now
    work.audit("begin_absence", about=f"absence:{row.id}", person=row.person_id)
    if row.cover_id is not None and row.entered_at.astimezone(LONDON).date() < row.starts_on:
        work.tell(BEGINS, row.cover_id, absence=row.id)


@verb
def _note_finished(work: Work, absence_id: UUID) -> None:
    row = _held(work, absence_id)
    if row.finished_at is None:
        _finish(work, row)


def _finish(work: Work, row: Absence) -> None:
    row.finished_at = work.now
    if row.ended_at is None and (row.ends_on is None or row.ends_on >= work.today):
        row.ended_at = work.now  # whoever was away has left
    work.audit("finish_absence", about=f"absence:{row.id}", person=row.person_id)
    for each in (row.person_id, row.cover_id):
        if each is not None and each != row.ended_by:
            work.tell(ENDED, each, absence=row.id)


def _held(work: Work, absence_id: UUID) -> Absence:
    row = work.session.scalar(
        select(Absence).where(Absence.id == absence_id).with_for_update()
        .execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row
