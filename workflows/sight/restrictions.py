"""Restricted records: of staff and their relatives, of children who must not be found, and others.

While a record is restricted it opens only to those who are involved with the child by name. A role
that is held for the whole council is not enough, neither to see the record nor to be given a task.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from engine.cases import newest_cases
from engine.errors import NotFound, Refused
from engine.forms import Field, Form, Option, valid_answers
from engine.work import Work, query, verb
from workflows.access import visible
from workflows.involvements import Involvement, give_tasks_again, in_force, start_involvement
from workflows.people import Person, PersonRole, names
from workflows.resources import must_be_allowed
from workflows.sight.table import ConflictOfInterest, Restriction

LOOKED_AT_AGAIN_AFTER = timedelta(days=90)
LONGEST_REASON = 2_000
_VIRTUAL_SCHOOL = "virtual_school"


@dataclass(frozen=True, slots=True)
class RestrictionView:
    child_id: UUID
    reference: str
    """Of the child's newest case: what the record is called where no name is shown."""
    case_id: UUID
    reason: str
    began_at: datetime
    began_by: str
    review_on: date


@query
def restriction_of(work: Work, child_id: UUID) -> RestrictionView | None:
    """The one that stands."""
    row = _standing(work, child_id)
    return _views(work, [row])[0] if row is not None else None


@query
def restrictions(work: Work) -> list[RestrictionView]:
    """Those that the actor may look at again, the next to be looked at first."""
    rows = work.session.scalars(
        select(Restriction)
        .where(Restriction.lifted_at.is_(None),
               visible(work, Restriction.child_id, "review_restriction"))
        .order_by(Restriction.review_on, Restriction.id)
    ).all()
    return _views(work, rows)


@query
def form_of_restricting(work: Work, child_id: UUID) -> Form:
    return Form("restrict", "Restrict this record", (
        Field("reason", "textarea", "Why is the record restricted?", "reason", required=True,
              max_length=LONGEST_REASON,
              hint="For example: the child is a relative of a member of staff. Whoever works with "
                   "the child reads this"),
        Field("named", "checkboxes", "Who of the virtual school works with this child?", "named",
              required=True, options=_of_the_virtual_school(work, child_id),
              hint="Nobody else of the virtual school sees the record from now on",
              error_messages={"required": "Choose at least one person of the virtual school. "
                                          "Their tasks would be nobody's otherwise"}),
    ))


FORM_OF_REVIEWING = Form("review_restriction", "Is the restriction still needed?", (
    Field("needed", "radio", "Is it still needed?", "needed", required=True,
          options=(Option("yes", "Yes, keep it for another 90 days"),
                   Option("no", "No, lift it", "The whole virtual school and managers see the "
                          "record again"))),
    Field("reason", "textarea", "Why?", "reason", required=True, max_length=LONGEST_REASON),
))


@verb
def restrict_record(work: Work, child_id: UUID, answers: Mapping[str, Any]) -> None:
    """From the next request on nobody sees the record by a role of the whole council.

    Raises `AnswersInvalid`, `NotFound` where the actor may not, and `Refused` where it is
    restricted already.
    """
    must_be_allowed(work, "restrict_record", child_id)
    if _standing(work, child_id) is not None:
        raise Refused("This record is restricted already.")
    said = valid_answers(form_of_restricting(work, child_id), answers)
    work.session.add(Restriction(
        id=uuid4(), child_id=child_id, reason=said["reason"], began_at=work.now,
        began_by=work.actor.id, review_on=work.today + LOOKED_AT_AGAIN_AFTER,
    ))
    work.session.flush()
    for person_id in {UUID(each) for each in said["named"]} - _named(work, child_id):
        start_involvement(work, child_id, person_id, _VIRTUAL_SCHOOL, work.today)
    give_tasks_again(work, child_id)
    work.audit("restrict_record", child_id=child_id)


@verb
def review_restriction(work: Work, child_id: UUID, answers: Mapping[str, Any]) -> None:
    """Keep it for another ninety days, or lift it; the reason stands beside it.

    Raises `AnswersInvalid`, and `NotFound` where the actor may not or nothing is restricted.
    """
    must_be_allowed(work, "review_restriction", child_id)
    row = _standing(work, child_id)
    if row is None:
        raise NotFound
    said = valid_answers(FORM_OF_REVIEWING, answers)
    if said["needed"] == "yes":
        row.review_on = work.today + LOOKED_AT_AGAIN_AFTER
        row.reason = said["reason"]
    else:
        row.lifted_at, row.lifted_by = work.now, work.actor.id
        row.lifted_why = said["reason"]
        give_tasks_again(work, child_id)
    work.audit("review_restriction", child_id=child_id, about=f"restriction:{row.id}",
               kept=said["needed"] == "yes")


def _standing(work: Work, child_id: UUID) -> Restriction | None:
    return work.session.scalar(
        select(Restriction)
        .where(Restriction.child_id == child_id, Restriction.lifted_at.is_(None))
    )


def _named(work: Work, child_id: UUID) -> set[UUID]:
    return set(work.session.scalars(
        select(Involvement.person_id).where(
            Involvement.child_id == child_id, Involvement.role == _VIRTUAL_SCHOOL,
            *in_force(work.today),
        )
    ))


def _of_the_virtual_school(work: Work, child_id: UUID) -> tuple[Option, ...]:
    """Without whoever must not see the child."""
    in_conflict = select(ConflictOfInterest.person_id).where(
        ConflictOfInterest.child_id == child_id, ConflictOfInterest.ended_at.is_(None)
    )
    people = work.session.scalars(
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, PersonRole.role == _VIRTUAL_SCHOOL, Person.id.not_in(in_conflict))
        .order_by(Person.name)
    )
    return tuple(Option(str(each.id), each.name) for each in people)


def _views(work: Work, rows: Sequence[Restriction]) -> list[RestrictionView]:
    called = names(work, [row.began_by for row in rows])
    newest = newest_cases(work, [row.child_id for row in rows])
    return [
        RestrictionView(
            row.child_id, newest[row.child_id].reference, newest[row.child_id].id, row.reason,
            row.began_at, called.get(row.began_by, ""), row.review_on,
        )
        for row in rows
    ]
