"""Where running cases stand, and which of them a change touches."""

import pytest
from plain_domain import ANN, CAT, CHILD

from engine.cases import open_case
from engine.migration.standing import cases_by_step, cases_touched, classes_of_cases


@pytest.fixture
def cases(council):
    """Two at the letter, one with both signatures to come, one at the check."""
    council.load("letter")
    four = [council.case(open_case(council.by(ANN), "letter", CHILD)) for _ in range(4)]
    four[2].complete("write", ANN, letter_text="Dear all")
    four[3].to_check()
    return four


def test_cases_are_counted_by_release_and_step(council, cases):
    [counted] = cases_by_step(council.by(ANN), "letter").values()

    assert counted == {"write": 2, "sign_teacher": 1, "sign_social_worker": 1, "check": 1}


def test_cases_that_stand_alike_are_a_class(council, cases):
    found = classes_of_cases(council.by(ANN), "letter")

    assert [(each.release_number, each.steps, len(each.cases)) for each in found] == [
        (1, ("write",), 2),
        (1, ("check",), 1),
        (1, ("sign_social_worker", "sign_teacher"), 1),
    ]


def test_a_change_touches_whoever_stands_there_and_whoever_may_come_there(council, cases):
    touched = cases_touched(council.by(ANN), "letter", ["write", "sign_teacher", "done", "new"])

    told = {element: (each.standing, each.before) for element, each in touched.items()}
    assert told == {
        "write": (2, 2),
        "sign_teacher": (1, 3),
        "done": (0, 4),
        "new": (0, 0),
    }


def test_a_case_that_is_over_is_not_counted(council, cases):
    last = cases[3]
    last.complete("check", CAT, rating="green")

    [counted] = cases_by_step(council.by(ANN), "letter").values()

    assert counted["check"] == 0


