"""Every change that can be made in the list of steps: where it is offered, what it asks, what it
does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.editing.approvals import Approval, add_approval
from engine.editing.editing import Edited
from engine.editing.moving import move_earlier, move_later
from engine.editing.reminders import Reminder, add_reminder
from engine.editing.steps import Changes, Step, add_step, change_step, set_time
from engine.editing.taking_out import remove_step, remove_way
from engine.editing.ways import (
    Branch,
    add_branch,
    add_way,
    lead_elsewhere,
    run_side_by_side,
    set_condition,
)
from engine.forms import Field, Form
from workflows.step_editing import asking
from workflows.step_editing.place import Place

Said = Mapping[str, Any]


def _nothing(place: Place) -> tuple[Field, ...]:
    return ()


def _begins_empty(place: Place) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Command:
    key: str
    link: str
    """What leads to it, in the list."""
    title: str
    do: Callable[[Place, Said], Edited]
    done: str
    fields: Callable[[Place], tuple[Field, ...]] = _nothing
    begins_with: Callable[[Place], dict[str, Any]] = _begins_empty
    """The answers that stand in its form at first."""

    def form(self, place: Place) -> Form:
        return Form(self.key.replace("-", "_"), self.title, self.fields(place))


def _base(place: Place) -> tuple[Mapping[str, bytes], str, str]:
    return place.draft.files, place.path, place.id


def _step_fields(place: Place) -> tuple[Field, ...]:
    return (
        asking.name_field(), asking.role_field(place.vocabulary),
        asking.form_field(place, can_be_made=True),
        *asking.date_fields(place, "When is it due?", (asking.COUNTED, asking.NO_DATE,
                                                       asking.WRITTEN), place.certain),
        asking.guidance_field(),
    )


def _step_said(said: Said) -> Step:
    form = said.get("form")
    return Step(said["name"], said["role"], None if form == asking.OWN_FORM else form,
                asking.date_answered(said), said.get("guidance"))


def _new_step(place: Place) -> dict[str, Any]:
    return {"when": asking.COUNTED, "unit": "working_days", "side": "after",
            "date": "started_on", "form": asking.OWN_FORM, "role": place.element.role}


def _add_step(place: Place, said: Said) -> Edited:
    return add_step(*_base(place), _step_said(said), place.vocabulary)


def _change_fields(place: Place) -> tuple[Field, ...]:
    element = place.element
    if element.kind == "userTask":
        return (
            asking.name_field(), asking.role_field(place.vocabulary),
            asking.form_field(place, can_be_made=False),
            *asking.date_fields(place, "When is it due?",
                                (asking.COUNTED, asking.NO_DATE, asking.WRITTEN),
                                place.certain_before),
            asking.guidance_field(),
        )
    if element.timer:
        return (
            asking.name_field("What is the day called?", "As in “The day after it was due”"),
            *asking.date_fields(place, "When is it?", (asking.COUNTED, asking.WRITTEN),
                                place.certain_before),
        )
    if element.kind.endswith("Gateway"):
        return (asking.words_field("name", "What is the question?",
                                   "It stands in the diagram, as in “A school place?”"),)
    return (asking.name_field("What is it called?", ""),)


def _as_it_is(place: Place) -> dict[str, Any]:
    element = place.element
    said: dict[str, Any] = {"name": place.drawing.node(place.id).get("name", "")}
    if element.kind == "userTask":
        said |= {"role": element.role, "form": element.form, "guidance": element.guidance or ""}
        said |= asking.date_as_asked(element.due, place.dates(place.certain_before))
    elif element.timer:
        said |= asking.date_as_asked(element.timer, place.dates(place.certain_before))
    return said


def _change(place: Place, said: Said) -> Edited:
    element = place.element
    date = asking.date_answered(said) if "when" in said else None
    if element.timer and date is not None and not asking.is_same_date(element.timer, date):
        timed = set_time(*_base(place), date, place.vocabulary)
        return change_step(timed.files, place.path, place.id, Changes(said["name"]),
                           place.vocabulary)
    attributes: dict[str, str] = {}
    if element.kind == "userTask":
        attributes = {"form": said["form"], "guidance": said.get("guidance") or ""}
        if not asking.is_same_date(element.due, date):
            attributes["due"] = date or ""
    changes = Changes(said["name"], said.get("role"), attributes)
    return change_step(*_base(place), changes, place.vocabulary)


def _reminder_fields(place: Place) -> tuple[Field, ...]:
    ways = (*((asking.ON_DUE_DAY,) if place.element.due else ()), asking.COUNTED, asking.WRITTEN)
    return (
        asking.role_field(place.vocabulary, "Who is reminded?"),
        *asking.date_fields(place, "When is the reminder sent?", ways, place.certain_before),
    )


def _new_reminder(place: Place) -> dict[str, Any]:
    return {"role": place.element.role,
            "when": asking.ON_DUE_DAY if place.element.due else asking.COUNTED}


def _add_reminder(place: Place, said: Said) -> Edited:
    own = said["role"] == place.element.role
    message = "task_due_soon" if own else "step_due_soon"
    return add_reminder(*_base(place), Reminder(asking.date_answered(said), said["role"],
                                                message=message), place.vocabulary)


def _approval_fields(place: Place) -> tuple[Field, ...]:
    steps = [(each.id, each.name) for each in place.drawing.elements.values()
             if each.kind == "userTask" and each.process == place.element.process]
    steps.sort(key=lambda each: each[0] != place.id)
    return (
        asking.name_field("What is the approval called?",
                          "Begin with a verb, as in “Approve the targets”"),
        asking.role_field(place.vocabulary, "Who approves?"),
        asking.step_field("again", "Which step is done again where it is not approved?", steps),
        *asking.date_fields(place, "When is the approval due?",
                            (asking.COUNTED, asking.NO_DATE, asking.WRITTEN), place.certain),
        asking.guidance_field(),
    )


def _new_approval(place: Place) -> dict[str, Any]:
    return {"again": place.id, "when": asking.COUNTED, "unit": "working_days", "side": "after",
            "date": "started_on"}


def _add_approval(place: Place, said: Said) -> Edited:
    approval = Approval(said["name"], said["role"], asking.date_answered(said),
                        said.get("guidance"), said["again"])
    return add_approval(*_base(place), approval, place.vocabulary)


_QUESTION = asking.words_field("question", "What is the question?",
                               "It stands in the diagram, as in “A school place?”")
_ANSWER = asking.words_field("label", "What is the answer that leads this way?",
                             "It stands on the way, as in “No”")
_OTHERWISE = asking.words_field("otherwise", "What is the answer otherwise?", "As in “Yes”")


def _branch_fields(place: Place) -> tuple[Field, ...]:
    return (_QUESTION, *asking.condition_fields(place, place.certain), _ANSWER, _OTHERWISE,
            *_step_fields(place))


def _new_branch(place: Place) -> dict[str, Any]:
    return _new_step(place) | {"how": asking.CHOSEN}


def _branch_said(said: Said) -> Branch:
    return Branch(said["question"], asking.condition_answered(said), said["label"],
                  said["otherwise"])


def _add_branch(place: Place, said: Said) -> Edited:
    return add_branch(*_base(place), _branch_said(said), _step_said(said), place.vocabulary)


def _steps_to_lead_to(place: Place) -> list[tuple[str, str]]:
    element = place.element
    return [(each.id, f"{each.name} (where ways meet)" if each.kind.endswith("Gateway")
             else each.name)
            for each in place.drawing.elements.values()
            if each.process == element.process and each.id != place.id
            and each.kind not in ("sequenceFlow", "startEvent", "boundaryEvent")]


def _way_fields(place: Place) -> tuple[Field, ...]:
    return (_QUESTION, *asking.condition_fields(place, place.certain), _ANSWER, _OTHERWISE,
            asking.step_field("to", "Which step comes next then?", _steps_to_lead_to(place)))


def _add_way(place: Place, said: Said) -> Edited:
    return add_way(*_base(place), _branch_said(said), said["to"], place.vocabulary)


def _condition_fields(place: Place) -> tuple[Field, ...]:
    words = asking.optional(asking.words_field("label", "What stands on the way?"))
    if is_asked(place):
        return (*asking.condition_fields(place, place.certain), words)
    return (words,)


def is_asked(place: Place) -> bool:
    """Whether a way is taken by a condition: not the one that is taken otherwise."""
    source = place.drawing.elements[place.element.from_ or ""]
    return source.kind == "exclusiveGateway" and source.default != place.id


def _as_it_is_asked(place: Place) -> dict[str, Any]:
    element = place.element
    said: dict[str, Any] = {"label": element.name}
    if is_asked(place):
        said |= asking.condition_as_asked(element.condition, place, place.certain)
    return said


def _set_condition(place: Place, said: Said) -> Edited:
    condition = asking.condition_answered(said) if "how" in said else None
    return set_condition(*_base(place), said.get("label") or "", condition, place.vocabulary)


def _lead_fields(place: Place) -> tuple[Field, ...]:
    return (asking.step_field("to", "Which step comes next?", _steps_to_lead_to(place)),)


def _lead(place: Place, said: Said) -> Edited:
    return lead_elsewhere(*_base(place), said["to"], place.vocabulary)


COMMANDS = {
    command.key: command
    for command in (
        Command("change", "Change", "Change what is said here", _change, "It was changed.",
                _change_fields, _as_it_is),
        Command("add-step", "Add a step after", "Add a step", _add_step, "The step was added.",
                _step_fields, _new_step),
        Command("add-reminder", "Add a reminder", "Add a reminder", _add_reminder,
                "The reminder was added.", _reminder_fields, _new_reminder),
        Command("add-approval", "Add an approval", "Add an approval", _add_approval,
                "The approval was added.", _approval_fields, _new_approval),
        Command("add-branch", "Add a step that only some cases do",
                "Add a step that only some cases do", _add_branch,
                "The question and the step were added.", _branch_fields, _new_branch),
        Command("add-way", "Add a way to another step", "Add a way to another step", _add_way,
                "The question and the way were added.", _way_fields,
                lambda place: {"how": asking.CHOSEN}),
        Command("side-by-side", "Run side by side with the next", "Run side by side",
                lambda place, said: run_side_by_side(*_base(place), place.vocabulary),
                "The steps now run side by side."),
        Command("earlier", "Move up", "Move up",
                lambda place, said: move_earlier(*_base(place), place.vocabulary),
                "The step was moved up."),
        Command("later", "Move down", "Move down",
                lambda place, said: move_later(*_base(place), place.vocabulary),
                "The step was moved down."),
        Command("remove", "Remove", "Remove this step",
                lambda place, said: remove_step(*_base(place), place.vocabulary),
                "The step was removed."),
        Command("condition", "Change when it is taken", "Change when this way is taken",
                _set_condition, "The way was changed.", _condition_fields, _as_it_is_asked),
        Command("lead", "Lead it elsewhere", "Lead this way elsewhere", _lead,
                "The way was changed.", _lead_fields, lambda place: {"to": place.element.to_}),
        Command("remove-way", "Remove this way", "Remove this way",
                lambda place, said: remove_way(*_base(place), place.vocabulary),
                "The way was removed."),
    )
}
