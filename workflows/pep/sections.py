"""How far each section of a plan is, told from what stands in it; nothing of it is stored.

Pure: what a case asks, what was answered and who has it come in, states and gaps come out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from engine.domain import Kept
from engine.forms import Field, Form, read_answers
from engine.forms.answers import with_conditions
from engine.forms.conditions import names_in
from workflows.pep.facts import TOLD
from workflows.pep.quality import WHERE_NONE_IS_NAMED, WITH_THE_TARGETS, not_green
from workflows.pep.record import PLACES, SECTIONS, Section, field_class

MaySee = Callable[[str], bool]

SIGNATURES_AND_QUALITY = "signoff"
RETURNED_PARTS: Mapping[str, frozenset[str]] = {
    "identity": frozenset({"identity"}),
    "education": frozenset({"chronology", "arrangements", "changes", "attainment"}),
    "needs": frozenset({"needs", "support"}),
    "targets": frozenset({"targets", "interventions", "actions"}),
    "views": frozenset({"views"}),
    "premium": frozenset({"pupil_premium"}),
}
"""Sections of each part that quality assurance said needs work, before it judged each section."""


class State(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    RETURNED = "returned"


class Standing(StrEnum):
    """Of a step that asks for something of the plan, in this case."""

    OPEN = "open"
    TO_COME = "to_come"
    DONE = "done"
    MAY_COME = "may_come"
    """Only on some ways: what it asks is counted by nobody yet."""


class Why(StrEnum):
    """Of a gap."""

    MISSING = "missing"
    WRONG = "wrong"
    CARRIED = "carried"
    """It stands in the plan before, and nobody has said yet that it is still true."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that asks for answers, and who does it."""

    name: str
    form: Form
    standing: Standing
    role: str
    again: bool = False
    """Its form was sent before in this case."""
    task_id: UUID | None = None
    """Of an open one."""
    holder_id: UUID | None = None
    """Who has the open one, or who did it."""
    theirs: bool = False
    """The reader may fill it in now."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A required answer that applies to the child and is not there."""

    question: Field
    place: str
    """The answer, or the cell of a list, as `targets[0].due_on`."""
    why: Why
    sentence: str
    """What to do."""
    written_at: datetime | None
    step: Step


@dataclass(frozen=True, slots=True)
class SectionState:
    section: Section
    state: State
    asked: int
    gaps: Sequence[Gap]
    steps: Sequence[Step]
    """Those that ask for something here: open ones, those to come, then those done."""
    returned_because: str = ""

    @property
    def answered(self) -> int:
        return self.asked - len(self.gaps)


@dataclass(frozen=True)
class PlanAsked:
    """What a case asks and what was answered."""

    steps: Sequence[Step]
    kept: Mapping[str, Kept]
    facts: Mapping[str, Any]
    began_at: datetime | None
    """When the case's own plan began; what is older was carried over. None: before that."""
    returned_because: str = ""
    """Why quality assurance sent the plan back, until it looks again; empty where it has not."""
    returned: Mapping[str, str] = field(default_factory=dict)
    """By section that quality assurance named, why; none: whatever is done again."""

    @cached_property
    def readings(self) -> Sequence["_Reading"]:
        return [_Reading(step, self) for step in self.steps]

    def is_carried(self, kept: Kept) -> bool:
        return kept.at is not None and (self.began_at is None or kept.at < self.began_at)


def states_of(plan: PlanAsked, may_see: MaySee) -> list[SectionState]:
    """Of every section in which something is asked that this reader may see, in their order.

    A question is counted where the reader may see its answer, and the answers that decide whether
    it is asked; the latter also where it is asked of the reader in a task of theirs.
    """
    found = {key: _Found() for key in SECTIONS}
    seen: set[str] = set()
    for reading in plan.readings:
        for question in reading.questions(may_see):
            into = found[PLACES[question.path].section]
            into.note(reading.step)
            if question.path in seen or reading.step.standing == Standing.MAY_COME:
                continue
            seen.add(question.path)
            into.count(reading, question, plan)
    redone = _redone(plan)
    return [
        SectionState(SECTIONS[key], _state(key, each, plan, redone), each.asked, each.gaps,
                     each.steps,
                     (plan.returned.get(key) or plan.returned_because)
                     if _returned(key, each, plan, redone) else "")
        for key, each in found.items() if each.steps
    ]


def returned_sections(kept: Mapping[str, Kept]) -> dict[str, str]:
    """By section that was not found good, why."""
    parts = kept.get("quality.sections")
    told = parts.value if parts and parts.valid and isinstance(parts.value, list) else []
    named = frozenset[str]().union(*(RETURNED_PARTS.get(str(each), ()) for each in told))
    return dict.fromkeys(named, "") | {each.section: each.reason for each in not_green(kept)}


