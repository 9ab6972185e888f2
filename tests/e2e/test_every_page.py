"""Every page that a role can reach from its navigation: seen at two widths, asked by axe."""

import re

import pytest
from looking import NARROW, follow, nothing_serious, photograph, serious_faults
from playwright.sync_api import Page, expect

ROLES = (
    "social_worker",
    "designated_teacher",
    "school_colleague",
    "virtual_school",
    "reviewing_officer",
    "team_manager",
    "process_owner",
    "manager",
    "administrator",
    "information_governance",
)


def navigation(page: Page) -> list[tuple[str, str]]:
    links = page.locator(".govuk-service-navigation__list a").all()
    return [(link.inner_text().strip(), link.get_attribute("href")) for link in links]


def first_of_the_list(page: Page) -> str | None:
    """Where the first row of a list leads: one task, one case, one procedure."""
    links = page.locator("main tbody a, main dl a, main li:not(nav li, .pepway-ways li) a").all()
    addresses = [link.get_attribute("href") for link in links]
    return next((found for found in addresses if not found.endswith(".bpmn")), None)


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_role(role, signed_in_page):
    page = signed_in_page(role)
    pages = navigation(page)
    faults = []

    for text, address in pages:
        page.goto(address)
        faults += look(page, f"{role} {text}")
        if further := first_of_the_list(page):
            page.goto(further)
            faults += look(page, f"{role} {text} one")

    assert pages
    assert not faults, "\n".join(faults)


def test_pages_of_ones_own(signed_in_page):
    page = signed_in_page("social_worker")
    faults = []

    for way in (
        ["What you are told"], ["Your account"], ["Your account", "Where you are signed in"],
        ["Your account", "Change"], ["Your account", "Set up"],
    ):
        for link in way:
            follow(page.get_by_role("link", name=link, exact=len(way) == 1).first)
        faults += look(page, f"own {way[-1]}")

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", ["social_worker", "designated_teacher"])
def test_pages_of_a_practitioner_without_javascript(role, signed_in_page):
    page = signed_in_page(role, javascript=False)
    faults = []

    for text, address in navigation(page):
        page.goto(address)
        faults += photograph(page, name_of(f"{role} {text} without script"))
        if further := first_of_the_list(page):
            page.goto(further)
            faults += photograph(page, name_of(f"{role} {text} one without script"))

    assert not faults, "\n".join(faults)


def test_progress_over_time(signed_in_page):
    """Of the first child with a line of attendance, and of a page to add to it."""
    page = signed_in_page("designated_teacher")
    page.goto("/cases?status=all")
    cases = [each.get_attribute("href") for each in page.locator(".pepway-list tbody a").all()]
    for case in cases:
        page.goto(case)
        follow(page.get_by_role("link", name="Progress over time"))
        if page.locator("svg.pepway-line").count():
            break
    faults = look(page, "progress")
    progress = page.url
    for way in ("Add an attendance", "Add a level in a subject", "Judge a target"):
        page.goto(progress)
        if page.get_by_role("link", name=way).count():
            follow(page.get_by_role("link", name=way))
            faults += look(page, way.lower())

    assert page.url != progress
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", ["designated_teacher", "virtual_school"])
def test_finding_and_actions(role, signed_in_page):
    page = signed_in_page(role)
    page.get_by_label("Find a child or case").fill("an")
    follow(page.get_by_role("button", name="Find", exact=True))
    faults = look(page, f"{role} found")
    page.goto(first_of_the_list(page))
    page.goto("/find")
    faults += look(page, f"{role} opened last")
    page.goto("/tasks")
    follow(page.get_by_role("link", name="My actions"))
    faults += look(page, f"{role} actions")

    assert not faults, "\n".join(faults)


def test_the_plan_of_a_case_on_the_screen_and_on_paper(signed_in_page):
    page = signed_in_page("social_worker")
    page.goto("/cases")
    page.goto(first_of_the_list(page))
    follow(page.get_by_role("link", name="Read the plan"))
    faults = look(page, "plan")

    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
    assert not faults + photograph(page, "plan-on-paper")


