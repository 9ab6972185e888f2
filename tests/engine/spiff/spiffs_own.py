"""The state against SpiffWorkflow's own serializer: the same case kept twice, in two ways.

One case is put away by `encode` and read by `decode`, as everywhere. Its twin forgets nothing and
is put away and read by SpiffWorkflow's `BpmnWorkflowSerializer`, whole. Equal means, after every
move:

- What anyone can see is the same: open tasks, waiting timers and when they began, outcomes, the way
  that was taken, whether and where the case ended.
- What `decode` makes of the state is, step by step, what SpiffWorkflow's serializer restores from
  the same workflow: the same tree of steps in the same states, the same counts of repetitions.

Not compared are the numbers of steps, which hold for one reading, and what SpiffWorkflow notes of a
step that is over. The parsed diagram is the release's, in both: it never is in a state.
"""

from itertools import count
from random import Random
from typing import Any

from drawing import draw
from playing import moves_of
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default import workflow as converters
from SpiffWorkflow.bpmn.serializer.helpers.bpmn_converter import BpmnConverter
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from walking import Walk, compiled

from engine.spiff import Flow
from engine.spiff.history import is_open
from engine.spiff.workflow import CaseWorkflow, Step, Subprocess

converters.UUID = int
"""SpiffWorkflow's serializer takes every id for a UUID; in our flows they are numbers."""


class TheReleases(BpmnConverter):
    """A parsed process stands in no state; its name says which of the release's it is."""

    procedure: Any

    def to_dict(self, spec):
        return {"name": spec.name}

    def from_dict(self, kept):
        specs = (self.procedure.spec, *self.procedure.subprocess_specs.values())
        return next(spec for spec in specs if spec.name == kept["name"])


class OwnSerializer:
    def __init__(self, procedure, decide):
        theirs = {BpmnWorkflow, BpmnSubWorkflow, Task, BpmnProcessSpec}
        config = {kind: each for kind, each in DEFAULT_CONFIG.items() if kind not in theirs}
        registry = BpmnWorkflowSerializer.configure(config)
        TheReleases(BpmnProcessSpec, registry).procedure = procedure
        converters.TaskConverter(Step, registry)
        converters.BpmnSubWorkflowConverter(Subprocess, registry)
        converters.BpmnWorkflowConverter(CaseWorkflow, registry).target_class = (
            lambda spec, within, deserializing: CaseWorkflow(spec, within, decide)
        )
        self.serializer = BpmnWorkflowSerializer(registry)

    def again(self, workflow):
        """The workflow as it is after saving and reading."""
        restored = self.serializer.deserialize_json(self.serializer.serialize_json(workflow))
        numbers = [step for each in (restored, *restored.subprocesses.values())
                   for step in each.tasks]
        restored.numbers = count(max(numbers) + 1)
        return restored


class WholeFlow(Flow):
    def _forget(self) -> None:
        """Nothing."""


class Twin(Walk):
    """A case whose flow forgets nothing and is saved by SpiffWorkflow's serializer."""

    def begin(self):
        self.flow = WholeFlow.start(self.procedure, self)
        self.own = OwnSerializer(self.procedure, lambda element: self.flow._decide(element))
        return self

    def _reopen(self):
        again = WholeFlow(self.procedure)
        again._whole, again._kept = self.own.again(self.flow._workflow), self.flow._kept
        self.flow = again


def tree(workflow: Any) -> Any:
    """Every step with its state, what comes after it and what goes on inside it."""
    def of(step):
        counts = ()
        if isinstance(step.task_spec, MultiInstanceTask) and is_open(step):
            counts = tuple(step.internal_data.get(name) for name in ("cardinality", "current"))
        inside = workflow.subprocesses.get(step.id)
        return (step.task_spec.name, step.state, counts, tuple(of(c) for c in step.children),
                of(inside.task_tree) if inside is not None else None)

    return of(workflow.task_tree)


def seen(case: Walk) -> dict[str, Any]:
    return {
        "open": case.open,
        "waiting": sorted((timer.element, timer.started_at) for timer in case.flow.timers),
        "outcomes": case.flow.outcomes,
        "passed": case.flow.passed,
        "ended": case.ended,
    }


class Pair:
    """The case and its twin. What is open is known by its element and by how many there were of
    it before, in the order in which they came: two that look alike may have different futures."""

    def __init__(self, procedure: Any) -> None:
        self.case, self.twin = Walk(procedure).begin(), Twin(procedure).begin()
        self.names: list[tuple[Walk, dict[tuple[str, int], Any]]] = [
            (self.case, {}), (self.twin, {})
        ]
        self._name()

    def move(self, element: str, answers: dict[str, Any] | None) -> None:
        standing = _standing(self.case)
        name = min(name for name, token in self.names[0][1].items()
                   if name[0] == element and token in standing)
        for each, names in self.names:
            each._reopen()
            token = names[name]
            if answers is None:
                each.flow.fire(token, each)
            else:
                each.flow.complete(token, answers, each)
        self._name()

    def _name(self) -> None:
        for each, names in self.names:
            standing = _standing(each)
            for _, token in sorted(each.flow._kept.tokens.items()):
                if token not in names.values():
                    element = standing[token]
                    names[element, sum(name[0] == element for name in names)] = token


def _standing(case: Walk) -> dict[Any, str]:
    return {each.token: each.element for each in (*case.flow.open_tasks, *case.flow.timers)}


def compare(case: Walk, twin: Twin) -> None:
    assert seen(case) == seen(twin)
    state = case.flow.encode()
    ours = Flow.decode(case.procedure, state)
    theirs = OwnSerializer(case.procedure, None).again(case.flow._workflow)
    assert tree(ours._workflow) == tree(theirs)
    assert ours.encode() == state


def keep_twice(seed: int) -> int:
    """One invented diagram to its end; how many moves it took. Raises AssertionError."""
    chance = Random(seed)
    procedure = compiled(draw(chance, chance.randint(2, 9)))
    pair = Pair(procedure)
    compare(pair.case, pair.twin)
    moves = 0
    for element, answers in moves_of(seed, pair.case):
        pair.move(element, answers)
        moves += 1
        compare(pair.case, pair.twin)
    return moves
