"""Programs: told what happens by an administrator's choice, and ended by whom they work for."""

from looking import NARROW, follow, photograph, serious_faults
from playwright.sync_api import expect


def look(page, name):
    return serious_faults(page) + photograph(page, name)


def test_a_program_is_added_without_javascript_and_ended(signed_in_page):
    page = signed_in_page("administrator", width=NARROW, javascript=False)
    page.goto("/admin")
    follow(page.get_by_role("link", name="Programs that are told"))
    faults = photograph(page, "programs")
    page.get_by_label("What is the program called?").fill("School portal")
    page.get_by_label("Its address").fill("https://portal.example/told")
    page.get_by_label("A case was opened").check()
    follow(page.get_by_role("button", name="Add this program"))
    expect(page.locator("code")).to_contain_text("whsec_")
    faults += photograph(page, "program-added")
    follow(page.get_by_role("link", name="School portal"))
    expect(page.locator("code")).to_have_count(0)
    faults += photograph(page, "program-one")
    follow(page.get_by_role("button", name="Tell this program nothing any more"))
    expect(page.get_by_role("link", name="School portal")).to_have_count(0)

    assert not faults, "\n".join(faults)


def test_a_new_secret_is_shown_once(signed_in_page):
    page = signed_in_page("administrator")
    page.goto("/admin/programs")
    page.get_by_label("What is the program called?").fill("Portal of another council")
    page.get_by_label("Its address").fill("https://portal.example/" + "told" * 30)
    page.get_by_label("A task was completed").check()
    faults = look(page, "programs filled in")
    follow(page.get_by_role("button", name="Add this program"))
    follow(page.get_by_role("link", name="Portal of another council"))
    follow(page.get_by_role("button", name="Make a new secret"))
    expect(page.locator("code")).to_contain_text("whsec_")
    faults += look(page, "program with two secrets")
    page.reload()
    expect(page.locator("code")).to_have_count(0)

    assert not faults, "\n".join(faults)


def test_where_one_is_signed_in_names_ones_programs(signed_in_page, site):
    page = signed_in_page("social_worker")
    site.token_of(site.email_of("social_worker"))
    page.goto("/where-you-are-signed-in")
    expect(page.get_by_role("heading", name="Programs that work in your name")).to_be_visible()
    faults = look(page, "programs in ones name")
    page.set_viewport_size({"width": NARROW, "height": 800})
    faults += look(page, "programs in ones name narrow")

    assert not faults, "\n".join(faults)
