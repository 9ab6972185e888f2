"""Diagrams as other tools write them get a clear verdict, and what these tools meant is told."""

from pathlib import Path

import pytest
from hearing import HARM, listening
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
    within,
)

from engine.checker import check_files
from engine.checker.report import ERROR, NOTE
from engine.diagram import read_diagram
from engine.errors import Refused

EXPORTS = sorted((Path(__file__).parent / "exports").glob("*.bpmn"))


def checked(files, **how):
    [report] = [each for each in check_files(files, VOCABULARY, **{"alone": True, **how})
                if each.file.endswith(".bpmn")]
    return report


def export(name):
    """What is found in the sample export of this tool: messages by rule and element."""
    file = Path(__file__).parent / "exports" / f"{name}.bpmn"
    report = checked({file.name: file.read_bytes()})
    assert report.verdict == "refused"
    found: dict[tuple[str, str | None], str] = {}
    for each in report.findings:
        found[each.rule, each.element] = found.get((each.rule, each.element), "") + each.message
    return found


def rules(found):
    return {rule for rule, _ in found}


def around(inside, *way):
    """A process that leads by way of what is drawn here."""
    return drawn(start() + inside + end() + path("begun", *way, "done"))


@pytest.mark.parametrize("file", EXPORTS, ids=lambda file: file.stem)
def test_an_export_is_refused_in_sentences_and_nothing_of_it_is_done(file):
    checked(around(step("a"), "a"))
    content = file.read_bytes()
    with listening() as events:
        report = checked({file.name: content})

    assert set(events) & HARM == set()
    assert report.verdict == "refused"
    assert {each.rule for each in report.findings} & {"flow-dangling", "id-duplicate",
                                                     "id-missing", "unreachable"} == set()
    for finding in report.findings:
        assert finding.message.endswith((".", "?")), finding
        assert "\n" not in finding.message, finding
        assert "Definition" not in finding.message or finding.severity == NOTE, finding
    with pytest.raises(Refused):
        compiled({"case.bpmn": file.read_bytes()})


def test_what_camunda_7_keeps_is_explained_once():
    found = export("camunda-7")

    assert [element for rule, element in found if rule == "vendor-attribute"] == ["tuition"]
    said = found["vendor-attribute", "tuition"]
    assert said.startswith("“Extra tuition” and 7 more have settings of Camunda 7 (")
    assert "Pepway keeps them and does not execute them." in said
    assert "Who does a task is said by the role of its lane." in said
    assert "What a task asks is said by its form, in pepway:form." in said
    assert "a service task names one of Pepway's actions" in said
    assert "“Work out the sum” is a script task" in found["element-not-allowed", "Activity_sum"]
    assert "“Too dear” has an error event" in found["element-not-allowed", "Event_dear"]
    assert ("timer", "Event_dear") not in found
    assert ("arrows", "Event_dear") not in found
    assert "in the language of another tool" in found["expression", "Flow_4"]
    assert "“${reviewProcess}” is none" in found["call", "Activity_review"]


def test_a_shape_that_is_refused_is_in_the_picture_all_the_same():
    content = (Path(__file__).parent / "exports" / "camunda-7.bpmn").read_bytes()

    drawn_ones = [(node.element.kind, node.element.name) for node in read_diagram(content).nodes]

    assert drawn_ones == [("userTask", "Plan the tuition"), ("scriptTask", "Work out the sum")]


def test_what_camunda_8_keeps_is_explained_and_the_pool_of_others_is_named():
    found = export("camunda-8")

    assert "settings of Camunda 8" in found["vendor-attribute", "transport"]
    assert ("one-pool", "Participant_firm") in found
    assert "“The firm answers” waits for a message" in found["not-yet", "Event_answer"]
    assert "someone records what came in" in found["not-yet", "Event_answer"]
    assert "with a send task before it" in found["element-not-allowed", "Event_refused"]
    assert "“Tell the carer” does not say which process it calls" in found["call", "Activity_tell"]
    assert "in the language of another tool" in found["expression", "Flow_d"]


