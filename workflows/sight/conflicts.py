"""Conflicts of interest: whoever is close to a child or to the family never sees the record.

A declaration counts from the next request on and wins over every role, involvement and emergency.
Nobody takes back their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from engine.errors import NotFound, Refused
from engine.forms import Field, Form, Option, valid_answers
from engine.store.models import RUNNING, Case
from engine.work import Work, query, verb
from workflows.involvements import give_tasks_again
from workflows.people import Person, names
from workflows.pep.telling import tell_people
from workflows.resources import must_be_allowed
from workflows.sight.table import ConflictOfInterest

LONGEST_REASON = 2_000
_WHY = Field("reason", "textarea", "What connects you with the child or the family?", "reason",
             required=True, max_length=LONGEST_REASON,
             hint="A few words are enough, for example: the child's aunt is my sister. The virtual "
                  "school reads this")
FORM_OF_DECLARING = Form("declare_conflict", "I must not see this record", (_WHY,))
FORM_OF_ENDING = Form("end_conflict", "End this conflict of interest", (
    Field("reason", "textarea", "Why does it no longer stand?", "reason", required=True,
          max_length=LONGEST_REASON),
))


@dataclass(frozen=True, slots=True)
class ConflictView:
    id: UUID
    name: str
    reason: str
    declared_at: datetime
    declared_by: str
    is_mine: bool


@query
def conflicts_about(work: Work, child_id: UUID) -> list[ConflictView]:
    """Those that stand, the newest first."""
    rows = work.session.scalars(
        select(ConflictOfInterest)
        .where(ConflictOfInterest.child_id == child_id, ConflictOfInterest.ended_at.is_(None))
        .order_by(ConflictOfInterest.declared_at.desc())
    ).all()
    called = names(work, {each for row in rows for each in (row.person_id, row.declared_by)})
    return [
        ConflictView(row.id, called.get(row.person_id, ""), row.reason, row.declared_at,
                     called.get(row.declared_by, ""), row.declared_by == work.actor.id)
        for row in rows
    ]


@query
def form_of_declaring_for_others(work: Work) -> Form:
    people = work.session.scalars(select(Person).where(Person.active).order_by(Person.name))
    options = tuple(Option(str(each.id), f"{each.name}, {each.email}")
                    for each in people if each.id != work.actor.id)
    return Form("declare_conflict_of_others", "Somebody must not see this record", (
        Field("person", "select", "Who?", "person", required=True, options=options),
        Field("reason", "textarea", "What connects them with the child or the family?", "reason",
              required=True, max_length=LONGEST_REASON),
    ))


@verb
def declare_conflict(work: Work, child_id: UUID, answers: Mapping[str, Any]) -> None:
    """The actor's own. Raises `AnswersInvalid`, and `NotFound` for a child they do not see."""
    must_be_allowed(work, "declare_conflict", child_id)
    said = valid_answers(FORM_OF_DECLARING, answers)
    _declare(work, child_id, work.actor.id, said["reason"])


@verb
def declare_conflict_of_others(work: Work, child_id: UUID, answers: Mapping[str, Any]) -> None:
    """Somebody else's, by the virtual school. Raises as `declare_conflict`."""
    must_be_allowed(work, "declare_conflict_of_others", child_id)
    said = valid_answers(form_of_declaring_for_others(work), answers)
    _declare(work, child_id, UUID(said["person"]), said["reason"])


@verb
def end_conflict(
    work: Work, child_id: UUID, conflict_id: UUID, answers: Mapping[str, Any]
) -> None:
    """Raises `AnswersInvalid`, `NotFound`, and `Refused` for one of the actor's own making."""
    must_be_allowed(work, "declare_conflict_of_others", child_id)
    row = work.session.get(ConflictOfInterest, conflict_id)
    if row is None or row.child_id != child_id or row.ended_at is not None:
        raise NotFound
    if work.actor.id in (row.declared_by, row.person_id):
        raise Refused("Somebody else of the virtual school ends what you have declared.")
    said = valid_answers(FORM_OF_ENDING, answers)
    row.ended_at, row.ended_by, row.ended_why = work.now, work.actor.id, said["reason"]
    work.audit("end_conflict", child_id=child_id, about=f"conflict:{row.id}")
    give_tasks_again(work, child_id)


def _declare(work: Work, child_id: UUID, person_id: UUID, reason: str) -> None:
    """Their tasks go where the assignment rule says, and the virtual school hears that they did."""
    standing = work.session.scalar(
        select(ConflictOfInterest.id).where(
            ConflictOfInterest.person_id == person_id, ConflictOfInterest.child_id == child_id,
            ConflictOfInterest.ended_at.is_(None),
        )
    )
    if standing is not None:
        raise Refused("This is declared already.")
    row = ConflictOfInterest(id=uuid4(), person_id=person_id, child_id=child_id, reason=reason,
                             declared_at=work.now, declared_by=work.actor.id)
    work.session.add(row)
    work.audit("declare_conflict", child_id=child_id, about=f"conflict:{row.id}",
               person=str(person_id))
    give_tasks_again(work, child_id)
    for case in work.session.scalars(
        select(Case).where(Case.child_id == child_id, Case.status.in_(RUNNING))
    ):
        known = work.domain.known(work.session, case, work.today)
        tell_people(work, case, known, "virtual_school", "conflict_declared")
