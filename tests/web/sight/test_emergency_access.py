"""A record is opened in an emergency: for four hours, with a reason, and somebody looks at it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Audit, Outbox
from workflows.telling.letters import letter_for

WHY = "The police asks at night where the child lives"


@pytest.fixture
def opened(council):
    """By a social worker who does not work with the child."""
    council.case_id = council.start_case()
    council.page = ask(council)
    return council


def ask(council, name="sven", **changed):
    page = council.sign_in(name).visitor.open("/find").follow("Open a record in an emergency")
    page.fill({"Given names": "robin", "Family name": "Testerby",
               "Date of birth": ("4", "5", "2016"),
               "Why do you need to see this record now?": WHY, **changed})
    return page.press("Open the record for four hours")


def test_it_opens_the_case_and_the_plan_and_nothing_can_be_changed(opened):
    page = opened.page

    assert page.address == f"/cases/{opened.case_id}"
    assert "You read this record in an emergency, until 1:00pm" in page.whole
    assert "You see it as emergency access until" in page.text
    assert "Change something" not in page.headings
    assert page.follow("Read the plan").status == 200
    assert "Robin" in page.visitor.open("/cases").text


def test_after_four_hours_it_is_over_and_so_it_is_when_it_is_given_back(opened):
    visitor = opened.page.visitor
    opened.clock.move_on(timedelta(hours=4, seconds=-1))
    assert visitor.open(f"/cases/{opened.case_id}").status == 200
    opened.clock.move_on(timedelta(seconds=1))
    assert visitor.open(f"/cases/{opened.case_id}").status == 404

    again = ask(opened)
    again.visitor.open("/emergency").press("I need it no longer")

    assert again.visitor.open(f"/cases/{opened.case_id}").status == 404


def test_those_who_answer_for_the_child_are_told_and_somebody_looks_at_it(opened):
    with opened.by("vera").begin(writing=False) as work:
        told = set(work.session.scalars(
            select(Outbox.person_id).where(Outbox.kind == "opened_in_emergency")))
    assert told == {opened.people[name] for name in ("vera", "viktor", "wilma", "iris")}

    page = opened.sign_in("vera").visitor.open("/protected-records")
    assert "By Sven Birkett. To look at" in page.text
    page = page.follow("Look at it")
    assert WHY in page.text
    page.fill({"Was it right?": "No, I will take it further",
               "What did you find out?": "The police did not call"})
    page = page.press("Save")

    assert "it was not right. The police did not call" in page.text


@pytest.fixture
def restricted(council):
    """Viktor works with the child by name; nobody else of the whole council sees the record."""
    council.case_id = council.start_case()
    mona = council.sign_in("mona").visitor
    mona.open(f"/cases/{council.case_id}").follow("Restrict this record").fill({
        "Why is the record restricted?": "A relative of staff",
        "Who of the virtual school works with this child?": ["Viktor Elsworth"],
    }).press("Restrict the record")
    return council


def test_information_governance_is_told_of_a_restricted_record_too(restricted):
    ask(restricted, "sven")

    with restricted.by("viktor").begin(writing=False) as work:
        told = list(work.session.scalars(
            select(Outbox.person_id).where(Outbox.kind == "opened_in_emergency")))
    assert sorted(told) == sorted(restricted.people[name] for name in ("viktor", "wilma", "iris"))
    assert "Look at it" in " ".join(
        restricted.sign_in("iris").visitor.open("/protected-records").links)


def test_its_letter_leads_information_governance_where_they_can_go(opened):
    with opened.installation.acting(SYSTEM).begin() as work:
        message = work.session.scalars(select(Outbox).where(
            Outbox.kind == "opened_in_emergency", Outbox.person_id == opened.people["iris"])).one()
        letter = letter_for(work, message, "https://pepway.example")

    [address] = re.findall(r"https://pepway\.example(/[^\s]+)", letter.text)[:1]
    assert opened.sign_in("iris").visitor.open(address).status == 200


def test_nobody_looks_at_their_own(restricted):
    council = restricted

    page = ask(council, "vera")

    assert page.address == f"/cases/{council.case_id}", "a restricted record opens too"
    assert "Look at it" not in page.visitor.open("/protected-records").links
    assert "Look at it" in " ".join(
        council.sign_in("viktor").visitor.open("/protected-records").links)


def test_what_is_not_found_says_no_more_than_what_must_stay_shut(council):
    council.case_id = council.start_case()

    page = ask(council, **{"Family name": "Nobody"})

    assert page.status == 422
    assert page.errors["reference"].startswith("No record opens with these details.")
    assert page.value("Why do you need to see this record now?") == WHY


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"Why do you need to see this record now?": ""}, "reason", "Answer"),
        ({"Why do you need to see this record now?": "Police"}, "reason", "20 characters"),
        ({"Given names": ""}, "given_names", "or the reference of the case"),
    ],
)
def test_a_reason_and_a_child_must_be_given(council, changed, field, sentence):
    council.start_case()

    page = ask(council, **changed)

    assert page.status == 422
    assert sentence in page.errors[field]


def test_five_a_week_and_no_more(council):
    for number in range(6):
        council.start_case(family_name=f"Testerby{'abcdef'[number]}")
    for letter in "abcde":
        assert ask(council, **{"Family name": f"Testerby{letter}"}).status == 200

    page = ask(council, **{"Family name": "Testerbyf"})

    assert page.status == 422
    assert "You have opened 5 records in an emergency within a week" in page.text
    council.clock.move_on(timedelta(days=7))
    assert ask(council, **{"Family name": "Testerbyf"}).status == 200


@pytest.mark.parametrize("name", ["tara", "rob", "max", "olga"])
def test_it_is_for_staff_who_may_be_the_only_one_there(council, name):
    council.start_case()

    assert council.sign_in(name).visitor.open("/emergency").status == 404


def test_who_may_see_the_child_anyway_uses_up_nothing(council):
    council.case_id = council.start_case()

    page = ask(council, "wilma")

    assert page.address == f"/cases/{council.case_id}"
    with council.by("vera").begin(writing=False) as work:
        assert not work.session.scalars(
            select(Audit).where(Audit.action == "open_in_emergency")).all()
