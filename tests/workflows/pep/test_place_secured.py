"""A child without a school place gets one: what the task says is so, from that day on."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.errors import AnswersInvalid
from engine.store.models import Outbox
from engine.tasks import save_draft
from workflows.children import Enrolment, get_child
from workflows.pep.changes.carrying_out import carry_out
from workflows.pep.plan import kept_values


@pytest.fixture
def without_place(small_council):
    case = small_council.start(school="", designated_teacher="")
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")
    return case


def secured(case, **changed):
    tara = str(case.council.people["tara"])
    case.do("secure_school_place", "vera", **{
        "place_roll": "on_roll", "place_urn": "990101", "place_from": "2026-03-25",
        "place_teacher": tara, **changed,
    })


def enrolled(case):
    with case.council.by("vera").begin(writing=False) as work:
        rows = work.session.scalars(select(Enrolment).where(Enrolment.child_id == case.child_id))
        return [(row.school_id, row.starts_on) for row in rows]


def holder(case, element):
    return case.open()[element].assignee_id


def test_the_child_is_on_the_roll_and_the_teacher_has_the_schools_steps(without_place):
    case, people = without_place, without_place.council.people
    assert case.open()["complete_education_sections"].covered_by == "virtual_school"

    secured(case)

    vera = case.council.by("vera")
    assert get_child(vera, case.child_id).school == "Tests' School"
    assert holder(case, "complete_education_sections") == people["tara"]
    assert case.open()["complete_education_sections"].covered_by is None
    assert "secure_school_place" not in case.open()
    [told] = case.events("school_changed")
    assert told.data["school"] == str(case.council.school)
    with vera.begin(writing=False) as work:
        kept = kept_values(work.session, case.child_id, ["school.name", "school.urn"])
        sent = {(row.kind, row.person_id) for row in work.session.scalars(select(Outbox))}
    assert {path: value.value for path, value in kept.items()} == {
        "school.name": "Tests' School", "school.urn": "990101",
    }
    assert {("school_changed", people["wilma"]), ("taken_over", people["tara"])} <= sent


def test_a_place_from_next_week_is_there_next_week(without_place):
    case = without_place
    secured(case, place_from="2026-03-30")
    assert get_child(case.council.by("vera"), case.child_id).school is None
    assert case.open()["complete_education_sections"].covered_by == "virtual_school"

    case.council.clock.move_to(case.council.clock.now().replace(day=30))
    case.council.installation.domain.day_begins(case.council.installation.acting(SYSTEM))

    assert get_child(case.council.by("vera"), case.child_id).school == "Tests' School"
    assert holder(case, "complete_education_sections") == case.council.people["tara"]


def test_without_a_teacher_the_virtual_school_goes_on(without_place):
    secured(without_place, place_teacher="")

    assert enrolled(without_place) == [(without_place.council.school, date(2026, 3, 25))]
    assert without_place.open()["complete_education_sections"].covered_by == "virtual_school"


@pytest.mark.parametrize("where", [{"place_roll": "alternative"}, {"place_urn": "unlisted"}])
def test_a_place_that_the_council_has_no_school_for_changes_no_roll(without_place, where):
    with pytest.raises(AnswersInvalid) as problem:
        secured(without_place, **where, place_school="")
    secured(without_place, **where, place_school="Hawthorn Bank")

    assert problem.value.errors == {
        "place_school": "Enter the name of the school, setting or provider",
    }

    assert enrolled(without_place) == []
    assert without_place.events("school_changed") == []
    assert "secure_school_place" not in without_place.open()


def test_a_school_that_was_entered_on_the_case_before_is_not_entered_twice(without_place):
    case = without_place
    carry_out(case.council.by("wilma"), "change_school", case.id, {
        "from_on": "2026-03-25", "school": str(case.council.school), "reason": "Nearby",
    })

    with pytest.raises(AnswersInvalid) as problem:
        secured(case, place_from="2026-03-27")
    secured(case)

    assert problem.value.errors == {
        "place_from": "The child is on this school's roll from Wed 25 Mar 2026. Enter that day",
    }
    assert enrolled(case) == [(case.council.school, date(2026, 3, 25))]
    assert len(case.events("school_changed")) == 1
    assert holder(case, "complete_education_sections") == case.council.people["tara"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"place_from": "2026-03-02"}, "The child became looked after on Wed 25 Mar 2026."),
     ({"place_from": "2026-09-02"}, "This is more than 90 days ahead.")],
)
def test_what_cannot_be_is_said_at_its_question_and_nothing_is_kept(without_place, wrong, says):
    with pytest.raises(AnswersInvalid) as problem:
        secured(without_place, **wrong)

    assert says in problem.value.errors["place_from"]
    assert enrolled(without_place) == []
    assert "secure_school_place" in without_place.open()


def test_a_draft_puts_nobody_on_a_roll(without_place):
    task = without_place.open()["secure_school_place"]

    save_draft(without_place.council.by("vera"), task.id, {
        "place_roll": "on_roll", "place_urn": "990101", "place_from": "2026-03-25",
    })

    assert enrolled(without_place) == []


ROLL = "school.roll_status"


def on_roll(case):
    with case.council.by("vera").begin(writing=False) as work:
        return kept_values(work.session, case.child_id, [ROLL])[ROLL].value


def test_what_the_place_says_stays_when_the_same_person_does_the_schools_part(without_place):
    """The virtual school covers the teacher; both steps ask how the child is on roll."""
    secured(without_place, place_urn="unlisted", place_school="Hawthorn Bank")

    without_place.do("complete_education_sections", "vera")

    assert on_roll(without_place) == "on_roll"


def test_a_draft_of_the_place_stays_too(without_place):
    task = without_place.open()["secure_school_place"]
    save_draft(without_place.council.by("vera"), task.id, {"place_roll": "on_roll"})

    without_place.do("complete_education_sections", "vera")

    assert on_roll(without_place) == "on_roll"
