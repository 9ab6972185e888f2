"""What frames every page, and words for dates."""

from datetime import UTC, date, datetime

import pytest

from web.layout import days_left
from workflows.days import full_day, long_date, moment_in_words, short_day

TUESDAY = date(2026, 1, 6)


def test_the_frame_names_the_council_the_service_and_the_demonstration(council):
    page = council.sign_in("wilma")

    assert "Testerby Council" in page.whole
    assert "Pepway" in page.links
    assert "Not for real children. The clock shows 25 March 2026 at 9:00am." in page.whole
    assert page.links["Skip to main content"] == "#main-content"
    assert page.links["Help (opens a new tab)"] == "/help/do-a-task"
    assert page.tree.get("lang") == "en"
    assert page.title == "My tasks - Pepway"


def test_neither_crown_nor_the_governments_name_is_shown(council):
    page = council.sign_in("wilma")

    assert "GOV.UK" not in page.whole
    assert "Crown" not in page.whole
    assert page.tree.xpath("//header//*[local-name()='svg']") == []


def test_the_page_one_is_on_is_marked_in_the_navigation(council):
    page = council.sign_in("wilma").visitor.open("/procedures")
    [marked] = page.tree.xpath("//nav//*[@aria-current]")

    assert marked.text_content().strip() == "Procedures"


def test_the_navigation_leaves_out_what_another_page_leads_to(council):
    page = council.sign_in("vera")
    assert page.navigation == ["My tasks", "Board", "Workload", "Records", "Cases",
                               "Start a case", "Procedures"]
    assert page.follow("Procedures").follow("Changes to approve").status == 200
    assert page.follow("Records").follow("Protected records").status == 200
    assert "Protected records" in council.sign_in("mona").navigation


def test_a_name_that_looks_like_a_page_is_shown_as_a_name(council):
    council.start_case(given_names="<script>alert(1)</script>", family_name="O'Neil & <b>Co</b>")
    page = council.sign_in("wilma")

    assert "<script>alert(1)</script> O'Neil & <b>Co</b>" in page.text
    assert page.tree.xpath("//main//script|//main//b") == []


def test_dates_in_words():
    assert full_day(TUESDAY) == "Tuesday 6 January 2026"
    assert short_day(TUESDAY) == "Tue 6 Jan 2026"
    assert long_date(TUESDAY) == "6 January 2026"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 1, 6, 0, 5, tzinfo=UTC), "6 January 2026 at 12:05am"),
        (datetime(2026, 1, 6, 0, 0, 9, tzinfo=UTC), "6 January 2026"),
        (datetime(2026, 7, 5, 23, 0, tzinfo=UTC), "6 July 2026"),
        (datetime(2026, 7, 6, 0, 0, tzinfo=UTC), "6 July 2026 at 1:00am"),
        (datetime(2026, 1, 6, 12, 0, tzinfo=UTC), "6 January 2026 at 12:00pm"),
        (datetime(2026, 7, 6, 23, 30, tzinfo=UTC), "7 July 2026 at 12:30am"),
    ],
)
def test_moments_are_told_in_londons_time(at, words):
    assert moment_in_words(at) == words


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 1, 6), "Due today"),
        (date(2026, 1, 7), "1 working day left"),
        (date(2026, 1, 12), "4 working days left"),
        (date(2026, 1, 5), "1 working day overdue"),
        (date(2025, 12, 24), "6 working days overdue"),
    ],
)
def test_how_long_is_left(due, words):
    assert days_left(due, TUESDAY) == words


def test_over_a_weekend_nothing_is_counted():
    friday, saturday, sunday = date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 11)

    assert days_left(sunday, saturday) == "Due before the next working day"
    assert days_left(friday, saturday) == "Overdue"
