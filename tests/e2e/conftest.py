"""A real browser on a real Pepway. The whole folder runs on one worker, on one site."""

import os
import shutil
from contextlib import ExitStack

import pytest
from chromium import find_chromium
from looking import WIDE, nothing_breaks
from playwright.sync_api import Page, expect, sync_playwright
from site_of_pepway import Site

PASSWORD = "demonstration"
PATIENCE = 40_000
"""Milliseconds that a page may take to show what is expected."""


SITES: list[Site] = []


def pytest_runtest_setup():
    for each in SITES:
        each.go_on()


def pytest_runtest_teardown(nextitem):
    """Ten sites that wait for the end of the run take a sixth of a processor from all who work."""
    if nextitem is not None and not _is_in_a_browser(nextitem):
        for each in SITES:
            each.stand_by()


def _is_in_a_browser(item):
    return "e2e" in item.path.parts


def pytest_collection_modifyitems(items):
    for item in items:
        if _is_in_a_browser(item):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A folder with the invented council on its first day, made once and copied by every site."""
    folder = tmp_path_factory.mktemp("furnished")
    running = Site(folder, f"sqlite:///{folder / 'pepway.db'}")
    running.start()
    running.stop()
    return folder


@pytest.fixture(scope="session")
def new_site(furnished, tmp_path_factory):
    """Starts a Pepway of its own, whose clock a story may move; stops it in the end."""
    with ExitStack() as leaving:

        def start() -> Site:
            folder = tmp_path_factory.mktemp("site")
            shutil.copytree(furnished, folder, dirs_exist_ok=True)
            running = Site(folder, f"sqlite:///{folder / 'pepway.db'}")
            running.start()
            leaving.callback(running.stop)
            SITES.append(running)
            return running

        yield start


@pytest.fixture(scope="session")
def site(new_site):
    return new_site()


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=PATIENCE)
    chromium = find_chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.executable,
            args=["--no-sandbox"],
            env={**os.environ, **chromium.environment},
        )
        yield running
        running.close()


@pytest.fixture
def open_page(browser, site):
    """Opens a page in a browser of its own; at the end nothing must have broken on it."""
    with ExitStack() as leaving:

        def open_it(address: str = "/", *, width: int = WIDE, javascript: bool = True) -> Page:
            context = browser.new_context(
                base_url=site.url,
                viewport={"width": width, "height": 800},
                java_script_enabled=javascript,
                locale="en-GB",
            )
            context.set_default_timeout(PATIENCE)
            leaving.callback(context.close)
            page = context.new_page()
            leaving.enter_context(nothing_breaks(page))
            page.goto(address)
            return page

        yield open_it


@pytest.fixture
def signed_in_page(open_page, site):
    """A page of the number-th person who holds a role, after signing in."""

    def sign_in(role: str, number: int = 0, **options) -> Page:
        page = open_page("/sign-in", **options)
        page.get_by_label("E-mail address").fill(site.email_of(role, number))
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    return sign_in
