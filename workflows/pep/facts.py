"""Facts that expressions may read: always from the tables, never copied into a case's state."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.domain import Fact, Known, ValueType
from engine.store.models import Case
from workflows.calendar import age
from workflows.children import goes_there, school_year, year_group
from workflows.days import short_day
from workflows.pep.case_dates import CaseDates
from workflows.pep.deadlines import BY_ID, plan_due_in_words, plan_prepared_by
from workflows.pep.quality import RATED_AT, to_be_done_again

SHORT_BREAKS = "short_breaks"
"""The legal status of a series of short breaks, for which no full plan is made (regulation 48)."""

TOLD: Mapping[str, tuple[str, frozenset[str]]] = {
    "has_ehc_plan": ("plans.linked", frozenset({"ehcp"})),
    "has_pastoral_plan": ("plans.linked", frozenset({"pastoral"})),
    "is_unaccompanied": ("identity.circumstances", frozenset({"unaccompanied"})),
    "needs_interpreter": ("identity.interpreter_needed", frozenset({"yes"})),
    "is_in_custody": ("identity.circumstances", frozenset({"custody"})),
    "learns_elsewhere": ("identity.circumstances", frozenset({"elsewhere"})),
    "change_is_planned": ("changes.planned", frozenset({"placement", "school", "phase", "status"})),
}
"""Facts that a social worker told by an answer: where it stands, which of its choices say so."""

TOLD_AT = frozenset(path for path, _ in TOLD.values())

_D, _B, _I, _L = ValueType.DATE, ValueType.BOOL, ValueType.INT, ValueType.LIST

FACTS = {
    fact.name: fact
    for fact in (
        Fact("birth_date", _D, True, "Date of birth"),
        Fact("age_today", _I, True, "Age in whole years today"),
        Fact("looked_after_since", _D, True, "Becoming looked after"),
        Fact("placement_start", _D, True, "Start of the first placement"),
        Fact("plan_from", _D, True, "Day from which the plan's 10 working days count: start of the "
             "first placement, or the third birthday after it"),
        Fact("planned_placement", _B, True, "The first placement was planned"),
        Fact("plan_due", _D, True, "Day by which the initial plan is due: before a planned "
             "placement, else 10 working days from its start"),
        Fact("out_of_area", _B, True, "Placed in another council's area"),
        Fact("short_breaks", _B, True, "Looked after for short breaks only"),
        Fact("has_school_place", _B, True, "Has a school place"),
        Fact("school_place_by", _D, True, "Latest date for a school place: 20 school days"),
        Fact("school_open_in_time", _B, True, "School opens before the plan's 10 working days end"),
        Fact("term_begins", _D, False, "First day of the present or next term"),
        Fact("termly", _B, True, "The council asks for a plan each term"),
        Fact("term_plan_by", _D, False, "Cut-off date of the term that this plan is for"),
        Fact("year_group", _I, False, "School year (0 is Reception)"),
        Fact("school_year", _I, True, "School year, counted on: -1 is the year before Reception, "
             "14 the one after Year 13"),
        Fact("has_ehc_plan", _B, True, "Has an Education, Health and Care Plan"),
        Fact("has_pastoral_plan", _B, True, "Has a Pastoral Support Plan"),
        Fact("is_unaccompanied", _B, True, "Came to this country alone"),
        Fact("needs_interpreter", _B, True, "An interpreter is needed"),
        Fact("is_in_custody", _B, True, "Is in custody or secure accommodation"),
        Fact("learns_elsewhere", _B, True, "Learns elsewhere than at a school"),
        Fact("change_is_planned", _B, True, "A change of home, school, phase or status is planned"),
        Fact("plan_prepared", _B, True, "Both have signed the plan of this case"),
        Fact("plan_passed", _B, True, "The plan of this case has been passed on"),
        Fact("returned_sections", _L, True, "Sections that quality assurance returned: the red "
             "ones, else the amber ones; the targets where it named none"),
        Fact("plan_is_interim", _B, True, "The plan before was an interim one"),
        Fact("review_held", _B, True, "The statutory review of this case has been held"),
        Fact("review_number", _I, True, "Number of the statutory review (1 is the first)"),
        Fact("review_limit", _D, True, "Latest lawful date of the statutory review"),
        Fact("review_date", _D, True, "Date of the statutory review: planned, else the last "
             "working day within the limit"),
        Fact("last_review", _D, False, "Date of the review before"),
    )
}


class CaseFacts(CaseDates):
    """Satisfies `engine.domain.Known` for Personal Education Plans."""

    def __init__(
        self, session: Session, case: Case, on: date, paths: Collection[str] = ()
    ) -> None:
        super().__init__(session, case, on, {*paths, *TOLD_AT, *RATED_AT})

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]:
        """The facts that were asked for and that have a value."""
        found: dict[str, Any] = {}
        for group, read in _GROUPS:
            if names & group:
                found |= read(self)
        return {name: found[name] for name in names if found.get(name) is not None}


def plan_began_at(known: Any) -> datetime | None:
    """When the case's own plan began: what is older was carried over. None: not yet."""
    return min((each.opened_at for each in known.versions), default=None)


