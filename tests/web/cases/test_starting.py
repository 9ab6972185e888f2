"""Starting a case: the check for a record that exists, what it gives away, and doing it twice."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.errors import Refused
from engine.store.models import Audit, Case
from workflows.children import Child
from workflows.pep.duplicates import find_duplicate

UPN = "A123456789012"
NEUTRAL = "This child may already have a record. Ask the virtual school, quoting "
DETAILS = {
    "Given names": "Nova", "When did the child become looked after?": ("25", "3", "2026"),
    "When does the first placement begin?": ("25", "3", "2026"),
    "Was the placement planned?": "No, an emergency",
    "Will the child live in another council's area?": "No", "Social worker": "Wilma Ashdown",
}


def check(page, upn="", name="", born=("", "", "")):
    page = page.visitor.open("/cases/start")
    return page.fill({"Unique pupil number (UPN)": upn, "Family name": name,
                      "Date of birth": born}).press("Check")


def details(council, who="sven", name="Newcome", born=("4", "5", "2015")):
    """The form for a child who is not known, filled in."""
    page = check(council.sign_in(who), name=name, born=born).press("Start a new case")
    return page.fill(DETAILS)


def rows(council, what, *where):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return list(work.session.scalars(select(what).where(*where)))


def count(council, table):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(table))


def test_whoever_is_not_involved_learns_one_sentence_and_a_number_to_quote(council):
    council.start_case(upn=UPN)
    sven = council.sign_in("sven")

    by_upn = check(sven, upn=UPN.lower())
    by_name = check(sven, name="testerby", born=("4", "5", "2016"))

    numbers = set()
    for page in (by_upn, by_name):
        said = page.tree.xpath("//*[@role='status']")[0].text_content().strip()
        assert said.startswith(NEUTRAL)
        numbers.add(re.fullmatch(r"(\w{4}-\w{4})\.", said.removeprefix(NEUTRAL))[1])
        assert "Robin" not in page.whole
        assert "Start a new case" not in page.buttons
        assert "See the case" not in page.links
    assert len(numbers) == 2
    made = rows(council, Audit, Audit.action == "find_duplicate")
    assert {row.about for row in made} == {f"check:{number}" for number in numbers}
    assert {row.actor_id for row in made} == {council.people["sven"]}


def test_whoever_is_involved_is_led_to_the_case(council):
    case_id = council.start_case(upn=UPN)

    page = check(council.sign_in("mona"), upn=UPN)

    assert "This child already has a record." in page.text
    assert page.links["See the case"] == f"/cases/{case_id}"
    assert "Start a new case" not in page.buttons


def test_the_other_one_of_twins_can_be_started_by_whoever_knows_the_first(council):
    council.start_case()

    page = check(council.sign_in("wilma"), name="Testerby", born=("4", "5", "2016"))
    assert "Start a new case only for another child, such as a twin." in page.text
    page = page.press("Start a new case").fill({**DETAILS, "Given names": "Rowan"})

    assert page.press("Start the case").heading == "The case has started"
    assert count(council, Child) == 2


@pytest.mark.parametrize(
    ("kept", "typed"),
    [("Öztürk", "Öztürk"), ("Öztürk", "ÖZTÜRK"), ("O\u2019Brien", "O'Brien"),
     ("Smith-Jones", "Smith - Jones"), ("Łukasz", "łukasz"), ("Ní Bhriain", "ni\u0301 bhriain")],
)
def test_a_name_is_found_however_it_is_typed(council, kept, typed):
    council.start_case(family_name=kept)

    page = check(council.sign_in("sven"), name=typed, born=("4", "5", "2016"))

    assert NEUTRAL in page.text


def test_the_eleventh_check_of_a_day_says_whom_to_ask_and_keeps_the_words(council):
    sven = council.sign_in("sven")
    for _ in range(10):
        assert "You can start a new case" in check(sven, upn="Z999999999999").text

    page = check(sven, name="Testerby", born=("4", "5", "2016"))

    assert page.status == 422
    assert "You have made 10 checks today. Ask the virtual school" in page.text
    assert page.answers["Family name"] == "Testerby"


def test_ten_a_day_are_ten_however_many_are_sent_at_once(council):
    by = council.by("sven")

    def one(_number):
        try:
            return find_duplicate(by, upn="Z999999999999").sentence
        except Refused:
            return None

    with ThreadPoolExecutor(8) as threads:
        answered = list(threads.map(one, range(16)))

    assert len([each for each in answered if each]) == 10


def test_the_details_are_no_way_round_the_check(council):
    """A known UPN there is told as in the check: counted, audited, and in the same words."""
    council.start_case(upn=UPN)
    page = details(council).fill({"Unique pupil number (UPN)": UPN})

    for _ in range(9):
        page = page.press("Start the case")
        assert page.status == 422
        assert page.errors["upn"].startswith(NEUTRAL)
        assert page.value("Given names") == "Nova"
    page = page.press("Start the case")

    assert "You have made 10 checks today" in page.text
    assert page.answers["Given names"] == "Nova"
    assert len(rows(council, Audit, Audit.action == "find_duplicate")) == 10
    assert count(council, Child) == 1


def test_a_wrong_answer_elsewhere_does_not_tell_that_a_upn_is_known(council):
    council.start_case(upn=UPN)

    page = details(council).fill({
        "Unique pupil number (UPN)": UPN, "When does the first placement begin?": ("1", "1", "2010")
    }).press("Start the case")

    assert list(page.errors) == ["first_placement_on-day"]
    assert "before the child was born" in page.errors["first_placement_on-day"]
    assert page.value("When does the first placement begin?") == ["1", "1", "2010"]
    assert page.value("Given names") == "Nova"


def test_a_double_click_starts_one_case(council):
    page = details(council)

    first, second = page.press("Start the case"), page.press("Start the case")

    assert first.heading == second.heading == "The case has started"
    assert first.address == second.address
    assert count(council, Child) == count(council, Case) == 1


def test_two_clicks_at_the_same_moment_start_one_case(council):
    page = details(council).fill({"Unique pupil number (UPN)": UPN})

    with ThreadPoolExecutor(2) as threads:
        pages = list(threads.map(lambda _: page.press("Start the case").heading, range(2)))

    assert pages == ["The case has started"] * 2
    assert count(council, Child) == 1


def test_two_people_who_start_a_case_for_the_same_child_at_the_same_moment(council):
    pages = [details(council, who).fill({"Unique pupil number (UPN)": UPN})
             for who in ("sven", "mona")]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda page: page.press("Start the case"), pages))

    assert sorted(page.status for page in answers) == [200, 422]
    told = next(page for page in answers if page.status == 422)
    assert "record" in told.errors["upn"]
    assert told.value("Given names") == "Nova"
    assert count(council, Child) == 1


def test_the_same_form_for_another_child_is_refused_and_loses_no_word(council):
    page = details(council)
    page.press("Start the case")

    page = page.fill({"Given names": "Juno"}).press("Start the case")

    assert page.status == 422
    assert "You have started a case with this form already." in page.text
    assert page.answers["Given names"] == "Juno"
    assert count(council, Child) == 1


@pytest.mark.parametrize("upn", ["ABC", "1234567890123", "A12345678901", "A12345678901234"])
def test_what_cannot_be_a_upn_is_not_looked_for_and_costs_no_check(council, upn):
    page = check(council.sign_in("sven"), upn=upn)

    assert page.errors == {"upn": "Enter a UPN of 13 characters, such as A123456789012"}
    assert page.value("Unique pupil number (UPN)") == upn
    assert rows(council, Audit, Audit.action == "find_duplicate") == []


def test_a_year_that_was_mistyped_is_asked_about_before_the_case_starts(council):
    page = details(council, "wilma").fill({
        "When did the child become looked after?": ("25", "3", "2020"),
    }).press("Start the case")

    assert page.heading == "Are these dates right?"
    assert page.answers == {
        "When did the child become looked after?": "Wednesday 25 March 2020",
    }
    assert count(council, Case) == 0
    form = page.follow("Change the dates")
    assert form.value("Given names") == "Nova"
    assert form.value("When did the child become looked after?") == ["25", "3", "2020"]
    page = form.press("Start the case").press("The dates are right: start the case")
    assert page.heading == "The case has started"
    assert "was due by Friday 24 April 2020" in page.text
    assert count(council, Case) == 1


@pytest.mark.parametrize(("day", "asked"), [("23", False), ("22", True)])
def test_thirty_days_are_not_asked_about_yet(council, day, asked):
    on = (day, "2", "2026")
    page = details(council).fill({
        "When did the child become looked after?": on,
        "When does the first placement begin?": on,
    }).press("Start the case")

    assert (page.heading == "Are these dates right?") == asked


def test_whoever_starts_a_case_stands_in_their_own_role(council):
    page = check(council.sign_in("sven"), name="Newcome", born=("4", "5", "2015"))

    assert page.press("Start a new case").value("Social worker") == "Sven Birkett"
