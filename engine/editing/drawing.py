"""One diagram being changed: its shapes and arrows by id, added, led elsewhere, taken away.

What is drawn where is not told here: an arrow that leads elsewhere has no right place any more and
stands among `stale`, a shape that is new has none yet. `layout` gives them theirs.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from lxml import etree

from engine.editing.source import DI, XSI, Source, is_aside
from engine.spiff.elements import DRAWN, PEPWAY, Element, local_name, read_elements, tag

Joined: TypeAlias = defaultdict[str, list[str]]

LONGEST_ID = 40
_BEFORE_ARROWS = ("documentation", "extensionElements")
_KEYWORDS = frozenset({"true", "false", "null", "in", "as", "break", "const", "continue", "else",
                       "for", "function", "if", "import", "let", "loop", "package", "namespace",
                       "return", "var", "void", "while", "known", "date", "duration", "timestamp"})


class Drawing:
    """`taken` are ids of other diagrams of the folder, which new ones must not have."""

    def __init__(self, content: bytes, taken: Collection[str] = ()) -> None:
        self._source = Source(content)
        self.root = self._source.root
        self._taken = {*taken, *(str(each.get("id")) for each in self.root.iter(etree.Element))}
        self._nodes: dict[str, etree._Element] = {}
        self._flows: dict[str, etree._Element] = {}
        for scope in self.scopes():
            for each in scope.iterchildren(etree.Element):
                if local_name(each) == "sequenceFlow":
                    self._flows[each.get("id", "")] = each
                elif local_name(each) in DRAWN:
                    self._nodes[each.get("id", "")] = each
        self.stale: set[str] = set()
        self.out_of_place: set[str] = set()
        """Shapes that no longer stand where they belong."""
        self.exchanged: list[tuple[str, str]] = []
        """Shapes of which each belongs where the other stands."""
        self._read: Mapping[str, Element] | None = None
        self._index: tuple[Joined, Joined, Joined] | None = None

    def written(self) -> bytes:
        return self._source.written()

    def scopes(self) -> Iterator[etree._Element]:
        """Every process and embedded subprocess."""
        for process in self.root.iterchildren(tag("process")):
            yield process
            yield from process.iter(tag("subProcess"))

    @property
    def elements(self) -> Mapping[str, Element]:
        """What its shapes and arrows say now."""
        if self._read is None:
            self._read = read_elements(self.root, DRAWN)
        return self._read

    @property
    def processes(self) -> frozenset[str]:
        return frozenset(each.get("id", "") for each in self.root.iterchildren(tag("process")))

    @property
    def lanes_and_pools(self) -> frozenset[str]:
        return frozenset(str(each.get("id"))
                         for each in self.root.iter(tag("lane"), tag("participant")))

    @property
    def nodes(self) -> Mapping[str, etree._Element]:
        return self._nodes

    def node(self, identity: str) -> etree._Element:
        """Raises `KeyError`."""
        return self._nodes[identity]

    def flow(self, identity: str) -> etree._Element:
        """Raises `KeyError`."""
        return self._flows[identity]

    def out_of(self, node: str) -> list[str]:
        """Ids of the arrows, in the order of the file."""
        return list(self._joined()[0].get(node, ()))

    def into(self, node: str) -> list[str]:
        return list(self._joined()[1].get(node, ()))

    def source_of(self, flow: str) -> str:
        return self._flows[flow].get("sourceRef", "")

    def target_of(self, flow: str) -> str:
        return self._flows[flow].get("targetRef", "")

    def boundaries_of(self, node: str) -> list[str]:
        return list(self._joined()[2].get(node, ()))

    def _joined(self) -> tuple[Joined, Joined, Joined]:
        """By shape: the arrows out of it, those into it, the timers on its edge."""
        if self._index is None:
            out, into, timers = Joined(list), Joined(list), Joined(list)
            for flow, each in self._flows.items():
                out[each.get("sourceRef", "")].append(flow)
                into[each.get("targetRef", "")].append(flow)
            for identity, each in self._nodes.items():
                if local_name(each) == "boundaryEvent":
                    timers[each.get("attachedToRef", "")].append(identity)
            self._index = out, into, timers
        return self._index

    def _changed(self) -> None:
        self._read = self._index = None

    def kind(self, node: str) -> str:
        return local_name(self._nodes[node])

    def scope_of(self, node: str) -> etree._Element:
        scope = self._nodes[node].getparent()
        if scope is None:
            raise KeyError(node)
        return scope

    def new_id(self, words: str) -> str:
        """Words that no other element of the folder has as its id."""
        plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
        said = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_ID].strip("_")
        said = said if said and said[0].isalpha() else f"step_{said}".strip("_")
        said = f"{said}_step" if said in _KEYWORDS else said
        identity, number = said, 2
        while identity in self._taken:
            identity, number = f"{said}_{number}", number + 1
        self._taken.add(identity)
        return identity

    def add(
        self, kind: str, words: str, beside: str, *, name: str | None = None, after: bool = True
    ) -> str:
        """A new shape in the process and lane of another; behind or before it in the file."""
        scope, neighbour = self.scope_of(beside), self.node(beside)
        identity = self.new_id(words)
        node = etree.Element(tag(kind))
        node.set("id", identity)
        if name is not None:
            node.set("name", name)
        put(scope, scope.index(neighbour) + after, node)
        self._nodes[identity] = node
        lane = self.lane_of(beside)
        if lane is not None:
            _refer(lane, identity)
        self._changed()
        return identity

    def connect(
        self, source: str, target: str, *, name: str = "", condition: str | None = None
    ) -> str:
        identity = self.new_id(f"{source}_to_{target}"[:100])
        flow = etree.Element(tag("sequenceFlow"))
        flow.set("id", identity)
        if name:
            flow.set("name", name)
        flow.set("sourceRef", source)
        flow.set("targetRef", target)
        scope = self.scope_of(source)
        put(scope, _behind_the_last(scope, "sequenceFlow"), flow)
        self._flows[identity] = flow
        if condition is not None:
            self.ask(identity, condition)
        _mark(self.node(source), "outgoing", identity)
        _mark(self.node(target), "incoming", identity)
        self.stale.add(identity)
        self._changed()
        return identity

    def change_places(self, step: str, others: Collection[str]) -> None:
        """A step now stands on the other side of others, as far as these have a place."""
        flows = [flow for node in (step, *others)
                 for flow in (*self.out_of(node), *self.into(node))]
        steps = [each for each in others if self.kind(each) not in ("boundaryEvent", "endEvent")]
        timed = {flow for each in others for flow in self.into(each)
                 if self.kind(self.source_of(flow)) == "boundaryEvent"}
        reminders = {self.target_of(flow) for flow in timed}
        alone = [each for each in steps if each not in reminders]
        if len(alone) == 1:
            self.exchanged.append((step, alone[0]))
            self.stale |= set(flows)
        else:
            self.out_of_place.add(step)

    def ask(self, flow: str, condition: str | None) -> None:
        """Give an arrow its condition, or take it away."""
        self._keep_text(self._flows[flow], "conditionExpression", condition)

    def wait_for(self, event: str, kind: str, text: str) -> None:
        """Give a timer its date (timeDate) or its duration (timeDuration)."""
        node = self.node(event)
        definition = node.find(tag("timerEventDefinition"))
        if definition is None:
            definition = etree.Element(tag("timerEventDefinition"))
            definition.set("id", self.new_id(f"{event}_timer"))
            put(node, len(node), definition)
        for other in ("timeDate", "timeDuration", "timeCycle"):
            if other != kind:
                self._keep_text(definition, other, None)
        self._keep_text(definition, kind, text)

    def lead(self, flow: str, to: str) -> None:
        """The arrow ends at another shape."""
        self._turn(flow, "targetRef", "incoming", to)

    def leave(self, flow: str, from_: str) -> None:
        """The arrow begins at another shape."""
        self._turn(flow, "sourceRef", "outgoing", from_)

    def drop_flow(self, flow: str) -> None:
        element = self._flows.pop(flow)
        for end, mark in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
            if (node := self._nodes.get(element.get(end, ""))) is not None:
                _unmark(node, mark, flow)
                if node.get("default") == flow:
                    del node.attrib["default"]
        self._forget(element)

    def drop(self, node: str) -> None:
        """With its arrows, and the timers on its edge."""
        for timer in self.boundaries_of(node):
            self.drop(timer)
        for flow in [*self.out_of(node), *self.into(node)]:
            if flow in self._flows:
                self.drop_flow(flow)
        for lane in self.root.iter(tag("lane")):
            _unmark(lane, "flowNodeRef", node)
        self._forget(self._nodes.pop(node))

    def say(self, node: str, attribute: str, value: str | None) -> None:
        """Give a shape one of Pepway's attributes, or take it away."""
        key = f"{{{PEPWAY}}}{attribute}"
        if value:
            self._nodes[node].set(key, value)
        else:
            _without(self._nodes[node], key)
        self._changed()

    def rename(self, identity: str, name: str) -> None:
        element = self._nodes.get(identity)
        element = self._flows[identity] if element is None else element
        if name:
            element.set("name", name)
        else:
            _without(element, "name")
        self._changed()

    def choose_default(self, choice: str, flow: str | None) -> None:
        if flow is None:
            _without(self._nodes[choice], "default")
        else:
            self._nodes[choice].set("default", flow)
        self._changed()

    def lane_of(self, node: str) -> etree._Element | None:
        return next((lane for lane in self.root.iter(tag("lane"))
                     if any((ref.text or "").strip() == node
                            for ref in lane.iterchildren(tag("flowNodeRef")))), None)

    def into_lane(self, node: str, lane: etree._Element) -> None:
        for other in self.root.iter(tag("lane")):
            _unmark(other, "flowNodeRef", node)
        _refer(lane, node)
        self._changed()

    def document(self, identity: str, words: str) -> None:
        """A new shape's documentation."""
        node = self.node(identity)
        documentation = etree.Element(tag("documentation"))
        documentation.text = words
        put(node, 0, documentation)
        self._changed()

    def _turn(self, flow: str, end: str, mark: str, node: str) -> None:
        element = self._flows[flow]
        _unmark(self.node(element.get(end, "")), mark, flow)
        element.set(end, node)
        _mark(self.node(node), mark, flow)
        self.stale.add(flow)
        self._changed()

    def _keep_text(self, within: etree._Element, name: str, text: str | None) -> None:
        found = within.find(tag(name))
        if text is None:
            if found is not None:
                take_out(found)
        elif found is not None:
            found.text = text
        else:
            found = etree.Element(tag(name))
            found.set(f"{{{XSI}}}type", self._formal())
            found.text = text
            put(within, len(within), found)
        self._changed()

    def _formal(self) -> str:
        prefix = next((p for p, uri in self.root.nsmap.items() if tag("") == f"{{{uri}}}"), "bpmn")
        return f"{prefix}:tFormalExpression" if prefix else "tFormalExpression"

    def _forget(self, element: etree._Element) -> None:
        """Take it out, with its picture and what ties notes to it."""
        identity = element.get("id", "")
        take_out(element)
        gone = {identity}
        for tie in list(self.root.iter(tag("association"))):
            if identity in (tie.get("sourceRef"), tie.get("targetRef")):
                gone.add(tie.get("id", ""))
                take_out(tie)
        for shape in [*self.root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")]:
            if shape.get("bpmnElement") in gone:
                take_out(shape)
        self._changed()


def _without(element: etree._Element, attribute: str) -> None:
    if attribute in element.attrib:
        del element.attrib[attribute]


def put(parent: etree._Element, at: int, new: etree._Element) -> None:
    """Insert, on a line of its own where its neighbours stand on theirs."""
    if len(parent):
        line = parent.text if _is_space(parent.text) else None
        if at == 0:
            new.tail = line
        else:
            before = parent[at - 1]
            new.tail = before.tail
            before.tail = line
    else:
        outer = _line_before(parent)
        if outer is not None:
            parent.text = f"{outer}  "
            new.tail = outer
    parent.insert(at, new)


def take_out(node: etree._Element) -> None:
    """Remove, with the line that it stood on."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    if node.getnext() is None and before is not None:
        before.tail = node.tail
    elif node.getnext() is None and _is_space(parent.text):
        parent.text = None
    parent.remove(node)


def _line_before(node: etree._Element) -> str | None:
    previous, parent = node.getprevious(), node.getparent()
    text = previous.tail if previous is not None else parent.text if parent is not None else None
    return text if text is not None and _is_space(text) and "\n" in text else None


def _is_space(text: str | None) -> bool:
    return text is not None and not text.strip()


def _behind_the_last(scope: etree._Element, kind: str) -> int:
    """Behind the last of a kind, else behind the last shape, which artefacts follow."""
    places = [at for at, each in enumerate(scope) if not is_aside(each)
              and local_name(each) in (kind, *DRAWN)]
    return places[-1] + 1 if places else len(scope)


def _mark(node: etree._Element, name: str, flow: str) -> None:
    """`incoming` before `outgoing`, both behind what is said of the shape."""
    earlier = {*_BEFORE_ARROWS, "incoming"} | ({"outgoing"} if name == "outgoing" else set())
    at = max((place + 1 for place, each in enumerate(node)
              if not is_aside(each) and local_name(each) in earlier), default=0)
    mark = etree.Element(tag(name))
    mark.text = flow
    put(node, at, mark)


def _unmark(node: etree._Element, name: str, identity: str) -> None:
    for mark in list(node.iterchildren(tag(name))):
        if (mark.text or "").strip() == identity:
            take_out(mark)


def _refer(lane: etree._Element, node: str) -> None:
    reference = etree.Element(tag("flowNodeRef"))
    reference.text = node
    at = max((place + 1 for place, each in enumerate(lane)
              if not is_aside(each) and local_name(each) != "childLaneSet"), default=0)
    put(lane, at, reference)
