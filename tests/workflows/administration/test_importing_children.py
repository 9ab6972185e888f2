"""A council takes Pepway up with a file of its children in care, and sends one each night."""

from datetime import date, timedelta

import pytest
from from_case_system import (
    CHILDREN,
    LONG_IN_CARE,
    ROW,
    all_of,
    case_of,
    child_numbered,
    counts,
    csv,
    found,
    how_many,
    said,
    told,
)
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Audit, Case, Event
from workflows.administration.imports import RowsWrong, check_rows, import_rows
from workflows.administration.imports.placed import NOT_HERE
from workflows.administration.imports.reading import text_of
from workflows.case_deadlines import deadlines_of
from workflows.children import Child, Enrolment, Placement, School, get_child
from workflows.involvements import people_around
from workflows.pep.changes.leaving import cease_to_be_looked_after
from workflows.pep.reviews import review_of


@pytest.fixture
def ada(small_council):
    return small_council.by("ada")


@pytest.fixture
def sent(small_council, ada):
    """Robin came today, Alex has been in care for three years."""
    import_rows(ada, CHILDREN, csv(ROW, {**ROW, **LONG_IN_CARE}))
    return small_council


def test_a_council_takes_pepway_up(small_council, ada):
    text = csv(ROW, {**ROW, **LONG_IN_CARE})

    checked = check_rows(ada, CHILDREN, text)

    assert counts(checked) == (2, 0, 0, 0)
    assert told(checked) == {
        2: "Initial PEP; the plan is due by Fri 10 Apr 2026",
        3: "3 or 6 monthly PEP for the review by Wed 20 May 2026; the plan is due by "
           "Tue 19 May 2026",
    }
    assert how_many(ada, Child) == how_many(ada, Case) == 0

    import_rows(ada, CHILDREN, text)

    vera = small_council.by("vera")
    robin, alex = case_of(ada, "C-1"), case_of(ada, "C-2")
    assert (robin.procedure, alex.procedure) == ("initial-pep", "review-pep")
    dates = {row.id: row.due_on for row in deadlines_of(vera, robin.id)}
    assert (dates["T2"], dates["T3"]) == (date(2026, 4, 10), date(2026, 4, 24))
    dates = {row.id: row.due_on for row in deadlines_of(vera, alex.id)}
    assert (dates["T6"], dates["T7"]) == (date(2026, 5, 20), date(2026, 5, 19))
    assert get_child(vera, robin.child_id).school == "Tests' School"
    assert get_child(vera, alex.child_id).school is None
    assert [each.name for each in people_around(vera, alex.child_id)] == ["Sven"]
    assert found(vera, "ashby alex", date(2012, 11, 30)) == alex.child_id


def test_after_the_first_review_the_next_is_due_within_three_months(ada):
    after_the_first = {**ROW, "looked after since": "2026-01-05", "first placement": "2026-01-05",
                       "last review": "2026-01-30", "reviews held": "1",
                       "next review": "2026-04-21"}

    checked = import_rows(ada, CHILDREN, csv(after_the_first))

    assert told(checked)[2] == ("3 or 6 monthly PEP for the review by Thu 30 Apr 2026; the plan is "
                                "due by Mon 20 Apr 2026")
    with all_of(ada).begin(writing=False) as work:
        review = review_of(work.session, case_of(ada, "C-1").id)
        assert (review.number, review.limit_on) == (2, date(2026, 4, 30))


def test_the_second_run_writes_nothing(sent, ada):
    before = how_many(ada, Event), how_many(ada, Audit)

    again = import_rows(ada, CHILDREN, csv(ROW, {**ROW, **LONG_IN_CARE}))

    assert counts(again) == (0, 0, 2, 0)
    assert (how_many(ada, Event), how_many(ada, Audit)) == (before[0], before[1] + 1)
    assert how_many(ada, Child) == 2
    assert how_many(ada, Case) == 2


def test_one_wrong_row_of_many_stops_all(ada):
    many = [{**ROW, "number": f"C-{n}", "family name": f"Quen{n}"} for n in range(1, 30)]
    many[17] = {**many[17], "first placement": "2026-03-20"}

    with pytest.raises(RowsWrong) as refused:
        import_rows(ada, CHILDREN, csv(*many))

    assert said(refused.value) == [(19, "first placement", "The placement begins before the child "
                                    "became looked after. Check both dates")]
    assert how_many(ada, Child) == 0


