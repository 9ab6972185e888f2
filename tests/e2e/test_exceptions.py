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
        page = self.person("grace.holmwood").page
        page.goto(f"/cases?search={child.split()[-1]}")
        return (page.get_by_role("link", name=child).first.get_attribute("href") or "")[-36:]

    def move_on(self, day: date) -> None:
        self.today = day
        self.site.move_clock(f"{day.isoformat()}T09:00")
        self.person("grace.holmwood").see_within(5, "/procedures", f"{day.day} {day:%B %Y}")

    def _sign_in(self, name: str) -> Person:
        context = self._browser.new_context(
            base_url=self.site.url, viewport={"width": WIDE, "height": 800}, locale="en-GB",
        )
        context.set_default_timeout(10_000)
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

    teacher.open_task("Revise targets and actions", child)
    expect(main_of(teacher)).to_contain_text("Say how we will know that reading is better.")
    looked_at(teacher, "returned-plan")
    council.do_elsewhere("dev.tolliver", case, "revise_targets")
    both_sign(council, child, "dev.tolliver", "josh.penhallick")
    virtual_school.do("Assure the plan's quality", child, quality_rating="green")
    council.do_elsewhere("peter.vosk", case, "decide_pupil_premium")
    council.do_elsewhere("beatriz.nunnerly", case, "hold_statutory_review")
    council.person("josh.penhallick").do("File and give out copies", child)

    story = see_case(virtual_school, case)
    expect(story).to_contain_text("Plan updated")
    looked_at(virtual_school, "not-on-track-ended")