def test_what_flowable_keeps_is_explained_and_who_it_wanted():
    found = export("flowable")

    assert "settings of Flowable (" in found["vendor-attribute", "laptop"]
    assert found["part-unread", "checkNeed"] == (
        "“Check the need” has parts that Pepway keeps and does not read (potentialOwner). "
        "Who does a task is said by the role of its lane.")
    assert "“Remind the worker” is repeated for each of several" in found["not-yet", "remind"]
    assert "“Delivered” is a receive task" in found["element-not-allowed", "delivered"]
    assert "A repeating timer" in found["timer", "chase"]


def test_what_signavio_keeps_is_explained_and_its_plain_tasks_are_named():
    found = export("signavio")
    meeting = "sid-1F0C0001-B"

    assert "“Hold a meeting with the school” is a plain task" in found[
        "element-not-allowed", meeting]
    assert "settings of Signavio" in "".join(found.values())
    assert "Nothing is drawn in “Mentoring”" in found["start-one", "sid-1F0C0001-D"]
    assert "lane-nested" not in rules(found)
    assert "“Letter” is a data object" in found["element-not-allowed", "sid-1F0C0001-L_do"]
    assert "process-not-executable" in rules(found)


def test_what_bizagi_keeps_is_explained_and_its_empty_process_is_named():
    found = export("bizagi")

    assert "The process “Main process” is empty" in found["start-one", "Id_7a000001"]
    assert "settings of Bizagi" in found["vendor-attribute", "Id_7a000002"]
    assert "from elsewhere in the file" in found["element-not-allowed", "Id_7a000003"]
    assert "“7 days” waits for nothing" in found["timer", "Id_7a000005"]


def test_an_arrow_to_a_shape_that_is_refused_is_drawn_and_may_lack_its_condition():
    body = (start() + step("a") + choice("g") + step("b") + end() + '<bpmn:scriptTask id="x"/>'
            + path("begun", "a", "g", "b", "done") + path("g", "x", "done"))
    found = {each.rule: each for each in checked(drawn(body)).findings}

    assert "flow-dangling" not in found
    assert "to “X” has no condition" in found["condition-missing"].message


@pytest.mark.parametrize(("inside", "rule"), [
    ('<bpmn:subProcess id="x" name="Help"/>', "start-one"),
    ('<bpmn:callActivity id="x" name="Help"/>', "call"),
    ('<bpmn:callActivity id="x" name="Help" calledElement="${which}"/>', "call"),
    ('<bpmn:subProcess id="x" startQuantity="2">' + start("i") + end("o") + path("i", "o")
     + "</bpmn:subProcess>", "element-not-allowed"),
])
def test_what_could_not_run_is_not_called_sound(inside, rule):
    report = checked(around(inside, "x"))

    assert (rule, ERROR) in {(each.rule, each.severity) for each in report.findings}


@pytest.mark.parametrize(("condition", "said"), [
    ("now() > placement_start", "there is no function called now here"),
    ('"done".equals(status)', "there is no function called equals here"),
    ('execution.getVariable("status")', "there is no function called getVariable here"),
    ('loan.status == "done"', "there is no part of anything called loan.status here"),
    ("${signed}", "in the language of another tool"),
    ("=signed = true", "in the language of another tool"),
    ("return signed;", "in the language of another tool"),
])
def test_a_condition_for_another_tool_is_not_called_sound(condition, said):
    body = (start() + choice("g", "g_to_done") + step("b") + end() + path("begun", "g", "done")
            + arrow("g", "b", condition) + path("b", "done"))
    [found] = [each for each in checked(drawn(body)).findings if each.rule == "expression"]

    assert said in found.message


def test_an_event_that_is_defined_elsewhere_is_not_called_sound():
    files = {"case.bpmn": around(step("a"), "a")["case.bpmn"].replace(
        b'<bpmn:endEvent id="done">',
        b'<bpmn:endEvent id="done"><bpmn:eventDefinitionRef>stop</bpmn:eventDefinitionRef>')}

    assert "element-not-allowed" in {each.rule for each in checked(files).findings}
    with pytest.raises(Refused, match="elsewhere"):
        compiled(files)


@pytest.mark.parametrize(("name", "verdict"), [("Visit", "refused"), ("Café", "unusable")])
def test_what_is_declared_as_latin_1_is_read_where_that_is_the_same(name, verdict):
    body = f'<bpmn:userTask id="a" name="{name}"/>'
    said = around(body, "a")["case.bpmn"].decode().replace("UTF-8", "ISO-8859-1", 1)

    assert checked({"case.bpmn": said.encode()}).verdict == verdict


