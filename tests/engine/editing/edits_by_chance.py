"""Guided changes by chance, at whatever shape they meet."""

from random import Random

from engine.editing.approvals import Approval, add_approval
from engine.editing.moving import move_earlier, move_later
from engine.editing.reminders import Reminder, add_reminder
from engine.editing.steps import Changes, Step, add_step, change_step
from engine.editing.taking_out import remove_step, remove_way
from engine.editing.ways import (
    Branch,
    add_branch,
    lead_elsewhere,
    run_side_by_side,
)
from engine.spiff.elements import read_elements
from engine.spiff.xml import read_xml


def edit(files, path, chance: Random, vocabulary):
    """The name of a change, where it is made, and the change itself, to be called."""
    elements = read_elements(read_xml(files[path]))
    flows = [each.id for each in elements.values() if each.kind == "sequenceFlow"]
    nodes = [each.id for each in elements.values() if each.kind != "sequenceFlow"]
    node, flow, role = chance.choice(nodes), chance.choice(flows), chance.choice(
        ["social_worker", "designated_teacher", "team_manager", "manager"])
    step = Step(f"Ask {chance.choice(['nurse', 'carer', 'school'])}", role=role, due="P5D")
    after = chance.choice([node, flow])
    changes = {
        "add step": lambda: add_step(files, path, after, step, vocabulary),
        "add reminder": lambda: add_reminder(
            files, path, node, Reminder(to=role, when="P3D"), vocabulary),
        "add approval": lambda: add_approval(
            files, path, node, Approval("Approve it", role, due="P2D"), vocabulary),
        "add branch": lambda: add_branch(
            files, path, after, Branch("Placed far away?", "out_of_area"), step, vocabulary),
        "side by side": lambda: run_side_by_side(files, path, node, vocabulary),
        "earlier": lambda: move_earlier(files, path, node, vocabulary),
        "later": lambda: move_later(files, path, node, vocabulary),
        "remove": lambda: remove_step(files, path, node, vocabulary),
        "remove way": lambda: remove_way(files, path, flow, vocabulary),
        "lead": lambda: lead_elsewhere(files, path, flow, node, vocabulary),
        "change": lambda: change_step(
            files, path, node, Changes(name="Do it", role=role), vocabulary),
    }
    what = chance.choice(list(changes))
    return what, (flow if what in ("remove way", "lead") else node), changes[what]
