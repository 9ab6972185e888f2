"""What the studio shows of cases that are moved to another release; nothing of a child."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from engine.errors import NotFound
from engine.migration.batch import MoveView, counts, get_move, moves_of
from engine.migration.looking import look_at_move, where_they_stand
from engine.migration.plan import AS_DONE, ENDS_HERE, TimerRule
from engine.migration.standing import CaseClass, classes_of_cases
from engine.migration.tables import CaseMove, CaseMoveState
from engine.releases import ReleaseView, compiled, get_release, live_release, releases_of
from engine.spiff import Procedure
from engine.store.models import Case, ReleaseState
from engine.work import Work, query
from workflows.people import name_of, names
from workflows.step_names import StepNames, told_apart

ENDS, DONE = "-", AS_DONE
"""Said in a form in place of a step: the case does not go on there; or the step counts as done."""
ALL = "all"
"""Said in place of the keys of classes."""
_GOES_ON_AT = ("userTask", "callActivity", "subProcess", "intermediateCatchEvent")


@dataclass(frozen=True, slots=True)
class ClassRow:
    key: str
    release: int
    where: str
    cases: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class MoveRow:
    id: UUID
    release: int
    by: str
    begun_at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ChoosePage:
    procedure: str
    title: str
    targets: Sequence[ReleaseView]
    """The live one first; releases that wait for review are none."""
    classes: Sequence[ClassRow]
    moves: Sequence[MoveRow]


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of which the same is to be said."""

    kind: str
    """`as_it_is`, `with_changes` or `cannot`; of those that had their turn, their state."""
    words: Sequence[str]
    references: Sequence[str]
    step: str | None = None


@dataclass(frozen=True, slots=True)
class MovePage:
    move: MoveView
    title: str
    release: int
    phase: str
    """`planned`, `moving`, `moved`, `undoing` or `undone`."""
    by: str
    total: int
    done: int
    """Of those whose turn it is or was."""
    counts: Mapping[str, int]
    groups: Sequence[Group]
    asks_for_steps: bool
    has_other_dates: bool
    can_undo: bool


@dataclass(frozen=True, slots=True)
class StepChoice:
    element: str
    name: str
    is_way: bool
    """Not a step, but a way that waits before a join: it cannot count as done."""
    chosen: str
    """An element of the new release, `ENDS`, `DONE`, or nothing."""


@dataclass(frozen=True, slots=True)
class StepsPage:
    move: MoveView
    title: str
    release: int
    steps: Sequence[StepChoice]
    places: Sequence[tuple[str, str]]
    """Element id and name of every step of the new release at which a case may go on."""


@dataclass(frozen=True, slots=True)
class DateChoice:
    element: str
    name: str
    rule: TimerRule


@dataclass(frozen=True, slots=True)
class DatesPage:
    move: MoveView
    title: str
    release: int
    dates: Sequence[DateChoice]


@query
def choose_page(work: Work, procedure: str) -> ChoosePage:
    """Raises `NotFound` for a procedure without a live release."""
    live = live_release(work, procedure)
    targets = [each for each in releases_of(work, procedure)
               if each.state in (ReleaseState.LIVE, ReleaseState.RETIRED)]
    targets.sort(key=lambda each: each.id != live.id)
    return ChoosePage(
        procedure, compiled(work, live.id).name, targets,
        [_class_row(work, each) for each in classes_of_cases(work, procedure)],
        _moves(work, procedure),
    )


@query
def cases_chosen(work: Work, procedure: str, keys: Iterable[str], but: UUID) -> list[UUID]:
    """Those of the classes with these keys, or all; but not what runs on that release already."""
    wanted = set(keys)
    return [case_id for each in classes_of_cases(work, procedure)
            if each.release_id != but and wanted & {ALL, _key(each)} for case_id in each.cases]


@query
def move_page(work: Work, move_id: UUID) -> MovePage:
    """Raises `NotFound`."""
    move = get_move(work, move_id)
    counted = _counts(work, move_id)
    planned = move.begun_at is None
    groups = _looked_at(work, move) if planned else _as_done(work, move_id)
    waiting = counted.get(CaseMoveState.WAITING, 0) + counted.get(CaseMoveState.UNDO_WAITING, 0)
    undoing = move.undone_at is not None
    total = sum(counted.values())
    of_undo = total - counted.get(CaseMoveState.STAYED, 0)
    return MovePage(
        move, compiled(work, move.release_id).name, get_release(work, move.release_id).number,
        _phase(move, waiting),
        name_of(work, move.planned_by),
        of_undo if undoing else total,
        (of_undo if undoing else total) - waiting,
        counted, groups,
        planned and (bool(move.plan.steps) or any(each.step for each in groups)),
        planned and bool(where_they_stand(work, move_id).other_dates),
        bool(counted.get(CaseMoveState.MOVED)) and not waiting and not undoing,
    )


