"""What never reaches SpiffWorkflow, because it would run it wrongly, or run its text as Python."""

import pytest
from walking import (
    VOCABULARY,
    arrow,
    ask,
    choice,
    compiled,
    drawn,
    end,
    parallel,
    path,
    start,
    step,
    wait,
)

from engine.errors import DiagramRefused
from engine.spiff import compile_procedure

RATING = ask({"type": "textfield", "key": "rating"})


def with_shape(shape, *, after="write"):
    return drawn(start() + step("write") + shape + end() + path("begun", after, "x", "done"))


@pytest.mark.parametrize(
    "shape",
    [
        '<bpmn:task id="x"/>',
        '<bpmn:manualTask id="x"/>',
        '<bpmn:receiveTask id="x"/>',
        '<bpmn:scriptTask id="x"><bpmn:script>__import__("os").system("id")</bpmn:script>'
        "</bpmn:scriptTask>",
        '<bpmn:inclusiveGateway id="x"/>',
        '<bpmn:complexGateway id="x"/>',
        '<bpmn:eventBasedGateway id="x"/>',
        '<bpmn:intermediateThrowEvent id="x"/>',
        '<bpmn:intermediateCatchEvent id="x"><bpmn:linkEventDefinition id="l"/>'
        "</bpmn:intermediateCatchEvent>",
        '<bpmn:intermediateCatchEvent id="x"><bpmn:messageEventDefinition id="l"/>'
        "</bpmn:intermediateCatchEvent>",
        '<bpmn:intermediateCatchEvent id="x"><bpmn:signalEventDefinition id="l"/>'
        "</bpmn:intermediateCatchEvent>",
        '<bpmn:intermediateCatchEvent id="x"/>',
        '<bpmn:endEvent id="x"><bpmn:signalEventDefinition id="s"/></bpmn:endEvent>',
        '<bpmn:endEvent id="x"><bpmn:errorEventDefinition id="s" errorRef="none"/></bpmn:endEvent>',
        '<bpmn:transaction id="x"/>',
        '<bpmn:adHocSubProcess id="x"/>',
        '<bpmn:subProcess id="x" triggeredByEvent="true"/>',
        '<bpmn:dataObjectReference id="x"/>',
        '<bpmn:userTask id="x"><bpmn:standardLoopCharacteristics/></bpmn:userTask>',
        '<bpmn:userTask id="x"><bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>',
        '<bpmn:userTask id="x"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2'
        "</bpmn:loopCardinality><bpmn:completionCondition>print(1)</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>",
        '<bpmn:userTask name="no id"/>',
        '<other:task xmlns:other="urn:other" id="x"/>',
    ],
)
def test_an_element_that_is_not_on_the_list_is_refused(shape):
    with pytest.raises(DiagramRefused):
        compiled(with_shape(shape))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ('<bpmn:businessRuleTask id="x"/>', "asks a decision that is not in this folder"),
        ('<bpmn:scriptTask id="x" name="Sums"/>', "“Sums” is a scriptTask"),
        ('<bpmn:subProcess id="x" name="Help" triggeredByEvent="true"/>',
         "“Help” is an event subprocess"),
    ],
)
def test_a_refusal_names_the_shape(shape, said):
    with pytest.raises(DiagramRefused, match=said):
        compiled(with_shape(shape))


@pytest.mark.parametrize(
    "condition",
    [
        "__import__('os').system('id') == 0",
        "().__class__.__base__.__subclasses__()",
        "open('/etc/passwd').read() != ''",
        "lambda: True",
        "rating = 'red'",
        "${rating == 'red'}",
        "x = = 1",
        "1",
        "'yes'",
        "dyn(rating) == 1",
        "unheard_of == 1",
        "9**9**9 > 1",
    ],
)
def test_python_and_nonsense_in_a_condition_are_refused_before_any_case(condition):
    with pytest.raises(DiagramRefused):
        compiled(drawn(
            start() + step("write", form="write") + choice("which", "which_to_done") + step("a")
            + end() + path("begun", "write", "which", "done") + arrow("which", "a", condition)
            + path("a", "done"),
            write=RATING,
        ))


