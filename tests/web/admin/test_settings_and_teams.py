"""The council's own settings, and its teams."""

from datetime import date

from engine.domain import SYSTEM
from workflows.council import add_term, calendar_of_area, council_name, termly_overlay


def test_the_name_changes_and_its_terms_go_with_it(council, ada):
    system = council.installation.acting(SYSTEM)
    add_term(system, "Testerby Council", date(2026, 4, 13), date(2026, 7, 21))
    page = ada.open("/admin").follow("Settings")
    assert page.value("Name of the council") == "Testerby Council"

    page = page.fill({"Name of the council": "Newby Council"}).press("Save")

    assert council_name(system) == "Newby Council"
    assert "Newby Council" in page.whole
    assert len(calendar_of_area(system, "Newby Council").terms) == 1


def test_an_address_that_is_none_is_said(council, ada):
    page = ada.open("/admin/settings")
    page.fill({"Where is your procedure for looked-after reviews?": "javascript:alert(1)"})

    page = page.press("Save")

    assert page.errors["looked_after_reviews"] == "Enter an address that begins with https://"
    assert page.value("Where is your procedure for looked-after reviews?") == "javascript:alert(1)"


def test_a_plan_each_term_with_cut_off_dates(council, ada):
    page = ada.open("/admin/settings").fill({"Ask for a plan each term?": "Yes"}).press("Save")
    page = page.follow("Cut-off dates")
    for day in ("1", "2"):
        page = page.fill({"Add a cut-off date": (day, "12", "2026")}).press("Add this date")
    assert termly_overlay(council.by("vera")).cut_offs == (date(2026, 12, 1), date(2026, 12, 2))

    page = page.press("Remove: Tuesday 1 December 2026")

    assert termly_overlay(council.by("vera")).cut_offs == (date(2026, 12, 2),)
    assert "Enter today" in page.fill(
        {"Add a cut-off date": ("1", "12", "2025")}).press("Add this date").errors["day-day"]
    page = ada.open("/admin/settings").fill({"Name of the council": "Other"}).press("Save")
    assert termly_overlay(council.by("vera")).cut_offs == (date(2026, 12, 2),)


def test_teams_are_added_renamed_and_given(council, ada):
    page = ada.open("/admin").follow("Teams").fill({"Name of the team": "North"})
    page = page.press("Add this team")
    assert "There is a team of this name already" in page.fill(
        {"Name of the team": "NORTH"}).press("Add this team").errors["name"]
    page = ada.open("/admin/teams").follow("North").fill({"Name of the team": "North-west"})
    assert "North-west, 0 people" in page.press("Save").text

    page = ada.open("/admin/people").follow("Wilma Ashdown").follow("Change name")
    page = page.fill({"Team": "North-west"}).press("Save")

    assert page.answers["Team"] == "North-west"
    assert "North-west, 1 person" in ada.open("/admin/teams").text
