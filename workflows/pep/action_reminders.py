"""Reminders of planned actions: some working days before their day, and on the day after it.

Each is told once, whoever begins the day and however often: its id follows from what it says to
whom. A day that was missed is made good on the next.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from engine.store.models import Outbox
from engine.work import Work, query, verb
from workflows.calendar import working_days
from workflows.children import IN_CARE, Child
from workflows.involvements import COVERS, Involvement, in_force
from workflows.people import Person
from workflows.pep.plan import hold_plan
from workflows.pep.planned_actions import PlannedAction, planned_actions

AHEAD = 5
"""Working days before the day of an action."""
NOT_YET = timedelta(days=30)
"""Before then, whatever the holidays, nobody is reminded."""
AT_ONCE = 200
"""Children whose plans are read together."""
TEACHER = "designated_teacher"


@dataclass(frozen=True, slots=True)
class _Reminder:
    kind: str
    action: PlannedAction
    person_id: UUID

    @property
    def id(self) -> UUID:
        action = self.action
        return uuid5(action.child_id,
                     f"{self.kind}:{action.id}:{action.due_on}:{self.person_id}")


@query
def children_to_remind_of(work: Work) -> list[UUID]:
    """The children of whose actions somebody is to be reminded today."""
    ids = work.session.scalars(
        select(Involvement.child_id)
        .join(Child, Child.id == Involvement.child_id)
        .where(*in_force(work.today), IN_CARE)
        .distinct()
    ).all()
    found: set[UUID] = set()
    for at in range(0, len(ids), AT_ONCE):
        found |= {each.action.child_id for each in _untold(work, ids[at:at + AT_ONCE])}
    return sorted(found)


@verb
def remind_of_actions(work: Work, child_id: UUID) -> None:
    case = hold_plan(work, child_id)
    for each in _untold(work, [child_id]):
        work.tell(each.kind, each.person_id, case, message_id=each.id, action=each.action.id)


def _untold(work: Work, children: Sequence[UUID]) -> list[_Reminder]:
    due = [(kind, each) for each in planned_actions(work, children)
           if (kind := _kind(each, work.today))]
    people = _people(work, {action.child_id for _, action in due})
    reminders = [
        _Reminder(kind, action, person_id) for kind, action in due
        for person_id in _owners(action, people.get(action.child_id, ()))
    ]
    told = set(work.session.scalars(
        select(Outbox.id).where(Outbox.id.in_([each.id for each in reminders]))
    )) if reminders else set()
    return [each for each in reminders if each.id not in told]


def _kind(action: PlannedAction, today: date) -> str:
    """Empty where nobody is reminded today."""
    if action.is_over or action.due_on - NOT_YET > today:
        return ""
    if action.due_on < today:
        return "action_overdue"
    return "action_due_soon" if working_days(None, action.due_on, -AHEAD) <= today else ""


_Around = Sequence[tuple[UUID, str, str]]
"""Id, name and role of the people around a child today. Whoever stands in for somebody goes by
that person's name."""


def _people(work: Work, children: Collection[UUID]) -> Mapping[UUID, _Around]:
    found: dict[UUID, list[tuple[UUID, str, str]]] = {}
    called: dict[UUID, str] = {}
    for child_id, person_id, name, role in work.session.execute(
        select(Involvement.child_id, Person.id, Person.name, Involvement.role)
        .join(Person, Person.id == Involvement.person_id)
        .where(Involvement.child_id.in_(list(children)), Person.active, *in_force(work.today))
    ):
        found.setdefault(child_id, []).append((person_id, name, role))
        called[person_id] = name
    for child_id, role, away_id, cover_id in work.session.execute(
        COVERS, {"children": list(children), "on": work.today}
    ):
        if away_id in called:
            found[child_id].append((cover_id, called[away_id], role))
    return found


def _owners(action: PlannedAction, around: _Around) -> Iterator[UUID]:
    """Whoever is called as the owner is; of an owner without an account the designated teacher."""
    named = {person_id for person_id, name, _ in around if action.is_owned_by(name)}
    teachers = {person_id for person_id, _, role in around if role == TEACHER}
    yield from sorted(named or teachers)
