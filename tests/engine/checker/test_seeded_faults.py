"""A fault that is put into a good diagram is found at its shape; a good diagram is accepted."""

from pathlib import Path

import pytest
from seeding import faults, good
from walking import VOCABULARY

from engine.checker import check_files
from engine.checker.report import ERROR
from workflows.pep.domain import vocabulary

BPMN = Path(__file__).parents[3] / "bpmn"
PARTS = 50


def errors(files, words, procedure):
    return [(each.element, each.rule) for report in check_files(files, words, procedure=procedure)
            for each in report.findings if each.severity == ERROR]


def must_be_refused(fault, words, procedure):
    found = errors(fault.files, words, procedure)
    assert any(element in fault.at for element, _ in found), (
        fault.what, fault.file, fault.at, found)


def refuse_faults_of_invented(seed):
    """How many; raises `AssertionError` where one is overlooked, or found without being there."""
    files = good(seed)
    assert errors(files, VOCABULARY, "case") == [], seed
    put_in = list(faults(files))
    for fault in put_in:
        must_be_refused(fault, VOCABULARY, "case")
    return len(put_in)


def refuse_faults_of(procedure, seed):
    """Every fiftieth of those that can be put into a procedure of this repository."""
    files = {each.name: each.read_bytes() for each in (BPMN / procedure).iterdir()}
    taken = list(faults(files))[seed % PARTS::PARTS]
    for fault in taken:
        must_be_refused(fault, vocabulary(), procedure)
    return len(taken)


@pytest.mark.parametrize("seed", range(4))
def test_in_an_invented_diagram(seed):
    assert refuse_faults_of_invented(seed) > 10


@pytest.mark.parametrize("procedure", ["initial-pep", "review-pep"])
def test_in_the_procedures(procedure):
    assert refuse_faults_of(procedure, 7) > 10


def test_fifty_good_diagrams_are_accepted():
    for seed in range(100, 150):
        assert errors(good(seed), VOCABULARY, "case") == [], seed
