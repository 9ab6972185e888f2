"""What the studio shows of a case that is put right; nothing of its child."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from engine.domain import ValueType
from engine.errors import AnswersInvalid, NotFound
from engine.migration.moving import Verdict
from engine.migration.repair import (
    SKIP,
    TOKEN,
    Place,
    Repair,
    Settable,
    Standing,
    preview,
    repairs_of,
    standing_of,
)
from engine.releases import compiled
from engine.store.models import IS_RUNNING, Case
from engine.work import Work, query
from workflows.people import names
from workflows.step_names import StepNames, told_apart

COUNTS_AS_DONE = "+"
"""Said in a form in place of a step."""
LARGEST = 10**15
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class DoneBefore:
    id: UUID
    kind: str
    by: str
    at: datetime
    reason: str
    state: str
    may_be_undone: bool


@dataclass(frozen=True, slots=True)
class RepairPage:
    case_id: UUID
    title: str
    """Of the procedure."""
    standing: Standing
    places: Sequence[Place]
    """With their names in full; work of people first, then dates that are waited for."""
    before: Sequence[DoneBefore]


@dataclass(frozen=True, slots=True)
class TokenPage:
    case_id: UUID
    title: str
    reference: str
    token: UUID
    name: str
    targets: Sequence[tuple[str, str]]
    """Element id and name of the steps at which the case could go on."""
    target: str
    """What was chosen, if anything was."""
    verdict: Verdict | None
    """Of what was chosen."""


@dataclass(frozen=True, slots=True)
class ValuePage:
    case_id: UUID
    title: str
    reference: str
    settable: Settable


@query
def repair_page(work: Work, case_id: UUID) -> RepairPage:
    """Raises `NotFound`, or `CaseClosed`."""
    standing = standing_of(work, case_id)
    done = repairs_of(work, case_id)
    by = names(work, [each.by for each in done])
    before = [DoneBefore(each.id, each.kind, by.get(each.by, ""), each.at, each.reason, each.state,
                         each.may_be_undone) for each in done]
    if not standing.targets:
        return RepairPage(case_id, standing.procedure, standing, (), before)
    procedure = compiled(work, standing.release_id)
    in_full = StepNames(procedure.elements).in_full
    return RepairPage(
        case_id, procedure.name, standing,
        sorted((replace(each, name=in_full(each.element)) for each in standing.places),
               key=lambda each: procedure.elements[each.element].timer is not None),
        before,
    )


@query
def token_page(work: Work, case_id: UUID, token: UUID, target: str) -> TokenPage:
    """Raises `NotFound` where the case does not stand there any more."""
    standing = standing_of(work, case_id)
    place = next((each for each in standing.places if each.token == token), None)
    if place is None:
        raise NotFound
    procedure = compiled(work, standing.release_id)
    verdict = preview(work, case_id, repair_of(token, target)) if target else None
    targets = [each for each in standing.targets if each.id != place.element]
    return TokenPage(
        case_id, procedure.name, standing.reference, token,
        StepNames(procedure.elements).in_full(place.element), told_apart(targets), target, verdict,
    )


@query
def value_page(work: Work, case_id: UUID, name: str) -> ValuePage:
    """Raises `NotFound` for a name that cannot be set."""
    standing = standing_of(work, case_id)
    settable = next((each for each in standing.values if each.name == name), None)
    if settable is None:
        raise NotFound
    return ValuePage(case_id, compiled(work, standing.release_id).name, standing.reference,
                     settable)


@query
def case_with_reference(work: Work, reference: str) -> UUID:
    """Of a running case, however its reference is typed. Raises `AnswersInvalid`."""
    letters = "".join(each for each in reference.upper() if each.isalnum())
    with work.for_the_council("which case has a reference; nothing of the child is told"):
        case_id = work.session.scalar(select(Case.id).where(
            Case.reference == f"{letters[:4]}-{letters[4:8]}", IS_RUNNING))
    if case_id is None:
        raise AnswersInvalid({"reference": "Enter the reference of a running case, for example "
                                           "GK5E-XK7C"})
    return case_id


def repair_of(token: UUID, target: str) -> Repair:
    if target == COUNTS_AS_DONE:
        return Repair(SKIP, token)
    return Repair(TOKEN, token, target)


def value_said(settable: Settable, said: Mapping[str, str]) -> Any:
    """What was typed, as a value of its type. Raises `AnswersInvalid`."""
    text = said.get("value", "").strip()
    try:
        match settable.type:
            case ValueType.BOOL:
                return {"yes": True, "no": False}[text]
            case ValueType.INT:
                return _counted(int(text))
            case ValueType.DOUBLE:
                return _counted(float(text))
            case ValueType.DATE:
                year, month, day = (int(said.get(f"value-{part}", ""))
                                    for part in ("year", "month", "day"))
                return date(year, month, day)
    except (ValueError, KeyError, OverflowError):
        raise AnswersInvalid({"value": _WRONG.get(settable.type, "")}) from None
    if settable.choices and text not in dict(settable.choices):
        raise AnswersInvalid({"value": "Select an answer"})
    if not text:
        raise AnswersInvalid({"value": "Enter an answer"})
    return text


def _counted(number: Number) -> Number:
    """Raises `ValueError` for what no expression can count with."""
    if not abs(number) <= LARGEST:
        raise ValueError
    return number


_WRONG = {
    ValueType.BOOL: "Select yes or no",
    ValueType.INT: "Enter a whole number",
    ValueType.DOUBLE: "Enter a number",
    ValueType.DATE: "Enter a real date",
}
