"""A diagram as numbered steps in words, and in which order its steps follow each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.spiff.elements import Element, local_name, read_elements, tag
from engine.spiff.xml import read_xml


@dataclass(frozen=True, slots=True)
class Way:
    """Where a step leads: under which condition, in words, and to which step."""

    condition: str
    """Empty where it is the only way, or where all ways are taken at once."""
    element: str
    name: str
    number: int
    joins: bool = False
    """Only once every step beside this one is done too."""


@dataclass(frozen=True, slots=True)
class TextStep:
    number: int
    element: Element
    role: str | None
    lane: str
    """The lane's own label; empty outside every lane."""
    goes_to: Sequence[Way]


class Order:
    """Which step follows which. An arrow back to an earlier step is no part of the order."""

    def __init__(self, elements: Mapping[str, Element]) -> None:
        self._next: dict[str, list[str]] = {
            identity: [] for identity, element in elements.items() if element.kind != "sequenceFlow"
        }
        self._hosts = {e.id: e.attached_to for e in elements.values() if e.attached_to}
        for element in elements.values():
            if element.from_ in self._next and element.to_ in self._next:
                self._next[element.from_].append(element.to_)
        for element in elements.values():
            if element.kind == "startEvent" and element.process in self._next:
                self._next[element.process].insert(0, element.id)
            if element.attached_to in self._next:
                self._next[element.attached_to].append(element.id)
        arrived = {to for ways in self._next.values() for to in ways}
        self._first = [identity for identity in self._next if identity not in arrived]
        self.backwards = frozenset(self._back())

    def reading(self) -> list[str]:
        """Every node once: a branch is told to its end, and a join after all its branches."""
        waiting = dict.fromkeys(self._next, 0)
        for identity in self._next:
            for to in self._onwards(identity):
                waiting[to] += 1
        stack = list(reversed(self._first or list(self._next)[:1]))
        order: dict[str, None] = {}
        while stack:
            identity = stack.pop()
            order[identity] = None
            for to in reversed(self._onwards(identity)):
                waiting[to] -= 1
                if waiting[to] == 0:
                    stack.append(to)
        return [*order, *(identity for identity in self._next if identity not in order)]

    def after(self) -> dict[str, frozenset[str]]:
        """By node: every node that can only come later in the same round.

        A boundary event stands beside its task and counts as no step after it. A step that only
        leads back, as where something is put right, begins another round: what follows where it
        leads to follows it.
        """
        found: dict[str, frozenset[str]] = {}
        for identity in reversed(self.reading()):
            direct = [to for to in self._onwards(identity) if self._hosts.get(to) != identity]
            found[identity] = frozenset(direct).union(*(found.get(to, ()) for to in direct))
        only_back = [each for each in self._next if self._next[each] and not self._onwards(each)]
        rounds = {each: frozenset(self._next[each]).union(*(found[to] for to in self._next[each]))
                  for each in only_back}
        return found | {each: later - {each} for each, later in rounds.items()}

    def _onwards(self, identity: str) -> list[str]:
        return [to for to in self._next[identity] if (identity, to) not in self.backwards]

    def _back(self) -> Iterator[tuple[str, str]]:
        """Arrows to a node that the walk is still inside of."""
        inside: dict[str, Iterator[str]] = {}
        seen: set[str] = set()
        for start in [*self._first, *self._next]:
            if start in seen:
                continue
            seen.add(start)
            inside[start] = iter(self._next[start])
            while inside:
                identity = next(reversed(inside))
                to = next(inside[identity], None)
                if to is None:
                    del inside[identity]
                elif to in inside:
                    yield identity, to
                elif to not in seen:
                    seen.add(to)
                    inside[to] = iter(self._next[to])


@lru_cache(maxsize=64)
def steps_after(content: bytes) -> Mapping[str, frozenset[str]]:
    """By element: the elements that can only come later in the same round."""
    return Order(read_elements(read_xml(content))).after()


@lru_cache(maxsize=64)
def read_steps(content: bytes) -> tuple[TextStep, ...]:
    """The steps of one .bpmn that a person would name, in reading order. Raises `Unreadable`.

    Gateways are no steps: they show as the conditions of the ways between steps.
    """
    root = read_xml(content)
    elements = read_elements(root)
    lanes = {
        (reference.text or "").strip(): lane.get("name", "")
        for lane in root.iter(tag("lane"))
        for reference in lane
        if local_name(reference) == "flowNodeRef"
    }
    order = [elements[i] for i in Order(elements).reading() if _is_step(elements[i])]
    numbers = {element.id: number for number, element in enumerate(order, 1)}
    return tuple(
        TextStep(
            numbers[element.id],
            element,
            element.role,
            lanes.get(element.id, ""),
            [
                Way(condition, to.id, to.name, numbers[to.id], joins)
                for condition, to, joins in _ways(element.id, elements, frozenset(), "")
            ],
        )
        for element in order
    )


def _is_step(element: Element) -> bool:
    return not element.kind.endswith("Gateway")


def _ways(
    identity: str,
    elements: Mapping[str, Element],
    seen: frozenset[str],
    said: str,
    joins: bool = False,
) -> Iterator[tuple[str, Element, bool]]:
    """Follow arrows through gateways to the next steps."""
    flows = [element for element in elements.values() if element.kind == "sequenceFlow"]
    for flow in flows:
        target = elements.get(flow.to_ or "")
        if flow.from_ != identity or target is None or target.id in seen:
            continue
        words = ", and ".join(filter(None, [said, _condition(elements[identity], flow)]))
        if _is_step(target):
            yield words, target, joins
        else:
            meets = target.kind == "parallelGateway" and sum(
                other.to_ == target.id for other in flows) > 1
            yield from _ways(target.id, elements, seen | {identity}, words, joins or meets)


def _condition(source: Element, flow: Element) -> str:
    """What is asked at the gateway, and the answer that leads this way."""
    if source.kind != "exclusiveGateway":
        return ""
    question = "" if source.name == _from_id(source.id) else source.name
    if flow.name:
        return f"{question} {flow.name}".strip()
    if flow.condition:
        return f"{question} if {_plain(flow.condition)}".strip()
    return f"{question} otherwise".strip() if flow.id == source.default else ""


def _from_id(identity: str) -> str:
    """What a shape without a name is called."""
    return identity.replace("_", " ").capitalize()


def _plain(condition: str) -> str:
    words = condition
    for sign, word in (("==", "is"), ("!=", "is not"), ("&&", "and"), ("||", "or"),
                       ("_", " "), ('"', "")):
        words = words.replace(sign, word)
    return " ".join(words.split())