def _of_child(known: CaseDates) -> dict[str, Any]:
    child = known.child
    return {
        "birth_date": child.born_on,
        "age_today": age(None, child.born_on, known.on),
        "looked_after_since": child.looked_after_on,
        "out_of_area": child.out_of_area,
        "short_breaks": child.legal_status == SHORT_BREAKS,
        "year_group": year_group(child.born_on, known.on),
        "school_year": school_year(child.born_on, known.on),
    }


def _of_placement(known: CaseDates) -> dict[str, Any]:
    if known.placement is None:
        return {}
    return {
        "placement_start": known.placement.starts_on,
        "plan_from": known.plan_from,
        "planned_placement": known.placement.planned,
        "plan_due": known.plan_due,
    }


def _of_school(known: CaseDates) -> dict[str, Any]:
    return {"has_school_place": any(goes_there(each, known.on) for each in known.enrolments)}


def _of_plan(known: CaseDates) -> dict[str, Any]:
    return {
        "plan_prepared": any(version.prepared_at for version in known.versions),
        "plan_passed": any(version.passed_at for version in known.versions),
    }


def _of_quality(known: CaseDates) -> dict[str, Any]:
    return {"returned_sections": to_be_done_again(known.kept)}


def _of_plan_before(known: CaseDates) -> dict[str, Any]:
    """Whether the case before this one made its plan in school holidays, without a meeting."""
    return {"plan_is_interim": known.plan_before_was_interim}


def _of_record(known: CaseDates) -> dict[str, Any]:
    kept = known.kept
    chosen = {path: _chosen(kept[path].value) for path in TOLD_AT if path in kept}
    return {name: not said.isdisjoint(chosen.get(path, ()))
            for name, (path, said) in TOLD.items()}


def _chosen(value: Any) -> list[Any]:
    """Of boxes and of one choice alike."""
    return value if isinstance(value, list) else [str(value)]


def _of_terms(known: CaseDates) -> dict[str, Any]:
    """Where no term dates are known, schools are taken to be open."""
    limit = plan_prepared_by(None, known.plan_from or known.on)
    ahead = [term for term in known.calendar.terms if term.ends_on >= known.on]
    return {
        "school_open_in_time": not ahead or ahead[0].starts_on <= limit,
        "term_begins": ahead[0].starts_on if ahead else None,
    }


def _of_place_search(known: CaseDates) -> dict[str, Any]:
    """20 school days from the loss of the place; of a child who has one, from the placement."""
    placed = known.placement.starts_on if known.placement else known.on
    since = known.gap.since if known.gap else placed
    count = BY_ID["T10"].count.that_reaches(known.calendar, since)
    return {"school_place_by": count.end(known.calendar, since)}


def _of_termly(known: CaseDates) -> dict[str, Any]:
    return {"termly": known.calendar.termly.on, "term_plan_by": known.term_plan_by}


def _of_review(known: CaseDates) -> dict[str, Any]:
    review = known.review
    if review is None:
        return {}
    return {
        "review_number": review.number,
        "review_limit": review.latest_on,
        "review_date": review.expected_on,
        "review_held": review.held_on is not None,
    }


def _of_review_before(known: CaseDates) -> dict[str, Any]:
    before = known.review_before
    return {"last_review": before.held_on if before else None}


_GROUPS = (
    (frozenset({"birth_date", "age_today", "looked_after_since", "out_of_area", "short_breaks",
                "year_group", "school_year"}), _of_child),
    (frozenset(TOLD), _of_record),
    (frozenset({"placement_start", "plan_from", "planned_placement", "plan_due"}), _of_placement),
    (frozenset({"has_school_place"}), _of_school),
    (frozenset({"school_open_in_time", "term_begins"}), _of_terms),
    (frozenset({"school_place_by"}), _of_place_search),
    (frozenset({"termly", "term_plan_by"}), _of_termly),
    (frozenset({"plan_prepared", "plan_passed"}), _of_plan),
    (frozenset({"returned_sections"}), _of_quality),
    (frozenset({"plan_is_interim"}), _of_plan_before),
    (frozenset({"review_number", "review_limit", "review_date", "review_held"}), _of_review),
    (frozenset({"last_review"}), _of_review_before),
)
"""Read together where one of them is asked for."""


def fact_in_words(known: Known, name: str) -> str:
    """Why a fact that is itself counted has its value, in a sentence; empty of any other."""
    if name == "term_begins":
        return _term_in_words(known)
    if name != "plan_due":
        return ""
    found = known.facts(frozenset({name, "plan_from"}))
    return plan_due_in_words(found[name], found["plan_from"]) if found else ""


def _term_in_words(known: Known) -> str:
    """Only an interim plan waits for the term."""
    found = known.facts(frozenset({"term_begins", "plan_is_interim"}))
    begins = found.get("term_begins")
    if not begins or not found.get("plan_is_interim"):
        return ""
    return ("After an interim plan the full meeting follows when term begins: "
            f"{short_day(begins)}.")