def ready_of(states: Sequence[SectionState]) -> tuple[int, int]:
    """How many are ready, and of how many."""
    return sum(each.state == State.READY for each in states), len(states)


class _Reading:
    """One step's form with what stands in the plan."""

    def __init__(self, step: Step, plan: PlanAsked) -> None:
        self.step, self.kept = step, plan.kept
        raw = {each.key: plan.kept[each.path].value for each in step.form.inputs()
               if each.path in plan.kept}
        read = read_answers(step.form, raw, plan.facts)
        self._hidden, self._raw = read.hidden, raw
        self._errors: dict[str, list[tuple[str, str]]] = {}
        for place, sentence in read.errors.items():
            self._errors.setdefault(place.partition("[")[0], []).append((place, sentence))

    def questions(self, may_see: MaySee) -> Iterator[Field]:
        """That apply and must be answered, or are answered wrongly."""
        paths = {each.key: each.path for each in self.step.form.inputs()}
        paths |= {name: path for name, (path, _) in TOLD.items()}
        for each, conditions in with_conditions(self.step.form.fields, ()):
            if each.key in self._hidden or each.read_only or each.path not in PLACES:
                continue
            if not each.required and each.key not in self._errors:
                continue
            names = frozenset[str]().union(*map(names_in, conditions))
            decides = [paths[name] for name in names if name in paths]
            if may_see(field_class(each.path)) and (
                self.step.theirs or all(may_see(field_class(path)) for path in decides)
            ):
                yield each

    def wrong(self, question: Field) -> tuple[str, str, Why] | None:
        """Where, what to do, and why; None where it is answered. Choices that the domain offers
        were checked when they were made."""
        kept = self.kept.get(question.path)
        empty = kept is None or kept.value in (None, "", [], False)
        if question.options_from and kept is not None and not empty and kept.valid:
            return None
        errors = self._errors.get(question.key)
        if errors:
            place, sentence = errors[0]
            return place, sentence, Why.MISSING if empty else Why.WRONG
        if kept is not None and not kept.valid and not empty:
            return question.key, "This answer was not right when it was saved", Why.WRONG
        return None


class _Found:
    """What is found of one section."""

    def __init__(self) -> None:
        self.asked, self.gaps = 0, list[Gap]()
        self.steps, self.fresh = list[Step](), False

    def note(self, step: Step) -> None:
        if not any(each is step for each in self.steps):
            self.steps.append(step)

    def count(self, reading: _Reading, question: Field, plan: PlanAsked) -> None:
        kept = plan.kept.get(question.path)
        wrong = reading.wrong(question)
        carried = kept is not None and plan.is_carried(kept)
        if reading.step.standing == Standing.DONE:
            if wrong is None:
                self.asked, self.fresh = self.asked + 1, True
            return
        self.asked += 1
        at = kept.at if kept else None
        if wrong is not None:
            place, sentence, why = wrong
            self.gaps.append(Gap(question, place, why, sentence, at, reading.step))
        elif carried:
            self.gaps.append(Gap(question, question.key, Why.CARRIED, "", at, reading.step))
        if kept is not None and not carried and kept.value not in (None, "", [], False):
            self.fresh = True


def _state(key: str, found: _Found, plan: PlanAsked, redone: frozenset[str]) -> State:
    if _returned(key, found, plan, redone):
        return State.RETURNED
    if found.asked and not found.gaps:
        return State.READY
    return State.IN_PROGRESS if found.fresh else State.NOT_STARTED


def _returned(key: str, found: _Found, plan: PlanAsked, redone: frozenset[str]) -> bool:
    """What was sent back, until the step that mends it is done; and the signatures that it took."""
    if not plan.returned_because:
        return False
    if key == SIGNATURES_AND_QUALITY:
        return any(gap.question.path.endswith(".agreed") for gap in found.gaps)
    mended_with = WHERE_NONE_IS_NAMED if key in WITH_THE_TARGETS else key
    return mended_with in redone and key in (plan.returned or redone)


def _redone(plan: PlanAsked) -> frozenset[str]:
    """Sections of which something is asked again now, the signatures apart."""
    return _sections_of(
        each.form for each in plan.steps if each.again and each.standing == Standing.OPEN
    ) - {SIGNATURES_AND_QUALITY}


def _sections_of(forms: Iterable[Form]) -> frozenset[str]:
    return frozenset(PLACES[each.path].section for form in forms for each in form.inputs()
                     if each.path in PLACES)
