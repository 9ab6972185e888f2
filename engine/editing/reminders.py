"""Somebody is told on a day while a step still waits, and the step goes on."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.domain import Vocabulary
from engine.editing.drawing import put
from engine.editing.editing import LOCAL_PRACTICE, Edited, Editing, EditRefused
from engine.editing.lanes import reminding
from engine.editing.steps import time_kind
from engine.spiff.elements import tag

CAN_BE_REMINDED_OF = frozenset({"userTask", "callActivity", "subProcess"})


@dataclass(frozen=True, slots=True)
class Reminder:
    when: str | None = None
    """A date in CEL or a length of time; None: the day on which the step is due."""
    to: str | None = None
    """A role; None: the step's own."""
    action: str = "tell"
    message: str = "news"
    name: str = ""
    """What the timer is called; empty: for its day."""


def add_reminder(
    files: Mapping[str, bytes], path: str, step: str, reminder: Reminder, vocabulary: Vocabulary
) -> Edited:
    """`element` is the new timer. Raises `EditRefused`."""
    editing = Editing(files, path, vocabulary)
    element = editing.step(step)
    if element.kind not in CAN_BE_REMINDED_OF:
        msg = (f"{editing.said(step)} waits for nobody, so nobody can be reminded of it. Add the "
               "reminder to a step that somebody does.")
        raise EditRefused(msg)
    when = reminder.when or element.due
    if not when:
        msg = f"{editing.said(step)} has no deadline. Say on which day the reminder is sent."
        raise EditRefused(msg)
    to = reminder.to or element.role
    if to is None or to not in vocabulary.roles:
        msg = "Choose who is reminded"
        raise EditRefused(msg)
    return editing.edited(_put(editing, step, reminder, when, to))


def _put(editing: Editing, step: str, reminder: Reminder, when: str, to: str) -> str:
    drawing = editing.drawing
    said = reminding(editing.vocabulary, to)
    day = reminder.name or ("On another day" if reminder.when else "On the due day")
    timer = drawing.add("boundaryEvent", f"{step}_reminder", beside=step, name=day)
    node = drawing.node(timer)
    node.set("cancelActivity", "false")
    node.set("attachedToRef", step)
    send = drawing.add("sendTask", f"remind_of_{step}", beside=timer, name=said)
    drawing.say(send, "action", reminder.action)
    drawing.say(send, "to", to)
    drawing.say(send, "message", reminder.message)
    told = drawing.add("endEvent", f"reminded_of_{step}", beside=send, name="Reminded")
    for each in (timer, send, told):
        drawing.document(each, LOCAL_PRACTICE)
    drawing.connect(timer, send)
    drawing.connect(send, told)
    definition = etree.Element(tag("timerEventDefinition"))
    definition.set("id", drawing.new_id(f"{timer}_timer"))
    put(node, len(node), definition)
    drawing.wait_for(timer, time_kind(when), when)
    return timer

