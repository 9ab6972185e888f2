"""One case walked by hand: what is open, complete this, let that timer fire.

Every action works on a flow that was saved and read again, so each story is also a test that
nothing is lost between two actions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from diagrams import diagram, form

from engine.domain import ActionCall, Fact, Function, Overload, ValueType, Vocabulary
from engine.spiff import Flow, Procedure, compile_procedure

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _days_after(_calendar: Any, day: date, count: int) -> date:
    return day + timedelta(days=count)


VOCABULARY = Vocabulary(
    roles={"social_worker": "Social worker"},
    facts={
        "placement_start": Fact("placement_start", ValueType.DATE, True, "Placement start"),
        "signed": Fact("signed", ValueType.BOOL, True, "Signed"),
        "review_on": Fact("review_on", ValueType.DATE, False, "Review"),
    },
    functions=(
        Function(
            "days_after",
            (Overload((ValueType.DATE, ValueType.INT), ValueType.DATE),),
            _days_after,
        ),
    ),
    actions={"tell": "Tell someone"},
)

NUMBER = {"type": "number", "decimalDigits": 0}


def ask(*fields: Mapping[str, Any]) -> bytes:
    """A form for the step whose name it is given."""
    return form("f", *({"id": each["key"], "label": each["key"], **each} for each in fields))


def drawn(body: str, *, key: str = "case", **forms: bytes) -> dict[str, bytes]:
    """The folder of a procedure whose only process has this body."""
    return {f"{key}.bpmn": diagram(key, {}, body)} | {
        f"{name}.form": content for name, content in forms.items()
    }


def compiled(files: Mapping[str, bytes]) -> Procedure:
    return compile_procedure(files, VOCABULARY)


def shape_of(procedure: Procedure) -> dict[tuple[str, str], Any]:
    """All that SpiffWorkflow could change in a parsed procedure while cases run on it."""
    return {
        (spec.name, step.name): (
            type(step), tuple(step._inputs), tuple(step._outputs), step.manual,
            len(step.completed_event.hard_subscribers or ()),
            str(getattr(step, "cond_task_specs", None)), str(getattr(step, "event_definition", "")),
        )
        for spec in (procedure.spec, *procedure.subprocess_specs.values())
        for step in spec.task_specs.values()
    }


@dataclass
class Walk:
    """A case, and the world that it asks."""

    procedure: Procedure
    now: datetime = MORNING
    calendar: Any = None
    known_facts: dict[str, Any] = field(
        default_factory=lambda: {"placement_start": date(2026, 3, 2), "signed": False}
    )
    gives: dict[str, Any] = field(default_factory=dict)
    """What an action gives a value."""
    performed: list[ActionCall] = field(default_factory=list)
    broken: Exception | None = None
    """Raised by every question to the domain."""

    def begin(self) -> "Walk":
        self.flow = Flow.start(self.procedure, self)
        return self

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]:
        if self.broken:
            raise self.broken
        return {name: self.known_facts[name] for name in names if name in self.known_facts}

    def perform(self, call: ActionCall) -> Mapping[str, Any]:
        self.performed.append(call)
        return self.gives

    @property
    def open(self) -> list[str]:
        return sorted(task.element for task in self.flow.open_tasks)

    @property
    def waiting(self) -> list[str]:
        return sorted(timer.element for timer in self.flow.timers)

    @property
    def ended(self) -> str | None:
        return self.flow.ended

    def complete(self, element: str, **outcomes: Any) -> "Walk":
        self._reopen()
        token = next(task.token for task in self.flow.open_tasks if task.element == element)
        self.flow.complete(token, outcomes, self)
        return self

    def fire(self, element: str) -> "Walk":
        self._reopen()
        token = next(timer.token for timer in self.flow.timers if timer.element == element)
        self.flow.fire(token, self)
        return self

    def _reopen(self) -> None:
        """Put the case away and take it out again: nothing that anyone sees may change."""
        before = self.flow
        self.flow = Flow.decode(self.procedure, before.encode())
        assert self.flow.open_tasks == before.open_tasks
        assert self.flow.outcomes == before.outcomes
        assert [(t.token, t.element, t.started_at) for t in self.flow.timers] == [
            (t.token, t.element, t.started_at) for t in before.timers
        ]
        assert self.flow.encode() == before.encode()


def begin(files: Mapping[str, bytes], **world: Any) -> Walk:
    return Walk(compiled(files), **world).begin()


def step(element: str, *, form: str = "", due: str = "") -> str:
    attributes = f' pepway:form="{form}"' if form else ""
    attributes += f' pepway:due="{due}"' if due else ""
    return f'<bpmn:userTask id="{element}" name="{element.title()}"{attributes}/>'


def start(element: str = "begun") -> str:
    return f'<bpmn:startEvent id="{element}"/>'


def end(element: str = "done", *, terminate: bool = False) -> str:
    inside = '<bpmn:terminateEventDefinition id="t"/>' if terminate else ""
    return f'<bpmn:endEvent id="{element}">{inside}</bpmn:endEvent>'


def choice(element: str, default: str = "") -> str:
    attribute = f' default="{default}"' if default else ""
    return f'<bpmn:exclusiveGateway id="{element}"{attribute}/>'


def parallel(element: str) -> str:
    return f'<bpmn:parallelGateway id="{element}"/>'


def wait(element: str, when: str, kind: str = "timeDate") -> str:
    return f'<bpmn:intermediateCatchEvent id="{element}">{_timer(when, kind)}' \
        "</bpmn:intermediateCatchEvent>"


def reminder(
    element: str, on: str, when: str = "P2D", *, kind: str = "timeDuration", stops: bool = False
) -> str:
    """A timer on the edge of a step; `stops` if the step is over when it fires."""
    return (
        f'<bpmn:boundaryEvent id="{element}" attachedToRef="{on}" '
        f'cancelActivity="{"true" if stops else "false"}">{_timer(when, kind)}</bpmn:boundaryEvent>'
    )


def within(element: str, body: str) -> str:
    return f'<bpmn:subProcess id="{element}" name="{element}">{body}</bpmn:subProcess>'


def _timer(when: str, kind: str) -> str:
    definition = "bpmn:timerEventDefinition"
    return f"<{definition}><bpmn:{kind}>{when}</bpmn:{kind}></{definition}>"


def path(*elements: str) -> str:
    """Arrows from each element to the next."""
    return "".join(arrow(one, other) for one, other in pairwise(elements))


def arrow(source: str, target: str, condition: str = "") -> str:
    inside = condition.replace("&", "&amp;").replace("<", "&lt;")
    inside = f"<bpmn:conditionExpression>{inside}</bpmn:conditionExpression>" if inside else ""
    return (
        f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{source}" '
        f'targetRef="{target}">{inside}</bpmn:sequenceFlow>'
    )
