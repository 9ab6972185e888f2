"""Booking a meeting, inviting to it, who came, and whether it was quorate: on the real diagrams.

The case begins on Wednesday 25 March 2026; Good Friday is 3 April, the tenth working day 10 April.
"""

from datetime import date

import pytest
from sqlalchemy import select

from engine.errors import AnswersInvalid
from engine.store.models import Case, Outbox
from workflows.council import add_term
from workflows.pep.changes.leaving import cease_to_be_looked_after
from workflows.pep.meetings.invitations import Invitation, Meeting
from workflows.pep.plan import kept_for

GUEST = {"role": "carer", "name": "Marion Elvington", "email": "Marion@Home.example"}
GATHERING = (
    ("initiate_pep", "wilma"), ("allocate_caseworker", "vera"),
    ("complete_social_work_sections", "wilma"), ("complete_education_sections", "tara"),
    ("record_child_views", "tara"), ("record_carer_view", "wilma"),
)


@pytest.fixture
def case(small_council):
    case = small_council.start()
    for element, name in GATHERING:
        case.do(element, name)
    return case


def book(case, day="2026-04-01", **chosen):
    chosen.setdefault("meeting_day_reason", "")
    case.do("convene_meeting", "vera", meeting_planned_on=day, **chosen)


def meetings(case, model=Meeting):
    with case.council.by("vera").begin(writing=False) as work:
        return list(work.session.scalars(select(model)))


def told(case):
    """Kind of message and whom it is for, of what is told of meetings; guests by None."""
    names = {person: name for name, person in case.council.people.items()}
    with case.council.by("vera").begin(writing=False) as work:
        rows = work.session.scalars(
            select(Outbox).where(Outbox.kind.startswith("meeting_")).order_by(Outbox.seq)
        )
        return [(row.kind.removeprefix("meeting_"), names.get(row.person_id)) for row in rows
                if row.kind in ("meeting_invitation", "meeting_changed", "meeting_called_off")]


def refused(case, **chosen):
    with pytest.raises(AnswersInvalid) as problem:
        book(case, **chosen)
    return problem.value.errors


def attendees(case):
    with case.council.by("vera").begin(writing=False) as work:
        kept = kept_for(work.session, work.session.get_one(Case, case.id))
        return kept["meeting.attendees[]"].value


@pytest.mark.parametrize(("day", "why"), [
    ("2026-03-24", "Tuesday 24 March 2026 is over. Enter a day from today on"),
    ("2026-04-03", "Friday 3 April 2026 is Good Friday. Enter a working day"),
    ("2026-04-04", "Saturday 4 April 2026 is at a weekend. Enter a working day"),
    ("2026-04-06", "Monday 6 April 2026 is Easter Monday. Enter a working day"),
])
def test_no_meeting_is_on_a_day_on_which_nobody_meets(case, day, why):
    reason = "Nobody could come on any other day"
    assert refused(case, day=day, meeting_day_reason=reason) == {"meeting_planned_on": why}


def test_a_day_after_the_limit_says_by_how_much_and_wants_a_reason(case):
    errors = refused(case, day="2026-04-14")
    assert errors == {"meeting_day_reason": (
        "Tuesday 14 April 2026 is 2 working days after the day on which the plan is due, "
        "Fri 10 Apr 2026. Enter why it must be this day, or choose another"
    )}
    book(case, "2026-04-14", meeting_day_reason="The carer is in hospital until then")
    assert case.open()["hold_pep_meeting"].due_on == date(2026, 4, 14)


def test_a_day_in_the_holidays_wants_a_reason_and_is_possible(case):
    by = case.council.by("ada")
    add_term(by, "A", date(2026, 1, 5), date(2026, 3, 27))
    add_term(by, "A", date(2026, 4, 13), date(2026, 7, 21))
    errors = refused(case, day="2026-04-01")
    assert errors == {"meeting_day_reason": (
        "Wednesday 1 April 2026 is in the school holidays in the area of A. "
        "Enter why it must be this day, or choose another"
    )}
    book(case, "2026-04-01", meeting_day_reason="The plan is due in the holidays")
    assert case.open()["hold_pep_meeting"].due_on == date(2026, 4, 1)


