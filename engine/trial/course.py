"""A case in memory: what `engine.advance` does to tables, done to lists.

It opens and cancels the same steps and dates at the same moments, and lets dates follow what was
answered by the same rule; a test holds the two to each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from engine.domain import ActionCall, Known, Told
from engine.errors import AnswersInvalid, EngineError, FlowFailed, Refused
from engine.forms import Form, entries, names_asked, read_answers
from engine.forms.answers import Answers
from engine.spiff import Flow, Procedure, due_of, timer_due
from engine.trial.budget import Budget
from engine.trial.imagined import Imagined


class NotOpen(Refused):
    """This step is not open at that moment."""


@dataclass(slots=True)
class OpenStep:
    token: UUID
    element: str
    name: str
    role: str
    form: str | None
    opened_at: datetime
    due_on: date | None


@dataclass(slots=True)
class Waiting:
    """A date that the flow waits for."""

    token: UUID
    element: str
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """As an event of a case: the same kinds, the same data, and nobody's name."""

    kind: str
    element: str | None
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


class Course:
    """One case as far as it has gone. After a step that failed it is `stopped`."""

    def __init__(
        self, procedure: Procedure, imagined: Imagined, now: datetime, budget: Budget
    ) -> None:
        self.procedure, self.imagined, self.now = procedure, imagined, now
        self.steps: list[OpenStep] = []
        """Open, in the order in which they were opened."""
        self.dates: list[Waiting] = []
        self.story: list[Happened] = []
        self.ended: str | None = None
        """The end event that was reached."""
        self.stopped: FlowFailed | None = None
        """Why a process owner would be needed."""
        self._budget = budget
        self._flow: Flow | None = None
        self._keys = {field.path: field.key for form in procedure.forms.values()
                      for field in form.inputs()}

    @classmethod
    def begin(
        cls, procedure: Procedure, imagined: Imagined, now: datetime, budget: Budget
    ) -> "Course":
        """A new case, as far as it goes by itself."""
        course = cls(procedure, imagined, now, budget)
        course._note("case_opened")
        with_world = _World(course)
        course._attempt(lambda: course._settle(Flow.start(procedure, with_world), with_world))
        return course

    @property
    def is_over(self) -> bool:
        return self.ended is not None or self.stopped is not None

    @property
    def outcomes(self) -> Mapping[str, Any]:
        return self._flow.outcomes if self._flow else {}

    def known(self) -> Known:
        return self.imagined.known(self.now)

    def world(self) -> "_World":
        """What an expression may ask of this moment."""
        return _World(self)

    def next_date(self) -> Waiting | None:
        """The one that comes first."""
        return min(self.dates, key=lambda each: each.due_at, default=None)

    def open_step(self, element: str, which: int = 0) -> OpenStep:
        """Raises `NotOpen`."""
        found = [step for step in self.steps if step.element == element]
        if self.is_over or not 0 <= which < len(found):
            raise NotOpen
        return found[which]

    def form_of(self, step: OpenStep) -> Form:
        """With the invented people and schools to choose from."""
        if step.form is None:
            return Form(name=step.element, title=step.name, fields=())
        return self.procedure.forms[step.form].with_options(self.imagined.options)

    def facts_of(self, form: Form) -> Mapping[str, Any]:
        """What its conditions may read, beside its own answers."""
        return self.known().facts(names_asked(form.fields))

    def wait_until(self, moment: datetime) -> None:
        """Let time pass; each date on the way comes in its turn."""
        while not self.is_over:
            due = self.next_date()
            if due is None or due.due_at > moment:
                break
            self.now = max(self.now, due.due_at)
            self._fire(due, "timer_fired")
        self.now = max(self.now, moment)

    def wake(self, element: str) -> None:
        """Go on without waiting for a date. Raises `NotOpen`."""
        found = next((each for each in self.dates if each.element == element), None)
        if self.is_over or found is None:
            raise NotOpen
        self._fire(found, "timer_woken")

    def complete(self, step: OpenStep, answers: Mapping[str, Any]) -> None:
        """Raises `AnswersInvalid` as a completed task does."""
        form = self.form_of(step)
        read = read_answers(form, answers, self.facts_of(form))
        if read.errors:
            raise AnswersInvalid(read.errors)
        self._complete(step, form, answers, read, strict=True)

    def complete_as_recorded(self, step: OpenStep, recorded: Mapping[str, Any]) -> None:
        """With what a record holds at the places that the form asks for."""
        form = _as_recorded(self.form_of(step))
        answers = {field.key: recorded[field.path] for field in form.inputs()
                   if recorded.get(field.path) is not None}
        self._complete(step, form, answers, read_answers(form, answers, {}), strict=False)

    def _complete(
        self, step: OpenStep, form: Form, answers: Mapping[str, Any], read: Answers, *, strict: bool
    ) -> None:
        told = self.imagined.save(
            entries(form, answers, read, {}), self.now, self._keys, strict=strict
        )
        self.steps.remove(step)
        self._note("task_completed", step.element, due=step.due_on)
        world = _World(self, changed=told is not Told.NOTHING)
        outcomes = self.procedure.outcomes_of(read.values)
        self._move(lambda flow: flow.complete(step.token, outcomes, world), world)

    def _fire(self, waiting: Waiting, kind: str) -> None:
        self.dates.remove(waiting)
        self._note(kind, waiting.element, due=waiting.due_at)
        world = _World(self)
        self._move(lambda flow: flow.fire(waiting.token, world), world)

    def _move(self, move: Callable[[Flow], None], world: "_World") -> None:
        self._budget.take()
        flow = self._flow
        if flow is None:
            raise NotOpen
        stood = [*self.steps], [*self.dates]

        def go_on() -> None:
            dating = self._dating()
            move(flow)
            self._settle(flow, world)
            if self.ended is None and (world.changed or self._dating() != dating):
                self._move_dates(world, *stood)

        self._attempt(go_on)

    def _attempt(self, step: Callable[[], None]) -> None:
        """What would be an incident of a case stops a trial, with the same words."""
        try:
            step()
        except FlowFailed as failure:
            self._stop(failure)
        except EngineError as refusal:
            self._stop(FlowFailed(refusal.message))

    def _stop(self, failure: FlowFailed) -> None:
        self.stopped = failure
        self._note("incident_opened", failure.element)

    def _dating(self) -> dict[str, Any]:
        """The outcomes that dates are worked out from."""
        names = self.procedure.dating_names
        return {name: value for name, value in self.outcomes.items() if name in names}

    def _settle(self, flow: Flow, world: "_World") -> None:
        self._flow = flow
        if flow.passed:
            self._note("path_taken", passed=list(flow.passed))
        self._settle_steps(flow, world)
        self._settle_dates(flow)
        if flow.ended is not None:
            self.ended = flow.ended
            self._note("case_ended", flow.ended)

    def _settle_steps(self, flow: Flow, world: "_World") -> None:
        standing = {each.token for each in flow.open_tasks}
        for step in [each for each in self.steps if each.token not in standing]:
            self.steps.remove(step)
            self._note("task_cancelled", step.element)
        known = {step.token for step in self.steps}
        for opened in flow.open_tasks:
            if opened.token not in known:
                element = self.procedure.elements[opened.element]
                due = due_of(self.procedure, element.id, world, self.now, flow.outcomes)
                self.steps.append(OpenStep(opened.token, element.id, element.name,
                                           element.role or "", element.form, self.now, due))
                self._note("task_opened", element.id, role=element.role, due=due)

    def _settle_dates(self, flow: Flow) -> None:
        waiting = flow.timers
        standing = {each.token for each in waiting}
        for date_ in [each for each in self.dates if each.token not in standing]:
            self.dates.remove(date_)
            self._note("timer_cancelled", date_.element)
        known = {each.token for each in self.dates}
        for each in waiting:
            if each.token not in known and each.due_at is not None:
                self.dates.append(Waiting(each.token, each.element, each.started_at, each.due_at))
                self._note("timer_started", each.element, due=each.due_at)

    def _move_dates(
        self, world: "_World", steps: Sequence[OpenStep], dates: Sequence[Waiting]
    ) -> None:
        """Of what stood open before the move and stands open still."""
        for waiting in [each for each in dates if each in self.dates]:
            due_at = timer_due(self.procedure, waiting.element, world, waiting.started_at,
                               self.outcomes)
            if due_at != waiting.due_at:
                self._note("timer_moved", waiting.element, old=waiting.due_at, new=due_at)
                waiting.due_at = due_at
        for step in [each for each in steps if each in self.steps]:
            due_on = due_of(self.procedure, step.element, world, step.opened_at, self.outcomes)
            if due_on != step.due_on:
                self._note("due_moved", step.element, old=step.due_on, new=due_on)
                step.due_on = due_on

    def _note(self, kind: str, element: str | None = None, **data: Any) -> None:
        said = {key: value.isoformat() if isinstance(value, date) else value
                for key, value in data.items()}
        self.story.append(Happened(kind, element, self.now, said))

    def perform(self, call: ActionCall) -> tuple[Mapping[str, Any], bool]:
        """What the flow asks to be done is told, and no more."""
        performed = self.imagined.perform(call, self.now)
        self._note("action_performed", call.element, action=call.name,
                   told=[list(each) for each in performed.told])
        return performed.outcomes, performed.changed


class _World:
    """Satisfies `engine.spiff.World` at one moment of a trial."""

    def __init__(self, course: Course, *, changed: bool = False) -> None:
        self._course, self.changed = course, changed
        self.known = course.known()

    @property
    def now(self) -> datetime:
        return self._course.now

    @property
    def calendar(self) -> Any:
        return self.known.calendar

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]:
        return self.known.facts(names)

    def perform(self, call: ActionCall) -> Mapping[str, Any]:
        outcomes, changed = self._course.perform(call)
        if changed:
            self.changed = True
            self.known = self._course.known()
        return outcomes


def _as_recorded(form: Form) -> Form:
    """Whatever the record holds is taken as the answer that it was: nothing is demanded or hidden,
    and who or which school was chosen is no choice any more."""
    return replace(form, fields=tuple(
        replace(field, hidden_when=None, required=False, read_only=False,
                kind="text" if field.options_from else field.kind)
        for field in form.inputs()
    ))