@query
def steps_page(work: Work, move_id: UUID) -> StepsPage:
    """The steps that the new release has not, or of which something is said already."""
    move, new = _move_and_release(work, move_id)
    stand = {each.id: each for each in where_they_stand(work, move_id).steps}
    asked = {looked.verdict.step: compiled(work, looked.release_id)
             for looked in look_at_move(work, move_id) if looked.verdict.step}
    wanted = [*(each for each in stand if each not in new.elements), *asked, *move.plan.steps]
    known = {**{each: _called(procedure, each) for each, procedure in asked.items()},
             **{each: element.name for each, element in stand.items()}}
    return StepsPage(
        move, new.name, get_release(work, move.release_id).number,
        [StepChoice(each, known.get(each, each), each not in stand and _is_way(each, asked),
                    _said(move, each))
         for each in dict.fromkeys(wanted)],
        _places(new),
    )


@query
def dates_page(work: Work, move_id: UUID) -> DatesPage:
    move, new = _move_and_release(work, move_id)
    in_full = StepNames(new.elements).in_full
    return DatesPage(
        move, new.name, get_release(work, move.release_id).number,
        [DateChoice(each.id, in_full(each.id), move.plan.rule_of(each.id))
         for each in where_they_stand(work, move_id).other_dates],
    )


def _move_and_release(work: Work, move_id: UUID) -> tuple[MoveView, Procedure]:
    move = get_move(work, move_id)
    if move.begun_at is not None:
        raise NotFound
    return move, compiled(work, move.release_id)


def _class_row(work: Work, each: CaseClass) -> ClassRow:
    in_full = StepNames(compiled(work, each.release_id).elements).in_full
    where = "; ".join(in_full(step) for step in each.steps) or "Nothing is open"
    return ClassRow(_key(each), each.release_number, where, each.cases)


def _key(each: CaseClass) -> str:
    return sha256("\n".join((str(each.release_id), *each.steps)).encode()).hexdigest()[:16]


def _moves(work: Work, procedure: str) -> list[MoveRow]:
    moves = moves_of(work, procedure)
    by = names(work, [move.planned_by for move in moves])
    return [
        MoveRow(move.id, get_release(work, move.release_id).number,
                by.get(move.planned_by, ""), move.begun_at, _counts(work, move.id))
        for move in moves if move.begun_at is not None
    ]


def _counts(work: Work, move_id: UUID) -> dict[str, int]:
    with work.for_the_council("how many cases were moved is counted, whose they are is not"):
        return counts(work, move_id)


def _phase(move: MoveView, waiting: int) -> str:
    if move.begun_at is None:
        return "planned"
    if move.undone_at is not None:
        return "undoing" if waiting else "undone"
    return "moving" if waiting else "moved"


def _looked_at(work: Work, move: MoveView) -> list[Group]:
    found: dict[tuple[str, tuple[str, ...], str | None], list[str]] = defaultdict(list)
    for each in look_at_move(work, move.id):
        verdict = each.verdict
        if verdict.may_move:
            kind = "with_changes" if verdict.notes else "as_it_is"
            found[kind, verdict.notes, None].append(each.reference)
        else:
            found["cannot", (verdict.because,), verdict.step].append(each.reference)
    order = ("cannot", "with_changes", "as_it_is")
    groups = [Group(kind, words, references, step)
              for (kind, words, step), references in found.items()]
    return sorted(groups, key=lambda each: (order.index(each.kind), -len(each.references)))


def _as_done(work: Work, move_id: UUID) -> list[Group]:
    rows = select(CaseMove.state, CaseMove.because, CaseMove.notes, Case.reference).join(
        Case, Case.id == CaseMove.case_id).where(CaseMove.move_id == move_id).order_by(
        Case.reference)
    with work.for_the_council("what became of a case is told by its reference alone"):
        done = work.session.execute(rows).all()
    found: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for state, because, notes, reference in done:
        found[state, (because,) if because else tuple(notes)].append(reference)
    return [Group(state, words, references) for (state, words), references in found.items()]


def _is_way(identity: str, asked: Mapping[str, Procedure]) -> bool:
    element = asked[identity].elements.get(identity) if identity in asked else None
    return element is not None and element.kind == "sequenceFlow"


def _called(procedure: Procedure, identity: str) -> str:
    """A step, or of an arrow the join to which it leads."""
    element = procedure.elements.get(identity)
    if element is None:
        return identity
    if element.kind != "sequenceFlow":
        return element.name
    join = procedure.elements[element.to_ or ""].name
    return f"What waits before “{join}”, from “{procedure.elements[element.from_ or ''].name}”"


def _said(move: MoveView, element: str) -> str:
    said = move.plan.steps.get(element)
    return "" if said is None else said if said != ENDS_HERE else ENDS


def _places(new: Procedure) -> list[tuple[str, str]]:
    return told_apart([each for each in new.elements.values() if each.kind in _GOES_ON_AT])
