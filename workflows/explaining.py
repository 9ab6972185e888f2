"""Why a date is that date: the arithmetic of a step's due date or timer, in one sentence."""

import re
from datetime import date, datetime, timedelta
from uuid import UUID

from engine.advance import CaseWorld
from engine.domain import Step
from engine.errors import FlowFailed
from engine.releases import compiled
from engine.spiff import Flow, explain_moment
from engine.store.models import Case
from engine.work import LONDON, Work, query
from workflows.calendar import FUNCTIONS as COUNTING
from workflows.calendar import in_words
from workflows.pep.deadlines import FUNCTIONS as STATUTORY
from workflows.pep.facts import FACTS, fact_in_words


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


def limit_in_words(expression: str | None) -> str:
    """A due date as a reader of the diagram says it: "5 working days after placement start".

    What has no plain form is shown as it is written.
    """
    if not expression:
        return ""
    condition, chosen, ways = expression.partition(" ? ")
    if chosen and (when := _condition_in_words(condition)):
        then, _, otherwise = ways.partition(" : ")
        return f"if {when}: {limit_in_words(then)}; otherwise {limit_in_words(otherwise)}"
    counted = _COUNTED.fullmatch(expression)
    if counted:
        count, fact = int(counted.group("count")), counted.group("fact")
        days = f"{abs(count)} {_NOUNS[counted.group('kind')]}{'' if abs(count) == 1 else 's'}"
        return f"{days} {'after' if count > 0 else 'before'} {_fact_in_words(fact)}"
    one = _OF_ONE_DATE.fullmatch(expression)
    if one and one.group("name") in _LIMITS:
        return _LIMITS[one.group("name")]
    if one and one.group("name") in _TITLES:
        return f"{_TITLES[one.group('name')]} ({_fact_in_words(one.group('fact'))})"
    if expression in FACTS:
        return _fact_in_words(expression)
    day_after = expression.removesuffix(' + duration("24h")')
    if day_after != expression:
        return f"the day after {limit_in_words(day_after)}"
    return expression


def _condition_in_words(condition: str) -> str:
    """"the plan before was an interim one"; empty where it has no plain form.

    That a fact has a value at all (`known`) goes without saying.
    """
    told = [_part_in_words(part) for part in condition.split(" && ")
            if not part.startswith("known(")]
    return " and ".join(told) if all(told) else ""


def _part_in_words(part: str) -> str:
    compared = _BEFORE.fullmatch(part)
    if compared:
        earlier, later = (_fact_in_words(compared.group(name)) for name in ("earlier", "later"))
        return f"{earlier} is before {later}"
    return _fact_in_words(part) if part in FACTS else ""


def _fact_in_words(name: str) -> str:
    if name == "started_on":
        return "the step began"
    title = FACTS[name].title.split(":")[0] if name in FACTS else name.replace("_", " ")
    return title[0].lower() + title[1:]


_COUNTED = re.compile(r"(?P<kind>working|council|school)_days\((?P<fact>\w+), (?P<count>-?\d+)\)")
_BEFORE = re.compile(r"(?P<earlier>\w+) < (?P<later>\w+)")
_OF_ONE_DATE = re.compile(r"(?P<name>\w+)\((?P<fact>\w+)\)")
_NOUNS = {"working": "working day", "council": "council day", "school": "school day"}
_TITLES = {function.name: function.title for function in COUNTING}
_LIMITS = {function.name: function.title for function in STATUTORY}
"""Their titles name the day that they count from."""
