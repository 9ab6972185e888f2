"""What the stories share: everyone around a child at a browser, and the steps of every plan."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date

from looking import nothing_breaks
from person import Person
from playwright.sync_api import Browser, expect
from site_of_pepway import Site

PEOPLE = {
    "social_worker": "Amara Lindqvist",
    "team_manager": "Ruth Calloway",
    "teacher": "Helen Marchbanks",
    "virtual_school": "Peter Vosk",
    "officer": "Colin Strathmere",
}
SCHOOL = "Quillbeck Primary School"
PATIENCE = 40
"""Seconds within which a clock that was moved has shown its effect."""


@dataclass
class Circle:
    """The people around one child, each at a browser of their own, on a site of their own."""

    site: Site
    child: str
    social_worker: Person
    team_manager: Person
    teacher: Person
    virtual_school: Person
    officer: Person

    @property
    def everyone(self) -> tuple[Person, ...]:
        return (
            self.social_worker, self.team_manager, self.teacher, self.virtual_school, self.officer,
        )

    def move_on(self, day: date) -> None:
        """To nine in the morning of that day."""
        self.site.move_clock(f"{day.isoformat()}T09:00")
        for person in self.everyone:
            person.today = day
        self.officer.see_within(PATIENCE, "/procedures", f"{day.day} {day:%B %Y}")

    def wait_for(self, person: Person, step: str) -> None:
        person.see_within(PATIENCE, "/tasks", f"{step} for {self.child}")

    def start_case(self, **chosen: str) -> None:
        """By the social worker; `chosen` by the field's key, else an emergency of today."""
        page = self.social_worker.page
        given, family = self.child.split(" ", 1)
        born = date_of("born_on", date(2016, 5, 4))
        self.social_worker.go("/cases/start")
        self.social_worker.fill({
            "upn": "Z123456789012", "family_name": family,
            **{key.replace("born_on", "born"): value for key, value in born.items()},
        })
        page.get_by_role("button", name="Check").click()
        page.get_by_role("button", name="Start a new case").click()
        self.social_worker.fill({
            "given_names": given, "family_name": family, "known_as": given, **born,
            "upn": "Z123456789012", "entry": "emergency", "lives_out_of_area": "no",
            "school": SCHOOL, "social_worker": PEOPLE["social_worker"],
            "team_manager": PEOPLE["team_manager"], "designated_teacher": PEOPLE["teacher"],
            "reviewing_officer": PEOPLE["officer"], **chosen,
        })
        page.get_by_role("button", name="Start the case").click()
        expect(page.locator(".govuk-panel__title")).to_contain_text("started")

    def begin(self) -> None:
        """The first two steps of an initial PEP."""
        self.social_worker.do("Initiate the PEP", self.child)
        self.virtual_school.do(
            "Allocate caseworker, give VSH contact", self.child,
            caseworker=PEOPLE["virtual_school"],
        )

    def gather(self, *, without: tuple[str, ...] = (), **chosen: str) -> None:
        """What everyone writes before the meeting of an initial PEP."""
        self._each_does(GATHERED, without, **chosen)

    def gather_for_review(self, *, without: tuple[str, ...] = (), **chosen: str) -> None:
        """What everyone writes before the meeting of a review."""
        self._each_does(GATHERED_FOR_REVIEW, without, **chosen)

    def _each_does(
        self, steps: tuple[tuple[str, str], ...], without: tuple[str, ...], **chosen: str
    ) -> None:
        for who, step in steps:
            if step not in without:
                getattr(self, who).do(step, self.child, **chosen)

    def set_targets(self, step: str = "Set targets and actions") -> None:
        self.teacher.do(
            step, self.child, homework_planned="yes", tuition_planned="no",
            study_support_planned="no",
        )

    def both_sign(self) -> None:
        """One signature alone opens nothing."""
        self.teacher.do("Sign as designated teacher", self.child)
        self.social_worker.do("Sign as social worker", self.child)

    def assure(self, rating: str, **chosen: str) -> None:
        self.virtual_school.do(
            "Assure the plan's quality", self.child, quality_rating=rating, **chosen
        )

    def settle(self) -> None:
        """What is left when the plan is passed on and the review was held."""
        self.virtual_school.do("Decide on pupil premium plus", self.child)
        self.social_worker.do("File and give out copies", self.child)

    def see_case(self, person: Person, case: str, state: str = "") -> None:
        """The page of the child's one case of this procedure that is in this state."""
        person.find(self.child.split(" ")[1])
        rows = person.page.locator(".pepway-list tbody tr").filter(has_text=case)
        rows.filter(has_text=state).get_by_role("link", name=self.child).click()
        expect(person.page.get_by_role("heading", level=1)).to_have_text(self.child)

    def ask_to_change(self, person: Person, case: str, what: str, **chosen: str) -> None:
        """From the case's page to the one that says what would happen."""
        self.see_case(person, case)
        person.page.get_by_role("link", name=what, exact=True).click()
        person.fill(chosen)
        person.page.get_by_role("button", name="See what will happen").click()
        expect(person.page.get_by_role("heading", level=1)).to_have_text("What will happen")


GATHERED = (
    ("social_worker", "Complete social work sections"),
    ("social_worker", "Record the carer's contribution"),
    ("teacher", "Complete education sections"),
    ("teacher", "Record the child's views"),
    ("virtual_school", "Convene the PEP meeting"),
)
GATHERED_FOR_REVIEW = (
    ("social_worker", "Update social work sections"),
    ("social_worker", "Record the carer's contribution"),
    ("teacher", "Collect progress from staff"),
    ("teacher", "Judge progress"),
    ("teacher", "Record the child's views"),
    ("virtual_school", "Fix the review meeting"),
)


@contextmanager
def circle_around(browser: Browser, site: Site, child: str, **names: str) -> Iterator[Circle]:
    """Everyone signs in; `names` of those who are not the usual ones."""
    with ExitStack() as leaving:
        yield Circle(site, child, **{
            role: leaving.enter_context(at_a_browser(browser, site, name))
            for role, name in {**PEOPLE, **names}.items()
        })


@contextmanager
def at_a_browser(browser: Browser, site: Site, name: str) -> Iterator[Person]:
    """One of the council's people, signed in; nothing may break on their page."""
    context = browser.new_context(base_url=site.url, locale="en-GB")
    page = context.new_page()
    with nothing_breaks(page):
        page.goto("/sign-in")
        email = name.lower().replace(" ", ".")
        page.get_by_label("E-mail address").fill(f"{email}@marrowdale.example")
        page.get_by_label("Password", exact=True).fill("demonstration")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        yield Person(page, date.fromisoformat(site.today))
    context.close()


def date_of(key: str, day: date) -> dict[str, str]:
    """The three boxes of a date."""
    return {f"{key}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
