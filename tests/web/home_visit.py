"""A small procedure of the tests' own: a social worker and a teacher write side by side, then
the virtual school files it. Its form has every kind of question once."""

import json
from typing import Any

PROCEDURE = "home-visit"

_BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:pepway="urn:pepway:bpmn:1" id="d" targetNamespace="urn:test">
  <bpmn:collaboration id="c">
    <bpmn:participant id="pool" name="Home visit" processRef="home-visit"/>
  </bpmn:collaboration>
  <bpmn:process id="home-visit" name="Home visit" isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="l1" name="Social worker" pepway:role="social_worker">
        <bpmn:flowNodeRef>asked</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>fork</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>visit</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>join</bpmn:flowNodeRef>
      </bpmn:lane>
      <bpmn:lane id="l2" name="School" pepway:role="designated_teacher">
        <bpmn:flowNodeRef>agree</bpmn:flowNodeRef>
      </bpmn:lane>
      <bpmn:lane id="l3" name="Virtual school" pepway:role="virtual_school">
        <bpmn:flowNodeRef>file</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>filed</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="asked" name="Asked"/>
    <bpmn:parallelGateway id="fork" name="Side by side"/>
    <bpmn:userTask id="visit" name="Visit the home" pepway:form="visit"
        pepway:due="working_days(started_on, 3)" pepway:source="S13"
        pepway:guidance="Go there and listen.">
      <bpmn:documentation>P9.01. Stands on S13: "Include the child's views".</bpmn:documentation>
    </bpmn:userTask>
    <bpmn:userTask id="agree" name="Agree with the school" pepway:form="agree"/>
    <bpmn:parallelGateway id="join" name="Both in"/>
    <bpmn:userTask id="file" name="File the visit" pepway:form="file"/>
    <bpmn:endEvent id="filed" name="Filed"/>
    <bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="fork"/>
    <bpmn:sequenceFlow id="f2" sourceRef="fork" targetRef="visit"/>
    <bpmn:sequenceFlow id="f3" sourceRef="fork" targetRef="agree"/>
    <bpmn:sequenceFlow id="f4" sourceRef="visit" targetRef="join"/>
    <bpmn:sequenceFlow id="f5" sourceRef="agree" targetRef="join"/>
    <bpmn:sequenceFlow id="f6" sourceRef="join" targetRef="file"/>
    <bpmn:sequenceFlow id="f7" sourceRef="file" targetRef="filed"/>
  </bpmn:process>
</bpmn:definitions>
"""


def _field(kind: str, key: str, label: str, *, required: str = "", **more: Any) -> dict[str, Any]:
    properties = {**more.pop("properties", {})}
    if required:
        properties["govuk.error.required"] = required
        more["validate"] = {**more.get("validate", {}), "required": True}
    return {"type": kind, "key": key, "id": key, "label": label, "properties": properties, **more}


def _choices(*labels: str) -> list[dict[str, str]]:
    return [{"value": label.split()[0].lower(), "label": label} for label in labels]


SHARED = {"pepway.path": "needs.strengths"}
"""Both forms ask this: what one writes, the other sees."""

_VISIT = [
    _field("textfield", "met", "Whom did you meet?", required="Enter whom you met"),
    _field("textarea", "strengths", "What is the child good at?", properties=SHARED),
    _field("number", "hours", "How many hours a week?", validate={"max": 60},
           appearance={"suffixAdorner": "hours"}),
    {**_field("datetime", "seen_on", "", required="Enter when you saw the child"),
     "subtype": "date", "dateLabel": "When did you see the child?"},
    _field("radio", "mood", "How was the mood?", required="Choose how the mood was",
           values=_choices("Good", "Bad")),
    _field("textarea", "why_bad", "Why was it bad?", required="Enter why it was bad",
           conditional={"hide": '=mood != "bad"'}),
    _field("checklist", "needed", "What is needed?", values=_choices("Bed", "Desk", "Books")),
    _field("checkbox", "told", "I have told the school"),
    _field("select", "heating", "Is it warm?", values=_choices("Warm enough", "Cold")),
    {**_field("dynamiclist", "promises", "Promises", required="Add at least one promise"),
     "path": "promises",
     "components": [
         _field("textfield", "promise", "What was promised?", required="Enter the promise"),
         {**_field("datetime", "promise_by", ""), "subtype": "date", "dateLabel": "By when?"},
     ]},
]
_AGREE = [
    _field("textarea", "agreed_strengths", "What is the child good at?", properties=SHARED),
    _field("textfield", "number_of_care", "Which number?",
           properties={"pepway.path": "identity.social_care_id"}),
]
"""The second question is of a class that is not for teachers."""
_FILE = [_field("checkbox", "filed", "It is filed", required="Tick when it is filed")]


def _form(form_id: str, fields: list[dict[str, Any]]) -> bytes:
    schema = {"type": "default", "schemaVersion": 19, "id": form_id, "title": form_id,
              "components": fields}
    return json.dumps(schema).encode()


FILES = {
    "home-visit.bpmn": _BPMN.encode(),
    "visit.form": _form("visit", _VISIT),
    "agree.form": _form("agree", _AGREE),
    "file.form": _form("file", _FILE),
}

ANSWERS = {
    "Whom did you meet?": "The foster carers",
    "What is the child good at?": "Drawing",
    "How many hours a week?": "25",
    "When did you see the child?": ("24", "3", "2026"),
    "How was the mood?": "Good",
    "What is needed?": ["Bed", "Books"],
    "I have told the school": True,
    "Is it warm?": "Cold",
    "What was promised?": "A desk by Easter",
    "By when?": ("3", "4", "2026"),
}
"""Right answers to the visit's form, by label."""
