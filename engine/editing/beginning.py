"""A new diagram to begin from: one lane, a start, one step and an end."""

from collections.abc import Mapping
from html import escape

from engine.domain import Vocabulary
from engine.editing.layout import laid_out
from engine.editing.steps import Step, add_step
from engine.spiff.elements import BPMN, PEPWAY

_NEW = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="{bpmn}" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:pepway="{pepway}" \
id="{key}_definitions" targetNamespace="urn:pepway:procedures">
  <bpmn:collaboration id="collaboration">
    <bpmn:participant id="pool" name="{title}" processRef="{key}"/>
  </bpmn:collaboration>
  <bpmn:process id="{key}" name="{title}" isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane_{role}" name="{role_title}" pepway:role="{role}">
        <bpmn:flowNodeRef>{what}_begins</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>{what}_ends</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="{what}_begins" name="{words} begins">
      <bpmn:outgoing>{what}_begins_to_{what}_ends</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="{what}_ends" name="{words} ends">
      <bpmn:incoming>{what}_begins_to_{what}_ends</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="{what}_begins_to_{what}_ends" sourceRef="{what}_begins" \
targetRef="{what}_ends"/>
  </bpmn:process>
</bpmn:definitions>
"""


def new_procedure(key: str, title: str, step: Step, vocabulary: Vocabulary) -> Mapping[str, bytes]:
    """The files of a procedure with one step, which the check accepts. The step has a role."""
    return _begun({}, key, title, step, vocabulary, "case", "Case")


def new_part(
    files: Mapping[str, bytes], key: str, title: str, step: Step, vocabulary: Vocabulary
) -> Mapping[str, bytes]:
    """A procedure's files with a diagram more, of one step, which the others may run."""
    return _begun(files, key, title, step, vocabulary, key.replace("-", "_"), title)


def _begun(
    files: Mapping[str, bytes], key: str, title: str, step: Step, vocabulary: Vocabulary,
    what: str, words: str,
) -> Mapping[str, bytes]:
    role = step.role or next(iter(vocabulary.roles))
    text = _NEW.format(bpmn=BPMN, pepway=PEPWAY, key=escape(key), title=escape(title), role=role,
                       role_title=escape(vocabulary.roles[role]), what=what, words=escape(words))
    path = f"{key}.bpmn"
    begun = {**files, path: laid_out(text.encode())}
    return add_step(begun, path, f"{what}_begins", step, vocabulary).files
