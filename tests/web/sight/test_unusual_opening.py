"""Whoever opens unusually many records is noticed, and at last let into no more."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

import workflows.sight.unusual as unusual
from engine.background import Embedded
from engine.domain import SYSTEM
from engine.store.models import Audit, Outbox
from workflows.administration.leaving import decide_leaving
from workflows.involvements import end_involvement, people_around
from workflows.resources import case_resource

HOUR = timedelta(hours=1)


@pytest.fixture
def busy(council, monkeypatch):
    """Six children; more than three within an hour are noticed, more than five refused."""
    monkeypatch.setattr(unusual, "NOTICED_ABOVE", 3)
    monkeypatch.setattr(unusual, "REFUSED_ABOVE", 5)
    council.cases = [council.start_case(given_names=f"Robin {each}", born_on=f"2015-02-0{each + 1}")
                     for each in range(6)]
    return council


def open_all(council, name):
    visitor = council.sign_in(name).visitor
    return [visitor.open(f"/cases/{case}") for case in council.cases]


def listed(council, name="vera"):
    page = council.sign_in(name).visitor.open("/unusual-openings")
    assert page.status == 200
    return page.text


def test_so_many_are_noticed_and_more_are_refused_with_a_sentence(busy):
    pages = open_all(busy, "max")

    assert [page.status for page in pages] == [200] * 5 + [429]
    assert "speak to the virtual school" in pages[-1].text
    assert "Max Ibbotson" in listed(busy)
    assert "5 children, in the hour of" in listed(busy)
    assert "6 children, in the hour of" in listed(busy)
    with busy.by("vera").begin(writing=False) as work:
        rows = work.session.scalars(select(Audit).where(Audit.action == "opened_unusually")).all()
    assert {row.data["kind"] for row in rows} == {"many", "too_many"}


def test_the_same_children_again_are_no_more_and_after_an_hour_it_begins_anew(busy):
    busy.cases = busy.cases[:3]
    assert {page.status for page in open_all(busy, "max") + open_all(busy, "max")} == {200}
    assert "None in the last 90 days" in listed(busy)

    for _ in range(3):
        busy.clock.move_on(HOUR)
        assert {page.status for page in open_all(busy, "max")} == {200}
    assert "None in the last 90 days" in listed(busy)


@pytest.mark.parametrize("last_day", [date(2026, 4, 8), date(2026, 4, 9)])
def test_of_somebody_who_leaves_soon_it_is_noticed_earlier(busy, monkeypatch, last_day):
    monkeypatch.setattr(unusual, "NOTICED_BEFORE_THE_END", 2)
    busy.cases = busy.cases[:3]
    decide_leaving(busy.installation.acting(SYSTEM), busy.people["max"], {"last_day": {
        "day": str(last_day.day), "month": str(last_day.month), "year": "2026"}})

    assert {page.status for page in open_all(busy, "max") + open_all(busy, "mona")} == {200}

    is_soon = last_day == date(2026, 4, 8)
    assert ("Max Ibbotson" in listed(busy)) == is_soon
    assert ("by somebody who leaves or whose work with a child ends within 14 days. 3 children"
            in listed(busy)) == is_soon
    assert "Mona Garrick" not in listed(busy)


def test_and_of_somebody_whose_work_with_a_child_ends_soon(busy, monkeypatch):
    monkeypatch.setattr(unusual, "NOTICED_BEFORE_THE_END", 2)
    busy.cases = busy.cases[:3]
    child_id = case_resource(busy.by("vera"), busy.cases[0]).child_id
    wilma, = (each for each in people_around(busy.by("vera"), child_id)
              if each.role == "social_worker")
    end_involvement(busy.by("vera"), wilma.id, busy.by("vera").today + timedelta(days=3))

    open_all(busy, "wilma")

    assert "Wilma Ashdown" in listed(busy)


def test_at_night_it_is_unusual_for_who_never_works_then(council):
    council.cases = [council.start_case()]
    council.clock.move_on(timedelta(hours=13))  # ten in the evening

    open_all(council, "wilma")
    assert "None in the last 90 days" in listed(council)
    open_all(council, "tara")

    assert "Tara Copley" in listed(council)
    assert "Opened between 10pm and 6am. 1 child," in listed(council)


def test_those_who_look_at_it_are_told_once_a_day_and_no_child_is_named(busy):
    open_all(busy, "max")
    background = Embedded(busy.installation, lambda message: None)
    for _ in range(3):
        busy.clock.move_on(timedelta(days=1))
        background.one_round()

    with busy.by("vera").begin(writing=False) as work:
        told = work.session.scalars(select(Outbox).where(Outbox.kind == "opened_unusually")).all()
    assert {each.person_id for each in told} == {busy.people["vera"], busy.people["viktor"]}
    assert len(told) == 2
    assert all(each.case_id is None and "Robin" not in f"{each.data}" for each in told)


def test_the_page_is_reached_from_the_protected_records(council):
    page = council.sign_in("vera").visitor.open("/protected-records")

    assert page.follow("Unusual opening of records").heading == "Unusual opening of records"
    assert "Unusual opening of records" not in council.sign_in("mona").visitor.open(
        "/protected-records").links
