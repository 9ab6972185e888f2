"""Closures and term dates: added, changed, removed; what is past stays; dates of cases follow."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.recalculation import what_is_owed
from workflows.council import Closure, SchoolTerm, add_closure, add_term, calendar_of_area

FIRST, LAST = "First day of school", "Last day of school"


def owed(council):
    return [each.reason for each in what_is_owed(council.by("vera"))]


def add_terms(ada, first, last, area="Testerby Council"):
    page = ada.open("/admin/terms/add")
    page.fill({"In which area?": area, FIRST: first, LAST: last})
    return page.press("Add these dates")


def test_the_council_is_closed_and_open_again(council, ada):
    page = ada.open("/admin").follow("Closures")
    page.fill({"On which day is the council closed?": ("28", "12", "2026"),
               "Why?": "Between the years"})
    page = page.press("Add this closure")

    assert "Monday 28 December 2026: Between the years" in page.section("2026")
    assert date(2026, 12, 28) in calendar_of_area(council.by("vera"), "A").closures
    assert owed(council) == ["council closed on 2026-12-28"]
    page = page.press("Remove: Monday 28 December 2026")
    assert "No closure is entered" in page.text
    assert not calendar_of_area(council.by("vera"), "A").closures
    assert owed(council)[-1] == "council open on 2026-12-28"


@pytest.mark.parametrize(("day", "says"), [
    (("24", "3", "2026"), "Days in the past stay"), (("6", "4", "2026"), "closed on this day"),
    (("31", "2", "2026"), "real date"),
])
def test_a_day_that_cannot_be_closed_is_said(council, ada, day, says):
    add_closure(council.installation.acting(SYSTEM), date(2026, 4, 6), "Closed")
    page = ada.open("/admin/closures")
    page.fill({"On which day is the council closed?": day, "Why?": "Because"})

    page = page.press("Add this closure")

    assert page.status == 422
    assert says in " ".join(page.errors.values())
    assert page.value("Why?") == "Because"


def test_a_closure_of_the_past_stays(council, ada):
    add_closure(council.installation.acting(SYSTEM), date(2026, 1, 2), "Closed")
    page = ada.open("/admin/closures")
    assert "Remove" not in " ".join(page.buttons)

    refused = ada.send("/admin/closures/2026-01-02/remove", [("csrf_token", page.token)])

    assert "This day is past" in refused.text
    assert ada.send("/admin/closures/nonsense/remove",
                    [("csrf_token", page.token)]).status == 404
    with council.by("vera").begin(writing=False) as work:
        assert list(work.session.scalars(select(Closure.day))) == [date(2026, 1, 2)]


def test_terms_are_added_changed_and_removed_by_area(council, ada):
    page = add_terms(ada, ("13", "4", "2026"), ("21", "7", "2026"))
    assert "13 April 2026 to 21 July 2026" in page.section("Testerby Council")
    assert "There are no term dates for Testerby Council after 21 July 2026" in page.text

    page = page.follow("Change")
    assert page.value(FIRST) == ["13", "4", "2026"]
    page = page.fill({LAST: ("20", "7", "2026")}).press("Save")
    assert "to 20 July 2026" in page.text

    page = page.follow("Change").press("Remove these dates")
    assert "There are no term dates for Testerby Council" in page.text
    assert owed(council) == ["calendar: term dates"] * 3


@pytest.mark.parametrize(("first", "last", "says"), [
    (("1", "7", "2026"), ("1", "9", "2026"), "overlap"),
    (("1", "9", "2026"), ("1", "8", "2026"), "before the first"),
    (("1", "9", "2026"), ("1", "12", "2027"), "longer than a year"),
    (("1", "1", "2026"), ("2", "2", "2026"), "These days are past"),
])
def test_dates_that_cannot_be_are_said(council, ada, first, last, says):
    add_terms(ada, ("13", "4", "2026"), ("21", "7", "2026"))

    page = add_terms(ada, first, last)

    assert page.status == 422
    assert says in " ".join(page.errors.values())


def test_the_same_dates_in_another_area_do_not_overlap(council, ada):
    add_term(council.installation.acting(SYSTEM), "Ebbering", date(2026, 4, 1), date(2026, 7, 1))

    page = add_terms(ada, ("1", "4", "2026"), ("1", "7", "2026"))

    assert page.heading == "Term dates"
    assert "There are no term dates for Ebbering after 1 July 2026" in page.text


def test_a_term_that_is_over_stays(council, ada):
    add_term(council.installation.acting(SYSTEM), "Ebbering", date(2026, 1, 5), date(2026, 3, 20))
    with council.by("vera").begin(writing=False) as work:
        term_id = work.session.scalar(select(SchoolTerm.id))
    assert "Change" not in " ".join(ada.open("/admin/terms").links)

    page = ada.open(f"/admin/terms/{term_id}")

    assert "This term is over" in page.press("Remove these dates").text
