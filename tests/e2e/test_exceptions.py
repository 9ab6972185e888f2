"""What does not go the usual way, each told to its end in a real browser.

The stories of the first site happen in order: its clock only moves forwards.
"""

from contextlib import ExitStack
from datetime import date

import pytest
from elsewhere import Elsewhere
from looking import WIDE, nothing_breaks, nothing_serious, photograph
from person import Person
from playwright.sync_api import Browser, Locator, expect
from site_of_pepway import Site

WEDNESDAY = date(2026, 3, 25)
"""The first day: before Easter, with the schools of Thornwick closed until 18 April."""

PATIENCE = 20_000
"""Milliseconds: just after the clock has moved, the site has the dates of every child to see to."""


class Council:
    """A site with its people, who sign in at a browser of their own when they are first needed."""

    def __init__(self, site: Site, browser: Browser, leaving: ExitStack) -> None:
        self.site, self.today = site, WEDNESDAY
        self.elsewhere = Elsewhere(site)
        self._browser, self._leaving = browser, leaving
        self._people: dict[str, Person] = {}

    def person(self, name: str) -> Person:
        if name not in self._people:
            self._people[name] = self._sign_in(name)
        self._people[name].today = self.today
        return self._people[name]

    def do_elsewhere(self, name: str, case: str, *steps: str, **chosen: str) -> None:
        self.elsewhere.do(name, case, *steps, today=self.today, **chosen)

    def case_of(self, child: str) -> str:
        """The id of the newest case that this child has."""
        person = self.person("grace.holmwood")
        person.find(child.split()[-1])
        page = person.page
        return (page.get_by_role("link", name=child).first.get_attribute("href") or "")[-36:]

    def move_on(self, day: date) -> None:
        self.today = day
        self.site.move_clock(f"{day.isoformat()}T09:00")
        self.person("grace.holmwood").see_within(5, "/procedures", f"{day.day} {day:%B %Y}")

    def _sign_in(self, name: str) -> Person:
        context = self._browser.new_context(
            base_url=self.site.url, viewport={"width": WIDE, "height": 800}, locale="en-GB",
        )
        context.set_default_timeout(PATIENCE)
        self._leaving.callback(context.close)
        page = context.new_page()
        self._leaving.enter_context(nothing_breaks(page))
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(f"{name}@marrowdale.example")
        page.get_by_label("Password", exact=True).fill("demonstration")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="My tasks")).to_be_visible()
        return Person(page, self.today)


@pytest.fixture(scope="module")
def council(new_site, browser):
    with ExitStack() as leaving:
        yield Council(new_site(), browser, leaving)


def looked_at(person: Person, name: str) -> None:
    """Kept as a picture at both widths; nothing sticks out, nothing shuts anyone out."""
    assert photograph(person.page, f"exception-{name}") == []
    nothing_serious(person.page)


def main_of(person: Person) -> Locator:
    return person.page.locator("main")


def see_case(person: Person, case: str) -> Locator:
    person.go(f"/cases/{case}")
    return main_of(person)


def both_sign(council: Council, child: str, teacher: str, social_worker: str) -> None:
    """One signature alone opens nothing."""
    council.person(teacher).do("Sign as designated teacher", child)
    council.person(social_worker).do("Sign as social worker", child)


def test_a_review_that_is_not_on_track_is_returned_once_and_signed_again(council):
    child, case = "Callum Gorsefield", council.case_of("Callum Gorsefield")
    teacher, virtual_school = council.person("dev.tolliver"), council.person("peter.vosk")

    teacher.open_task("Agree the way forward", child)
    looked_at(teacher, "way-forward")
    teacher.do("Agree the way forward", child, young_person_agrees="partly",
               young_person_wants="Fewer targets, and football club on Tuesdays.")
    council.do_elsewhere("peter.vosk", case, "hold_review_meeting")
    council.do_elsewhere("dev.tolliver", case, "revise_targets")
    both_sign(council, child, "dev.tolliver", "josh.penhallick")
    virtual_school.do("Assure the plan's quality", child, quality_rating="red",
                      return_reasons="Say how we will know that reading is better.")

    teacher.open_task("Correct targets and actions", child)
    expect(main_of(teacher)).to_contain_text("Say how we will know that reading is better.")
    looked_at(teacher, "returned-plan")
    council.do_elsewhere("dev.tolliver", case, "correct_targets_and_actions")
    both_sign(council, child, "dev.tolliver", "josh.penhallick")
    virtual_school.do("Assure the plan's quality", child, quality_rating="green")
    council.do_elsewhere("peter.vosk", case, "decide_pupil_premium")
    council.do_elsewhere("beatriz.nunnerly", case, "hold_statutory_review")
    council.person("josh.penhallick").do("File and give out copies", child)

    story = see_case(virtual_school, case)
    expect(story).to_contain_text("The case came to its end: Plan updated")
    looked_at(virtual_school, "not-on-track-ended")


