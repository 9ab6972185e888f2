"""A trial in words: its story as that of a case, and who would have been told what."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid5

from engine.domain import SYSTEM
from engine.spiff import Procedure
from engine.store.models import Event
from engine.trial.course import Happened
from workflows.days import short_day
from workflows.roles import ROLES
from workflows.step_names import StepNames
from workflows.story import StoryDay, StoryLine, by_day, lines_of
from workflows.telling.words import WORDS
from workflows.trying.imagined_case import NEXT_REVIEW, NOBODY

_PEOPLE: Mapping[UUID, str] = {
    uuid5(NOBODY, key): f"the {role.title.lower()}" for key, role in ROLES.items()
}
"""Of each role one invented person, who is called by it."""


def story_of(procedure: Procedure, happened: Sequence[Happened]) -> list[StoryDay]:
    """By day, the newest first, as on the page of a case."""
    return by_day(_lines(procedure, happened)[::-1])


def latest_of(procedure: Procedure, happened: Sequence[Happened]) -> list[str]:
    """In the order in which it happened, without what Pepway only watched."""
    return [f"{short_day(line.day)}: {line.text}" for line in _lines(procedure, happened)
            if not line.aside]


def _lines(procedure: Procedure, happened: Sequence[Happened]) -> list[StoryLine]:
    steps = StepNames(procedure.elements)
    lines: list[StoryLine] = []
    for each in happened:
        told = _told(procedure, each)
        lines += lines_of([told], steps, _PEOPLE) if told else []
        lines += _messages(each, steps)
    return lines


def role_in_words(role: str) -> str:
    """"the social worker"."""
    found = ROLES.get(role)
    return f"the {(found.title if found else role).lower()}"


def _told(procedure: Procedure, happened: Happened) -> Event | None:
    """As the event that a case would have of it; None where `_messages` says more."""
    if happened.kind == "action_performed" and happened.data.get("told"):
        return None
    data = dict(happened.data)
    if happened.kind == "task_opened":
        data["assignee"] = str(uuid5(NOBODY, str(data["role"])))
    by = SYSTEM.id
    if happened.kind == "task_completed":
        by = uuid5(NOBODY, procedure.elements[happened.element or ""].role or "")
    return Event(kind=happened.kind, element=happened.element, at=happened.at, data=data,
                 actor_id=by)


def _messages(happened: Happened, steps: StepNames) -> list[StoryLine]:
    told = happened.data.get("told") if happened.kind == "action_performed" else None
    if not told:
        return []
    why = steps.led_here_by(happened.element or "")
    because = f", because of {why}" if why else ""
    step = steps.in_full(happened.element or "")
    return [StoryLine(happened.at, f"“{step}”{because}: {_message(role, kind)}", "")
            for role, kind in told]


def _message(role: str, kind: str) -> str:
    if kind.startswith(NEXT_REVIEW):
        day = date.fromisoformat(kind.removeprefix(NEXT_REVIEW))
        return f"the next review's case would be opened; its limit would be {short_day(day)}."
    said = WORDS.get(kind, "a message")
    return f"{role_in_words(role)} would be told “{said}”."