CANNOT_BE = [
    ({"born on": "2027-01-01"}, "born on", "in the future"),
    ({"born on": "4.5.2015"}, "born on", "2026-07-31 or 31/07/2026"),
    ({"given names": "=cmd()"}, "given names", "begins as a formula does"),
    ({"placement address": "@SUM(1)"}, "placement address", "begins as a formula does"),
    ({"UPN": "123"}, "UPN", "UPN of 13 characters"),
    ({"planned": "perhaps"}, "planned", "yes or no"),
    ({"planned": ""}, "planned", "empty"),
    ({"placement kind": "Castle"}, "placement kind", "Foster care; Family or friends"),
    ({"legal status": "Free"}, "legal status", "Interim care order"),
    ({"school": "111111"}, "school", "Import the school first"),
    ({"social worker": "nobody@council.example"}, "social worker", "Add the person first"),
    ({"social worker": "tara@council.example"}, "social worker", "is not a social worker"),
    ({"team manager": "ada@council.example"}, "team manager",
     "Nobody gives children to themselves"),
    ({"looked after since": "2024-03-25", "first placement": "2024-03-25"}, "last review",
     "due by Wed 24 Apr 2024. Write when the last review was held"),
    ({"last review": "2026-03-26", "reviews held": "1"}, "last review", "in the future"),
    ({"last review": "2026-03-25"}, "reviews held", "how many reviews were held"),
    ({**LONG_IN_CARE, "next review": "2026-05-21"}, "next review", "by Wed 20 May 2026"),
    ({"number": "X" * 33}, "number", "32 characters"),
]


def test_what_cannot_be_is_said_by_row_and_column(ada):
    rows = [{**ROW, "number": f"C-1{n}", "family name": f"Q{n}", **changed}
            for n, (changed, _, _) in enumerate(CANNOT_BE)]

    wrong = said(check_rows(ada, CHILDREN, csv(*rows)))

    for number, (_, column, sentence) in enumerate(CANNOT_BE, start=2):
        assert any(row == number and where == column and sentence in told
                   for row, where, told in wrong), (number, column)
    assert {row for row, _, _ in wrong} == set(range(2, len(CANNOT_BE) + 2))


def test_names_come_as_they_are_written(ada):
    text = csv({**ROW, "given names": "Zoë Åsa", "family name": "Łukasik"})

    import_rows(ada, CHILDREN, text_of(text.encode("utf-8-sig")))

    assert child_numbered(ada, "C-1").family_name == "Łukasik"


def test_who_has_a_record_already_is_not_made_known_twice(small_council, ada):
    case = small_council.start()

    [(row, column, sentence)] = said(check_rows(ada, CHILDREN, csv(ROW)))

    assert (row, column) == (2, "family name")
    assert "may have a record already" in sentence
    twin = {**ROW, "number": "C-3", "given names": "Rowan"}
    assert [each[1] for each in said(check_rows(ada, CHILDREN, csv(twin)))] == ["family name"]
    with small_council.by("vera").begin(writing=False) as work:
        reference = work.session.get_one(Case, case.id).reference
    done = import_rows(ada, CHILDREN, csv({**ROW, "same as": reference}))
    assert counts(done) == (0, 1, 0, 0)
    assert child_numbered(ada, "c-1".upper()).id == case.child_id
    assert counts(import_rows(ada, CHILDREN, csv(ROW, twin))) == (1, 0, 1, 0)


def test_another_child_with_the_same_upn_is_refused(sent, ada):
    upn = {"UPN": "A123456789012"}
    import_rows(ada, CHILDREN, csv({**ROW, **upn}))

    wrong = said(check_rows(ada, CHILDREN, csv(
        {**ROW, **upn, "number": "C-7", "given names": "Someone", "family name": "Else"})))

    assert wrong == [(2, "UPN", "This child is known by another number of your case system. Check "
                      "both")]


def test_names_that_have_changed_are_taken_over(sent, ada):
    done = import_rows(ada, CHILDREN, csv({**ROW, "family name": "Newname", "known as": "Bobby",
                                           "UPN": "a123456789012"}))

    assert counts(done) == (0, 1, 0, 0)
    robin = child_numbered(ada, "C-1")
    assert (robin.family_name, robin.known_as, robin.upn) == ("Newname", "Bobby", "A123456789012")
    assert found(sent.by("vera"), "newname", date(2015, 5, 4)) == robin.id
    again = import_rows(ada, CHILDREN, csv({**ROW, "family name": "Newname"}))
    assert counts(again) == (0, 0, 1, 0)


def test_a_first_placement_put_right_moves_the_dates_of_the_case(sent, ada):
    case = case_of(ada, "C-1")
    sent.move_to("2026-03-27")

    done = import_rows(ada, CHILDREN, csv({**ROW, "first placement": "2026-03-26"}))

    assert counts(done) == (0, 1, 0, 0)
    dates = {row.id: row.due_on for row in deadlines_of(sent.by("vera"), case.id)}
    assert dates["T2"] == date(2026, 4, 13)
    assert how_many(ada, Event, Event.case_id == case.id, Event.kind == "date_corrected") == 1


def test_what_a_running_case_cannot_follow_is_said_before_anything_is_done(sent, ada):
    wrong = {**ROW, "looked after since": "2026-03-24"}
    moved = {**ROW, **LONG_IN_CARE, "looked after since": "2025-12-01",
             "first placement": "2025-12-01"}

    checked = check_rows(ada, CHILDREN, csv(wrong, moved))

    assert said(checked) == [(3, "looked after since", "A review was held on Thu 20 Nov 2025. "
                              "Enter that day or an earlier one")]
    assert child_numbered(ada, "C-1").looked_after_on == date(2026, 3, 25)


