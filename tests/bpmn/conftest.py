"""Both procedures of the repository: their files, what they say, where their shapes lie."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import pytest

from engine.forms import read_form
from engine.spiff.elements import BPMN, read_elements
from engine.spiff.xml import read_xml

BPMN_FOLDER = Path(__file__).parents[2] / "bpmn"
PROCEDURES = sorted(folder.name for folder in BPMN_FOLDER.iterdir() if folder.is_dir())

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"

A_LINE = 0.5
"""How far a line reaches to either side."""


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other):
        return (self.left < other.right and other.left < self.right
                and self.top < other.bottom and other.top < self.bottom)

    def holds(self, other):
        return (self.left <= other.left and other.right <= self.right
                and self.top <= other.top and other.bottom <= self.bottom)

    def grown_by(self, margin):
        return Box(self.left - margin, self.top - margin,
                   self.right + margin, self.bottom + margin)

    def has_on_its_border(self, point):
        x, y = point
        return self.holds(Box(x, y, x, y)) and (
            x in (self.left, self.right) or y in (self.top, self.bottom)
        )


@dataclass(frozen=True)
class Picture:
    """Boxes by element id; the points that each arrow runs through."""

    shapes: dict
    edges: dict
    labels: dict

    def lines(self, flow):
        """The straight parts of an arrow, as boxes so thin that touching counts as crossing."""
        return [
            Box(min(x1, x2) - A_LINE, min(y1, y2) - A_LINE,
                max(x1, x2) + A_LINE, max(y1, y2) + A_LINE)
            for (x1, y1), (x2, y2) in pairwise(self.edges[flow])
        ]


class Flowchart:
    """One .bpmn of a folder: what it says and how it is drawn."""

    def __init__(self, content):
        self.root = read_xml(content)

    @cached_property
    def elements(self):
        return read_elements(self.root)

    def of_kind(self, *kinds):
        return [each for each in self.elements.values() if each.kind in kinds]

    @property
    def flows(self):
        return self.of_kind("sequenceFlow")

    @property
    def nodes(self):
        return [each for each in self.elements.values() if each.kind != "sequenceFlow"]

    @cached_property
    def lanes(self):
        """Ids of the nodes that stand in each lane, top lane first."""
        return {
            lane.get("id"): [ref.text for ref in lane.iterchildren(f"{{{BPMN}}}flowNodeRef")]
            for lane in self.root.iter(f"{{{BPMN}}}lane")
        }

    @property
    def process(self):
        return self.root.find(f"{{{BPMN}}}process").get("id")

    @property
    def notes(self):
        return [note.get("id") for note in self.root.iter(f"{{{BPMN}}}textAnnotation")]

    @cached_property
    def picture(self):
        shapes, edges, labels = {}, {}, {}
        for shape in self.root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
            element = shape.get("bpmnElement")
            if shape.tag == f"{DI}BPMNShape":
                shapes[element] = _box(shape.find(BOUNDS))
            else:
                edges[element] = [(float(point.get("x")), float(point.get("y")))
                                  for point in shape.iterchildren(WAYPOINT)]
            label = shape.find(f"{DI}BPMNLabel")
            if label is not None:
                labels[element] = _box(label.find(BOUNDS))
        return Picture(shapes, edges, labels)


class Folder:
    """One folder of bpmn/, read anew from the files that a release would hold."""

    def __init__(self, name):
        self.name = name
        self.files = {path.name: path.read_bytes() for path in (BPMN_FOLDER / name).iterdir()}

    @cached_property
    def flowcharts(self):
        """By process: the procedure's own and those that it calls."""
        return {path.removesuffix(".bpmn"): Flowchart(content)
                for path, content in sorted(self.files.items()) if path.endswith(".bpmn")}

    def of_kind(self, *kinds):
        return [each for chart in self.flowcharts.values() for each in chart.of_kind(*kinds)]

    @property
    def nodes(self):
        return [each for chart in self.flowcharts.values() for each in chart.nodes]

    @cached_property
    def forms(self):
        return {
            name.removesuffix(".form"): read_form(content, name.removesuffix(".form"))
            for name, content in self.files.items()
            if name.endswith(".form")
        }


def _box(bounds):
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


@pytest.fixture(scope="session", params=PROCEDURES)
def folder(request):
    return Folder(request.param)


@pytest.fixture(scope="session", params=["initial-pep", "review-pep"])
def pep(request):
    """One of the two procedures that the text has; not what is local practice alone."""
    return Folder(request.param)


CHARTS = sorted(BPMN_FOLDER.glob("*/*.bpmn"))


@pytest.fixture(scope="session", params=CHARTS, ids=[path.stem for path in CHARTS])
def chart(request):
    return Flowchart(request.param.read_bytes())


@pytest.fixture(scope="session")
def initial():
    return Folder("initial-pep")


@pytest.fixture(scope="session")
def reopened():
    return Folder("reopened-plan")


@pytest.fixture(scope="session")
def review():
    return Folder("review-pep")
