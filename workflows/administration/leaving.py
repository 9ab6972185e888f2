"""Somebody leaves: in one step their account ends and their work goes to others.

The decision is one transaction. Then each child has one of its own, in which the one goes and the
other comes, so that no child is without either. What fails in between is gone on with: by whoever
asks again, and by the new day.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.faults import is_passing, where
from engine.forms import Field, Form, Option, read_answers
from engine.store.models import IS_OPEN, Task
from engine.work import Acting, Work, query, verb
from workflows.accounts.ending import end_everything_open
from workflows.administration.standing import (
    must_leave_an_administrator,
    must_not_be_oneself,
    person_to_change,
)
from workflows.administration.succession import come_instead, end_with
from workflows.administration.table import Leaving, SchoolPost
from workflows.delegations import Delegation
from workflows.involvements import Involvement, give_tasks_again
from workflows.people import Person, PersonRole
from workflows.roles import ROLES
from workflows.telling.calendar_feed import CalendarFeed
from workflows.tokens import ApiToken

log = logging.getLogger(__name__)

LATEST = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class WhatIsTheirs:
    """In numbers: an administrator sees no child."""

    tasks: int
    involvements: Mapping[str, int]
    """With how many children in each role, in the order of `ROLES`; from today on."""

    @property
    def children(self) -> int:
        return sum(self.involvements.values())


@query
def what_is_theirs(work: Work, person_id: UUID) -> WhatIsTheirs:
    with work.for_the_council("how much somebody leaves behind is shown in numbers"):
        tasks = work.session.scalar(
            select(func.count()).select_from(Task).where(Task.assignee_id == person_id, IS_OPEN))
        counted = {row.role: row.children for row in work.session.execute(
            select(Involvement.role, func.count(Involvement.child_id.distinct()).label("children"))
            .where(Involvement.person_id == person_id,
                   or_(Involvement.ends_on.is_(None), Involvement.ends_on >= work.today))
            .group_by(Involvement.role)
        )}
    return WhatIsTheirs(tasks or 0, {key: counted[key] for key in ROLES if key in counted})


@query
def form_of_leaving(work: Work, person_id: UUID) -> Form:
    """Raises `NotFound` for somebody who has left."""
    person = work.session.get(Person, person_id)
    if person is None or not person.active:
        raise NotFound
    mine = [row.role for row in person.roles if not ROLES[row.role].whole_council]
    colleagues = work.session.scalars(
        select(Person)
        .where(Person.active, Person.id != person_id, Person.id.in_(
            select(PersonRole.person_id).where(PersonRole.role.in_(mine))))
        .where(Person.id.not_in(select(Leaving.person_id)))
        .order_by(Person.name)
    )
    options = tuple(Option(str(each.id), f"{each.name}, {each.email}") for each in colleagues)
    successor = (Field(
        "successor", "select", "Who takes over their children?", "successor", options=options,
        hint="Somebody of the same role. Left open, tasks go to whoever covers, until each child "
             "has somebody new",
    ),) if options else ()
    return Form("leave", "This person leaves", (
        Field("last_day", "date", "Their last day", "last_day", required=True,
              hint="Today: the account ends at once. A later day: when that day is over"),
        *successor,
    ))


def leave(by: Acting, person_id: UUID, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`, `NotFound`, and `Refused` for oneself and the last administrator."""
    decide_leaving(by, person_id, answers)
    go_on_leaving(by, person_id)


def go_on_leaving(by: Acting, person_id: UUID) -> None:
    """Whatever is still to be done of it by today; done already, nothing.

    A child that cannot be passed on is logged, and the others go on.
    """
    end_account_in_time(by, person_id)
    for child_id in children_to_pass_on(by, person_id):
        try:
            pass_on_child(by, person_id, child_id)
        except Exception as fault:
            if is_passing(fault):
                raise
            log.error("child %s could not be passed on\n%s", child_id, where(fault))
    finish_leaving(by, person_id)


@verb
def decide_leaving(work: Work, person_id: UUID, answers: Mapping[str, Any]) -> None:
    """That they leave and who takes over. Raises as `leave`."""
    must_not_be_oneself(work, person_id)
    person_to_change(work, person_id)
    read = read_answers(form_of_leaving(work, person_id), answers, {})
    errors, last_day = dict(read.errors), read.values.get("last_day")
    if last_day and last_day < work.today:
        errors["last_day"] = "Enter today or a later day. For somebody who has left, enter today"
    if last_day and last_day > work.today + LATEST:
        errors["last_day"] = "Enter a day within the next two years"
    if errors:
        raise AnswersInvalid(errors)
    must_leave_an_administrator(work, person_id)
    if work.session.get(Leaving, person_id) is not None:
        raise Refused("That this person leaves is entered already.")
    successor = read.values.get("successor")
    work.session.add(Leaving(
        person_id=person_id, last_day=last_day, successor_id=UUID(successor) if successor else None,
        decided_by=work.actor.id, decided_at=work.now,
    ))
    work.audit("decide_leaving", about=f"person:{person_id}", last_day=last_day,
               successor=successor)
    work.session.execute(
        update(SchoolPost)
        .where(SchoolPost.person_id == person_id,
               or_(SchoolPost.ends_on.is_(None), SchoolPost.ends_on > last_day))
        .values(ends_on=last_day))
    if last_day == work.today:
        _end_account(work, person_id)


