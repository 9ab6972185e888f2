"""Work on Pepway is announced above every page, until it ends, in London's time."""

from datetime import UTC, datetime

import pytest

from engine.errors import AnswersInvalid
from workflows.maintenance import announce_maintenance

AHEAD = ("Work on Pepway is planned from 30 March 2026 at 6:30pm until 30 March 2026 at 8:00pm. "
         "It may stop for a while then.")
UNDER_WAY = "Work on Pepway is under way until 30 March 2026 at 8:00pm."
ANSWERS = {
    "On which day does it begin?": ("30", "3", "2026"), "At what time does it begin?": "6:30pm",
    "On which day does it end?": ("30", "3", "2026"), "At what time does it end?": "20:00",
}


def announced(ada, **more):
    return ada.open("/admin/maintenance").fill({**ANSWERS, **more}).press("Announce it")


def everywhere(council):
    """Of somebody who is signed in and of somebody who is not, pages and an error."""
    visitor = council.sign_in("wilma").visitor
    yield from (visitor.open(each) for each in ("/tasks", "/cases", "/no-such-page"))
    yield from (council.visitor().open(each) for each in ("/sign-in", "/accessibility",
                                                          "/contribute/no-such-secret"))


def test_a_banner_is_on_every_page_until_it_ends(council, ada):
    page = announced(ada, **{"What else are people to know?": "Save your <b>words</b> before."})
    assert "It is announced above every page." in page.whole
    for page in everywhere(council):
        assert AHEAD in page.whole
        assert "Save your <b>words</b> before." in page.whole
        [banner] = page.tree.xpath("//*[@aria-labelledby='maintenance-title']")
        assert banner.get("role") == "region"
        assert banner.xpath(".//h2[@id='maintenance-title']")

    council.clock.move_to(datetime(2026, 3, 30, 17, 30, tzinfo=UTC))
    for page in everywhere(council):
        assert UNDER_WAY in page.whole
    council.clock.move_to(datetime(2026, 3, 30, 19, 0, tzinfo=UTC))
    for page in everywhere(council):
        assert "Work on Pepway" not in page.whole


def test_it_is_taken_away_again(council, ada):
    announced(ada).press("Take the banner away")

    assert "Work on Pepway is" not in council.visitor().open("/sign-in").whole
    assert "Take the banner away" not in ada.open("/admin/maintenance").buttons


@pytest.mark.parametrize(("question", "answer", "said"), [
    ("At what time does it begin?", "25:00", "Enter a time, such as 6:30pm or 18:30"),
    ("At what time does it begin?", "13pm", "Enter a time, such as 6:30pm or 18:30"),
    ("At what time does it begin?", "at tea", "Enter a time, such as 6:30pm or 18:30"),
    ("At what time does it end?", "6pm", "Enter an end that comes after the beginning"),
    ("On which day does it begin?", ("", "3", "2026"), "day"),
])
def test_what_cannot_be_is_said_and_nothing_is_lost(council, ada, question, answer, said):
    page = announced(ada, **{question: answer})

    assert said in " ".join(page.errors.values())
    assert page.value("At what time does it end?")
    assert "planned from" not in council.visitor().open("/sign-in").whole


def test_what_is_over_is_not_announced(council):
    with pytest.raises(AnswersInvalid) as refused:
        announce_maintenance(council.by("vera"), datetime(2026, 3, 24, 9, tzinfo=UTC),
                             datetime(2026, 3, 24, 10, tzinfo=UTC), "")

    assert refused.value.errors == {"ends_at": "Enter an end that is still to come"}
