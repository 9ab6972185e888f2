"""Copies of the real procedures with something changed in them."""

from pathlib import Path

from lxml import etree

from engine.releases import read_folder
from engine.spiff.elements import BPMN as BPMN_SPACE
from engine.spiff.elements import PEPWAY, tag

BPMN = Path(__file__).parents[1] / "bpmn"


class Changed:
    """The folder of a procedure; every change is to one of its diagrams."""

    def __init__(self, procedure: str) -> None:
        self.procedure = procedure
        self.files = read_folder(BPMN / procedure)

    def add_behind(
        self, step: str, added: str, name: str, form: str, *, in_file: str = ""
    ) -> "Changed":
        """A task more behind a step, in the lane of that step."""
        root, path = self._read(in_file)
        arrow = _one(root, f".//{tag('sequenceFlow')}[@sourceRef='{step}']")
        process, target = arrow.getparent(), arrow.get("targetRef")
        task = etree.SubElement(process, tag("userTask"), id=added, name=name)
        task.set(f"{{{PEPWAY}}}form", form)
        etree.SubElement(task, tag("incoming")).text = arrow.get("id")
        etree.SubElement(task, tag("outgoing")).text = f"{added}_on"
        arrow.set("targetRef", added)
        onward = etree.SubElement(process, tag("sequenceFlow"), id=f"{added}_on",
                                  sourceRef=added, targetRef=target)
        into = _one(root, f".//*[@id='{target}']/{tag('incoming')}[.='{arrow.get('id')}']")
        into.text = onward.get("id")
        lane = _one(root, f".//{tag('flowNodeRef')}[.='{step}']").getparent()
        etree.SubElement(lane, tag("flowNodeRef")).text = added
        return self._write(path, root)

    def remove(self, step: str, *, in_file: str = "") -> "Changed":
        """A step less: what led to it leads on to what came behind it."""
        root, path = self._read(in_file)
        arrow = _one(root, f".//{tag('sequenceFlow')}[@targetRef='{step}']")
        onward = _one(root, f".//{tag('sequenceFlow')}[@sourceRef='{step}']")
        arrow.set("targetRef", onward.get("targetRef"))
        target = onward.get("targetRef")
        _one(root, f".//*[@id='{target}']/{tag('incoming')}[.='{onward.get('id')}']").text = (
            arrow.get("id"))
        for gone in (onward, _one(root, f".//*[@id='{step}']"),
                     _one(root, f".//{tag('flowNodeRef')}[.='{step}']")):
            gone.getparent().remove(gone)
        drawn = {step, onward.get("id")}
        for shape in root.xpath("//*[@bpmnElement]"):
            if shape.get("bpmnElement") in drawn:
                shape.getparent().remove(shape)
        return self._write(path, root)

    def set(self, element: str, attribute: str, value: str, *, in_file: str = "") -> "Changed":
        root, path = self._read(in_file)
        _one(root, f".//*[@id='{element}']").set(attribute, value)
        return self._write(path, root)

    def to_lane(self, step: str, role: str, *, in_file: str = "") -> "Changed":
        root, path = self._read(in_file)
        reference = _one(root, f".//{tag('flowNodeRef')}[.='{step}']")
        lane = next(each for each in root.iter(tag("lane"))
                    if each.get(f"{{{PEPWAY}}}role") == role)
        lane.append(reference)
        return self._write(path, root)

    def date(self, timer: str, written: str, *, in_file: str = "") -> "Changed":
        root, path = self._read(in_file)
        [time] = _one(root, f".//*[@id='{timer}']/{tag('timerEventDefinition')}")
        time.text = written
        return self._write(path, root)

    def form(self, name: str, content: bytes) -> "Changed":
        self.files[f"{name}.form"] = content
        return self

    def _read(self, in_file: str) -> tuple[etree._Element, str]:
        path = f"{in_file or self.procedure}.bpmn"
        return etree.fromstring(self.files[path]), path

    def _write(self, path: str, root: etree._Element) -> "Changed":
        self.files[path] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        return self


def _one(root: etree._Element, path: str) -> etree._Element:
    [found] = root.xpath(path.replace(f"{{{BPMN_SPACE}}}", "b:"), namespaces={"b": BPMN_SPACE})
    return found
