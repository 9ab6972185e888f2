"""When timers fire and tasks are due: expressions evaluated against a case and its world."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from engine.decisions.decision import Decision
from engine.domain import ActionCall, Step
from engine.errors import FlowFailed
from engine.spiff.expressions import Expression
from engine.spiff.procedure import STARTED_ON, Procedure

_LONDON = ZoneInfo("Europe/London")


class World(Protocol):
    """What a flow may ask while it runs one step."""

    @property
    def now(self) -> datetime: ...

    @property
    def calendar(self) -> Any: ...

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]: ...

    def perform(self, call: ActionCall) -> Mapping[str, Any]: ...


def due_of(
    procedure: Procedure,
    element: str,
    world: World,
    opened_at: datetime,
    outcomes: Mapping[str, Any],
) -> date | None:
    """The last day on which a task is in time; None where its step has no due date.

    A duration counts from the opening. Raises `FlowFailed`.
    """
    expression = procedure.moments.get(element)
    if expression is None:
        return None
    value = evaluate(expression, element, world, outcomes, opened_at)
    if isinstance(value, timedelta):
        value = _later(opened_at, value, element)
    return value.astimezone(_LONDON).date() if isinstance(value, datetime) else value


def timer_due(
    procedure: Procedure,
    element: str,
    world: World,
    started_at: datetime,
    outcomes: Mapping[str, Any],
    expression: Expression | None = None,
) -> datetime:
    """When a timer fires, in UTC: a date means midnight in London at its start.

    By another expression than its release's where a case has kept one from the release before.
    Raises `FlowFailed`.
    """
    expression = expression or procedure.moments[element]
    value = evaluate(expression, element, world, outcomes, started_at)
    if isinstance(value, timedelta):
        value = _later(started_at, value, element)
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), _LONDON)
    return value.astimezone(UTC)


def explain_moment(
    expression: Expression,
    world: World,
    started_at: datetime,
    outcomes: Mapping[str, Any],
) -> tuple[Any, list[Step]]:
    """The value of a due date or timer and every day that was counted for it.

    Of several dates between which it chooses, the days of the one that it chose.
    """
    values = _values(expression, world, outcomes, started_at)
    return expression.explain_what_decided(values, world.calendar)


def evaluate(
    expression: Expression,
    element: str,
    world: World,
    outcomes: Mapping[str, Any],
    began_at: datetime,
) -> Any:
    """The value for this case now. Raises `FlowFailed` that names the element."""
    try:
        return expression.evaluate(
            _values(expression, world, outcomes, began_at), world.calendar
        )
    except FlowFailed as failure:
        raise FlowFailed(failure.message, element=element) from failure


def holds(
    procedure: Procedure, arrow: str, world: World, outcomes: Mapping[str, Any]
) -> bool | None:
    """Whether the condition of an arrow would hold for this case now; None where it names what is
    not known yet. An arrow without a condition holds."""
    expression = procedure.conditions.get(arrow)
    if expression is None:
        return True
    try:
        return bool(evaluate(expression, arrow, world, outcomes, world.now))
    except FlowFailed:
        return None


def decide(
    decision: Decision, element: str, world: World, outcomes: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What a decision table gives for this case now. Raises `FlowFailed` that names the element."""
    try:
        return decision.decide(_values(decision, world, outcomes, world.now))
    except FlowFailed as failure:
        raise FlowFailed(failure.message, element=element) from failure


def _values(
    expression: Expression | Decision, world: World, outcomes: Mapping[str, Any], began_at: datetime
) -> Mapping[str, Any]:
    """What the engine gives, then outcomes of this case, then the domain's facts."""
    own = {name: value for name, value in outcomes.items() if name in expression.asks}
    own[STARTED_ON] = began_at.astimezone(_LONDON).date()
    asked = expression.asks - set(own)
    return {**world.facts(asked), **own} if asked else own


def _later(moment: datetime, duration: timedelta, element: str) -> datetime:
    try:
        return moment + duration
    except OverflowError as problem:
        msg = "The duration leads beyond the calendar."
        raise FlowFailed(msg, element=element) from problem
