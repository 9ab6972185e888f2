"""What every guided change begins and ends with: a folder's files, and one diagram of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.domain import Vocabulary
from engine.editing.drawing import Drawing
from engine.editing.layout import complete
from engine.errors import Refused
from engine.spiff.elements import DRAWN, Element, label, read_elements
from engine.spiff.xml import Unreadable, read_xml

LOCAL_PRACTICE = "Local practice."
STEPS = frozenset({"userTask", "serviceTask", "sendTask", "businessRuleTask", "callActivity",
                   "subProcess", "intermediateCatchEvent"})
"""Kinds that stand in a row, and can be moved and removed."""
MOST_EDITED = 400
"""Shapes: each change is answered within seconds."""


class EditRefused(Refused):
    """This change cannot be made here."""


@dataclass(frozen=True, slots=True)
class Edited:
    files: Mapping[str, bytes]
    element: str
    """What was added or changed."""


@dataclass(slots=True)
class Editing:
    """`path` is the diagram that is changed. Raises `Unreadable`, `EditRefused`."""

    files: Mapping[str, bytes]
    path: str
    vocabulary: Vocabulary
    drawing: Drawing = field(init=False)
    _forms: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.drawing = Drawing(self.files[self.path], self._ids_elsewhere())
        if len(self.drawing.nodes) > MOST_EDITED:
            msg = (f"The diagram has more than {MOST_EDITED} shapes, which is too many to be "
                   "changed here. Divide it into processes that call each other.")
            raise EditRefused(msg)

    def edited(self, element: str) -> Edited:
        """The folder as it is now, with a place for all that has none."""
        complete(self.drawing)
        changed = {self.path: self.drawing.written(), **self._forms}
        return Edited({**self.files, **changed}, element)

    def step(self, identity: str) -> Element:
        """Raises `EditRefused` where there is none (any more)."""
        element = self.drawing.elements.get(identity)
        if element is None or element.kind == "sequenceFlow":
            msg = "This step is no longer in the diagram. Go back to the list and choose another."
            raise EditRefused(msg)
        return element

    def said(self, identity: str) -> str:
        return f"“{label(self.drawing.node(identity))}”"

    def new_form(self, step: str, title: str, *fields: Mapping[str, Any]) -> str:
        """A form of its own for a step, with these questions; its name."""
        name, number = step, 2
        while f"{name}.form" in {*self.files, *self._forms}:
            name, number = f"{step}_{number}", number + 1
        schema = {"type": "default", "schemaVersion": 19, "id": name, "title": title,
                  "components": list(fields)}
        self._forms[f"{name}.form"] = (
            json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
        return name

    def new_key(self, words: str) -> str:
        """A question's key that means nothing else in this folder."""
        taken = {*self.vocabulary.facts, "started_on", *self._keys()}
        key, number = words[:55], 2
        while key in taken:
            key, number = f"{words[:55]}_{number}", number + 1
        return key

    def _keys(self) -> set[str]:
        """Whatever stands as a key in some form, read as loosely as a draft may be written."""
        found: set[str] = set()
        for path, content in {**self.files, **self._forms}.items():
            if path.endswith(".form"):
                found |= _keys_in(content)
            elif path.endswith(".dmn"):
                found |= _names_in(content)
        return found

    def _ids_elsewhere(self) -> set[str]:
        found: set[str] = set()
        for path, content in self.files.items():
            if path.endswith(".bpmn") and path != self.path:
                try:
                    root = read_xml(content)
                except Unreadable:
                    continue
                found |= {*read_elements(root, DRAWN)}
                found |= {str(each.get("id")) for each in root.iter() if each.get("id")}
        return found


def _keys_in(content: bytes) -> set[str]:
    found: set[str] = set()

    def note(each: dict[str, Any]) -> dict[str, Any]:
        found.add(str(each.get("key")))
        return each

    try:
        json.loads(content, object_hook=note)
    except (ValueError, RecursionError):
        return found
    return found


def _names_in(content: bytes) -> set[str]:
    try:
        return {str(each.get("name")) for each in read_xml(content, "DMN").iter()
                if each.get("name")}
    except Unreadable:
        return set()
