"""What may be done right after what, as the log of finished cases is held against it elsewhere."""

from pathlib import Path

import pytest
from successions import successions

from engine.releases import read_folder
from engine.spiff import compile_procedure
from workflows.pep.domain import vocabulary

BPMN = Path(__file__).parents[2] / "bpmn"


@pytest.fixture(scope="module")
def initial():
    folder = read_folder(BPMN / "initial-pep")
    return successions(compile_procedure(folder, vocabulary(), "initial-pep").elements)


@pytest.mark.parametrize(("one", "other"), [
    ("initiate_pep", "allocate_caseworker"),
    ("sign_off_teacher", "sign_off_social_worker"), ("sign_off_social_worker", "sign_off_teacher"),
    ("hold_first_review", "initiate_pep"), ("initiate_pep", "hold_first_review"),
    ("hold_first_review", "distribute_copies"), ("sign_off_teacher", "decide_pupil_premium"),
])
def test_what_an_arrow_leads_to_or_what_runs_beside_it_may_follow(initial, one, other):
    assert (one, other) in initial


@pytest.mark.parametrize(("one", "other"), [
    ("initiate_pep", "complete_education_sections"), ("hold_pep_meeting", "record_child_views"),
    ("sign_off_teacher", "set_targets_and_actions"), ("distribute_copies", "hold_first_review"),
])
def test_what_others_lie_before_or_what_is_over_may_not(initial, one, other):
    assert (one, other) not in initial