@verb
def end_account_in_time(work: Work, person_id: UUID) -> None:
    """Where their last day is over."""
    leaving, person = _leaving(work, person_id), person_to_change(work, person_id)
    if person.active and leaving.last_day < work.today:
        _end_account(work, person_id)


@query
def children_to_pass_on(work: Work, person_id: UUID) -> list[UUID]:
    """Round whom they would be after their last day; and, once they are gone, whose tasks they
    have, however they came by them."""
    leaving, person = _leaving(work, person_id), work.session.get_one(Person, person_id)
    with work.for_the_council("each is passed on by Pepway, and none is shown"):
        found = set(work.session.scalars(
            select(Involvement.child_id).where(Involvement.person_id == person_id,
                                               _goes_on_after(leaving.last_day))
        ))
        if not person.active:
            found |= set(work.session.scalars(
                select(Task.child_id).where(Task.assignee_id == person_id, IS_OPEN)
            ))
    return sorted(found)


@verb
def pass_on_child(work: Work, person_id: UUID, child_id: UUID) -> None:
    """The one goes and the other comes; then the assignment rule runs, once."""
    leaving = _leaving(work, person_id)
    rows = work.session.scalars(
        select(Involvement)
        .where(Involvement.person_id == person_id, Involvement.child_id == child_id,
               _goes_on_after(leaving.last_day))
        .with_for_update()
    ).all()
    for row in rows:
        until = row.ends_on
        end_with(work, row, leaving.last_day, "the person leaves")
        if leaving.successor_id is not None:
            come_instead(work, row, leaving.successor_id, _first_day(work, leaving, row), until)
    give_tasks_again(work, child_id)


@verb
def finish_leaving(work: Work, person_id: UUID) -> None:
    leaving, person = _leaving(work, person_id), work.session.get_one(Person, person_id)
    if leaving.finished_at or person.active or children_to_pass_on(work, person_id):
        return
    leaving.finished_at = work.now
    work.audit("finish_leaving", about=f"person:{person_id}")


@verb
def come_back(work: Work, person_id: UUID) -> None:
    """Somebody who left signs in again, with the roles of before and no children.

    Raises `NotFound` for somebody who is here, `Refused` while their work is still going to others.
    """
    person, leaving = person_to_change(work, person_id), work.session.get(Leaving, person_id)
    if person.active:
        raise NotFound
    must_not_be_oneself(work, person_id)
    if leaving is not None and leaving.finished_at is None:
        raise Refused("Work of this person is still going to others. Finish that first.")
    if leaving is not None:
        work.session.delete(leaving)
    person.active = True
    work.audit("come_back", about=f"person:{person_id}")


@query
def who_is_leaving(work: Work) -> list[UUID]:
    """Whose leaving is not through, as far as today asks for it."""
    return list(work.session.scalars(
        select(Leaving.person_id)
        .where(Leaving.finished_at.is_(None)).order_by(Leaving.last_day, Leaving.person_id)
    ))


def _leaving(work: Work, person_id: UUID) -> Leaving:
    leaving = work.session.get(Leaving, person_id)
    if leaving is None:
        raise NotFound
    return leaving


def _goes_on_after(day: date) -> Any:
    return or_(Involvement.ends_on.is_(None), Involvement.ends_on > day)


def _first_day(work: Work, leaving: Leaving, row: Involvement) -> date:
    """The day after; of somebody whose account has ended on their last day, that day itself."""
    next_day = leaving.last_day + timedelta(days=1)
    gone = leaving.last_day <= work.today and not work.session.get_one(
        Person, leaving.person_id).active
    return max(row.starts_on, min(next_day, work.today) if gone else next_day)


def _end_account(work: Work, person_id: UUID) -> None:
    """Their next request finds nobody; what was given to colleagues, or to them, is taken back."""
    work.session.get_one(Person, person_id).active = False
    end_everything_open(work, person_id)
    work.session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
    work.session.execute(
        update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.expires_at > work.now)
        .values(expires_at=work.now))
    work.session.execute(
        update(Delegation)
        .where(or_(Delegation.person_id == person_id, Delegation.given_by == person_id),
               Delegation.taken_back_at.is_(None))
        .values(taken_back_at=work.now))
    work.audit("deactivate_person", about=f"person:{person_id}")
    work.session.flush()
