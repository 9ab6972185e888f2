"""Who does a step: the lane that it stands in, made where there is none for a role."""

from lxml import etree

from engine.domain import Vocabulary
from engine.editing.drawing import Drawing, put
from engine.editing.editing import Editing, EditRefused
from engine.editing.source import is_aside
from engine.spiff.elements import PEPWAY, local_name, pepway, tag


def give_role(editing: Editing, step: str, role: str) -> None:
    """Raises `EditRefused` where the role is none, or the step has that of what it lies in."""
    drawing = editing.drawing
    if role not in editing.vocabulary.roles:
        known = ", ".join(editing.vocabulary.roles.values())
        msg = f"Nobody can hold the role “{role}”. Choose one of {known}."
        raise EditRefused(msg)
    scope = drawing.scope_of(step)
    if local_name(scope) == "subProcess":
        if drawing.elements[step].role == role:
            return
        msg = (f"{editing.said(step)} lies inside “{scope.get('name') or scope.get('id')}” and is "
               "done by the same role. Change the role of that.")
        raise EditRefused(msg)
    before, lane = drawing.elements[step].role, _lane(editing, scope, role)
    for each in (step, *drawing.boundaries_of(step)):
        drawing.into_lane(each, lane)
    drawing.out_of_place.add(step)
    _remind(editing, step, before, role)


def _remind(editing: Editing, step: str, before: str | None, role: str) -> None:
    """Reminders of a step go to whoever does it now, where they went to whoever did it."""
    drawing = editing.drawing
    for timer in drawing.boundaries_of(step):
        for flow in drawing.out_of(timer):
            told = drawing.target_of(flow)
            if before and drawing.elements[told].to == before:
                drawing.say(told, "to", role)
                if drawing.node(told).get("name") == reminding(editing.vocabulary, before):
                    drawing.rename(told, reminding(editing.vocabulary, role))


def reminding(vocabulary: Vocabulary, role: str) -> str:
    """What the step is called that reminds a role."""
    title = vocabulary.roles.get(role, role)
    return f"Remind the {title if title[1:2].isupper() else title[:1].lower() + title[1:]}"


def _lane(editing: Editing, process: etree._Element, role: str) -> etree._Element:
    lanes = [each for each in process.iter(tag("lane"))
             if each.find(tag("childLaneSet")) is None]
    found = next((each for each in lanes if pepway(each, "role") == role), None)
    return _new_lane(editing, process, role) if found is None else found


def _new_lane(editing: Editing, process: etree._Element, role: str) -> etree._Element:
    drawing = editing.drawing
    lanes = process.find(tag("laneSet"))
    if lanes is None:
        lanes = etree.Element(tag("laneSet"))
        lanes.set("id", drawing.new_id("lanes"))
        put(process, _behind_what_is_said(process), lanes)
        _pool(drawing, process)
        _lane_of_all_others(editing, process, lanes)
    lane = etree.Element(tag("lane"))
    lane.set("id", drawing.new_id(f"lane_{role}"))
    lane.set("name", editing.vocabulary.roles[role])
    lane.set(f"{{{PEPWAY}}}role", role)
    put(lanes, len(lanes), lane)
    return lane


def _lane_of_all_others(
    editing: Editing, process: etree._Element, lanes: etree._Element
) -> None:
    """Where there were no lanes, whoever has no role yet stands in one without."""
    lane = etree.Element(tag("lane"))
    lane.set("id", editing.drawing.new_id("lane_of_nobody"))
    lane.set("name", "Nobody yet")
    put(lanes, 0, lane)
    for node, element in editing.drawing.nodes.items():
        if element.getparent() is process:
            editing.drawing.into_lane(node, lane)


def _pool(drawing: Drawing, process: etree._Element) -> None:
    """Lanes are drawn in a pool."""
    collaboration = drawing.root.find(tag("collaboration"))
    if collaboration is None:
        collaboration = etree.Element(tag("collaboration"))
        collaboration.set("id", drawing.new_id("collaboration"))
        put(drawing.root, drawing.root.index(process), collaboration)
    if not any(each.get("processRef") == process.get("id")
               for each in collaboration.iterchildren(tag("participant"))):
        pool = etree.Element(tag("participant"))
        pool.set("id", drawing.new_id("pool"))
        pool.set("name", str(process.get("name") or process.get("id")))
        pool.set("processRef", process.get("id", ""))
        put(collaboration, len(collaboration), pool)


def _behind_what_is_said(process: etree._Element) -> int:
    return max((at + 1 for at, each in enumerate(process) if not is_aside(each)
                and local_name(each) in ("documentation", "extensionElements")), default=0)
