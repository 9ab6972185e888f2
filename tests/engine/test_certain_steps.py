"""Which steps come whatever happens, on the real diagrams and from where a case may stand."""

from functools import cache
from pathlib import Path

import pytest

from engine.certain_steps import StepsAhead
from engine.releases import read_folder
from engine.spiff import compile_procedure
from workflows.pep.domain import vocabulary

BPMN = Path(__file__).parents[2] / "bpmn"


@cache
def procedure(name):
    return compile_procedure(read_folder(BPMN / name), vocabulary(), name)


@cache
def ahead(name):
    return StepsAhead(procedure(name).elements)


@pytest.mark.parametrize(("name", "here", "comes", "may_not"), [
    ("initial-pep", ["complete_education_sections", "convene_meeting"],
     {"hold_pep_meeting", "set_targets_and_actions", "sign_off_teacher", "distribute_copies"},
     {"assure_quality", "resolve_dispute", "plan_key_stage_4_move"}),
    ("initial-pep", ["assure_quality"], {"distribute_copies"}, {"set_targets_and_actions"}),
    ("initial-pep", ["initiate_pep"], {"allocate_caseworker"}, {"complete_education_sections"}),
    ("review-pep", ["judge_progress"], {"revise_targets", "sign_off_social_worker"},
     {"agree_way_forward", "explain_delay"}),
])
def test_what_comes_on_every_way_and_what_only_on_some(name, here, comes, may_not):
    found = ahead(name).certain(here)

    assert comes <= found
    assert not may_not & found


def test_what_may_come_is_found_round_a_loop_as_well():
    found = ahead("initial-pep").possible(["assure_quality"], "initial-pep")

    assert {"correct_plan", "sign_off_teacher", "distribute_copies"} <= found
    assert not {"initiate_pep", "set_targets_and_actions"} & found


def test_what_may_come_from_inside_a_called_flowchart_comes_after_the_call():
    found = ahead("initial-pep").possible(["correct_targets_and_actions"], "initial-pep")

    assert {"sign_off_teacher", "assure_quality", "distribute_copies"} <= found
    assert "set_targets_and_actions" not in found


def test_a_case_inside_a_called_flowchart_goes_on_after_the_call():
    steps = ahead("initial-pep")
    inside = next(each.id for each in procedure("initial-pep").elements.values()
                  if each.process == "interim-plan" and each.kind == "userTask")

    assert "distribute_copies" in (
        steps.certain([inside]) | steps.possible(["make_interim_plan"], "initial-pep")
    )
