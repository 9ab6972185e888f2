"""Python in every place of a diagram, form or table that holds an expression: none of it runs."""

from html import escape

import pytest
from escapes import PAYLOADS
from hearing import listening
from tables import table
from walking import (
    VOCABULARY,
    Walk,
    arrow,
    ask,
    choice,
    drawn,
    end,
    path,
    start,
    step,
    wait,
)

from engine.checker import check_files
from engine.checker.report import ERROR
from engine.spiff import compile_procedure

RATING = {"type": "textfield", "key": "rating"}
OTHERS = (
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:flowable="http://flowable.org/bpmn"'
)


def one_step(inside="", attributes="", element="userTask"):
    return drawn(
        start() + f'<bpmn:{element} id="a" name="A" {OTHERS} {attributes}>{inside}</bpmn:{element}>'
        + end() + path("begun", "a", "done"))


def extended(inside):
    return one_step(f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>")


def repeated(inside):
    loop = "bpmn:multiInstanceLoopCharacteristics"
    return one_step(f"<{loop}>{inside}</{loop}>")


def waiting(kind):
    return lambda text: drawn(start() + wait("w", text, kind) + end() + path("begun", "w", "done"))


def catching(definition):
    return lambda text: drawn(
        start() + '<bpmn:intermediateCatchEvent id="w">' + definition.format(text)
        + "</bpmn:intermediateCatchEvent>" + end() + path("begun", "w", "done"))


def deciding(cell):
    cells = ["-", '"a"']

    def files(text):
        filled = [text if number == cell else each for number, each in enumerate(cells)]
        column = text if cell is None else "rating"
        body = start() + step("a", form="a") + end() + path("begun", "a", "d", "done")
        body += '<bpmn:businessRuleTask id="d" name="D" pepway:decision="how"/>'
        return {**drawn(body, a=ask(RATING)), "how.dmn": table([column], ["next"], filled)}

    return files


def hidden(text):
    shown = {"type": "textfield", "key": "more", "conditional": {"hide": f"={text}"}}
    return drawn(start() + step("a", form="a") + end() + path("begun", "a", "done"),
                 a=ask(RATING, shown))


REFUSING = {
    "the condition of an arrow": lambda text: drawn(
        start() + step("a", form="a") + choice("g", "g_to_done") + step("b") + end()
        + path("begun", "a", "g", "done") + arrow("g", "b", text) + path("b", "done"),
        a=ask(RATING)),
    "a date to wait for": waiting("timeDate"),
    "a time to wait": waiting("timeDuration"),
    "a time that comes again": waiting("timeCycle"),
    "when a step is due": lambda text: one_step(attributes=f'pepway:due="{text}"'),
    "how often a step is done": lambda text: repeated(
        f"<bpmn:loopCardinality>{text}</bpmn:loopCardinality>"),
    "for what a step is done": lambda text: repeated(
        f"<bpmn:loopDataInputRef>{text}</bpmn:loopDataInputRef>"),
    "when repeating ends": lambda text: repeated(
        "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
        f"<bpmn:completionCondition>{text}</bpmn:completionCondition>"),
    "a conditional event": catching(
        '<bpmn:conditionalEventDefinition id="c"><bpmn:condition>{}</bpmn:condition>'
        "</bpmn:conditionalEventDefinition>"),
    "a script": lambda text: one_step(f"<bpmn:script>{text}</bpmn:script>", element="scriptTask"),
    "what a message is known by": catching(
        '<bpmn:messageEventDefinition id="m"><bpmn:extensionElements>{}</bpmn:extensionElements>'
        "</bpmn:messageEventDefinition>"),
    "what a table asks": deciding(None),
    "what hides a question": hidden,
}
"""Where nothing of this is an expression of Pepway's."""
ELSEWHERE = {
    "a cell that asks": deciding(0),
    "a cell that answers": deciding(1),
    "a script before a step": lambda text: extended(
        f"<spiffworkflow:preScript>{text}</spiffworkflow:preScript>"
        f"<spiffworkflow:postScript>{text}</spiffworkflow:postScript>"),
    "what a service is given": lambda text: extended(
        '<spiffworkflow:serviceTaskOperator id="http/Get"><spiffworkflow:parameters>'
        f'<spiffworkflow:parameter id="url" type="str" value="{text}"/>'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"),
    "a message's payload": lambda text: extended(
        f"<spiffworkflow:messagePayload>{text}</spiffworkflow:messagePayload>"),
    "who listens": lambda text: extended(
        f'<camunda:executionListener class="{text}" expression="{text}" event="start"/>'
        f"<camunda:taskListener><camunda:script>{text}</camunda:script></camunda:taskListener>"),
    "another product's attributes": lambda text: one_step(
        attributes=f'camunda:assignee="{text}" flowable:skipExpression="{text}" '
                   f'camunda:expression="{text}"'),
}
"""Where it may be a word, or where Pepway takes no notice of what another product wrote."""
OF_CEL = {"import google", "import google.protobuf", "import google.protobuf.descriptor_pool"}
"""What the CEL library looks for by itself, whatever it is given to read."""


def accepted(files):
    return not any(finding.severity == ERROR
                   for report in check_files(files, VOCABULARY, procedure="case")
                   for finding in report.findings)


def played(files):
    """Check them and, if they pass, do what there is to do in a case. Whether they passed."""
    if not accepted(files):
        return False
    walk = Walk(compile_procedure(files, VOCABULARY)).begin()
    if walk.open:
        walk.complete(walk.open[0], rating="red")
    return True


@pytest.mark.parametrize("slot", [*REFUSING, *ELSEWHERE])
def test_three_hundred_texts_of_python_do_nothing(slot):
    files = {**REFUSING, **ELSEWHERE}[slot]
    with listening() as usual:
        for harmless in ('rating == "red"', "no expression", '"red"', "P2D", "placement_start"):
            played(files(escape(harmless)))
    passed = []
    with listening() as events:
        for payload in PAYLOADS:
            if played(files(escape(payload))):
                passed.append(payload)

    assert len(PAYLOADS) == 300
    assert set(events) <= set(usual) | OF_CEL
    assert slot in ELSEWHERE or passed == []


def test_what_does_run_is_heard(monkeypatch):
    """As if a condition were Python after all."""
    files = REFUSING["the condition of an arrow"]
    monkeypatch.setitem(globals(), "accepted", lambda _files: eval(  # noqa: S307
        "__import__('os').system('true')"))
    with listening() as events:
        played(files("x"))

    assert "os.system" in events


def test_there_are_more_slots_than_were_asked_for():
    assert len(REFUSING) + len(ELSEWHERE) >= 14
