"""The invented child that a draft is tried on: what is asked of it, how its case begins."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.forms import Form, names_asked, read_form, valid_answers
from engine.spiff import Procedure
from engine.work import LONDON
from workflows.calendar import age, working_days
from workflows.pep.actions import REVIEW_PROCEDURE
from workflows.pep.changes.command import Rule, refuse
from workflows.pep.deadlines import first_review_with_plan, review_by
from workflows.pep.facts import FACTS, TOLD
from workflows.pep.starting import ADULT, PROCEDURE
from workflows.trying.beginning import (
    AtSchool,
    Beginning,
    CouncilDays,
    PlacementBegun,
    ReviewAhead,
)

FORM = Path(__file__).parent / "invented_child.form"
MORNING = time(9)
AGE = 10

_ALWAYS = frozenset({"begins_on", "born_on", "looked_after_on", "placed_on"})
_READ_BY: Mapping[str, frozenset[str]] = {
    "planned": frozenset({"planned_placement", "plan_due"}),
    "short_breaks": frozenset({"short_breaks"}),
    "out_of_area": frozenset({"out_of_area"}),
    "has_school": frozenset({"has_school_place", "school_place_by"}),
    "review_number": frozenset({"review_number", "review_limit", "review_date"}),
    "last_review_on": frozenset({"last_review", "review_limit", "review_date"}),
    "was_interim": frozenset({"plan_is_interim"}),
    "on_record": frozenset(TOLD),
}
"""Facts that a question decides; it is asked where the procedure reads one of them."""
_OF_REVIEWS = frozenset({"review_number", "last_review_on", "was_interim"})


def facts_read(procedure: Procedure) -> frozenset[str]:
    """Every fact that an expression of the diagrams, a decision or a question's condition reads."""
    asked: set[str] = set()
    for expression in (*procedure.conditions.values(), *procedure.moments.values()):
        asked |= expression.asks
    for decision in procedure.decisions.values():
        asked |= decision.asks
    for form in procedure.forms.values():
        asked |= names_asked(form.fields)
    return frozenset(asked & FACTS.keys())


def questions_about(procedure: Procedure) -> Form:
    """What has to be known of the child for this procedure, and no more."""
    read = facts_read(procedure)
    return replace(_whole(), fields=tuple(
        field for field in _whole().fields
        if field.key in _ALWAYS or (
            _READ_BY[field.key] & read
            and (field.key not in _OF_REVIEWS or procedure.key == REVIEW_PROCEDURE)
        )
    ))


def usual_child(procedure: Procedure, today: date) -> dict[str, Any]:
    """Answers to begin with: a child of ten who is placed today in an emergency, or whose first
    review was held today."""
    since = working_days(None, today, -20) if procedure.key == REVIEW_PROCEDURE else today
    usual = {
        "begins_on": today.isoformat(),
        "born_on": date(today.year - AGE, 5, 4).isoformat(),
        "looked_after_on": since.isoformat(),
        "placed_on": since.isoformat(),
        "planned": "no", "short_breaks": "no", "out_of_area": "no", "has_school": "yes",
        "review_number": "2", "last_review_on": today.isoformat(), "was_interim": "no",
        "on_record": [],
    }
    asked = {field.key for field in questions_about(procedure).inputs()}
    return {key: value for key, value in usual.items() if key in asked}


def beginning_of(
    procedure: Procedure, answers: Mapping[str, Any], days: CouncilDays
) -> Beginning:
    """Raises `AnswersInvalid`."""
    given = valid_answers(questions_about(procedure), answers)
    refuse(_impossible(given))
    begins_on, placed_on = given["begins_on"], given["placed_on"]
    told = [TOLD[name] for name in given.get("on_record", ())]
    on_record: dict[str, list[str]] = {}
    for path, choices in told:
        on_record.setdefault(path, []).append(sorted(choices)[0])
    has_school = given.get("has_school", "yes") == "yes"
    return Beginning(
        procedure=procedure.key,
        opened_at=datetime.combine(begins_on, MORNING, LONDON).astimezone(UTC),
        born_on=given["born_on"],
        looked_after_on=given["looked_after_on"],
        short_breaks=given.get("short_breaks") == "yes",
        out_of_area=given.get("out_of_area") == "yes",
        placements=(PlacementBegun(placed_on, planned=given.get("planned") == "yes"),),
        schools=(AtSchool(begins_on, None, days.area),) if has_school else (),
        review=_review(procedure.key, given),
        last_review_on=given.get("last_review_on"),
        last_plan_on=given.get("last_review_on"),
        plan_before_was_interim=given.get("was_interim") == "yes",
        on_record=on_record,
    )


@lru_cache(maxsize=1)
def _whole() -> Form:
    return read_form(FORM.read_bytes(), "invented_child")


def _review(procedure: str, given: Mapping[str, Any]) -> ReviewAhead | None:
    """The one that the case prepares; a procedure of the council's own prepares none."""
    if procedure == PROCEDURE:
        number, limit = first_review_with_plan(given["looked_after_on"], given["born_on"])
        return ReviewAhead(number, limit)
    if procedure == REVIEW_PROCEDURE and "last_review_on" in given:
        number = given.get("review_number", 2)
        return ReviewAhead(number, review_by(number, given["last_review_on"]))
    return None


def _impossible(given: Mapping[str, Any]) -> list[Rule]:
    """Days that cannot be, each with a sentence that says what to do."""
    born, care, placed = given["born_on"], given["looked_after_on"], given["placed_on"]
    begins, before = given["begins_on"], given.get("last_review_on")
    return [
        (care < born, "looked_after_on",
         "The child became looked after before they were born. Check both dates"),
        (placed < care, "placed_on",
         "The placement starts before the child became looked after. Check both dates"),
        (age(None, born, placed) >= ADULT, "born_on",
         f"The young person is {ADULT} or older when the placement starts. Enter a later date"),
        (before is not None and before < care, "last_review_on",
         "The review before was held before the child became looked after. Check both dates"),
        (before is not None and before > begins, "last_review_on",
         "The review before is held after the case begins. Check both dates"),
    ]
