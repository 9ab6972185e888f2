"""What every step of both procedures says about itself, and the ids that cases remember."""

import re
from pathlib import Path

from engine.checker import check_files
from workflows.pep.domain import vocabulary

BPMN_FOLDER = Path(__file__).parents[2] / "bpmn"

PROCEDURES = ("initial-pep", "review-pep")
IDS = {
    "initial-deadlines": {
        "watch_begins", "watch", "two_days_left", "prepared_yet", "remind_of_signatures",
        "reminded", "ten_working_days_over", "prepared_in_time", "late", "explain_delay",
        "delay_explained", "escalate_delay", "climbed", "in_time", "placement_begins",
        "planned_and_ready", "tell_not_ready", "placement_watched", "fifteen_working_days",
        "review_held_yet", "remind_of_review", "review_reminded", "twenty_working_days_over",
        "review_in_time", "escalate_review", "review_watched", "five_days_before", "passed_yet",
        "remind_of_passing", "passing_reminded", "three_days_before", "passed_in_time",
        "alert_officer", "passing_watched",
    },
    "initial-escalation": {
        "ladder_begins", "tell_owners", "wait_owners", "still_late_1", "tell_manager",
        "wait_manager", "still_late_2", "tell_head", "wait_head", "still_late_3",
        "tell_managers", "settled",
    },
    "initial-pep": {
        "child_comes_into_care", "in_scope", "not_in_scope", "third_birthday", "scope_is_clear",
        "begin", "initiate_pep", "tell_everyone", "allocate_caseworker", "set_out",
        "school_open", "make_interim_plan", "gather", "complete_social_work_sections",
        "record_carer_view", "complete_education_sections", "record_child_views",
        "convene_meeting", "gathered", "meeting_begins", "hold_pep_meeting", "meet_again",
        "targets_begin", "set_targets_and_actions", "sign", "sign_off_teacher",
        "sign_off_social_worker", "signed", "assure_quality", "quality_is_late",
        "quality_decided", "may_be_passed_on", "approved", "decide_pupil_premium",
        "pupil_premium_decided", "pass_plan_on", "hold_first_review", "open_first_review_pep",
        "review_content", "make_review_changes", "resolve_dispute", "review_settled",
        "distribute_copies", "plan_in_force", "move_in_key_stage_4", "approve_move",
        "move_is_clear", "school_place", "find_school_place", "nothing_more", "watch_deadlines",
        "watched",
    },
    "interim-plan": {
        "school_is_closed", "make_plan_in_holidays", "sign_interim_plan",
        "interim_plan_prepared",
    },
    "key-stage-4-move": {
        "move_planned", "plan_key_stage_4_move", "decide_key_stage_4_move", "move_approved",
        "move_agreed", "move_refused",
    },
    "no-school-place": {
        "without_place", "look", "arrange_interim_education", "secure_school_place",
        "twenty_school_days_over", "tell_no_place", "ask_for_direction", "direction_asked",
        "found", "on_roll",
    },
    "review-deadlines": {
        "watch_begins", "watch", "ten_days_before", "prepared_yet", "remind_of_signatures",
        "reminded", "review_is_here", "passed_in_time", "late", "explain_delay",
        "delay_explained", "escalate_delay", "climbed", "in_time", "five_days_before",
        "passed_yet", "remind_of_passing", "passing_reminded", "three_days_before",
        "with_officer", "alert_officer", "passing_watched", "limit_over", "held_in_time",
        "escalate_review", "review_watched",
    },
    "review-escalation": {
        "ladder_begins", "tell_owners", "wait_owners", "still_late_1", "tell_manager",
        "wait_manager", "still_late_2", "tell_head", "wait_head", "still_late_3",
        "tell_managers", "settled",
    },
    "review-pep": {
        "review_case_opened", "review_comes_due", "confirm_review_date", "still_in_scope",
        "no_longer_in_scope", "begin", "gather", "update_social_work_sections",
        "record_carer_view", "collect_progress", "judge_progress", "record_child_views",
        "fix_meeting", "gathered", "on_track", "agree_way_forward", "way_is_clear",
        "meeting_begins", "hold_review_meeting", "meet_again", "targets_begin",
        "revise_targets", "sign", "sign_off_teacher", "sign_off_social_worker", "signed",
        "assure_quality", "quality_is_late", "quality_decided", "may_be_passed_on", "approved",
        "decide_pupil_premium", "pupil_premium_decided", "pass_plan_on",
        "hold_statutory_review", "open_next_review", "review_content", "make_review_changes",
        "resolve_dispute", "review_settled", "distribute_copies", "plan_updated",
        "watch_deadlines", "watched",
    },
}
"""Running cases stand on these: an id never changes."""
LANES = {
    "social_worker": "Social worker",
    "designated_teacher": "Designated teacher",
    "virtual_school": "Virtual school",
    "reviewing_officer": "Reviewing officer",
    "team_manager": "Team manager",
}


