"""The council's case system tells that a child became looked after, by its own number for them.

Told twice, it is told once. A child who had left care returns. Who may have a record without that
number is for a person to look at: two records of one child would be two plans.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.audit import record_view
from engine.errors import AnswersInvalid, EngineError, NotFound
from engine.forms import Form, read_answers
from engine.store.models import RUNNING, Case
from engine.work import Acting, Work, query, verb
from workflows.access import decide
from workflows.child_names import folded
from workflows.children import (
    LONGEST_NUMBER,
    CarePeriod,
    Child,
    child_with_number,
    end_of_care,
)
from workflows.days import day_if_any
from workflows.figures.lacking import What, needs_none
from workflows.people import one_at_a_time
from workflows.pep.changes.carrying_out import carry_out, change_form
from workflows.pep.changes.of_child import case_told_of
from workflows.pep.choices import as_offered
from workflows.pep.duplicates import find_duplicate, has_namesake, has_number, is_upn_taken
from workflows.pep.starting import PROCEDURE, start_case, start_form, start_initial_pep
from workflows.resources import child_resource

NOT_HERE = "Restricted. The social worker has it"
"""Stands in the place of an address that must not be known: that one is never kept."""
REASON = "So it stands in the council's case system"
WHY_NONE: Mapping[What, str] = {
    What.SHORT_BREAKS: "Looked after for short breaks only (regulation 48). Where other care "
                       "follows, tell that the child is no longer looked after, then this again",
    What.UNDER_THREE: "Younger than three. The plan begins by itself on the third birthday",
    What.OVER: "Eighteen or older, or past Year 13",
}


class MayBeKnown(EngineError):
    """This child may already have a record."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    child_id: UUID
    reference: str
    case_id: UUID
    runs: bool
    why_no_plan: str
    """Empty where a plan is needed."""
    looked_at_again_on: date | None
    """Where none is needed yet: when one will be."""
    was_known: bool
    """It had been told before: nothing was done."""


def must_be_new(
    by: Acting, number: str, told: Mapping[str, Any], *, another_child: bool = False
) -> None:
    """Refuse what is wrong in itself, and who may have a record already.

    Asked before `child_became_looked_after`, in transactions of its own: that a check found
    somebody is counted and audited though nothing follows. Raises `AnswersInvalid` with a sentence
    by field, and `MayBeKnown`. `another_child` says that the namesake is known and somebody else,
    such as a twin.
    """
    known = _known_by(by, number, _read(by, number, told))
    if not known:
        return
    found = find_duplicate(by, **known)
    if not (another_child and found.may_start):
        raise MayBeKnown(found.sentence)


