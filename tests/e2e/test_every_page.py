"""Every page that a role can reach from its navigation: seen at two widths, asked by axe."""

import re

import pytest
from looking import NARROW, nothing_serious, photograph, serious_faults
from playwright.sync_api import Page, expect

ROLES = (
    "social_worker",
    "designated_teacher",
    "virtual_school",
    "reviewing_officer",
    "team_manager",
    "process_owner",
    "manager",
    "administrator",
)


def navigation(page: Page) -> list[tuple[str, str]]:
    links = page.locator(".govuk-service-navigation__list a").all()
    return [(link.inner_text().strip(), link.get_attribute("href")) for link in links]


def first_of_the_list(page: Page) -> str | None:
    """Where the first row of a list leads: one task, one case, one procedure."""
    links = page.locator("main table a, main dl a, main li a").all()
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


def look(page: Page, name: str) -> list[str]:
    expect(page.locator("h1")).to_have_count(1)
    return photograph(page, re.sub(r"\W+", "-", name.lower())) + serious_faults(page)


@pytest.mark.parametrize("address", ["/sign-in", "/demo", "/licences", "/no-such-page"])
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
