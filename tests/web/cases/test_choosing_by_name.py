"""A school or a person is chosen by a part of the name: no page carries all the names there are."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from engine.domain import SYSTEM
from workflows.case_list.by_name import MOST
from workflows.children import Child, Enrolment, School
from workflows.people import Person, PersonRole

MANY = MOST + 5


@pytest.fixture
def many(council):
    """A council with more schools and workers than anybody finds theirs among."""
    council.start_case()
    with council.installation.acting(SYSTEM).begin() as work:
        child = work.session.scalar(select(Child.id))
        work.session.execute(delete(Enrolment).where(Enrolment.child_id == child))
        for number in range(MANY):
            school = School(urn=str(200000 + number), name=f"St Invented's School {number}",
                            phase="primary", area="East Riding")
            work.session.add_all([school, Person(
                name=f"Worker Invented {number}", email=f"w{number}@pepway.example",
                password_hash="", roles=[PersonRole(role="social_worker")])])
            work.session.flush()
            work.session.add(Enrolment(
                child_id=child, school_id=school.id, starts_on=date(2025, 1, 1)))
    return council


PAGES = {"/board": "Show", "/board/deadlines": "Show", "/cases/filter": "Show these cases"}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_carries_none_of_the_names(many, address):
    page = many.sign_in("vera").visitor.open(address)

    assert "Invented" not in page.whole


@pytest.mark.parametrize(("address", "press"), PAGES.items())
def test_part_of_a_name_leads_to_a_short_list_and_that_to_the_school(many, address, press):
    page = many.sign_in("vera").visitor.open(address).fill(
        {"School: part of the name": "invented's st"}).press(press)

    assert page.errors == {
        "school-pick-1": f"“School”: choose one of the first {MOST}, or type more of the name"}
    assert "invented" not in page.address.lower()
    assert page.value("School: part of the name") == "invented's st"
    assert len([each for each in page.labels if each.startswith("St Invented's")]) == MOST

    chosen = page.fill({"School with “invented's st” in the name": "St Invented's School 3"}
                       ).press(press)
    assert "Remove this filter: School: St Invented's School 3" in chosen.text
    wider = chosen.follow("Remove this filter: School: St Invented's School 3")
    assert "Invented" not in wider.whole


def test_a_name_that_means_one_is_taken_at_once_beside_what_was_chosen(many):
    page = many.sign_in("vera").visitor.open("/board").fill(
        {"School": ["No school place"], "Social worker: part of the name": "invented 24"}
    ).press("Show")
    assert "Only social worker: Worker Invented 24, school: No school place." in page.text

    both = page.fill({"School: part of the name": "school 24"}).press("Show")
    assert "school: No school place, school: St Invented's School 24." in both.text


def test_other_words_are_looked_for_anew_whatever_was_picked_before(many):
    page = many.sign_in("vera").visitor.open("/board").fill(
        {"School: part of the name": "invented"}).press("Show")
    page.fill({"School with “invented” in the name": "St Invented's School 1",
               "School: part of the name": "School 12"})

    assert "school: St Invented's School 12." in page.press("Show").text


def test_a_name_that_means_nobody_is_said_and_nothing_else_is_lost(many):
    page = many.sign_in("vera").visitor.open("/board").fill(
        {"Social worker: part of the name": "nobody at all", "How many weeks ago": "3",
         "Where the child lives": "In another council"}).press("Show")

    assert page.errors == {"worker-name": (
        "“Social worker”: no name that you can choose has this in it. Check the spelling, or type "
        "less of it")}
    assert page.value("Social worker: part of the name") == "nobody at all"
    assert page.value("How many weeks ago") == "3"
    assert page.value("Where the child lives") == "In another council"


def test_nobody_is_offered_the_name_of_whom_they_may_not_see(many):
    page = many.sign_in("sven").visitor.open("/cases/filter").fill(
        {"School: part of the name": "invented"}).press("Show these cases")

    assert "no name that you can choose" in page.errors["school-name"]