@query
def _known_by(work: Work, number: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """By what a record may be there that this number does not lead to, for this person."""
    if has_number(work, number):
        child = _seen_with_number(work, number)
        if child is None:
            return {"council_number": number}
        _must_fit(work, child, given)
        return {}
    upn, named = given.get("upn", ""), (given["family_name"], given["born_on"])
    if upn and is_upn_taken(work, upn):
        return {"upn": upn}
    if has_namesake(work, *named):
        return {"family_name": named[0], "born_on": named[1]}
    return {}


@verb
def child_became_looked_after(work: Work, number: str, told: Mapping[str, Any]) -> Told:
    """Open the case with its clocks, as `start_initial_pep`, all or nothing; `told` by the keys of
    its form, a school by its URN and people by their e-mail address too.

    Raises `AnswersInvalid` with a sentence by field, `MayBeKnown` where this cannot be so beside
    what is known, and what `return_to_care` raises.
    """
    one_at_a_time(work)
    given = _read(work, number, told)
    if has_number(work, number):
        return _told_again(work, number, given, told)
    try:
        with work.attempt():
            return _begun(work, number, told)
    except (IntegrityError, AnswersInvalid):
        if not has_number(work, number):
            raise
    return _told_again(work, number, given, told)  # somebody else told it at the same moment


def _begun(work: Work, number: str, told: Mapping[str, Any]) -> Told:
    case_id = start_initial_pep(work, _as_offered(work, start_form(work), told))
    child = work.session.get_one(Child, work.session.get_one(Case, case_id).child_id)
    child.council_number = number
    work.write()
    return _outcome(work, child, case_id, was_known=False)


@query
def _read(work: Work, number: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
    wrong = {}
    if not number.strip():
        wrong["number"] = "Enter the number by which your system knows the child"
    elif len(number.strip()) > LONGEST_NUMBER:
        wrong["number"] = f"Use at most {LONGEST_NUMBER} characters"
    form = start_form(work)
    read = read_answers(form, _as_offered(work, form, told), {})
    if wrong or read.errors:
        raise AnswersInvalid({**wrong, **read.errors})
    return read.values


def _as_offered(by: Acting | Work, form: Form, told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in as_offered(by, form, told).items() if value}


def _told_again(
    work: Work, number: str, given: Mapping[str, Any], told: Mapping[str, Any]
) -> Told:
    child = _seen_with_number(work, number)
    if child is None:
        raise MayBeKnown
    _must_fit(work, child, given)
    if _is_old(work, child, given):
        return _outcome(work, child, _case_of(work, child), was_known=True)
    return _outcome(work, child, _returned(work, child, told), was_known=False)


def _must_fit(work: Work, child: Child, given: Mapping[str, Any]) -> None:
    """What is told again must be of this child, and of a time in care that is known or new."""
    if not _is_same(child, given):
        msg = "Another child has this number in Pepway. Check the number"
        raise MayBeKnown(msg)
    if not _is_old(work, child, given) and end_of_care(work.session, child) is None:
        msg = (f"In Pepway this child is looked after since {day_if_any(child.looked_after_on)}. "
               "Where that is wrong, make the change correct_date")
        raise MayBeKnown(msg)


def _is_same(child: Child, given: Mapping[str, Any]) -> bool:
    """Born on the same day, and one of the names is the same: names are spelt anew."""
    names = ("given_names", "family_name")
    return child.born_on == given["born_on"] and any(
        folded(getattr(child, name)) == folded(given[name]) for name in names
    )


def _is_old(work: Work, child: Child, given: Mapping[str, Any]) -> bool:
    """Told of the present time in care, or so late that the time in care is over."""
    care: date = given["became_looked_after_on"]
    return care == child.looked_after_on or care in work.session.scalars(
        select(CarePeriod.began_on).where(CarePeriod.child_id == child.id)).all()


def _case_of(work: Work, child: Child) -> UUID:
    """Of a child who came without one, the case begins now."""
    try:
        return case_told_of(work, child.id)
    except NotFound:
        return start_case(work, PROCEDURE, child.id)


def _returned(work: Work, child: Child, told: Mapping[str, Any]) -> UUID:
    form = change_form(work, "return_to_care", child.id)
    asked = {each.key for each in form.inputs()}
    answers = {key: value for key, value in _as_offered(work, form, told).items() if key in asked}
    last = case_told_of(work, child.id)
    return carry_out(work, "return_to_care", last, {**answers, "reason": REASON}).case_id


def _outcome(work: Work, child: Child, case_id: UUID, *, was_known: bool) -> Told:
    work.session.flush()
    runs = work.session.get_one(Case, case_id).status in RUNNING
    what, since = needs_none(child, work.today) or (None, None)
    if not runs and what is None:
        what = What.OVER
    if runs and what is not What.UNDER_THREE:
        what = None
    return Told(child.id, child.reference, case_id, runs, WHY_NONE[what] if what else "",
                since if what is What.UNDER_THREE else None, was_known)


def _seen_with_number(work: Work, number: str) -> Child | None:
    """The child of this number where the actor may see it, who is noted for having looked."""
    try:
        child = work.session.get_one(Child, child_with_number(work, number))
    except NotFound:  # PostgreSQL hides it
        return None
    seen = decide(work.actor, "see_child", child_resource(work, child.id))
    if not seen.allowed:
        return None
    record_view(work, "see_child", child.id, f"child:{child.id}", seen.reason)
    return child
