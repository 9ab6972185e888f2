"""Diagrams that are good, and the same with one fault put in at a shape that is known."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from random import Random

from drawing import draw
from lxml import etree
from walking import NUMBER, ask

from engine.spiff.elements import PEPWAY, local_name, tag
from engine.spiff.xml import read_xml

Files = Mapping[str, bytes]
WANTED = {"validate": {"required": True}, "properties": {"govuk.error.required": "Enter it"}}
IN_A_LANE = re.compile(
    r'<bpmn:(?:userTask|subProcess|callActivity|\w+Gateway|\w+Event) id="([^"]+)"')
NOT_YET = re.compile(r"<bpmn:multiInstanceLoop.*?</bpmn:multiInstanceLoopCharacteristics>")
CONDITION = re.compile(r'(sourceRef="(xor\d+)" [^>]*><bpmn:conditionExpression>)way ==')


def good(seed: int) -> Files:
    """A sound procedure by chance: each choice asks a question of its own."""
    files = dict(draw(Random(seed), 4 + seed % 20))
    asked: set[str] = set()
    for name in [each for each in files if each.endswith(".bpmn")]:
        key = name.removesuffix(".bpmn")
        text = NOT_YET.sub("", files[name].decode())
        text = CONDITION.sub(r"\1way_\2 ==", text)
        text = re.sub(r'(<bpmn:endEvent id="(\w+)"><bpmn:terminateEventDefinition id=")t"',
                      r'\1t_\2"', text)
        text = text.replace('pepway:form="f"', 'pepway:form="f" pepway:due="P2D"')
        refs = "".join(f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>"
                       for each in IN_A_LANE.findall(text))
        lanes = (f'<bpmn:laneSet id="lanes_{key}"><bpmn:lane id="lane_{key}" name="Social worker" '
                 f'pepway:role="social_worker">{refs}</bpmn:lane></bpmn:laneSet>')
        files[name] = text.replace('<bpmn:laneSet id="lanes"></bpmn:laneSet>', lanes).encode()
        asked |= set(re.findall(r"way_xor\d+", text))
    files["f.form"] = ask(*({"type": "textfield", "key": each, **WANTED} for each in sorted(asked)),
                          {**NUMBER, "key": "count", **WANTED})
    return files


@dataclass(frozen=True)
class Fault:
    what: str
    file: str
    files: Files
    at: frozenset[str | None]
    """Shapes at one of which it is to be found."""


def faults(files: Files) -> Iterator[Fault]:
    """Every fault that can be put into these diagrams, one at a time."""
    for name in sorted(files):
        if name.endswith(".bpmn"):
            root = read_xml(files[name])
            for what, put_in in FAULTS.items():
                for number in range(len(list(put_in(deepcopy(root))))):
                    spoilt = deepcopy(root)
                    change, at = list(put_in(spoilt))[number]
                    change()
                    yield Fault(what, name, {**files, name: etree.tostring(spoilt)}, frozenset(at))


Places = Iterator[tuple[Callable[[], object], set[str | None]]]


def _all(root: etree._Element, *kinds: str) -> list[etree._Element]:
    return [each for kind in kinds for each in root.iter(tag(kind))]


def _arrow_taken_away(root: etree._Element) -> Places:
    arrows = _all(root, "sequenceFlow")
    for arrow in arrows:
        if sum(each.get("sourceRef") == arrow.get("sourceRef") for each in arrows) == 1:
            yield (lambda arrow=arrow: arrow.getparent().remove(arrow),
                   {arrow.get("sourceRef"), arrow.get("targetRef")})


def _arrow_to_nowhere(root: etree._Element) -> Places:
    for arrow in _all(root, "sequenceFlow"):
        yield lambda arrow=arrow: arrow.set("targetRef", "nowhere"), {arrow.get("id")}


def _id_twice(root: etree._Element) -> Places:
    tasks = _all(root, "userTask")
    for other in tasks[1:]:
        yield lambda other=other: other.set("id", tasks[0].get("id")), {tasks[0].get("id")}


def _role_unknown(root: etree._Element) -> Places:
    for lane in _all(root, "lane"):
        if lane.get(f"{{{PEPWAY}}}role"):
            members = {each.text for each in lane}
            yield (lambda lane=lane: lane.set(f"{{{PEPWAY}}}role", "wizard"),
                   {lane.get("id"), *members})


def _attribute(kind: str, name: str, value: str) -> Callable[[etree._Element], Places]:
    def put_in(root: etree._Element) -> Places:
        for each in _all(root, kind):
            if each.get(f"{{{PEPWAY}}}{name}"):
                yield (lambda each=each: each.set(f"{{{PEPWAY}}}{name}", value), {each.get("id")})

    return put_in


def _other_kind(kind: str, other: str) -> Callable[[etree._Element], Places]:
    def put_in(root: etree._Element) -> Places:
        for each in _all(root, kind):
            yield lambda each=each: setattr(each, "tag", tag(other)), {each.get("id")}

    return put_in


def _words(kind: str, value: str) -> Callable[[etree._Element], Places]:
    """In place of what is written in such an element."""
    def put_in(root: etree._Element) -> Places:
        for each in _all(root, kind):
            owner = next(up for up in each.iterancestors() if local_name(up) in (
                "sequenceFlow", "boundaryEvent", "intermediateCatchEvent", "startEvent"))
            yield lambda each=each: setattr(each, "text", value), {owner.get("id")}

    return put_in


def _condition_taken_away(root: etree._Element) -> Places:
    for each in _all(root, "conditionExpression"):
        arrow = each.getparent()
        yield (lambda each=each, arrow=arrow: arrow.remove(each),
               {arrow.get("id"), arrow.get("sourceRef")})


def _timer_on_nothing(root: etree._Element) -> Places:
    for each in _all(root, "boundaryEvent"):
        yield lambda each=each: each.set("attachedToRef", "nowhere"), {each.get("id")}


def _out_of_its_lane(root: etree._Element) -> Places:
    """Those of a subprocess are in its lane."""
    tasks = {each.get("id") for each in _all(root, "userTask")
             if local_name(each.getparent()) == "process"}
    for ref in _all(root, "flowNodeRef"):
        if ref.text in tasks:
            yield lambda ref=ref: ref.getparent().remove(ref), {ref.text}


def _called_nothing(root: etree._Element) -> Places:
    for each in _all(root, "callActivity"):
        yield lambda each=each: each.set("calledElement", "nowhere"), {each.get("id")}


def _reminder_back_into_its_step(root: etree._Element) -> Places:
    """Of a reminder that lets the step go on: it opens the step once more, and so on."""
    for each in _all(root, "boundaryEvent"):
        [arrow] = [flow for flow in _all(root, "sequenceFlow")
                   if flow.get("sourceRef") == each.get("id")]
        if each.get("cancelActivity") == "false":
            yield (lambda each=each, arrow=arrow: arrow.set("targetRef", each.get("attachedToRef")),
                   {each.get("attachedToRef"), arrow.get("targetRef"),
                    *_ahead(root, each.get("attachedToRef"))})


def _join_of_one_of_several(root: etree._Element) -> Places:
    """A gateway at which the ways of a choice come together waits for all of them."""
    for each in _all(root, "exclusiveGateway"):
        into = [flow.get("sourceRef") for flow in _all(root, "sequenceFlow")
                if flow.get("targetRef") == each.get("id")]
        if len(into) > 1:
            yield (lambda each=each: setattr(each, "tag", tag("parallelGateway")),
                   {each.get("id"), *_ahead(root, each.get("id"))})


def _ahead(root: etree._Element, shape: str) -> set[str | None]:
    """What can only be reached through it may be said to be wrong with it, and arrows out of it."""
    found, fresh = {shape}, [shape]
    while fresh:
        at = fresh.pop()
        for flow in _all(root, "sequenceFlow"):
            if flow.get("sourceRef") == at and flow.get("targetRef") not in found:
                found |= {flow.get("targetRef"), flow.get("id")}
                fresh.append(flow.get("targetRef"))
    return found


FAULTS: Mapping[str, Callable[[etree._Element], Places]] = {
    "the only arrow out of a shape is gone": _arrow_taken_away,
    "an arrow leads nowhere": _arrow_to_nowhere,
    "two steps have one id": _id_twice,
    "a lane has a role that there is not": _role_unknown,
    "a step is in no lane": _out_of_its_lane,
    "a form is not there": _attribute("userTask", "form", "nothing"),
    "when it is due cannot be worked out": _attribute("userTask", "due", "some day"),
    "an action is not there": _attribute("sendTask", "action", "magic"),
    "a step has no kind": _other_kind("userTask", "task"),
    "a step is a script": _other_kind("userTask", "scriptTask"),
    "a gateway is an inclusive one": _other_kind("exclusiveGateway", "inclusiveGateway"),
    "a condition asks for what there is not": _words("conditionExpression", "nobody == 1"),
    "a condition is no expression": _words("conditionExpression", "if it is good"),
    "a condition is missing": _condition_taken_away,
    "a time cannot be worked out": _words("timeDuration", "soon"),
    "a date cannot be worked out": _words("timeDate", "2026-02-30"),
    "a reminder is on nothing": _timer_on_nothing,
    "a reminder opens its step again": _reminder_back_into_its_step,
    "a process that is called is not there": _called_nothing,
    "all of several ways are waited for": _join_of_one_of_several,
}
