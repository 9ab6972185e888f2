"""Invitations to meetings, by a real mail server: with a file for the calendar, and of no child."""

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from workflows.pep.changes.leaving import cease_to_be_looked_after, record_death
from workflows.pep.changes.worker import change_worker

GUEST = {"role": "carer", "name": "Marion Elvington", "email": "marion@home.example"}
BEFORE = (
    ("wilma", "complete_social_work_sections"), ("tara", "complete_education_sections"),
    ("tara", "record_child_views"), ("wilma", "record_carer_view"),
)
OF_THE_CHILD = ("Robin", "Testerby", "Elvington", "library", "School")


@pytest.fixture
def booked(telling, post_office):
    """Monday 30 March 2026 at half past two in summer time, by video call."""
    return book(telling)


def book(telling, *guests, leave=True):
    council = telling.council
    case = council.gathering()
    for name, step in BEFORE:
        council.do(name, step)
    council.do("viktor", "convene_meeting", meeting_planned_on="2026-03-30",
               meeting_starts_at="2:30pm", meeting_minutes="90", meeting_mode="online",
               meeting_place="At the library", meeting_day_reason="",
               meeting_video_link="https://call.example/123", meeting_guests=[GUEST, *guests])
    if leave:
        telling.round()
    return case


def invitations(post_office, name):
    return [mail for mail in post_office.to(name) if mail.get_content_type() != "text/plain"]


def entry(mail):
    """The method, and the event of the part that calendars read; the file holds the same."""
    parts = {part.get_content_type(): part for part in mail.walk()}
    said = parts["text/calendar"]
    calendar = Calendar.from_ical(said.get_content())
    assert parts["application/ics"].get_payload(decode=True).splitlines() == \
        said.get_content().encode().splitlines()
    assert said.get_param("method") == calendar["METHOD"]
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_everyone_invited_gets_an_entry_for_their_calendar(telling, post_office, booked):
    for name in ("wilma", "tara", "marion"):
        [mail] = invitations(post_office, name)
        method, event = entry(mail)
        assert (method, event["SEQUENCE"]) == ("REQUEST", 0)
        assert event["DTSTART"].dt == datetime(2026, 3, 30, 13, 30, tzinfo=UTC)
        assert event["DTEND"].dt == datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
        assert event["SUMMARY"] == f"Meeting, case {telling.reference(booked)}"
        assert event["ATTENDEE"] == f"mailto:{mail['To']}"
    text = invitations(post_office, "marion")[0].get_body(("plain",)).get_content()
    assert "Monday 30 March 2026, 2:30pm to 4:00pm" in text
    assert "https://call.example/123" in text
    assert f"/cases/{booked}/meeting" not in text, "a guest has no way in"
    assert f"/cases/{booked}/meeting" in invitations(post_office, "wilma")[0].as_string()


def test_an_invitation_holds_nothing_of_a_child(telling, post_office, booked):
    for name in ("wilma", "tara", "marion"):
        [mail] = invitations(post_office, name)
        _, event = entry(mail)
        text = mail.get_body(("plain",)).get_content() + event.to_ical().decode()
        assert not [word for word in OF_THE_CHILD if word.casefold() in
                    f"{mail['Subject']} {text}".casefold()]


def test_an_invitation_comes_at_once_whatever_a_person_has_chosen(telling, post_office):
    telling.choose("wilma", "escalations")
    telling.choose("tara", "daily")
    book(telling)
    assert len(invitations(post_office, "wilma")) == len(invitations(post_office, "tara")) == 1


def test_a_meeting_that_moves_is_the_same_entry_and_comes_once_more(
    telling, post_office, booked
):
    telling.council.do("viktor", "hold_pep_meeting", meet_again="yes", meeting_was_held="no",
                       meeting_planned_on="2026-03-31", meeting_starts_at="9:15",
                       meeting_day_reason="")
    telling.round()
    (_, first), (method, second) = map(entry, invitations(post_office, "marion"))
    assert (method, second["UID"], second["SEQUENCE"]) == ("REQUEST", first["UID"], 1)
    assert second["DTSTART"].dt == datetime(2026, 3, 31, 8, 15, tzinfo=UTC)
    telling.round()
    assert len(invitations(post_office, "marion")) == 2


def test_what_moves_before_the_letter_has_left_is_told_once(telling, post_office):
    post_office.close()
    book(telling)
    telling.council.do("viktor", "hold_pep_meeting", meet_again="yes", meeting_was_held="no",
                       meeting_planned_on="2026-03-31", meeting_day_reason="")
    post_office.open()
    for _ in range(20):
        telling.later(hours=2)
        telling.round()
    [(method, event)] = map(entry, invitations(post_office, "marion"))
    assert (method, event["SEQUENCE"]) == ("REQUEST", 1)