def test_a_link_with_the_childs_name_in_it_is_refused(case):
    errors = refused(case, meeting_mode="online",
                     meeting_video_link="https://call.example/PEP-quennell")
    assert list(errors) == ["meeting_video_link"]


def test_an_interpreter_is_asked_about_where_one_is_needed(small_council):
    case = small_council.start()
    case.do("initiate_pep", "wilma", interpreter_needed="yes")
    case.do("allocate_caseworker", "vera")
    assert refused(case, meeting_interpreter="") == {
        "meeting_interpreter": "Choose whether an interpreter is booked"
    }
    book(case, meeting_interpreter="asked")


def test_whoever_is_invited_is_told_once(case):
    book(case, meeting_guests=[GUEST])
    assert told(case) == [("invitation", "wilma"), ("invitation", "tara"), ("invitation", None)]
    [meeting] = meetings(case)
    assert (meeting.day, meeting.sequence, meeting.state) == (date(2026, 4, 1), 0, "booked")
    assert {row.email for row in meetings(case, Invitation)} == {"", "marion@home.example"}


def test_everyone_invited_stands_in_the_list_of_those_who_came(case):
    book(case, meeting_guests=[GUEST])
    rows = [(row["role"], row.get("name")) for row in attendees(case)]
    assert rows == [("child", None), ("social_worker", "Wilma"), ("designated_teacher", "Tara"),
                    ("carer", "Marion Elvington")]
    assert not any("took_part" in row for row in attendees(case))


def test_a_meeting_that_is_moved_keeps_its_id_and_counts_on(case):
    book(case, meeting_guests=[GUEST])
    case.do("hold_pep_meeting", "vera", meet_again="yes", meeting_was_held="no",
            meeting_planned_on="2026-04-02", meeting_day_reason="")
    [meeting] = meetings(case)
    assert (meeting.day, meeting.sequence, meeting.state) == (date(2026, 4, 2), 1, "booked")
    assert told(case)[3:] == [("changed", "wilma"), ("changed", "tara"), ("changed", None)]
    assert case.open()["hold_pep_meeting"].due_on == date(2026, 4, 2)


def test_a_second_meeting_is_another_entry(case):
    book(case)
    case.do("hold_pep_meeting", "vera", meet_again="yes", meeting_was_held="yes",
            meeting_planned_on="2026-04-02", meeting_day_reason="")
    first, second = sorted(meetings(case), key=lambda each: each.day)
    assert (first.state, second.state, second.sequence) == ("held", "booked", 0)
    assert told(case)[2:] == [("invitation", "wilma"), ("invitation", "tara")]


def test_when_care_ends_the_meeting_is_called_off(case):
    book(case)
    cease_to_be_looked_after(case.council.by("vera"), case.id, on=date(2026, 3, 25),
                             outcome="home", reason="Went home")
    assert told(case)[2:] == [("called_off", "wilma"), ("called_off", "tara")]
    assert [each.state for each in meetings(case)] == ["off"]


def held(case, rows, **chosen):
    case.do("hold_pep_meeting", "vera", attendees=rows, **chosen)


def people(**came):
    return [{"role": role, "name": role, "took_part": how} for role, how in came.items()]


def test_a_meeting_without_the_carer_asks_to_meet_again_or_for_a_reason(case):
    book(case)
    rows = people(social_worker="yes", designated_teacher="yes", carer="apologies")
    with pytest.raises(AnswersInvalid) as problem:
        held(case, rows, meeting_quorum_reason="")
    assert problem.value.errors == {"meeting_quorum_reason": (
        "Not there: the carer. Enter why the plan goes on all the same, or choose above that you "
        "meet again"
    )}
    held(case, rows, meeting_quorum_reason="She has read the draft and agrees")
    assert "set_targets_and_actions" in case.open()


def test_the_carers_words_in_writing_are_enough_and_the_social_workers_are_not(case):
    book(case)
    with pytest.raises(AnswersInvalid) as problem:
        held(case, people(social_worker="written", designated_teacher="yes", carer="written"),
             meeting_quorum_reason="")
    assert "Not there: the social worker." in problem.value.errors["meeting_quorum_reason"]
    held(case, people(social_worker="yes", virtual_school="yes", carer="written"),
         meeting_quorum_reason="")
    assert "set_targets_and_actions" in case.open()