def test_a_change_of_school_goes_through_the_running_case(sent, ada):
    with ada.begin() as work:
        work.session.add(School(urn="990102", name="Lake School", phase="primary", area="A"))
    case = case_of(ada, "C-1")
    sent.move_to("2026-03-30")
    moved = {**ROW, "school": "990102", "school since": "2026-03-30"}

    assert said(check_rows(ada, CHILDREN, csv({**moved, "school since": ""}))) == [
        (2, "school since", "The school has changed. Write since when")]
    done = import_rows(ada, CHILDREN, csv(moved))

    assert counts(done) == (0, 1, 0, 0)
    assert get_child(sent.by("vera"), case.child_id).school == "Lake School"
    assert how_many(ada, Event, Event.case_id == case.id, Event.kind == "school_changed") == 1
    assert how_many(ada, Enrolment, Enrolment.ends_on == date(2026, 3, 29)) == 1
    assert counts(import_rows(ada, CHILDREN, csv(moved))) == (0, 0, 1, 0)


def test_a_change_of_legal_status_is_an_event_of_the_case(sent, ada):
    done = import_rows(ada, CHILDREN, csv({**ROW, "legal status": "Interim care order"}))

    assert counts(done) == (0, 1, 0, 0)
    assert child_numbered(ada, "C-1").legal_status == "interim_care_order"
    assert how_many(ada, Event, Event.kind == "legal_status_changed") == 1


def test_a_restricted_address_is_never_kept(sent, ada):
    hidden = {**ROW, "number": "C-5", "family name": "Hidden", "address restricted": "yes"}

    import_rows(ada, CHILDREN, csv(hidden))

    with all_of(ada).begin(writing=False) as work:
        child = work.session.scalars(select(Child).where(Child.council_number == "C-5")).one()
        placed = work.session.scalars(select(Placement).where(Placement.child_id == child.id))
        assert [each.address for each in placed] == [NOT_HERE]


def test_short_breaks_and_grown_ups_need_no_plan(ada):
    grown = {**ROW, **LONG_IN_CARE, "born on": "2008-03-25"}
    short = {**ROW, "short breaks": "yes", "looked after since": "2025-01-02",
             "first placement": "2025-01-02"}

    checked = import_rows(ada, CHILDREN, csv(short, grown))

    assert told(checked)[2] == "No plan: short breaks"
    assert "18 or older" in told(checked)[3]
    assert case_of(ada, "C-1").status == "ended"
    assert how_many(ada, Child) == 1
    again = import_rows(ada, CHILDREN, csv({**short, "school": "none"}, grown))
    assert counts(again) == (0, 0, 0, 2)
    assert "no plan under way" in told(again)[2]


def test_a_child_younger_than_three_waits_for_the_birthday(ada):
    small = {**ROW, "born on": "2024-01-10", "looked after since": "2024-02-01",
             "first placement": "2024-02-01", "school": "", "last review": "2026-01-15",
             "reviews held": "5"}

    checked = import_rows(ada, CHILDREN, csv(small))

    assert told(checked)[2] == "Initial PEP, which begins on the third birthday, Sun 10 Jan 2027"


def test_a_child_who_has_left_may_return(sent, ada):
    case = case_of(ada, "C-1")
    sent.move_to("2026-04-20")
    cease_to_be_looked_after(sent.by("vera"), case.id, on=date(2026, 4, 20), outcome="home",
                             reason="Home")
    assert counts(import_rows(ada, CHILDREN, csv(ROW))) == (0, 0, 0, 1)
    sent.move_to("2026-05-05")

    back = import_rows(ada, CHILDREN, csv({**ROW, "looked after since": "2026-05-05",
                                           "first placement": "2026-05-05"}))

    assert counts(back) == (0, 1, 0, 0)
    assert case_of(ada, "C-1").id != case.id
    assert child_numbered(ada, "C-1").care_period == 2


def test_a_review_that_was_taken_over_is_followed_by_the_next(sent):
    """The limit counts from the day before Pepway, and stays when other dates are put right."""
    ada, case = sent.by("ada"), case_of(sent.by("ada"), "C-2")

    import_rows(ada, CHILDREN, csv({**ROW, **LONG_IN_CARE, "looked after since": "2023-03-13"}))

    with all_of(ada).begin(writing=False) as work:
        review = review_of(work.session, case.id)
        assert (review.number, review.limit_on) == (7, date(2026, 5, 20))
    sent.clock.move_on(timedelta(days=1))
    assert how_many(ada, Case) == 2


def test_a_server_that_dies_in_the_middle_leaves_nothing(small_council, ada):
    """Whatever stops it: all rows are one transaction."""
    def dies(done, _all):
        if done == 100:
            raise KeyboardInterrupt

    many = [{**ROW, "number": f"C-{n}", "family name": f"Q{n}", "short breaks": "yes"}
            for n in range(1, 121)]
    before = how_many(ada, Event), how_many(ada, Audit)
    with pytest.raises(KeyboardInterrupt):
        import_rows(small_council.installation.acting(SYSTEM), CHILDREN, csv(*many), watch=dies)

    assert how_many(ada, Child) == how_many(ada, Case) == 0
    assert (how_many(ada, Event), how_many(ada, Audit)) == before
