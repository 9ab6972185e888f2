"""Whatever is uploaded as a diagram gets its answer within seconds, and nothing of it is done."""

import time

import pytest
from bad_uploads import ONE_STEP, REFUSED, TAKEN
from hearing import HARM, listening
from walking import VOCABULARY

from engine.checker import check_files
from engine.checker.report import ERROR

SECONDS = 5
OWED = {"role-missing", "form-missing"}
"""What the sample diagrams lack, all of them."""


def checked(files):
    """The errors that are found, by rule."""
    check_files(ONE_STEP, VOCABULARY, procedure="case")
    begun = time.process_time()
    with listening() as events:
        reports = check_files(files, VOCABULARY, procedure="case")
    assert time.process_time() - begun < SECONDS
    assert set(events) & HARM == set()
    return {each.rule: each for report in reports for each in report.findings
            if each.severity == ERROR}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_sentence(name):
    files, rule = REFUSED[name]

    found = checked(files)

    assert rule in found
    assert found[rule].message.endswith(".")


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken_for_what_it_says_and_does_no_harm(name):
    assert set(checked(TAKEN[name])) <= OWED
