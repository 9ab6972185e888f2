"""What a step is called where its picture is not at hand: a name alone may mean nothing there.

A reminder's date is named for its day (“Working day 2”) and stands before the question that is
asked on it (“PEP initiated?”); outside the picture both are said.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from engine.spiff.elements import Element


class StepNames:
    """Of one procedure; reads its arrows once."""

    def __init__(self, elements: Mapping[str, Element]) -> None:
        self._elements = elements
        self._arrows_from: dict[str, list[Element]] = defaultdict(list)
        self._arrows_to: dict[str, list[Element]] = defaultdict(list)
        for arrow in elements.values():
            if arrow.kind == "sequenceFlow" and arrow.from_ and arrow.to_:
                self._arrows_from[arrow.from_].append(arrow)
                self._arrows_to[arrow.to_].append(arrow)

    def in_full(self, identity: str) -> str:
        """"PEP initiated? (working day 2)"; what means something alone keeps its name."""
        element = self._elements.get(identity)
        if element is None:
            return ""
        if question := self._asked_after(element):
            return f"{question} ({_inside(element.name)})"
        host = self._elements.get(element.attached_to or "")
        return f"{element.name} (while “{host.name}” is open)" if host else element.name

    def only_watches(self, identity: str) -> bool:
        """A date on which Pepway looks whether something is done, not one that work begins on."""
        element = self._elements.get(identity)
        return element is not None and bool(self._asked_after(element) or element.attached_to)

    def led_here_by(self, identity: str) -> str:
        """The question and its answer before this step: "“PEP initiated?” No"; else empty."""
        for arrow in self._arrows_to.get(identity, ()):
            if arrow.name and (question := self._question(arrow.from_)):
                return f"“{question}” {arrow.name}"
        return ""

    def _asked_after(self, element: Element) -> str:
        if not element.timer:
            return ""
        arrows = self._arrows_from.get(element.id, ())
        return next(filter(None, (self._question(arrow.to_) for arrow in arrows)), "")

    def _question(self, identity: str | None) -> str:
        gateway = self._elements.get(identity or "")
        if gateway is None or gateway.kind != "exclusiveGateway":
            return ""
        return gateway.name if len(self._arrows_from[gateway.id]) > 1 else ""


def told_apart(steps: Sequence[Element]) -> list[tuple[str, str]]:
    """Id and name of each, in the order of the names; those of the same name with the process that
    they are in."""
    often = Counter(each.name for each in steps)
    called = [
        (each.id, each.name if often[each.name] == 1
         else f"{each.name} (in {each.process.replace('-', ' ').replace('_', ' ')})")
        for each in steps
    ]
    return sorted(called, key=lambda each: each[1])


def _inside(name: str) -> str:
    """As it stands inside a sentence; “PEP” and its like keep their capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