def start_a_case(council: Council, child: str, born: date, upn: str, school: str,
                 teacher: str) -> str:
    """Amara Lindqvist starts it through the pages; the case's id."""
    given_name, family_name = child.split()
    person = council.person("amara.lindqvist")
    person.go("/cases/start")
    person.fill({"upn": upn, "family_name": family_name, **date_of("born", born)})
    person.page.get_by_role("button", name="Check").click()
    person.page.get_by_role("link", name="Start a new case").or_(
        person.page.get_by_role("button", name="Start a new case")).first.click()
    person.fill({
        "given_names": given_name, "known_as": given_name, "family_name": family_name,
        "upn": upn, "school": school,
        "designated_teacher": teacher, "social_worker": "Amara Lindqvist",
        "team_manager": "Ruth Calloway", "reviewing_officer": "Colin Strathmere",
        "entry": "emergency", "lives_out_of_area": "no", **date_of("born_on", born),
    })
    person.page.get_by_role("button", name="Start the case").click()
    expect(person.page.locator("h1, .govuk-panel__title").first).to_contain_text("started")
    return council.case_of(child)


def date_of(key: str, day: date) -> dict[str, str]:
    return {f"{key}-day": str(day.day), f"{key}-month": str(day.month),
            f"{key}-year": str(day.year)}


def a_move_disrupts_key_stage_4(council: Council, child: str, upn: str) -> str:
    case = start_a_case(council, child, date(2011, 2, 4), upn, "Osmerdale Academy", "Dev Tolliver")
    council.do_elsewhere("amara.lindqvist", case, "initiate_pep", disrupts_key_stage_4="yes")
    council.do_elsewhere("grace.holmwood", case, "allocate_caseworker")
    return case


def test_a_move_in_key_stage_4_is_approved(council):
    child = "Marnie Ashgill"
    case = a_move_disrupts_key_stage_4(council, child, "Z123456789021")
    social_worker, officer = council.person("amara.lindqvist"), council.person("grace.holmwood")

    social_worker.open_task("Say why the child must move", child)
    looked_at(social_worker, "move-reasons")
    social_worker.do("Say why the child must move", child, move_is_emergency="no")
    officer.open_task("Decide on the move", child)
    looked_at(officer, "move-decision")
    officer.do("Decide on the move", child, move_decision="approved")

    expect(see_case(social_worker, case)).to_contain_text("Done Move approved")


def test_a_move_in_key_stage_4_is_refused(council):
    child = "Tobias Wyke"
    case = a_move_disrupts_key_stage_4(council, child, "Z123456789022")

    council.do_elsewhere("amara.lindqvist", case, "plan_key_stage_4_move")
    council.person("grace.holmwood").do("Decide on the move", child, move_decision="refused")

    social_worker = council.person("amara.lindqvist")
    expect(see_case(social_worker, case)).to_contain_text("Done Move refused")
    looked_at(social_worker, "move-refused")


def test_a_move_in_an_emergency_is_recorded_afterwards(council):
    child, case = "Leo Fosdyke", council.case_of("Leo Fosdyke")
    caseworker = council.person("peter.vosk")

    caseworker.open_task("Record the emergency move", child)
    looked_at(caseworker, "emergency-move")
    caseworker.do("Record the emergency move", child)

    expect(see_case(caseworker, case)).to_contain_text("Done Moved")
    expect(main_of(caseworker).locator(".pepway-now")).not_to_contain_text("emergency move")


