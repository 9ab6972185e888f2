"""A restricted record opens to those who work with the child by name, and to nobody else."""

from datetime import timedelta

import pytest

from engine.background import Embedded
from workflows.my_tasks import my_tasks

REASON = "The foster carer works for the council"


@pytest.fixture
def restricted(council):
    """By the team manager; of the virtual school Viktor is named."""
    council.case_id = council.gathering_queue()
    page = council.sign_in("mona").visitor.open(f"/cases/{council.case_id}")
    page = page.follow("Restrict this record")
    page.fill({"Why is the record restricted?": REASON,
               "Who of the virtual school works with this child?": ["Viktor Elsworth"]})
    page = page.press("Restrict the record")
    assert page.heading == "Protected records"
    return council


def sees(council, name):
    return council.sign_in(name).visitor.open(f"/cases/{council.case_id}").status == 200


def test_whoever_works_with_the_child_by_name_sees_it_and_nobody_by_the_office_alone(restricted):
    assert all(sees(restricted, name) for name in ("wilma", "mona", "tara", "rob", "viktor"))
    assert not any(sees(restricted, name) for name in ("vera", "max", "olga", "sven"))
    assert "Restricted record" in restricted.sign_in("tara").visitor.open(
        f"/cases/{restricted.case_id}").whole


@pytest.mark.parametrize("name", ["vera", "max"])
def test_no_list_no_search_and_no_count_has_it(restricted, name):
    visitor = restricted.sign_in(name).visitor

    for address in ("/cases", "/tasks", "/board", "/protected-records"):
        assert "Robin" not in visitor.open(address).text
    for at in ("/cases", "/find"):
        assert "Robin" not in visitor.search("Testerby", at).text


def test_tasks_of_the_virtual_school_go_to_whoever_is_named(restricted):
    def offered(name):
        found = my_tasks(restricted.by(name))
        return {row.task.element for row in (*found.mine, *found.queue)}

    assert "allocate_caseworker" in offered("viktor")
    assert "allocate_caseworker" not in offered("vera")


def test_after_ninety_days_it_is_asked_whether_it_is_still_needed(restricted):
    restricted.clock.move_on(timedelta(days=91))
    restricted.wall_clock.move_on(timedelta(days=91))
    Embedded(restricted.installation, lambda message: None).one_round()
    page = restricted.sign_in("viktor").visitor.open("/protected-records")
    assert REASON in page.text

    page = page.follow("Keep or lift it").press("Save")
    assert set(page.errors) == {"needed", "reason"}
    page.fill({"Is it still needed?": "No, lift it", "Why?": "The carer has left the council"})
    page.press("Save")

    assert sees(restricted, "vera")
    assert sees(restricted, "max")


def test_somebody_of_the_virtual_school_must_be_named(council):
    case_id = council.start_case()
    page = council.sign_in("vera").visitor.open(f"/cases/{case_id}").follow("Restrict this record")

    page = page.fill({"Why is the record restricted?": REASON}).press("Restrict the record")

    assert page.status == 422
    assert "Choose at least one person of the virtual school" in " ".join(page.errors.values())
    assert page.value("Why is the record restricted?") == REASON
