"""What happened in a case and around its child while it ran, as the events say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select

from engine.earlier_releases import elements_on, releases_left_in
from engine.store.models import Case, Event
from engine.work import Work, query
from workflows.people import names
from workflows.step_names import StepNames
from workflows.story import StoryLine, lines_of, people_in

EVENTS_AROUND = select(
    Event.seq, Event.case_id, Event.kind, Event.element, Event.actor_id, Event.at, Event.data,
).where(or_(
    Event.case_id == bindparam("case_id"),
    and_(Event.case_id.is_(None), Event.child_id == bindparam("child_id"),
         Event.at >= bindparam("opened_at"),
         Event.at <= func.coalesce(bindparam("ended_at", type_=Event.at.type), Event.at)),
))


@query
def timeline_of(work: Work, case_id: UUID) -> list[StoryLine]:
    """What happened, newest first; with it, who joined or left the people around the child."""
    case = work.session.get_one(Case, case_id)
    events = events_around(work, case)
    return told_of(work, case, events, names(work, people_in(events)))


def events_around(work: Work, case: Case) -> Sequence[Event]:
    """Those of the case, and of its child while it ran, the newest first."""
    return newest_first(work.session.execute(EVENTS_AROUND, while_it_ran(case)))


def newest_first(events: Iterable[Any]) -> Sequence[Event]:
    return sorted(events, key=lambda event: (event.at, event.seq), reverse=True)


def while_it_ran(case: Case) -> Mapping[str, Any]:
    """What `EVENTS_AROUND` asks of a case."""
    return {"case_id": case.id, "child_id": case.child_id, "opened_at": case.opened_at,
            "ended_at": case.ended_at}


def told_of(
    work: Work, case: Case, events: Sequence[Event], people: Mapping[UUID, str]
) -> list[StoryLine]:
    """The story of a case, from `events_around` it and the names of `people_in` them."""
    of_case = [event for event in events if event.case_id == case.id]
    return lines_of(events, StepNames(elements_on(work, case, releases_left_in(of_case))), people)
