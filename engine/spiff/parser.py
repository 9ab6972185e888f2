"""Hands a procedure to SpiffWorkflow's parser: rewritten, so that it sees only what we have read.

Its parser takes conditions in the order of the shapes' height, hangs on some data references,
mistakes a step with the id "End" for its own, and passes text on to Python. So it is given new,
plain BPMN: nodes and arrows in the order of the file, with safe ids, and instead of an expression
the id of the element that has one.
"""

from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import quote, unquote

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    IntermediateCatchEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, IntermediateCatchEvent

from engine.errors import DiagramRefused
from engine.spiff.elements import BPMN, Element, tag
from engine.spiff.specs import ActionTask, Choice, TokenJoin, WaitFor, take_foresight


class _Waiting:
    def parse_timer_event(self, event: Any) -> WaitFor:
        return WaitFor(self.node.get("id"), description="Timer")  # type: ignore[attr-defined]


class _CatchParser(_Waiting, IntermediateCatchEventParser):  # type: ignore[misc]
    pass


class _BoundaryParser(_Waiting, BoundaryEventParser):  # type: ignore[misc]
    pass


class WallParser(BpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - SpiffWorkflow's own extension point
        full_tag("serviceTask"): (TaskParser, ActionTask),
        full_tag("sendTask"): (TaskParser, ActionTask),
        full_tag("businessRuleTask"): (TaskParser, ActionTask),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, Choice),
        full_tag("parallelGateway"): (GatewayParser, TokenJoin),
        full_tag("intermediateCatchEvent"): (_CatchParser, IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_BoundaryParser, BoundaryEvent),
    }


def parse(elements: Mapping[str, Element], key: str) -> tuple[Any, Mapping[str, Any]]:
    """SpiffWorkflow's specs of the process `key` and of all that it contains or calls.

    Raises `DiagramRefused` where SpiffWorkflow cannot take it.
    """
    parser = WallParser()
    try:
        parser.add_bpmn_xml(_plain_bpmn(elements))
        spec = parser.get_spec(_process(key))
        within = parser.get_subprocess_specs(_process(key))
    except Exception as problem:  # whatever a parser of others raises, the diagram cannot run
        raise DiagramRefused(_why_not(problem, elements)) from problem
    take_foresight([spec, *within.values()])
    return spec, within


def _why_not(problem: BaseException, elements: Mapping[str, Element]) -> str:
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, RecursionError):
            return "The diagram has too many steps in a row. Divide it into processes."
        cause = cause.__context__
    where = elements.get(unquote(str(getattr(problem, "id", None) or "").removeprefix("e_")))
    return f"The diagram cannot be run{f' because of “{where.name}”' if where else ''}."


def _plain_bpmn(elements: Mapping[str, Element]) -> etree._Element:
    root = etree.Element(tag("definitions"), nsmap={"bpmn": BPMN})
    scopes = sorted(elements.values(), key=attrgetter("process"))
    by_scope = {scope: list(inside) for scope, inside in groupby(scopes, attrgetter("process"))}
    for scope in by_scope:
        if scope not in elements:
            process = etree.SubElement(root, tag("process"), id=_process(scope))
            process.set("isExecutable", "true")
            _fill(process, scope, by_scope)
    return root


def _fill(parent: etree._Element, scope: str, by_scope: Mapping[str, list[Element]]) -> None:
    for element in by_scope.get(scope, []):
        if element.kind == "sequenceFlow":
            _arrow(parent, element)
        elif element.kind == "startEvent" and element.timer:
            _timer_start(parent, element)
        else:
            node = _node(parent, element)
            if element.kind == "subProcess":
                _fill(node, element.id, by_scope)


def _node(parent: etree._Element, element: Element) -> etree._Element:
    node = etree.SubElement(parent, tag(element.kind), id=name_in_spec(element.id))
    if element.default:
        node.set("default", name_in_spec(element.default))
    if element.calls:
        node.set("calledElement", _process(element.calls))
    if element.kind == "boundaryEvent":
        node.set("attachedToRef", name_in_spec(element.attached_to or ""))
        node.set("cancelActivity", "true" if element.interrupting else "false")
    if element.timer:
        etree.SubElement(node, tag("timerEventDefinition"))
    if element.terminates:
        etree.SubElement(node, tag("terminateEventDefinition"))
    if element.repeat:
        loop = etree.SubElement(node, tag("multiInstanceLoopCharacteristics"))
        loop.set("isSequential", "true" if element.one_by_one else "false")
        etree.SubElement(loop, tag("loopCardinality")).text = element.id
    return node


def _arrow(parent: etree._Element, element: Element) -> None:
    arrow = etree.SubElement(parent, tag("sequenceFlow"), id=name_in_spec(element.id))
    arrow.set("sourceRef", name_in_spec(element.from_ or ""))
    arrow.set("targetRef", name_in_spec(element.to_ or ""))
    if element.condition:
        etree.SubElement(arrow, tag("conditionExpression")).text = element.id


def _timer_start(parent: etree._Element, element: Element) -> None:
    """A case that begins by waiting: a plain start, and then the timer."""
    start, wait = f"{name_in_spec(element.id)}.start", name_in_spec(element.id)
    etree.SubElement(parent, tag("startEvent"), id=start)
    arrow = etree.SubElement(parent, tag("sequenceFlow"), id=f"{start}.flow")
    arrow.set("sourceRef", start)
    arrow.set("targetRef", wait)
    node = etree.SubElement(parent, tag("intermediateCatchEvent"), id=wait)
    etree.SubElement(node, tag("timerEventDefinition"))


def name_in_spec(element: str) -> str:
    """An id that SpiffWorkflow cannot take for one of its own, which have a point in them."""
    return "e_" + quote(element, safe="").replace(".", "%2E")


def _process(process: str) -> str:
    return "p_" + quote(process, safe="").replace(".", "%2E")