@pytest.mark.parametrize(
    "body",
    [
        start() + step("a") + end() + path("begun", "a", "nowhere"),
        start() + step("a") + end() + path("begun", "a", "done") + path("elsewhere", "a"),
        start() + step("a") + step("b") + end() + path("begun", "a", "done") + path("a", "b"),
        start() + step("a") + end() + path("begun", "a") + arrow("a", "done", "signed"),
        start() + choice("g") + step("a") + end() + path("begun", "g", "a", "done")
        + path("g", "done"),
        step("a") + end() + path("a", "done"),
        start() + step("a") + step("a") + end() + path("begun", "a", "done"),
        start() + step("a") + end() + path("begun", "a", "done")
        + '<bpmn:boundaryEvent id="t" attachedToRef="gone"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:boundaryEvent>",
        start() + parallel("f") + parallel("j") + end() + path("begun", "f", "j", "done")
        + path("f", "j").replace("f_to_j", "second"),
    ],
)
def test_arrows_and_shapes_that_do_not_fit_are_refused(body):
    with pytest.raises(DiagramRefused) as refused:
        compiled(drawn(body))
    assert refused.value.message.endswith(".")


def test_data_references_that_hang_spiffworkflows_parser_are_left_out_or_refused():
    """An association in a subprocess whose data object is not found: its parser never returned."""
    inside = (
        start("s") + '<bpmn:userTask id="t"><bpmn:dataInputAssociation id="d"><bpmn:sourceRef>'
        "gone</bpmn:sourceRef></bpmn:dataInputAssociation></bpmn:userTask>" + end("e")
        + path("s", "t", "e")
    )
    body = (start() + f'<bpmn:subProcess id="sub">{inside}</bpmn:subProcess>' + end()
            + path("begun", "sub", "done"))
    assert compiled(drawn(body)).elements["t"].kind == "userTask"


def test_the_main_process_has_the_name_of_its_file():
    body = start() + step("a") + end() + path("begun", "a", "done")
    files = {"other.bpmn": drawn(body)["case.bpmn"]}
    with pytest.raises(DiagramRefused, match="name of its file"):
        compiled(files)


def test_a_file_that_cannot_be_read_refuses_the_whole_folder():
    good = drawn(start() + step("a") + end() + path("begun", "a", "done"))
    for name, content in (("more.bpmn", b"<!DOCTYPE a><a/>"), ("a.form", b"{"),
                          ("case.bpmn", good["case.bpmn"].decode().encode("utf-16"))):
        with pytest.raises(DiagramRefused):
            compile_procedure(good | {name: content}, VOCABULARY)


def test_what_other_tools_wrote_is_not_executed():
    shape = (
        '<bpmn:userTask id="x" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        'camunda:assignee="${x}"><bpmn:extensionElements><camunda:executionListener>'
        "<camunda:script>1/0</camunda:script></camunda:executionListener>"
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    procedure = compiled(with_shape(shape))
    assert procedure.elements["x"].role is None
    assert procedure.spec.task_specs["e_x"].extensions == {}


def test_a_timer_on_its_way_is_no_python():
    with pytest.raises(DiagramRefused):
        compiled(drawn(start() + wait("w", "(2).__class__", "timeDate") + end()
                       + path("begun", "w", "done")))


def test_the_folders_name_says_which_of_its_processes_is_the_main_one():
    called = drawn(start("s") + step("b") + end("e") + path("s", "b", "e"), key="a-called-one")
    body = (start() + '<bpmn:callActivity id="call" calledElement="a-called-one"/>' + end()
            + path("begun", "call", "done"))
    files = called | drawn(body)
    assert compile_procedure(files, VOCABULARY, "case").key == "case"
    with pytest.raises(DiagramRefused, match="name of its file"):
        compile_procedure(files, VOCABULARY, "elsewhere")