def test_a_case_on_paper_has_the_flowcharts_that_are_open(signed_in_page):
    page = signed_in_page("social_worker")
    page.goto("/cases")
    page.goto(first_of_the_list(page))
    flowchart = page.locator("details:has(> .pepway-picture)").last
    if flowchart.get_attribute("open") is not None:  # the case is at work there
        flowchart.locator("summary").first.click()

    page.emulate_media(media="print")
    expect(flowchart).to_be_hidden()

    page.emulate_media(media="screen")
    flowchart.locator("summary").first.click()
    page.emulate_media(media="print")
    expect(flowchart.locator(".pepway-picture")).to_be_visible()


def test_the_board_on_paper_is_what_it_counts_and_no_way_elsewhere(signed_in_page):
    page = signed_in_page("manager")
    page.goto("/board/late-soon")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Board")).to_be_hidden()
    expect(page.get_by_role("link", name="Will be late")).to_be_visible()
    expect(page.get_by_role("link", name="Late now")).to_be_hidden()
    link = page.locator(".pepway-tasks__name a").first
    address = link.evaluate("it => getComputedStyle(it, '::after').content")
    assert address == "none"

    page.goto("/board")
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    expect(page.locator(".pepway-map__more").first).to_be_hidden()
    expect(page.get_by_role("table").first).to_be_visible()


def test_a_document_is_chosen_and_comes_as_a_download(signed_in_page):
    page = signed_in_page("social_worker", width=NARROW, javascript=False)
    page.goto("/cases")
    page.goto(first_of_the_list(page))
    follow(page.get_by_role("link", name="Read the plan"))
    follow(page.get_by_role("link", name="What works for me (PDF)"))
    faults = photograph(page, "document")
    page.get_by_label("Carer").check()

    with page.expect_download() as coming:
        page.get_by_role("button", name="Get the PDF").click()

    assert re.fullmatch(r"what-works-[A-Z0-9-]+-copy-1\.pdf", coming.value.suggested_filename)
    expect(page.get_by_role("heading", level=1)).to_have_text("What works for me")
    assert not faults


def test_a_case_opens_where_it_is_and_fits_the_page_when_asked(signed_in_page):
    page = signed_in_page("reviewing_officer", width=NARROW)
    page.goto("/cases")
    page.goto(first_of_the_list(page))
    frame = page.get_by_role("region", name="Diagram of the case")
    node = frame.locator(".pepway-diagram__node--late, .pepway-diagram__node--here").first

    frame.scroll_into_view_if_needed()
    expect(node).to_be_in_viewport()
    follow(page.get_by_role("link", name="Fit the picture to the page").first)
    assert not frame.evaluate("it => it.scrollWidth > it.clientWidth")
    follow(page.get_by_role("link", name="Show the picture in full size").first)
    assert frame.evaluate("it => it.scrollWidth > it.clientWidth")


def name_of(words: str) -> str:
    return re.sub(r"\W+", "-", words.lower())


def look(page: Page, name: str) -> list[str]:
    expect(page.locator("h1")).to_have_count(1)
    return photograph(page, name_of(name)) + serious_faults(page)


OPEN = ["/sign-in", "/demo", "/licences", "/accessibility", "/no-such-page"]


@pytest.mark.parametrize("address", OPEN)
def test_pages_without_signing_in(address, open_page):
    page = open_page(address)

    assert look(page, f"open {address}") == []


def test_signing_in_and_out_without_javascript_on_a_phone(signed_in_page):
    page = signed_in_page("social_worker", javascript=False, width=NARROW)

    expect(page.get_by_role("heading", level=1)).to_have_text("My tasks")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_wrong_password_is_told_and_the_address_kept(open_page, site):
    page = open_page("/sign-in")
    page.get_by_label("E-mail address").fill(site.email_of("manager"))
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(page.get_by_label("E-mail address")).to_have_value(site.email_of("manager"))
    nothing_serious(page)