def test_a_meeting_that_is_called_off_is_taken_away_and_another_is_another(
    telling, post_office, booked
):
    page = telling.sign_in("viktor").visitor.open(f"/cases/{booked}/meeting")
    page = page.press("Tell everyone that it is off")
    assert "The meeting is off. Everyone invited is told." in page.whole
    assert "No meeting is booked." in page.text
    assert "Tell everyone that it is off" not in page.text
    telling.round()
    (_, first), (method, off) = map(entry, invitations(post_office, "wilma"))
    assert (method, off["UID"]) == ("CANCEL", first["UID"])
    assert "called off" in telling.sign_in("wilma").visitor.open(f"/cases/{booked}").text

    telling.council.do("viktor", "hold_pep_meeting", meet_again="yes", meeting_was_held="no",
                       meeting_planned_on="2026-03-31", meeting_day_reason="")
    telling.round()
    method, other = entry(invitations(post_office, "wilma")[-1])
    assert method == "REQUEST"
    assert other["UID"] != first["UID"]


def test_whoever_takes_over_is_invited_and_whoever_has_left_is_not_any_more(
    telling, post_office, booked
):
    council = telling.council
    change_worker(council.by("vera"), booked, role="social_worker", from_on=date(2026, 3, 25),
                  reason="Wilma is away", social_worker=str(council.people["sven"]))
    telling.round()
    [(method, mine)] = map(entry, invitations(post_office, "sven"))
    (_, hers), (off, last) = map(entry, invitations(post_office, "wilma"))
    assert (method, off) == ("REQUEST", "CANCEL")
    assert mine["UID"] == hers["UID"] == last["UID"]
    assert len(invitations(post_office, "tara")) == len(invitations(post_office, "marion")) == 1


def test_when_care_ends_the_entry_is_taken_away(telling, post_office, booked):
    cease_to_be_looked_after(telling.council.by("vera"), booked, on=date(2026, 3, 25),
                             outcome="home", reason="Went home")
    telling.round()
    (_, first), (method, last) = map(entry, invitations(post_office, "marion"))
    assert (method, last["STATUS"], last["UID"]) == ("CANCEL", "CANCELLED", first["UID"])
    assert last["SEQUENCE"] > first["SEQUENCE"]


def record_a_death(telling, case):
    record_death(telling.council.by("vera"), case, on=date(2026, 3, 25), reason="In hospital")


def test_after_a_death_the_meeting_leaves_the_calendars_of_professionals_and_no_more_is_said(
    telling, post_office
):
    """The psychologist comes for their work; the carer is told by a person."""
    booked = book(telling, {"role": "other", "name": "A Psychologist", "email": "psy@nhs.example"})
    sent = len(post_office.mails)
    record_a_death(telling, booked)
    telling.round()
    telling.move_to(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    telling.round()

    assert {name for name, _ in post_office.mails[sent:]} == {"wilma", "tara", "psy"}
    for name in ("wilma", "tara", "psy"):
        (_, first), (method, last) = map(entry, invitations(post_office, name))
        assert (method, last["STATUS"], last["UID"]) == ("CANCEL", "CANCELLED", first["UID"])
        assert last["SEQUENCE"] > first["SEQUENCE"]
        mail = invitations(post_office, name)[-1]
        assert mail.get_body(("plain",)).get_content().split("\r\n")[:5] == [
            f"A meeting is called off: case {telling.reference(booked)}", "",
            "Monday 30 March 2026, 2:30pm to 4:00pm", "",
            "This message names nobody, on purpose."]
        assert last["DESCRIPTION"] == "Monday 30 March 2026, 2:30pm to 4:00pm"
        said = f"{mail.as_string()} {last.to_ical().decode()}".casefold()
        assert not [word for word in (*OF_THE_CHILD, "died", "death", "hospital")
                    if word.casefold() in said]


def test_after_a_death_whoever_never_heard_of_the_meeting_does_not_hear_that_it_is_off(
    telling, post_office
):
    """The invitations have not left: nothing has reached a calendar."""
    post_office.close()
    booked = book(telling, leave=False)
    record_a_death(telling, booked)
    post_office.open()
    for _ in range(20):
        telling.later(hours=2)
        telling.round()
    assert [mail["Subject"] for _, mail in post_office.mails if "eeting" in mail["Subject"]] == []


def test_after_a_death_a_meeting_that_was_off_before_still_leaves_the_calendars(
    telling, post_office, booked
):
    telling.sign_in("viktor").visitor.open(f"/cases/{booked}/meeting").press(
        "Tell everyone that it is off")
    record_a_death(telling, booked)
    telling.round()
    for name in ("wilma", "tara"):
        assert [entry(mail)[0] for mail in invitations(post_office, name)] == ["REQUEST", "CANCEL"]
    assert len(invitations(post_office, "marion")) == 1


def test_a_guests_words_for_a_calendar_are_at_no_address_that_can_be_guessed(telling):
    page = telling.sign_in("wilma").visitor.open("/invitations/guess.ics")
    assert page.status == 404
