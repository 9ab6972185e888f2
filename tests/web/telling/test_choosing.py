"""The page on which people say how they are told, and their calendar."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from engine.store.models import Audit
from workflows.people import Person
from workflows.telling.calendar_feed import CalendarFeed

PAGE = "/what-you-are-told"


def test_a_person_finds_the_page_in_the_header_and_chooses(council):
    page = council.sign_in("wilma")
    page = page.visitor.open(page.links["What you are told"])
    assert page.heading == "What you are told"
    assert page.value("When do you want an e-mail?") == ["At once"]

    page = page.fill({"When do you want an e-mail?": "Once a day"}).press("Save")

    assert "Saved. This is how you are told from now on." in page.whole
    assert page.value("When do you want an e-mail?") == ["Once a day"]
    other = council.sign_in("sven").visitor.open(PAGE)
    assert other.value("When do you want an e-mail?") == ["At once"]


def test_a_choice_that_there_is_not_is_asked_for_again(council):
    page = council.sign_in("wilma").visitor.open(PAGE)
    page = page.visitor.send(PAGE, [("csrf_token", page.token), ("choice", "never"),
                                    ("form-id", "a-form-of-mine")])

    assert page.status == 422
    assert page.errors == {"choice": "Choose when you want to be told"}


@pytest.fixture
def calendar(council):
    """Wilma's calendar: the page that showed its address, and the address."""
    council.start_case()
    page = council.sign_in("wilma").visitor.open(PAGE).press("Make an address")
    [address] = [text for text in page.links if "/calendar/" in text]
    return page, address.removeprefix("http://127.0.0.1:8000")


def test_a_calendar_program_reads_ones_own_deadlines_without_signing_in(council, calendar):
    _, address = calendar
    answer = council.app.test_client().get(address)

    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    [entry] = Calendar.from_ical(answer.data).walk("VEVENT")
    task = council.task("wilma", "initiate_pep")
    assert entry["SUMMARY"].startswith("Task due, case ")
    assert entry["UID"] == f"{task}@127.0.0.1"
    assert entry["URL"] == f"http://127.0.0.1:8000/tasks/{task}"
    assert isinstance(entry.decoded("DTSTART"), date)

    council.do("wilma", "initiate_pep")
    after = Calendar.from_ical(council.app.test_client().get(address).data)
    assert [each["UID"] for each in after.walk("VEVENT") if each["UID"].startswith(str(task))] == []


def test_the_address_is_shown_once_and_only_its_hash_is_kept(council, calendar):
    page, address = calendar
    again = page.visitor.open(PAGE)
    assert "/calendar/" not in again.whole
    assert "You have an address" in again.text

    with council.by("vera").begin(writing=False) as work:
        [kept] = work.session.scalars(select(CalendarFeed.token_hash))
    assert kept not in address
    assert len(kept) == 64


def test_an_address_that_has_ended_shows_nothing(council, calendar):
    page, address = calendar
    page = page.press("End the address")
    assert "It shows nothing any more" in page.whole

    assert council.app.test_client().get(address).status_code == 404
    assert "You have an address" not in page.text


def test_a_new_address_ends_the_old_one(council, calendar):
    page, old = calendar
    page = page.press("Make a new address")
    [new] = [text for text in page.links if "/calendar/" in text]

    client = council.app.test_client()
    assert client.get(old).status_code == 404
    assert client.get(new.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_an_unknown_address_and_that_of_a_person_who_left_show_nothing(council, calendar):
    _, address = calendar
    client = council.app.test_client()
    assert client.get("/calendar/guess.ics").status_code == 404
    assert client.get(f"{address[:-5]}x.ics").status_code == 404

    with council.by("vera").begin() as work:
        work.session.get_one(Person, council.people["wilma"]).active = False
    assert client.get(address).status_code == 404


def test_each_look_at_a_calendar_is_in_the_audit(council, calendar):
    _, address = calendar
    client = council.app.test_client()
    for _ in range(2):
        council.clock.move_on(timedelta(hours=4))
        client.get(address)
    client.get("/calendar/guess.ics")

    with council.by("vera").begin(writing=False) as work:
        rows = list(work.session.scalars(select(Audit).where(Audit.action == "read_calendar")))
    assert [(row.actor_id, row.child_id) for row in rows] == [(council.people["wilma"], None)] * 2