def test_a_child_of_the_school_holidays_has_a_plan_in_time_and_a_meeting_when_term_begins(council):
    child = "Hazel Skelwith"
    case = start_a_case(council, child, date(2017, 5, 4), "Z123456789023",
                        "Thornwick Primary School", "Helen Marchbanks")
    social_worker, virtual_school = (council.person("amara.lindqvist"),
                                     council.person("grace.holmwood"))
    council.do_elsewhere("amara.lindqvist", case, "initiate_pep")
    council.do_elsewhere("grace.holmwood", case, "allocate_caseworker")

    virtual_school.open_task("Write the interim plan", child)
    looked_at(virtual_school, "interim-plan")
    virtual_school.do("Write the interim plan", child,
                      **date_of("full_meeting_on", date(2026, 4, 22)))
    social_worker.do("Sign the interim plan", child)
    expect(see_case(social_worker, case)).to_contain_text("Prepared on 25 March 2026, on time")

    council.do_elsewhere("colin.strathmere", case, "hold_first_review")
    council.do_elsewhere("grace.holmwood", case, "decide_pupil_premium")
    council.do_elsewhere("amara.lindqvist", case, "distribute_copies")
    review = council.case_of(child)
    waits = see_case(social_worker, review)
    expect(waits).to_contain_text("Next review begins: Saturday 18 April 2026")
    expect(waits).to_contain_text("After an interim plan the full meeting follows when term begins")
    looked_at(social_worker, "waits-for-term")

    council.move_on(date(2026, 4, 20))
    council.person("colin.strathmere").see_within(
        8, "/tasks", f"Confirm the review date for {child}")
    council.do_elsewhere("colin.strathmere", review, "confirm_review_date",
                         planned_review_on="2026-05-20")
    council.do_elsewhere("amara.lindqvist", review, "update_social_work_sections",
                         "record_carer_view")
    council.do_elsewhere("helen.marchbanks", review, "collect_progress", "judge_progress",
                         "record_child_views")
    council.do_elsewhere("grace.holmwood", review, "fix_meeting")
    virtual_school.open_task("Hold the review meeting", child)
    looked_at(virtual_school, "full-meeting")
    virtual_school.do("Hold the review meeting", child, meet_again="no")
    council.do_elsewhere("helen.marchbanks", review, "revise_targets", "sign_off_teacher")
    council.do_elsewhere("amara.lindqvist", review, "sign_off_social_worker")
    council.do_elsewhere("grace.holmwood", review, "assure_quality", quality_rating="green")
    council.do_elsewhere("colin.strathmere", review, "hold_statutory_review")
    council.do_elsewhere("grace.holmwood", review, "decide_pupil_premium")
    council.do_elsewhere("amara.lindqvist", review, "distribute_copies")
    expect(see_case(social_worker, review)).to_contain_text(
        "The case came to its end: Plan updated")


@pytest.fixture
def other_council(new_site, browser):
    """Whose clock begins once more on the first day."""
    with ExitStack() as leaving:
        yield Council(new_site(), browser, leaving)


def test_a_child_without_a_school_place_comes_on_roll(other_council):
    council, child = other_council, "Wren Varley"
    case = council.case_of(child)
    caseworker = council.person("peter.vosk")

    caseworker.go("/tasks")
    expect(main_of(caseworker)).to_contain_text("No one holds the role designated teacher")
    caseworker.open_task("Complete education sections", child)
    looked_at(caseworker, "covers-for-the-teacher")
    caseworker.do("Complete education sections", child)
    council.do_elsewhere("peter.vosk", case, "hold_pep_meeting", "set_targets_and_actions")
    both_sign(council, child, "peter.vosk", "nadia.ferreday")
    council.do_elsewhere("peter.vosk", case, "assure_quality", quality_rating="green")
    caseworker.do("Arrange interim education", child)
    council.do_elsewhere("colin.strathmere", case, "hold_first_review", review_outcome="changes")

    council.move_on(date(2026, 4, 29))
    caseworker.see_within(5, "/tasks", f"Ask for a direction or admission for {child}")
    caseworker.open_task("Ask for a direction or admission", child)
    looked_at(caseworker, "direction")
    caseworker.do("Ask for a direction or admission", child)
    expect(see_case(caseworker, case)).to_contain_text("Done Tell the managers")
    looked_at(caseworker, "no-school-place")

    caseworker.do("Secure a school place", child, place_urn="Osmerdale Academy",
                  place_teacher="Dev Tolliver", **date_of("place_from", council.today))
    teacher = council.person("dev.tolliver")
    teacher.open_task("Make the review's changes", child)
    looked_at(teacher, "on-roll-teacher")
    teacher.do("Make the review's changes", child)
    council.do_elsewhere("peter.vosk", case, "decide_pupil_premium")
    council.do_elsewhere("nadia.ferreday", case, "distribute_copies")
    expect(see_case(caseworker, case)).to_contain_text("The case came to its end: Plan in force")
