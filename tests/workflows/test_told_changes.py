"""What a change makes of a diagram is told in the order of its steps."""

import re
from pathlib import Path

from engine.spiff.elements import read_elements
from engine.spiff.xml import read_xml
from workflows.step_editing.telling import told_changes

DIAGRAM = Path(__file__).parents[2] / "bpmn/initial-pep/initial-pep.bpmn"


def test_steps_that_are_called_otherwise_are_told_in_the_order_of_the_file():
    before = DIAGRAM.read_bytes()
    after = re.sub(rb'(<bpmn:userTask [^>]*?name="[^"]*)"', rb'\1 now"', before)

    told = [each for each in told_changes(before, after, {}) if "is called" in each]

    steps = [each.name for each in read_elements(read_xml(before)).values()
             if each.kind == "userTask"]
    assert told == [f"“{name}” is called “{name} now”, no longer “{name}”." for name in steps]
    assert len(told) > 5
