"""Facts that expressions may read: always from the tables, never copied into a case's state."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import Fact, ValueType
from engine.store.models import Case
from workflows.calendar import age
from workflows.children import Child, Enrolment, attended, first_placement, year_group
from workflows.pep.plan import versions_of_case
from workflows.pep.reviews import last_review_before, review_of

_D, _B, _I = ValueType.DATE, ValueType.BOOL, ValueType.INT

FACTS = {
    fact.name: fact
    for fact in (
        Fact("birth_date", _D, True, "Date of birth"),
        Fact("age_today", _I, True, "Age in whole years today"),
        Fact("looked_after_since", _D, True, "Becoming looked after"),
        Fact("placement_start", _D, True, "Start of the first placement"),
        Fact("planned_placement", _B, True, "The first placement was planned"),
        Fact("out_of_area", _B, True, "Placed in another council's area"),
        Fact("has_school_place", _B, True, "Has a school place"),
        Fact("year_group", _I, False, "School year (0 is Reception)"),
        Fact("plan_prepared", _B, True, "Both have signed the plan of this case"),
        Fact("plan_passed", _B, True, "The plan of this case has been passed on"),
        Fact("review_number", _I, True, "Number of the statutory review (1 is the first)"),
        Fact("review_limit", _D, True, "Latest lawful date of the statutory review"),
        Fact("review_date", _D, True, "Date of the statutory review: planned, else the last "
             "working day within the limit"),
        Fact("last_review", _D, False, "Date of the review before"),
    )
}


def read_facts(session: Session, case: Case, names: frozenset[str], on: date) -> Mapping[str, Any]:
    """The facts that were asked for and that have a value."""
    found: dict[str, Any] = {}
    for group, read in _GROUPS:
        if names & group:
            found |= read(session, case, on)
    return {name: found[name] for name in names if found.get(name) is not None}


def _of_child(session: Session, case: Case, on: date) -> dict[str, Any]:
    child = session.get_one(Child, case.child_id)
    return {
        "birth_date": child.born_on,
        "age_today": age(None, child.born_on, on),
        "looked_after_since": child.looked_after_on,
        "out_of_area": child.out_of_area,
        "year_group": year_group(child.born_on, on),
    }


def _of_placement(session: Session, case: Case, _on: date) -> dict[str, Any]:
    row = first_placement(session, session.get_one(Child, case.child_id))
    return {"placement_start": row.starts_on, "planned_placement": row.planned} if row else {}


def _of_school(session: Session, case: Case, on: date) -> dict[str, Any]:
    enrolled = session.scalar(
        select(Enrolment.id)
        .where(Enrolment.child_id == case.child_id, *attended(on))
        .limit(1)
    )
    return {"has_school_place": enrolled is not None}


def _of_plan(session: Session, case: Case, _on: date) -> dict[str, Any]:
    versions = versions_of_case(session, case.id)
    return {
        "plan_prepared": any(version.prepared_at for version in versions),
        "plan_passed": any(version.passed_at for version in versions),
    }


def _of_review(session: Session, case: Case, _on: date) -> dict[str, Any]:
    review = review_of(session, case.id)
    if review is None:
        return {}
    before = last_review_before(session, review)
    return {
        "review_number": review.number,
        "review_limit": review.latest_on,
        "review_date": review.expected_on,
        "last_review": before.held_on if before else None,
    }


_GROUPS = (
    (frozenset({"birth_date", "age_today", "looked_after_since", "out_of_area", "year_group"}),
     _of_child),
    (frozenset({"placement_start", "planned_placement"}), _of_placement),
    (frozenset({"has_school_place"}), _of_school),
    (frozenset({"plan_prepared", "plan_passed"}), _of_plan),
    (frozenset({"review_number", "review_limit", "review_date", "last_review"}), _of_review),
)
