"""What every step of both procedures says about itself, and the ids that cases remember."""

import re

from engine.checker import check_files
from workflows.pep.domain import vocabulary

PROCEDURES = ("initial-pep", "review-pep")
LANES = {
    "social_worker": "Social worker",
    "designated_teacher": "Designated teacher",
    "virtual_school": "Virtual school",
    "reviewing_officer": "Reviewing officer",
    "team_manager": "Team manager",
}


def test_ids_are_words_and_no_two_in_a_folder_are_the_same(folder):
    """A case stands on an id, an event tells of it: it must be readable, and of one step only."""
    ids = [node.id for node in folder.nodes]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", each) for each in ids)
    assert [each for each in ids if ids.count(each) > 1] == []


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


def test_the_childs_and_the_carers_words_are_marked_with_their_voice(pep):
    voices = {task.id: task.voice for task in pep.of_kind("userTask") if task.voice}
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


def _sentences(text):
    """The numbers of the procedure's sentences that a text names."""
    return set(re.findall(r"\bS\d+[a-c]?", text))
