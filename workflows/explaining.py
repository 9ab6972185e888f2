"""Why a date is that date: the arithmetic of a step's due date or timer, in one sentence."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from engine.advance import CaseWorld, kept_expression
from engine.domain import Known, Step
from engine.errors import ExpressionRefused, FlowFailed
from engine.spiff import Flow, Procedure, World, explain_moment
from engine.spiff.expressions import Expression
from engine.store.models import Case, Timer
from engine.work import LONDON, Work
from workflows.calendar import in_words
from workflows.days import short_day
from workflows.pep.facts import FACTS, fact_in_words

DAY_AFTER = ' + duration("24h")'
_ONE_BACK = re.compile(r", -1\)|last_working_day_b")


class KnownWorld(World, Protocol):
    """A world with all that its facts are told from."""

    @property
    def known(self) -> Known: ...


class ExplainingIn:
    """Explains the dates of one case, or of a trial, from one reading of its world."""

    def __init__(
        self, procedure: Procedure, world: KnownWorld, outcomes: Mapping[str, Any]
    ) -> None:
        self._procedure, self._world, self._outcomes = procedure, world, outcomes

    def date_of(self, element: str, started_at: datetime) -> str:
        """Empty where the step has no date, or where it cannot be worked out now."""
        expression = self._procedure.moments.get(element)
        return self._of(expression, started_at) if expression else ""

    def _of(self, expression: Expression, started_at: datetime) -> str:
        world = self._world
        try:
            value, steps = explain_moment(expression, world, started_at, self._outcomes)
        except FlowFailed:
            return ""
        resting_on = sorted(expression.asks)
        facts = [words for name in resting_on if (words := fact_in_words(world.known, name))]
        own = ""
        if steps or isinstance(value, timedelta):
            own = _counted(value, steps, _backwards(expression.text, steps, started_at))
        elif not facts:
            own = _taken_from(self._procedure, expression.text, value)
        return " ".join(filter(None, (own, *facts)))


class Explaining(ExplainingIn):
    """Of a case that runs."""

    def __init__(self, work: Work, case: Case, known: Known | None = None) -> None:
        """`known` is what has been read of the case's world already."""
        self._case_world = world = CaseWorld(work, case, tasks=(), timers=(), known=known)
        outcomes = Flow.decode(world.procedure, case.state).outcomes
        super().__init__(world.procedure, world, outcomes)

    def date_of_timer(self, timer: Timer) -> str:
        """As `date_of`; one that kept its date when the case was moved is explained by that."""
        try:
            kept = kept_expression(self._case_world, timer.element, timer.expression)
        except ExpressionRefused:
            return ""
        return (self._of(kept, timer.started_at) if kept
                else self.date_of(timer.element, timer.started_at))


def _taken_from(procedure: Procedure, written: str, value: object) -> str:
    """A day that was not counted, by the answer or the fact that it is; empty of any other."""
    end = _day(value)
    name = written.removesuffix(DAY_AFTER).removeprefix("last_working_day_by(").removesuffix(")")
    said = _title(procedure, name)
    if end is None or not said:
        return ""
    if not written.endswith(DAY_AFTER):
        return f"{said}: {short_day(end)}."
    before = end - timedelta(days=1)
    return f"{said}: {short_day(before)}; the day after is {short_day(end)}."


def _backwards(written: str, steps: list[Step], started_at: datetime) -> bool:
    """Whether the days were counted back; one day alone does not show it, what is written does."""
    if len(steps) != 1:
        return bool(steps) and steps[-1].day < steps[0].day
    if not _ONE_BACK.search(written):
        return False
    began = started_at.astimezone(LONDON).date()
    return not ("(started_on, 1)" in written and began == steps[0].day - timedelta(days=1))


def _title(procedure: Procedure, name: str) -> str:
    if name in FACTS:
        return FACTS[name].title.split(":")[0]
    asked = (field.label for form in procedure.forms.values() for field in form.inputs()
             if field.key == name)
    label = next(asked, "")
    return f"Answered to “{label}”" if label else ""


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(LONDON).date()
    return value if isinstance(value, date) else None


def _counted(value: object, steps: list[Step], back: bool) -> str:
    if isinstance(value, timedelta):
        return f"{value.days} days from when the step began."
    end = _day(value)
    if end is None:
        return ""
    start = steps[0].day + timedelta(days=1 if back else -1)
    count = sum(1 for step in steps if step.counted) * (-1 if back else 1)
    counted_to = steps[-1].day
    sentence = in_words(start, count, counted_to, steps)
    if counted_to != end:
        sentence += f"; the day after is {short_day(end)}"
    return f"{sentence}."