def test_running_cases_find_every_step_again(chart):
    assert {node.id for node in chart.nodes} == IDS[chart.process]


def test_the_checker_has_nothing_to_say(folder):
    reports = check_files(folder.files, vocabulary(), procedure=folder.name)
    assert {report.file for report in reports} == set(folder.files)
    assert [(r.file, f.message) for r in reports for f in r.findings] == []


def test_each_lane_is_a_role_with_its_title_and_procedures_have_them_all_in_order(chart):
    lanes = [(lane.get("{urn:pepway:bpmn:1}role"), lane.get("name"))
             for lane in chart.root.iter("{*}lane")]
    assert set(lanes) <= set(LANES.items())
    if chart.process in PROCEDURES:
        assert lanes == list(LANES.items())


def test_every_node_stands_in_exactly_one_lane(chart):
    standing = [node for nodes in chart.lanes.values() for node in nodes]
    assert sorted(standing) == sorted(node.id for node in chart.nodes)


def test_every_user_task_says_who_does_what_by_when_and_why(chart):
    for task in chart.of_kind("userTask"):
        said = (task.role, task.form, task.due, task.source, task.guidance)
        assert all(said), task.id


def test_every_node_names_what_it_stands_on(chart):
    for node in chart.nodes:
        assert len(node.documentation) > 20, node.id
    for task in chart.of_kind("userTask"):
        assert re.match(r"(P[12]\.\d\d|D\d)", task.documentation), task.id
        quoted = re.search(r'S\d+[a-c]?: "[A-Za-z]', task.documentation)
        assert quoted or "the procedure is silent" in task.documentation, task.id


def test_what_a_step_stands_on_is_the_same_in_its_source_and_its_documentation(chart):
    for task in chart.of_kind("userTask"):
        assert _sentences(task.source) <= _sentences(task.documentation), task.id


def test_the_childs_and_the_carers_words_are_marked_with_their_voice(folder):
    voices = {task.id: task.voice for task in folder.of_kind("userTask") if task.voice}
    assert voices == {"record_child_views": "child", "record_carer_view": "carer"}


def test_a_choice_asks_a_question_and_its_arrows_answer_it(chart):
    choices = [gateway for gateway in chart.of_kind("exclusiveGateway")
               if sum(flow.from_ == gateway.id for flow in chart.flows) > 1]
    for gateway in choices:
        leaving = [flow for flow in chart.flows if flow.from_ == gateway.id]
        assert gateway.name.endswith("?"), gateway.id
        assert all(flow.name for flow in leaving), gateway.id
        assert [flow.id for flow in leaving if not flow.condition] == [gateway.default]


def test_each_arrow_is_written_down_at_both_of_its_ends(chart):
    for node in chart.root.iter(*(f"{{*}}{kind}" for kind in {n.kind for n in chart.nodes})):
        incoming = [each.text for each in node.iterchildren("{*}incoming")]
        outgoing = [each.text for each in node.iterchildren("{*}outgoing")]
        identity = node.get("id")
        assert sorted(incoming) == sorted(f.id for f in chart.flows if f.to_ == identity)
        assert sorted(outgoing) == sorted(f.id for f in chart.flows if f.from_ == identity)


def test_the_readme_has_every_sentence_that_a_diagram_or_form_names(folder):
    readme = (BPMN_FOLDER / "README.md").read_text(encoding="utf-8")
    register = set(re.findall(r"^\| (S\d+[a-c]?) \|", readme, re.MULTILINE))
    named = [node.documentation + (node.source or "") for node in folder.nodes]
    named += [field.source for form in folder.forms.values() for field in form.inputs()]
    assert set().union(*map(_sentences, named)) <= register


def _sentences(text):
    """The numbers of the procedure's sentences that a text names."""
    return set(re.findall(r"\bS\d+[a-c]?", text))
