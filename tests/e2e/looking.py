"""What a test sees of a page beyond its words: faults of access, of layout, and a photograph."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Locator, Page

ROOT = Path(__file__).parents[2]
AXE = Axe.from_file(ROOT / "node_modules" / "axe-core" / "axe.min.js")
SERIOUS = frozenset({"serious", "critical"})
WIDE, NARROW = 1280, 320
PICTURES = ROOT / "var" / "screenshots"


def follow(control: Locator) -> None:
    """Click, and look no sooner than the page that it leads to is there.

    A click is over before the next page has come: what is measured then is the page that was left.
    """
    with control.page.expect_navigation():
        control.click()


def nothing_serious(page: Page) -> None:
    """axe finds nothing serious or critical on the page as it stands."""
    assert serious_faults(page) == []


def serious_faults(page: Page) -> list[str]:
    return [
        f"{page.url}: {each['id']}: {each['help']}: {node['html'][:200]}"
        for each in AXE.run(page).response["violations"] if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def photograph(page: Page, name: str) -> list[str]:
    """Keeps the page at both widths in var/screenshots; says where something sticks out.

    A table or a diagram may scroll in a frame of its own, the page may not.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    faults = []
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        _take(page, PICTURES / f"{name}-{width}.png")
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wider > 0:
            faults.append(f"{page.url}: {wider} px wider than a screen of {width} px")
    return faults


def _take(page: Page, file: Path) -> None:
    """Chromium without a screen now and then has no frame ready ("Unable to capture screenshot").

    The picture is for people to look at: no test hangs on it, so it is asked for again.
    """
    for last in (False, False, True):
        try:
            page.screenshot(path=file, full_page=True)
        except Error as fault:
            if last or "Unable to capture" not in fault.message:
                raise
            page.wait_for_timeout(500)
        else:
            return


@contextmanager
def nothing_breaks(page: Page) -> Iterator[None]:
    """No error in the console (a breach of the content policy is one), no answer of 500."""
    faults: list[str] = []

    def note(message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            faults.append(f"{message.text} at {page.url}")

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(f"{error} at {page.url}"))
    page.on(
        "response",
        lambda answer: faults.append(f"{answer.status} {answer.url}")
        if answer.status >= 500 else None,
    )
    yield
    assert faults == []
