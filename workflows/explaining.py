"""Why a date is that date: the arithmetic of a step's due date or timer, in one sentence."""

from datetime import date, datetime, timedelta
from uuid import UUID

from engine.advance import CaseWorld
from engine.domain import Step
from engine.errors import FlowFailed
from engine.releases import compiled
from engine.spiff import Flow, explain_moment
from engine.store.models import Case
from engine.work import LONDON, Work, query
from workflows.calendar import in_words
from workflows.pep.facts import fact_in_words


@query
def explain_date(work: Work, case_id: UUID, element: str, started_at: datetime) -> str:
    """Empty where the step has no date, or where it cannot be worked out now."""
    case = work.session.get_one(Case, case_id)
    procedure = compiled(work, case.release_id)
    outcomes = Flow.decode(procedure, case.state).outcomes
    world = CaseWorld(work, case)
    try:
        explained = explain_moment(procedure, element, world, started_at, outcomes)
    except FlowFailed:
        return ""
    if explained is None:
        return ""
    value, steps = explained
    resting_on = sorted(procedure.moments[element].asks)
    facts = [words for name in resting_on
             if (words := fact_in_words(work.session, case, name, work.today))]
    own = _sentence(value, steps) if steps or not facts else ""
    return " ".join(filter(None, (own, *facts)))


def _sentence(value: object, steps: list[Step]) -> str:
    if isinstance(value, timedelta):
        return f"{value.days} days from when the step began."
    end = value.astimezone(LONDON).date() if isinstance(value, datetime) else value
    if not isinstance(end, date):
        return ""
    if not steps:
        return f"{end:%a} {end.day} {end:%b %Y}, with nothing counted."
    forwards = steps[-1].day >= steps[0].day and (
        len(steps) > 1 or end >= steps[0].day
    )
    start = steps[0].day - timedelta(days=1 if forwards else -1)
    count = sum(1 for step in steps if step.counted) * (1 if forwards else -1)
    counted_to = steps[-1].day
    sentence = in_words(start, count, counted_to, steps)
    if counted_to != end:
        sentence += f"; the day after is {end:%a} {end.day} {end:%b %Y}"
    return f"{sentence}."
