"""One step: added, and what is said of it changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.domain import Vocabulary
from engine.editing.editing import LOCAL_PRACTICE, STEPS, Edited, Editing, EditRefused
from engine.editing.lanes import give_role
from engine.spiff.elements import Element

MOST_WORDS = 100
"""In a name: it has to fit its shape."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is said of a user task. Without a form it gets one of its own, with one question."""

    name: str
    role: str | None = None
    """None: the role of the step that it follows."""
    form: str | None = None
    due: str | None = None
    guidance: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Only what is in it is changed; an empty text takes away."""

    name: str | None = None
    role: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    """Of `form`, `due` and `guidance`."""


def add_step(
    files: Mapping[str, bytes], path: str, after: str, step: Step, vocabulary: Vocabulary
) -> Edited:
    """Behind a step, or on an arrow: `after` is the id of either. Raises `EditRefused`."""
    editing = Editing(files, path, vocabulary)
    return editing.edited(put_step(editing, arrow_behind(editing, after), step))


def change_step(
    files: Mapping[str, bytes], path: str, step: str, changes: Changes, vocabulary: Vocabulary
) -> Edited:
    """Raises `EditRefused`."""
    editing = Editing(files, path, vocabulary)
    element = editing.step(step)
    if changes.name is not None:
        editing.drawing.rename(step, named(changes.name))
    if changes.role and changes.role != element.role:
        give_role(editing, step, changes.role)
    for attribute, value in changes.said.items():
        if attribute in ("form", "due", "guidance") and element.kind != "userTask":
            msg = f"{editing.said(step)} is done by Pepway itself: nobody fills in a form for it."
            raise EditRefused(msg)
        editing.drawing.say(step, attribute, value.strip() or None)
    return editing.edited(step)


def own_form(
    files: Mapping[str, bytes], path: str, form: str, step: str, vocabulary: Vocabulary
) -> Edited:
    """A form with one question, for a step of that name; `element` is the form's. Raises
    `EditRefused`."""
    editing = Editing(files, path, vocabulary)
    return editing.edited(_plain_form(editing, form, step))


def set_time(
    files: Mapping[str, bytes], path: str, timer: str, text: str, vocabulary: Vocabulary
) -> Edited:
    """When a timer goes off. A length of time such as P2D stays one."""
    editing = Editing(files, path, vocabulary)
    if editing.step(timer).kind not in ("boundaryEvent", "intermediateCatchEvent"):
        msg = f"{editing.said(timer)} waits for no date."
        raise EditRefused(msg)
    editing.drawing.wait_for(timer, time_kind(text), text)
    return editing.edited(timer)


def arrow_behind(editing: Editing, after: str) -> str:
    """The one arrow that leaves a step; an arrow is its own."""
    drawing = editing.drawing
    if after not in drawing.nodes:
        if after in drawing.elements:
            return after
        editing.step(after)
    out = drawing.out_of(after)
    if len(out) == 1:
        return out[0]
    if drawing.kind(after) == "endEvent":
        msg = f"{editing.said(after)} is an end. Add the step after the one before it."
    elif not out:
        msg = f"Nothing follows {editing.said(after)}. Say first where it leads."
    else:
        msg = (f"Several ways leave {editing.said(after)}. Choose the way on which the new step "
               "is to stand.")
    raise EditRefused(msg)


def put_step(editing: Editing, flow: str, step: Step) -> str:
    """A new user task on an arrow; its id."""
    drawing = editing.drawing
    identity = put_on(editing, flow, "userTask", step.name, named(step.name))
    role = step.role or _role_near(editing, flow)
    if role:
        give_role(editing, identity, role)
    drawing.say(identity, "form", step.form or _plain_form(editing, identity, step.name))
    drawing.say(identity, "due", step.due)
    drawing.say(identity, "guidance", step.guidance)
    drawing.document(identity, LOCAL_PRACTICE)
    return identity


def put_on(
    editing: Editing, flow: str, kind: str, words: str, name: str | None = None
) -> str:
    """A new shape on an arrow, which ends at it; another leads on from there."""
    drawing = editing.drawing
    source, target = drawing.source_of(flow), drawing.target_of(flow)
    new = drawing.add(kind, words, beside=source, name=name)
    drawing.lead(flow, new)
    drawing.connect(new, target)
    return new


def named(name: str) -> str:
    """One line. Raises `EditRefused`."""
    said = " ".join(name.split())
    if not said:
        msg = "Enter what the step is called, beginning with a verb"
        raise EditRefused(msg)
    if len(said) > MOST_WORDS:
        msg = f"The name must be {MOST_WORDS} characters or fewer, to fit its shape"
        raise EditRefused(msg)
    return said


def time_kind(text: str) -> str:
    """How BPMN calls what a timer waits for."""
    return "timeDuration" if text.startswith(("P", "duration(")) else "timeDate"


def is_in_a_row(element: Element) -> bool:
    return element.kind in STEPS


def _role_near(editing: Editing, flow: str) -> str | None:
    """Of the nearest user task before."""
    drawing, elements = editing.drawing, editing.drawing.elements
    fresh, seen = [drawing.source_of(flow)], set[str]()
    while fresh:
        node = fresh.pop(0)
        if node in seen or node not in elements:
            continue
        seen.add(node)
        if elements[node].role:
            return elements[node].role
        fresh += [drawing.source_of(each) for each in drawing.into(node)]
    return next((each.role for each in elements.values() if each.role), None)


def _plain_form(editing: Editing, step: str, name: str) -> str:
    key = editing.new_key(f"{step}_note")
    return editing.new_form(step, named(name), {
        "type": "textarea", "id": key, "key": key, "label": "What was done?",
        "validate": {"required": True},
        "properties": {"govuk.error.required": "Enter what was done"},
    })
