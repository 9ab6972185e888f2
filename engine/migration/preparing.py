"""One case on another release, worked out and not yet written: what is looked at before a move is
also what the move then does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from engine.advance import CaseWorld
from engine.certain_steps import steps_ahead
from engine.domain import ActionCall
from engine.errors import EngineError, FlowFailed
from engine.migration.demanded import Asked, asked_by, must_still_be_asked
from engine.migration.mapping import map_standing
from engine.migration.outcomes import answered_before, carried, wanted
from engine.migration.plan import CannotMove, Plan
from engine.migration.proof import Proof
from engine.migration.unanswered import Questions
from engine.releases import ReleaseView, compiled, get_release
from engine.spiff import Flow, Procedure
from engine.store.models import Case
from engine.work import Work


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case as it would go on."""

    flow: Flow
    notes: tuple[str, ...]
    """What becomes another, in sentences; none where it moves as it is."""


@dataclass(slots=True)
class Target:
    """A release to which cases go, and what has been shown of it."""

    release: ReleaseView
    procedure: Procedure
    proof: Proof
    questions: Questions
    asked: Asked
    asked_before: dict[UUID, Asked] = field(default_factory=dict)
    """By release on which cases run that go there."""

    def asked_on(self, work: Work, case: Case, procedure: Procedure) -> Asked:
        if case.release_id not in self.asked_before:
            self.asked_before[case.release_id] = asked_by(work, case, procedure)
        return self.asked_before[case.release_id]


def target_of(work: Work, release_id: UUID) -> Target:
    """Raises `NotFound`."""
    release, procedure = get_release(work, release_id), compiled(work, release_id)
    vocabulary = work.domain.vocabulary
    questions = Questions(procedure, vocabulary, release.number)
    asked = Asked.of(procedure, steps_ahead(work, release_id), vocabulary.protected)
    return Target(release, procedure, Proof(procedure), questions, asked)


class LookingWorld(CaseWorld):
    """As `CaseWorld`, where nothing is to be done: actions are only noted."""

    def __init__(self, work: Work, case: Case, procedure: Procedure) -> None:
        super().__init__(work, case, procedure=procedure)
        self.would_do: list[str] = []

    def perform(self, call: ActionCall) -> Mapping[str, Any]:
        self.would_do.append(call.element)
        return {}


def prepare(
    work: Work,
    case: Case,
    target: Target,
    plan: Plan,
    world: CaseWorld,
    *,
    answered: Mapping[str, Any] = MappingProxyType({}),
    may_end: bool = False,
) -> Prepared:
    """Decode where the case stands, lay it out on the new release, and show that it can still end.

    Raises `CannotMove`. `world` is that of the new release; `answered` are outcomes beside those of
    its state; `may_end` says whether it may come to its end with it.
    """
    old, new, number = compiled(work, case.release_id), target.procedure, target.release.number
    try:
        before = Flow.decode(old, case.state)
        mapped = map_standing(old, new, before.standing, plan, number, work.now)
        told = {**before.outcomes, **answered}
        earlier = answered_before(work, case, old, wanted(old, new, told))
        outcomes = carried(old, new, told, earlier, number)
        flow = Flow.laid_out(new, mapped.standing, outcomes, world)
    except FlowFailed as failure:
        raise CannotMove(_because(new, failure)) from failure
    if flow.ended is not None and not may_end:
        raise CannotMove("nothing would be left to do in it; close it instead")
    _must_be_readable(new, flow)
    target.proof.can_end(flow.standing)
    if plan.steps:
        must_still_be_asked(work, case, target.asked_on(work, case, old), before.standing,
                            target.asked, flow.standing)
    target.questions.must_all_be_answered(flow.standing, flow.outcomes)
    return Prepared(flow, mapped.notes)


def _must_be_readable(procedure: Procedure, flow: Flow) -> None:
    """What is written is what will be read: the state, before anything stands in it."""
    again = Flow.decode(procedure, flow.encode())
    if again.standing != flow.standing or again.outcomes != flow.outcomes:
        raise CannotMove("its state would not be the same when it is read again")


def _because(procedure: Procedure, failure: EngineError) -> str:
    where = procedure.elements.get(getattr(failure, "element", None) or "")
    if where is not None and where.kind == "sequenceFlow":
        where = procedure.elements.get(where.from_ or "")
    told = failure.message.rstrip(".")
    told = told[:1].lower() + told[1:] if told[:1].isalpha() else told
    return f"at “{where.name}” {told}" if where else told
