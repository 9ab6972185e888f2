"""Somebody agrees to what a step did, or sends it back to be put right."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain import Vocabulary
from engine.editing.blocks import block_between
from engine.editing.editing import LOCAL_PRACTICE, Edited, Editing, EditRefused
from engine.editing.lanes import give_role
from engine.editing.steps import arrow_behind, named, put_on


@dataclass(frozen=True, slots=True)
class Approval:
    name: str
    role: str
    due: str | None = None
    guidance: str | None = None
    put_right: str | None = None
    """The step that is done again where it is not approved; None: the one that is approved."""


def add_approval(
    files: Mapping[str, bytes], path: str, step: str, approval: Approval, vocabulary: Vocabulary
) -> Edited:
    """A step with a form that asks yes or no, and the way back. `element` is the new step.

    Raises `EditRefused`.
    """
    editing = Editing(files, path, vocabulary)
    drawing = editing.drawing
    if editing.step(step).kind not in ("userTask", "callActivity", "subProcess"):
        msg = f"Nobody does {editing.said(step)}, so there is nothing to approve. Choose a step."
        raise EditRefused(msg)
    again = approval.put_right or step
    editing.step(again)
    flow = arrow_behind(editing, step)
    task = put_on(editing, flow, "userTask", approval.name, named(approval.name))
    give_role(editing, task, approval.role)
    key = editing.new_key(f"{task}_approved")
    drawing.say(task, "form", _form(editing, task, approval.name, key))
    drawing.say(task, "due", approval.due)
    drawing.say(task, "guidance", approval.guidance)
    [out] = drawing.out_of(task)
    choice = put_on(editing, out, "exclusiveGateway", f"{task}_decided", "Approved?")
    [onward] = drawing.out_of(choice)
    drawing.rename(onward, "Yes")
    drawing.choose_default(choice, onward)
    back = _way_in(editing, again, onward)
    drawing.connect(choice, back, name="No", condition=f'{key} == "no"')
    for each in (task, choice):
        drawing.document(each, LOCAL_PRACTICE)
    return editing.edited(task)


def _way_in(editing: Editing, again: str, onward: str) -> str:
    """Where the way back arrives: a meeting of ways before the step that is done again."""
    drawing = editing.drawing
    arriving = drawing.into(again)
    if len(arriving) == 1 and _is_meeting(editing, drawing.source_of(arriving[0])):
        return drawing.source_of(arriving[0])
    if not arriving:
        msg = f"No way leads to {editing.said(again)}, so it cannot be done again."
        raise EditRefused(msg)
    meeting = drawing.add("exclusiveGateway", f"{again}_again", beside=again, after=False)
    for flow in arriving:
        drawing.lead(flow, meeting)
    into = drawing.connect(meeting, again)
    drawing.document(meeting, LOCAL_PRACTICE)
    if block_between(drawing, into, onward) is None:
        msg = (f"{editing.said(again)} lies on another way than the approval, or more ways lead "
               "in between. Choose the step that is approved, or one straight before it.")
        raise EditRefused(msg)
    return meeting


def _is_meeting(editing: Editing, node: str) -> bool:
    drawing = editing.drawing
    return drawing.kind(node) == "exclusiveGateway" and len(drawing.out_of(node)) == 1 and bool(
        drawing.into(node))


def _form(editing: Editing, task: str, name: str, key: str) -> str:
    reason = editing.new_key(f"{task}_reason")
    return editing.new_form(task, named(name), {
        "type": "radio", "id": key, "key": key, "label": "Do you approve it?",
        "values": [{"value": "yes", "label": "Yes"},
                   {"value": "no", "label": "No, it must be put right"}],
        "validate": {"required": True},
        "properties": {"govuk.error.required": "Say whether you approve it"},
    }, {
        "type": "textarea", "id": reason, "key": reason, "label": "What must be put right?",
        "conditional": {"hide": f'={key} != "no"'},
        "validate": {"required": True},
        "properties": {"govuk.error.required": "Enter what must be put right"},
    })
