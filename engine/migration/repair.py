"""One case put right by a process owner: a token moved, a step skipped, a value set, or cancelled.

Each has a reason, is told in words before it is done, is worked out as a move of the case on its
own release, with all that a move must show, and can be undone while nothing has moved since.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.advance import CaseWorld, lock_case, open_tasks, pending_timers, settle
from engine.cases import close_case
from engine.domain import ValueType
from engine.errors import (
    AnswersInvalid,
    CaseClosed,
    EngineError,
    FlowFailed,
    NotFound,
    Refused,
)
from engine.migration.dates import work_out_dates
from engine.migration.image import Image, image_of
from engine.migration.moving import Verdict, carry_over, undo
from engine.migration.outcomes import label_of
from engine.migration.plan import AS_DONE, CannotMove, Plan
from engine.migration.preparing import LookingWorld, Target, prepare, target_of
from engine.migration.tables import CaseMove, CaseMoveState, Move
from engine.recalculation import let_dates_follow
from engine.releases import compiled
from engine.spiff import Element, Flow, Procedure, Scope
from engine.spiff.expressions import has_type
from engine.store.models import RUNNING, Case, CaseStatus
from engine.work import Work, query, verb

TOKEN, SKIP, VALUE = "token", "skip", "value"
BY_REPAIR = "case put right"


@dataclass(frozen=True, slots=True)
class Place:
    """A task that is open, a date that is waited for, or a step whose move has failed."""

    token: UUID
    element: str
    name: str
    failed: bool
    """It is over for people, and the case could not go on behind it."""


@dataclass(frozen=True, slots=True)
class Settable:
    """A name that the release's expressions read, and that this case may be given."""

    name: str
    label: str
    type: ValueType
    choices: Sequence[tuple[str, str]]
    """Value and label, where its question has some."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be put right in a case."""

    reference: str
    procedure: str
    release_id: UUID
    status: str
    incident: str
    """What it stopped for, in words; empty where it runs."""
    places: Sequence[Place]
    targets: Sequence[Element]
    """Steps of its release at which it could go on."""
    values: Sequence[Settable]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was done to put a case right."""

    id: UUID
    kind: str
    reason: str
    state: str
    may_be_undone: bool
    by: UUID
    at: Any


@dataclass(frozen=True, slots=True)
class Repair:
    """What is to be done; `token` and `target`, or `name` and `value`."""

    kind: str
    token: UUID | None = None
    target: str = ""
    name: str = ""
    value: Any = None


_TARGETS = ("userTask", "callActivity", "subProcess", "intermediateCatchEvent", "serviceTask",
            "sendTask", "businessRuleTask", "exclusiveGateway", "endEvent")


@query
def standing_of(work: Work, case_id: UUID) -> Standing:
    """Of a case that its release cannot read no more than that. Raises `NotFound`, `CaseClosed`."""
    with work.for_the_council("where a case stands is told a process owner, and nothing else"):
        case = _running(work.session.get(Case, case_id))
        unread = Standing(case.reference, case.procedure, case.release_id, case.status,
                          (case.incident or {}).get("message", ""), (), (), ())
        try:
            procedure = compiled(work, case.release_id)
            flow = Flow.decode(procedure, case.state)
        except EngineError:
            return unread
    failed = {_token_of(move) for move in _pending(case)}
    return replace(
        unread,
        places=[Place(token, element, procedure.elements[element].name, str(token) in failed)
                for token, element in _tokens(flow.standing)],
        targets=[each for each in procedure.elements.values() if each.kind in _TARGETS],
        values=[_settable(procedure, name) for name in sorted(procedure.read_names)
                if name in procedure.outcome_names and procedure.names[name] is not ValueType.LIST],
    )


@query
def preview(work: Work, case_id: UUID, repair: Repair) -> Verdict:
    """What would become of the case, in words. Raises `NotFound`, `CaseClosed`."""
    with work.for_the_council("what a repair would do is told in steps, and nothing of the child"):
        case = _running(work.session.get(Case, case_id))
        target = target_of(work, case.release_id)
        world = LookingWorld(work, case, target.procedure)
        try:
            after = _worked_out(work, case, target, repair, world)
        except CannotMove as refused:
            return Verdict(False, because=refused.message, step=refused.step)
    before = {task.token for task in world.tasks}
    opened = [target.procedure.elements[each.element].name for each in after.flow.open_tasks
              if each.token not in before | {UUID(_token_of(move)) for move in _pending(case)}]
    done = [target.procedure.elements[each].name for each in world.would_do]
    return Verdict(True, (
        *after.notes,
        *(f"“{name}” becomes a task" for name in opened),
        *(f"“{name}” is done at once, and cannot be undone" for name in done),
        *(["the case comes to its end, which cannot be undone"] if after.flow.ended is not None
          else []),
    ))


@verb
def put_right(work: Work, case_id: UUID, repair: Repair, reason: str) -> UUID:
    """Raises `AnswersInvalid` without a reason, `CannotMove`, `CaseClosed`, `NotFound`."""
    if not reason.strip():
        raise AnswersInvalid({"reason": "Enter why the case is put right so"})
    case = _running(lock_case(work, case_id))
    target = target_of(work, case.release_id)
    try:
        with work.attempt():
            world = CaseWorld(work, case)
            before = image_of(case, world.tasks, world.timers)
            work.event(case, "case_repaired", what=repair.kind, target=repair.target,
                       element=_element_of(world, repair), reason=reason.strip())
            after = _worked_out(work, case, target, repair, world)
            _write(world, after, repair)
    except FlowFailed as failure:
        raise CannotMove(failure.message) from failure
    let_dates_follow(work, case, BY_REPAIR)
    return _keep(work, case, repair, reason.strip(), before,
                 undoable=case.status in RUNNING and not after.has_done(target.procedure))


@verb
def cancel_case(work: Work, case_id: UUID, reason: str) -> None:
    """Stop the case for good. Raises `AnswersInvalid`, `CaseClosed`, `NotFound`."""
    close_case(work, case_id, reason)


@verb
def undo_repair(work: Work, case_id: UUID, move_id: UUID) -> None:
    """Raises `NotFound`, or `Refused` where the case has gone on since."""
    case = lock_case(work, case_id)
    row = work.session.get(CaseMove, (move_id, case_id))
    if row is None or row.state != CaseMoveState.MOVED:
        raise NotFound
    if not row.undoable or row.before is None or row.after is None:
        raise Refused("Something was done with it that cannot be taken back.")
    try:
        undo(work, case, row.after, row.before)
    except Refused as refused:
        raise Refused(f"It cannot be undone: {refused.message}.") from refused
    row.state, row.done_at = CaseMoveState.UNDONE, work.now


@query
def repairs_of(work: Work, case_id: UUID) -> list[Repaired]:
    """Newest first."""
    with work.for_the_council("what was done to put a case right names no child"):
        rows = work.session.execute(
            select(Move, CaseMove.state, CaseMove.undoable)
            .join(CaseMove, CaseMove.move_id == Move.id)
            .where(CaseMove.case_id == case_id, Move.kind.in_([TOKEN, SKIP, VALUE]))
            .order_by(Move.planned_at.desc(), Move.id.desc())).all()
    return [
        Repaired(move.id, move.kind, move.reason, state,
                 number == 0 and undoable and state == CaseMoveState.MOVED,
                 move.planned_by, move.planned_at)
        for number, (move, state, undoable) in enumerate(rows)
    ]


@dataclass(frozen=True, slots=True)
class _After:
    flow: Flow
    notes: tuple[str, ...]
    pending: Sequence[Mapping[str, Any]]
    """Moves that failed and are still to be retried."""

    def has_done(self, procedure: Procedure) -> bool:
        return any(procedure.elements[each].action for each in self.flow.passed)


def _worked_out(
    work: Work, case: Case, target: Target, repair: Repair, world: CaseWorld
) -> _After:
    """Raises `CannotMove`."""
    if repair.kind == VALUE:
        return _with_value(case, target.procedure, repair)
    flow = Flow.decode(target.procedure, case.state)
    element = next((element for token, element in _tokens(flow.standing)
                    if token == repair.token), None)
    if element is None:
        raise CannotMove("the case does not stand there any more")
    goes_on = AS_DONE if repair.kind == SKIP else repair.target
    if goes_on == element or (goes_on != AS_DONE and goes_on not in target.procedure.elements):
        raise CannotMove("choose another step")
    answered = _answered_with(case, repair.token, target.procedure)
    plan = Plan({element: goes_on}, token=repair.token)
    prepared = prepare(work, case, target, plan, world, answered=answered, may_end=True)
    left = [move for move in _pending(case) if _token_of(move) != str(repair.token)]
    return _After(prepared.flow, prepared.notes, left)


def _with_value(case: Case, procedure: Procedure, repair: Repair) -> _After:
    kind = procedure.names.get(repair.name)
    if kind is None or repair.name not in procedure.outcome_names:
        raise CannotMove("nothing in this release reads it")
    if not has_type(repair.value, kind):
        raise CannotMove(f"“{label_of(procedure, repair.name)}” takes another kind of value")
    flow = Flow.decode(procedure, case.state)
    flow.outcomes[repair.name] = repair.value
    pending = [_answering(move, repair) for move in _pending(case)]
    note = (f"from now on the case goes by another answer to “{label_of(procedure, repair.name)}”; "
            "the plan itself stays as it is")
    return _After(flow, (note,), pending)


def _write(world: CaseWorld, after: _After, repair: Repair) -> None:
    work, case = world.work, world.case
    if repair.kind == VALUE:
        case.state = after.flow.encode()
        if case.incident is not None:
            case.incident = {**case.incident, "pending": list(after.pending)}
        return
    if case.incident is not None:
        case.incident = {**case.incident, "pending": list(after.pending)}
        if not after.pending:
            case.status, case.incident = CaseStatus.OPEN, None
    if after.flow.ended is None:
        carry_over(world, after.flow, work_out_dates(world, after.flow, Plan()))
    settle(world, after.flow)
    work.write()


def _keep(
    work: Work, case: Case, repair: Repair, reason: str, before: Image, *, undoable: bool
) -> UUID:
    plan = replace(Plan(), steps={str(repair.token): repair.target}) if repair.token else Plan()
    done = Move(kind=repair.kind, procedure=case.procedure, release_id=case.release_id,
                plan=plan.as_json(), reason=reason, planned_by=work.actor.id,
                planned_at=work.now, begun_at=work.now)
    work.session.add(done)
    work.session.flush()
    after = image_of(case, open_tasks(work, case), pending_timers(work, case))
    work.session.add(CaseMove(
        move_id=done.id, case_id=case.id, child_id=case.child_id, state=CaseMoveState.MOVED,
        because="", notes=[], before=before, after=after, undoable=undoable, done_at=work.now))
    work.audit("repair_case", child_id=case.child_id, about=f"case:{case.id}", reason=reason,
               what=repair.kind, target=repair.target, name=repair.name)
    return done.id


def _running(case: Case | None) -> Case:
    if case is None:
        raise NotFound
    if case.status not in RUNNING:
        raise CaseClosed
    return case


def _tokens(scope: Scope) -> Iterator[tuple[UUID, str]]:
    """Of all that stands open, timers on the edges of steps left out."""
    for place in scope.places:
        for once in place.under_way:
            if once.inside is not None:
                yield from _tokens(once.inside)
            elif once.token is not None:
                yield once.token, place.element


def _settable(procedure: Procedure, name: str) -> Settable:
    field = next((field for form in procedure.forms.values() for field in form.inputs()
                  if field.key == name), None)
    choices = [(each.value, each.label) for each in field.options] if field else []
    return Settable(name, field.label if field else name.replace("_", " ").capitalize(),
                    procedure.names[name], choices)


def _pending(case: Case) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = (case.incident or {}).get("pending", ())
    return found


def _token_of(move: Mapping[str, Any]) -> str:
    return str(move["complete"] if "complete" in move else move["fire"])


def _answered_with(case: Case, token: UUID | None, procedure: Procedure) -> dict[str, Any]:
    """Outcomes of the step whose move failed: it is over for people, and was answered."""
    for move in _pending(case):
        if _token_of(move) == str(token):
            return {
                name: date.fromisoformat(value)
                if procedure.names.get(name) is ValueType.DATE and isinstance(value, str) else value
                for name, value in move.get("outcomes", {}).items()
            }
    return {}


def _answering(move: Mapping[str, Any], repair: Repair) -> Mapping[str, Any]:
    """A failed move, which would bring the old answer back."""
    outcomes = move.get("outcomes", {})
    if repair.name not in outcomes:
        return move
    value = repair.value.isoformat() if isinstance(repair.value, date) else repair.value
    return {**move, "outcomes": {**outcomes, repair.name: value}}


def _element_of(world: CaseWorld, repair: Repair) -> str | None:
    flow = Flow.decode(world.procedure, world.case.state)
    return next((element for token, element in _tokens(flow.standing) if token == repair.token),
                None)
