"""What would become of each case that is chosen to be moved, worked out and not done."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from engine.migration.batch import get_move
from engine.migration.moving import Verdict, verdict_of
from engine.migration.plan import Plan
from engine.migration.preparing import target_of
from engine.migration.tables import CaseMove
from engine.releases import compiled
from engine.spiff import Element, Flow, Scope
from engine.store.models import IS_OPEN, IS_PENDING, Case, Task, Timer
from engine.work import Work, query

MOST_ONE_BY_ONE = 300
"""Of more cases than that, those that stand alike are looked at once: a page does not take minutes.
Each is looked at by itself when it is moved."""


@dataclass(frozen=True, slots=True)
class Looked:
    case_id: UUID
    reference: str
    release_id: UUID
    """On which it runs."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """Where tasks are open, and dates waited for, in the cases of a move."""

    steps: Sequence[Element]
    """As their own releases have them, each element once."""
    other_dates: Sequence[Element]
    """Timers that wait and to which the new release gives another date, as it has them."""


@query
def look_at_move(work: Work, move_id: UUID) -> list[Looked]:
    """In the order of the cases' references. Raises `NotFound`."""
    planned = get_move(work, move_id)
    with work.for_the_council("what would become of a case is told by its reference alone"):
        target, cases = target_of(work, planned.release_id), _cases(work, move_id)
        told: dict[Hashable, Verdict] = {}
        found = []
        for case in cases:
            alike = case.id if len(cases) <= MOST_ONE_BY_ONE else _alike(work, case)
            if alike not in told:
                told[alike] = verdict_of(work, case, target, planned.plan)
            found.append(Looked(case.id, case.reference, case.release_id, told[alike]))
        return found


@query
def where_they_stand(work: Work, move_id: UUID) -> Standing:
    """Raises `NotFound`."""
    planned = get_move(work, move_id)
    of_move = select(CaseMove.case_id).where(CaseMove.move_id == move_id)
    tasks = (select(Case.release_id, Task.element).distinct()
             .join(Case, Case.id == Task.case_id).where(Task.case_id.in_(of_move), IS_OPEN))
    timers = (select(Case.release_id, Timer.element, Timer.expression).distinct()
              .join(Case, Case.id == Timer.case_id)
              .where(Timer.case_id.in_(of_move), IS_PENDING))
    with work.for_the_council("at which steps cases stand is told, whose they are is not"):
        open_at = work.session.execute(tasks).all()
        waiting = work.session.execute(timers).all()
    between = [(release_id, element) for release_id, element, _ in waiting]
    return Standing(
        list(_elements(work, [*open_at, *between])),
        list(_other_dates(work, planned.release_id, planned.plan,
                          [(element, written) for _, element, written in waiting])),
    )


def _alike(work: Work, case: Case) -> Hashable:
    """The same for cases of one release that stand at the same steps with the same things
    answered."""
    flow = Flow.decode(compiled(work, case.release_id), case.state)
    return case.release_id, case.status, _shape(flow.standing), frozenset(flow.outcomes)


def _shape(scope: Scope) -> Hashable:
    """Where something stands, whichever task or timer it is."""
    places = [
        (place.element, place.to_come, tuple(sorted(timer.element for timer in place.armed)),
         tuple(_shape(once.inside or Scope()) for once in place.under_way))
        for place in scope.places
    ]
    ways = [(each.source, each.join) for each in scope.arrived]
    return tuple(sorted(places, key=repr)), tuple(sorted(ways))


def _cases(work: Work, move_id: UUID) -> Sequence[Case]:
    return work.session.scalars(
        select(Case).join(CaseMove, CaseMove.case_id == Case.id)
        .where(CaseMove.move_id == move_id).order_by(Case.reference)
    ).all()


def _elements(work: Work, found: Sequence[tuple[UUID, str]]) -> Iterator[Element]:
    """Without timers on the edge of a step: they go with it."""
    seen = set()
    for release_id, identity in found:
        element = compiled(work, release_id).elements[identity]
        if identity not in seen and not element.attached_to:
            seen.add(identity)
            yield element


def _other_dates(
    work: Work, release_id: UUID, plan: Plan, waiting: Sequence[tuple[str, str]]
) -> Iterator[Element]:
    elements, seen = compiled(work, release_id).elements, set()
    for identity, written in waiting:
        after = elements.get(plan.goes_on_at(identity))
        if after is not None and after.timer and after.timer != written and after.id not in seen:
            seen.add(after.id)
            yield after
