"""A flow's state as bytes: a row for each step that is open or just before one, and outcomes.

The first byte is the format; every format that was ever written can still be read. What follows
is JSON. It holds no form answers but outcomes, and no key in it ever decides on a type, so
nothing that a person typed can change what is restored.

A step is known by the number of its row, counted from 1 through all flows; a flow other than the
first goes on inside the step whose number it names. Steps are called by their names in the parsed
diagram, so that the state of another release is never mistaken for one of this.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask

from engine.spiff.history import is_open
from engine.spiff.workflow import CaseWorkflow, Step

FORMAT = 1

_COUNTS = ("cardinality", "current")
"""What a step that repeats has to remember: how many times, and at which it is."""


@dataclass(slots=True)
class Kept:
    """What a flow keeps beside its steps; steps by their numbers."""

    tokens: dict[int, UUID] = field(default_factory=dict)
    """By which the outside knows an open task or a waiting timer."""
    started: dict[int, datetime] = field(default_factory=dict)
    """When each waiting timer began."""
    outcomes: dict[str, Any] = field(default_factory=dict)


def encode_state(workflow: CaseWorkflow, kept: Kept) -> bytes:
    flows = [(None, workflow), *((host, sub) for host, sub in workflow.subprocesses.items())]
    steps = [step for _, flow in flows for step in flow.tasks.values()]
    numbers = {step.id: number for number, step in enumerate(steps, start=1)}
    state = {
        "flows": [
            [numbers.get(host, 0), [_row(step, numbers) for step in flow.tasks.values()]]
            for host, flow in flows
        ],
        "counts": {
            numbers[step.id]: {name: step.internal_data.get(name) for name in _COUNTS}
            for step in steps
            if isinstance(step.task_spec, MultiInstanceTask) and is_open(step)
        },
        "tokens": {numbers[step]: token.hex for step, token in kept.tokens.items()},
        "started": _by_moment({numbers[step]: at for step, at in kept.started.items()}),
        "outcomes": _sorted_by_kind(kept.outcomes),
    }
    full = {part: content for part, content in state.items() if content}
    return bytes([FORMAT]) + json.dumps(full, separators=(",", ":")).encode()


def restore_state(workflow: CaseWorkflow, state: bytes) -> Kept:
    """Fill a workflow that has no step yet.

    Raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` for what is no state, or not
    one of this release.
    """
    if not state or state[0] not in _READ:
        msg = f"state of format {state[:1]!r}"
        raise ValueError(msg)
    kept = _READ[state[0]](json.loads(state[1:]))
    steps: list[Step] = []
    for host, rows in kept["flows"]:
        _restore_flow(workflow, steps, host, rows)
    for number, counts in kept.get("counts", {}).items():
        steps[int(number) - 1].internal_data = {"merged": [], **counts}
    return Kept(
        tokens={int(number): UUID(token) for number, token in kept.get("tokens", {}).items()},
        started={
            number: datetime.fromisoformat(at)
            for at, numbers in kept.get("started", {}).items()
            for number in numbers
        },
        outcomes=_typed(kept.get("outcomes", {})),
    )


def _row(step: Step, numbers: Mapping[int, int]) -> list[Any]:
    return [numbers.get(step._parent or 0, 0), step.task_spec.name, step._state]


def _restore_flow(
    workflow: CaseWorkflow, steps: list[Step], host: int, rows: list[list[Any]]
) -> None:
    flow: Any = workflow
    if host:
        outer = steps[host - 1]
        flow = workflow.add_subprocess(outer, outer.task_spec.spec)
        flow.completed_event.connect(outer.task_spec._on_subworkflow_completed, outer)
    for parent, name, state in rows:
        spec = flow.spec.task_specs[name]
        steps.append(Step(flow, spec, steps[parent - 1] if parent else None, state))
    flow.task_tree, *_ = flow.tasks.values()


def _by_moment(started: Mapping[int, datetime]) -> dict[str, list[int]]:
    """Many timers begin together, so each moment is written once."""
    moments: dict[str, list[int]] = {}
    for number, at in started.items():
        moments.setdefault(at.isoformat(), []).append(number)
    return moments


def _sorted_by_kind(outcomes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {}
    for name, value in outcomes.items():
        if isinstance(value, datetime):
            kinds.setdefault("moments", {})[name] = value.isoformat()
        elif isinstance(value, date):
            kinds.setdefault("dates", {})[name] = value.isoformat()
        else:
            kinds.setdefault("values", {})[name] = value
    return kinds


def _typed(kinds: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    dates = {name: date.fromisoformat(day) for name, day in kinds.get("dates", {}).items()}
    moments = {name: datetime.fromisoformat(at) for name, at in kinds.get("moments", {}).items()}
    return {**kinds.get("values", {}), **dates, **moments}


def _from_format_0(kept: Any) -> dict[str, Any]:
    """Format 0 knew every step by a UUID, and its parent by its row in its own flow, from 0."""
    flows = [("", kept["flow"]["tasks"])]
    flows += [(host, flow["tasks"]) for host, flow in kept["within"].items()]
    rows = [row for _, tasks in flows for row in tasks]
    numbers = {UUID(row[0]): number for number, row in enumerate(rows, start=1)}
    return {
        "flows": [
            [numbers[UUID(host)] if host else 0, [_row_of_format_0(row, rows, numbers)
                                                  for row in rows]]
            for host, rows in flows
        ],
        "counts": {
            number: {name: row[5].get(name) for name in _COUNTS}
            for number, row in enumerate(rows, start=1)
            if "merged" in row[5]
        },
        "tokens": {number: token.hex for token, number in numbers.items()},
        "started": _by_moment({
            numbers[UUID(token)]: datetime.fromisoformat(at)
            for token, at in kept["started"].items()
        }),
        "outcomes": _sorted_by_kind({
            name: _OF_FORMAT_0[kind](value) for name, (kind, value) in kept["outcomes"].items()
        }),
    }


def _row_of_format_0(
    row: list[Any], flow: list[list[Any]], numbers: Mapping[UUID, int]
) -> list[Any]:
    _, parent, name, state, *_ = row
    return [0 if parent is None else numbers[UUID(flow[parent][0])], name, state]


_OF_FORMAT_0: Mapping[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def _as_it_is(kept: Any) -> dict[str, Any]:
    return dict(kept)


_READ = {0: _from_format_0, 1: _as_it_is}