def test_a_process_without_an_id_is_not_called_sound():
    content = around("")["case.bpmn"].replace(b'process id="case"', b"process")

    assert "id-missing" in {each.rule for each in checked({"case.bpmn": content}).findings}


def test_what_another_tool_wrote_right_into_a_step_is_explained_too():
    inside = ('<bpmn:userTask id="x" name="Visit"><f:listener '
              'xmlns:f="http://flowable.org/bpmn"/></bpmn:userTask>')
    [said] = [each for each in checked(around(inside, "x")).findings
              if each.rule == "vendor-attribute"]

    assert said.element == "x"
    assert said.message.startswith("“Visit” has settings of Flowable (listener).")


def test_a_timer_that_says_two_times_is_not_called_sound():
    twice = "P1D<bpmn:timeDuration>P2D</bpmn:timeDuration>"
    files = around(step("a") + wait("w", twice, "timeDuration"), "a", "w")

    assert ("timer", "w") in {(each.rule, each.element) for each in checked(files).findings}
    with pytest.raises(Refused, match="two things"):
        compiled(files)


def test_only_an_event_can_be_attached_to_a_step():
    inside = within("visit", start("i") + '<bpmn:endEvent id="o" attachedToRef="a"/>'
                    + path("i", "o"))
    files = around(step("a") + inside, "a", "visit")

    assert {each.rule for each in checked(files).findings if each.severity == ERROR} == {
        "role-missing", "form-missing"}
    compiled(files)


def test_two_arrows_from_one_fork_to_its_join_are_not_called_sound():
    body = (start() + parallel("fork") + parallel("join") + end() + path("begun", "fork", "join")
            + path("join", "done") + arrow("fork", "join").replace('"fork_to_join"', '"again"'))
    found = {each.element: each.message for each in checked(drawn(body)).findings}

    assert "Two arrows lead from one shape to “Join”" in found["join"]
    with pytest.raises(Refused):
        compiled(drawn(body))


@pytest.mark.parametrize(("one", "other", "told"), [
    ("signed", 'rating == "red"', True),
    ("signed", "!signed", False),
    ('rating == "red"', 'rating != "red"', False),
    ('signed && rating == "red"', 'signed && rating != "red"', True),
    ("signed && review_on == review_on", "!signed && review_on == review_on", True),
])
def test_a_choice_that_may_have_no_way_on_is_told(one, other, told):
    body = (start() + step("a", form="a") + choice("g") + step("b") + end()
            + path("begun", "a", "g") + path("b", "done")
            + arrow("g", "b", one) + arrow("g", "done", other))
    form = ask({"type": "textfield", "key": "rating", "validate": {"required": True}})
    found = [each.element for each in checked(drawn(body, a=form)).findings
             if each.rule == "default-missing"]

    assert found == (["g"] if told else [])


def test_diagrams_of_one_folder_with_the_ids_that_a_tool_always_gives_are_not_called_sound():
    call = '<bpmn:callActivity id="c" name="C" calledElement="other"/>'
    files = around(call, "c") | drawn(
        start() + end("over") + path("begun", "over"), key="other")
    found = {(report.file, each.rule, each.element): each.message
             for report in check_files(files, VOCABULARY, procedure="case")
             for each in report.findings}

    assert "so has a shape of other.bpmn" in found["case.bpmn", "id-duplicate", "begun"]
    assert "so has a shape of case.bpmn" in found["other.bpmn", "id-duplicate", "begun"]
    with pytest.raises(Refused, match="Two elements have the id"):
        compiled(files)


def test_the_same_said_of_many_shapes_is_said_together():
    names = [f"s{number}" for number in range(30)]
    body = (start() + "".join(f'<bpmn:task id="{name}" name="Step {name}"/>' for name in names)
            + end() + path("begun", *names, "done"))
    found = [each for each in checked(drawn(body)).findings if each.rule == "element-not-allowed"]

    assert [each.element for each in found] == ["s0", "s1", "s2", None]
    assert found[-1].message.startswith("The same is to be said of 27 more: “Step s3”, “Step s4”")
