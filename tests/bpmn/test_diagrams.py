"""What every step of both procedures says about itself, and the ids that cases remember."""

import re
from pathlib import Path

from engine.checker import check_files
from workflows.pep.domain import vocabulary

BPMN_FOLDER = Path(__file__).parents[2] / "bpmn"

INITIAL = {
    "child_comes_into_care", "begin", "initiate_pep", "allocate_caseworker", "gather",
    "complete_social_work_sections", "complete_education_sections", "record_child_views",
    "gathered", "hold_pep_meeting", "targets_begin", "set_targets_and_actions", "sign",
    "sign_off_teacher", "sign_off_social_worker", "signed", "assure_quality", "quality_decided",
    "pass_plan_on", "hold_first_review", "open_first_review_pep", "plan_in_force",
    "ten_working_days_over", "prepared_in_time", "tell_plan_is_late", "explain_delay",
    "delay_explained", "watch_ended",
}
REVIEW = {
    "review_case_opened", "review_comes_due", "confirm_review_date", "begin", "gather",
    "update_social_work_sections", "judge_progress", "record_child_views", "gathered", "on_track",
    "agree_way_forward", "way_is_clear", "hold_review_meeting", "targets_begin", "revise_targets",
    "sign", "sign_off_teacher", "sign_off_social_worker", "signed", "assure_quality",
    "quality_decided", "pass_plan_on", "hold_statutory_review", "open_next_review",
    "plan_updated", "review_is_here", "passed_in_time", "tell_plan_is_late", "explain_delay",
    "delay_explained", "watch_ended",
}
LANES = {
    "social_worker": "Social worker",
    "designated_teacher": "Designated teacher",
    "virtual_school": "Virtual school",
    "reviewing_officer": "Reviewing officer",
    "team_manager": "Team manager",
}


def test_running_cases_find_every_step_of_the_initial_pep_again(initial):
    assert {node.id for node in initial.nodes} == INITIAL


def test_running_cases_find_every_step_of_the_review_again(review):
    assert {node.id for node in review.nodes} == REVIEW


def test_the_checker_has_nothing_to_say(folder):
    reports = check_files(folder.files, vocabulary(), procedure=folder.name)
    assert {report.file for report in reports} == set(folder.files)
    assert [(r.file, f.message) for r in reports for f in r.findings] == []


def test_the_lanes_are_the_roles_in_reading_order(folder):
    lanes = [(lane.get("{urn:pepway:bpmn:1}role"), lane.get("name"))
             for lane in folder.root.iter("{*}lane")]
    assert lanes == list(LANES.items())


def test_every_node_stands_in_exactly_one_lane(folder):
    standing = [node for nodes in folder.lanes.values() for node in nodes]
    assert sorted(standing) == sorted(node.id for node in folder.nodes)


def test_every_user_task_says_who_does_what_by_when_and_why(folder):
    for task in folder.of_kind("userTask"):
        said = (task.role, task.form, task.due, task.source, task.guidance)
        assert all(said), task.id
        assert f"{task.form}.form" in folder.files


def test_every_node_names_what_it_stands_on(folder):
    for node in folder.nodes:
        assert len(node.documentation) > 20, node.id
    for task in folder.of_kind("userTask"):
        assert re.match(r"P[12]\.\d\d", task.documentation), task.id
        quoted = re.search(r'S\d+[a-c]?: "[A-Za-z]', task.documentation)
        assert quoted or "the procedure is silent" in task.documentation, task.id


def test_what_a_step_stands_on_is_the_same_in_its_source_and_its_documentation(folder):
    for task in folder.of_kind("userTask"):
        assert _sentences(task.source) <= _sentences(task.documentation), task.id


def test_only_the_childs_words_are_marked_with_a_voice(folder):
    voices = {task.id: task.voice for task in folder.of_kind("userTask") if task.voice}
    assert voices == {"record_child_views": "child"}


def test_a_choice_asks_a_question_and_its_arrows_answer_it(folder):
    choices = [gateway for gateway in folder.of_kind("exclusiveGateway")
               if sum(flow.from_ == gateway.id for flow in folder.flows) > 1]
    assert choices
    for gateway in choices:
        leaving = [flow for flow in folder.flows if flow.from_ == gateway.id]
        assert gateway.name.endswith("?"), gateway.id
        assert all(flow.name for flow in leaving), gateway.id
        assert [flow.id for flow in leaving if not flow.condition] == [gateway.default]


def test_each_arrow_is_written_down_at_both_of_its_ends(folder):
    for node in folder.root.iter(*(f"{{*}}{kind}" for kind in {n.kind for n in folder.nodes})):
        incoming = [each.text for each in node.iterchildren("{*}incoming")]
        outgoing = [each.text for each in node.iterchildren("{*}outgoing")]
        identity = node.get("id")
        assert sorted(incoming) == sorted(f.id for f in folder.flows if f.to_ == identity)
        assert sorted(outgoing) == sorted(f.id for f in folder.flows if f.from_ == identity)


def test_the_readme_has_every_sentence_that_a_diagram_or_form_names(folder):
    readme = (BPMN_FOLDER / "README.md").read_text(encoding="utf-8")
    register = set(re.findall(r"^\| (S\d+[a-c]?) \|", readme, re.MULTILINE))
    named = [node.documentation + (node.source or "") for node in folder.nodes]
    named += [field.source for form in folder.forms.values() for field in form.inputs()]
    assert set().union(*map(_sentences, named)) <= register


def _sentences(text):
    """The numbers of the procedure's sentences that a text names."""
    return set(re.findall(r"\bS\d+[a-c]?", text))
