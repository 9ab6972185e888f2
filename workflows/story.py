"""The events of a case as a story in plain English."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from engine.domain import SYSTEM
from engine.store.models import Event
from engine.work import LONDON
from workflows.days import day_if_any
from workflows.event_data import day_said, id_said
from workflows.pep.record import SECTIONS
from workflows.roles import ROLES
from workflows.step_names import StepNames

WHICH_DATE = {
    "looked_after": "of becoming looked after",
    "first_placement": "of the first placement",
    "planned_review": "of the planned review",
}
WHY_NOW = {
    "not_on_track": "the young person is not on track",
    "school_move": "a move of school",
    "young_person": "the young person asks for it",
    "carer": "the carer asks for it",
    "reviewing_officer": "the reviewing officer asks for it",
}

ADDED = {
    "attendance": "An attendance was added",
    "level": "A level in a subject was added",
    "judgement": "A target was judged",
}

PEOPLE_IN_DATA = ("new", "old", "assignee", "person", "stands_in_for")
"""Keys of an event's data that hold a person's id."""

REASONS = {
    "involvement": "because the people around the child changed",
    "calendar": "because the council's calendar changed",
    "incident retried": "when a process owner let the case go on",
    "case moved": "because the case was moved to another release",
    "move undone": "because the case was put back on its release",
    "case put right": "because a process owner put the case right",
}
"""What the engine itself gives as a reason; other reasons are people's own words."""


@dataclass(frozen=True, slots=True)
class StoryLine:
    at: datetime
    text: str
    by: str
    """Who did it; empty where Pepway did it by itself."""
    aside: bool = False
    """Pepway only watched: a check that was made, moved or dropped. What came of it has a line of
    its own."""

    @property
    def day(self) -> date:
        return self.at.astimezone(LONDON).date()


@dataclass(frozen=True, slots=True)
class StoryDay:
    on: date
    lines: Sequence[StoryLine]
    asides: Sequence[StoryLine]
    """Of this day and of the days before it on which nothing else happened."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An event with the names that its sentence needs."""

    event: Event
    steps: StepNames
    people: Mapping[UUID, str]

    @property
    def step(self) -> str:
        return self.steps.in_full(self.event.element or "")

    @property
    def only_watches(self) -> bool:
        return self.steps.only_watches(self.event.element or "")

    @property
    def data(self) -> Mapping[str, Any]:
        return self.event.data

    def person(self, key: str) -> str:
        identity = id_said(self.data.get(key))
        return self.people.get(identity, "") if identity else ""

    def role(self, key: str) -> str:
        given = str(self.data.get(key, ""))
        return ROLES[given].title.lower() if given in ROLES else given

    def day(self, key: str) -> str:
        return day_if_any(day_said(self.data.get(key)))

    @property
    def reason(self) -> str:
        """The words after the fact: a person's reason as they gave it, Pepway's as a clause."""
        given = str(self.data.get("reason") or "")
        if not given:
            return "."
        for start, clause in REASONS.items():
            if given.startswith(start):
                return f", {clause}."
        return "." if given.startswith(("task:", "timer:")) else f". Reason: {given}"


def people_in(events: Sequence[Event]) -> set[UUID | None]:
    """Whom the story of these events names."""
    return ({id_said(each.data.get(key)) for each in events for key in PEOPLE_IN_DATA}
            | {each.actor_id for each in events})


def lines_of(
    events: Sequence[Event], steps: StepNames, people: Mapping[UUID, str]
) -> list[StoryLine]:
    """These events in their order, those of which there is something to say."""
    found = []
    for event in events:
        told = _Told(event, steps, people)
        if text := _sentence(told):
            found.append(StoryLine(event.at, text, _who(event, people), _is_aside(told)))
    return found


def by_day(story: Sequence[StoryLine]) -> list[StoryDay]:
    """The days of a story, newest first as it is; a day with nothing but asides is told with the
    later one."""
    days: list[StoryDay] = []
    for on, found in groupby(story, lambda line: line.day):
        of_day = list(found)
        lines = [line for line in of_day if not line.aside]
        asides = [line for line in of_day if line.aside]
        if days and not lines:
            days[-1] = replace(days[-1], asides=[*days[-1].asides, *asides])
        else:
            days.append(StoryDay(on, lines, asides))
    return days


def _is_aside(told: _Told) -> bool:
    kind = told.event.kind
    return kind == "timer_cancelled" or (
        kind in ("timer_fired", "timer_moved") and told.only_watches
    )


def _who(event: Event, people: Mapping[UUID, str]) -> str:
    """Pepway opens steps and fires timers, whoever's click came before."""
    if event.actor_id == SYSTEM.id or event.kind in _BY_ITSELF:
        return ""
    return people.get(event.actor_id, "")


def _sentence(told: _Told) -> str:
    """One event in words; empty for what would only be noise to a person."""
    tell = _SENTENCES.get(told.event.kind)
    return tell(told) if tell else ""


def _opened(told: _Told) -> str:
    holder = told.person("assignee") or f"the {told.role('role')} queue"
    away = told.person("stands_in_for")
    cover = told.role("covered_by") if told.data.get("covered_by") and not away else ""
    until = f", due {told.day('due')}" if told.data.get("due") else ""
    told_cover = f", because no one holds the role: {cover} covers" if cover else ""
    in_place = f" in the place of {away}, who is away" if away else ""
    return f"“{told.step}” began, for {holder}{in_place}{until}{told_cover}."


def _completed(told: _Told) -> str:
    due = day_said(told.data.get("due"))
    late = due is not None and told.event.at.astimezone(LONDON).date() > due
    return f"“{told.step}” was completed{f' late: it was due {day_if_any(due)}' if late else ''}."


def _moved(told: _Told) -> str:
    return (f"The date of “{told.step}” moved from {told.day('old')} to {told.day('new')}"
            f"{told.reason}")


def _reassigned(told: _Told) -> str:
    return f"“{told.step}” was given to {told.person('new') or 'the queue'}{told.reason}"


def _covered(told: _Told) -> str:
    return (f"“{told.step}” went to {told.person('new') or 'the queue'}, while "
            f"{told.person('old') or 'whoever had it'} is away.")


def _given_back(told: _Told) -> str:
    return f"“{told.step}” went back to {told.person('new') or 'the queue'} after an absence."


def _voice(told: _Told) -> str:
    voice = str(told.data.get("voice"))
    return "somebody who knows the child" if voice == "other" else f"the {voice}"


def _involved(told: _Told) -> str:
    who = told.person("person") or "Someone"
    return f"{who} joined the people around the child: {told.role('role')}."


def _no_longer_involved(told: _Told) -> str:
    who = told.person("person") or "Someone"
    return f"{who} left the people around the child: {told.role('role')}."


def _performed(told: _Told) -> str:
    if told.data.get("action") == "escalate":
        return ""  # its own event says who was told
    return f"Pepway did “{told.step}”{_because(told)}."


def _escalated(told: _Told) -> str:
    why = _because(told) or f": “{told.step}”"
    return f"The {told.role('to')} was told{why}."


def _because(told: _Told) -> str:
    """The question whose answer led to the step: “Tell the managers” says not of what."""
    why = told.steps.led_here_by(told.event.element or "")
    return f": {why}" if why else ""


def _date_came(told: _Told) -> str:
    return f"Pepway checked: {told.step}." if told.only_watches else f"The date came: {told.step}."


def _took_over(told: _Told) -> str:
    role, old, new = told.role("role"), told.person("old"), told.person("new")
    if not new:
        return f"From {told.day('on')} nobody is the {role}{told.reason}"
    after = f" after {old}" if old else ""
    return f"{new} is the {role} from {told.day('on')}{after}{told.reason}"


def _school_changed(told: _Told) -> str:
    what = "goes to a new school" if told.data.get("school") else "has no school place"
    return f"From {told.day('on')} the child {what}{told.reason}"


def _suspended(told: _Told) -> str:
    if told.data.get("what") == "permanent_exclusion":
        return f"The child was permanently excluded from school from {told.day('on')}."
    count = told.data.get("sessions")
    return (f"The child was suspended from school from {told.day('on')} to {told.day('to')}"
            f", {count} {'session' if count == 1 else 'sessions'}.")


def _repaired(told: _Told) -> str:
    if told.data.get("what") == "skip":
        return f"A process owner let “{told.step}” count as done{told.reason}"
    if told.data.get("what") == "token":
        return f"A process owner let the case go on elsewhere than at “{told.step}”{told.reason}"
    return f"A process owner set an answer by which the case goes on{told.reason}"


def _asked_for(told: _Told) -> str:
    why = WHY_NOW.get(str(told.data.get("why")), "")
    begins = ("The review begins now" if told.event.kind == "review_asked_for"
              else "A review was asked for, and the one under way takes it in")
    return f"{begins}: {why}{told.reason}"


_BY_ITSELF = frozenset({
    "task_opened", "task_cancelled", "timer_fired", "timer_moved", "timer_cancelled", "due_moved",
    "escalated", "plan_prepared", "plan_version_opened", "action_performed", "case_ended",
    "incident_opened", "misfit_found", "misfit_over", "plan_filed", "plan_not_filed",
})

_SENTENCES: Mapping[str, Callable[[_Told], str]] = {
    "case_opened": lambda t: "The case was opened.",
    "case_ended": lambda t: f"The case came to its end: {t.step}.",
    "case_closed": lambda t: f"The case was closed{t.reason}",
    "task_opened": _opened,
    "task_claimed": lambda t: f"“{t.step}” was taken from the queue.",
    "task_released": lambda t: f"“{t.step}” was handed back{t.reason}",
    "task_completed": _completed,
    "task_cancelled": lambda t: f"“{t.step}” was no longer needed.",
    "task_reassigned": _reassigned,
    "task_covered": _covered,
    "task_given_back": _given_back,
    "holder_reminded": lambda t: (
        f"{t.person('person') or 'Whoever has it'} was reminded of “{t.step}”{t.reason}"),
    "task_delegated": lambda t: (
        f"“{t.step}” was given to a colleague to fill in"
        f"{', until ' + t.day('until') if t.data.get('until') else ''}."),
    "delegation_ended": lambda t: f"“{t.step}” was taken back from a colleague.",
    "due_moved": _moved,
    "timer_moved": _moved,
    "timer_fired": _date_came,
    "timer_cancelled": lambda t: f"Pepway no longer waits: {t.step}.",
    "action_performed": _performed,
    "escalated": _escalated,
    "plan_prepared": lambda t: "Both have signed: the plan is prepared.",
    "planned_action_updated": lambda t: "It was said how far a planned action is.",
    "plan_received": lambda t: f"Version {t.data['version']} of the plan was received.",
    "plan_filed": lambda t: (
        f"Version {t.data['version']} of the plan was filed in the case system"
        f"{', reference ' + t.data['reference'] if t.data.get('reference') else ''}."),
    "plan_not_filed": lambda t: (
        f"Version {t.data['version']} of the plan was not sent to the case system, because the "
        "record is restricted: it must be handed over by hand."),
    "data_point_added": lambda t: f"{ADDED[t.data['point']]} beside the plan's own questions.",
    "section_commented": lambda t: (
        f"A comment was made on “{SECTIONS[t.data['section']].title}”."),
    "file_attached": lambda t: (
        f"A file was attached to “{SECTIONS[t.data['section']].title}”."),
    "attached_file_removed": lambda t: (
        f"A file was removed from “{SECTIONS[t.data['section']].title}”."),
    "plan_version_opened": lambda t: f"Version {t.data.get('number')} of the plan was begun.",
    "contribution_invited": lambda t: f"A link was made for {_voice(t)} to contribute.",
    "contribution_opened": lambda t: f"The link for {_voice(t)} was opened with its code.",
    "contribution_wrong_code": lambda t: f"A wrong code was given on the link for {_voice(t)}.",
    "contribution_sent": lambda t: f"What {_voice(t)} wants to say came by the link.",
    "contribution_revoked": lambda t: f"The link for {_voice(t)} was ended.",
    "contribution_wrong_codes": lambda t: (
        f"The link for {_voice(t)} ended by itself after five wrong codes."
    ),
    "contribution_taken": lambda t: (
        f"What {_voice(t)} sent was taken into the answers of “{t.step}”."
    ),
    "picture_added": lambda t: f"A picture was added to “{t.step}”.",
    "picture_removed": lambda t: f"A picture was removed from “{t.step}”.",
    "involvement_started": _involved,
    "involvement_ended": _no_longer_involved,
    "timer_woken": lambda t: f"“{t.step}” was not waited for any longer.",
    "review_brought_forward": lambda t: (
        f"The statutory review was brought forward from {t.day('was')} to {t.day('on')}{t.reason}"
    ),
    "review_asked_for": _asked_for,
    "review_request_joined": _asked_for,
    "date_corrected": lambda t: (
        f"The date {WHICH_DATE.get(str(t.data.get('which')), '')} was corrected from "
        f"{t.day('was')} to {t.day('now')}{t.reason}"
    ),
    "plan_reopened": lambda t: f"The plan was reopened, and both sign again{t.reason}",
    "placement_changed": lambda t: f"A new placement began on {t.day('on')}{t.reason}",
    "legal_status_changed": lambda t: (
        f"The legal status changed on {t.day('on')}{t.reason}"),
    "school_changed": _school_changed,
    "worker_changed": _took_over,
    "suspension_reported": _suspended,
    "care_ended": lambda t: f"The child was looked after until {t.day('on')}{t.reason}",
    "care_transferred": lambda t: (
        f"{t.data.get('council')} looks after the child from {t.day('on')}{t.reason}"
    ),
    "death_recorded": lambda t: f"The child died on {t.day('on')}.",
    "care_resumed": lambda t: f"The child returned to care on {t.day('on')}{t.reason}",
    "meeting_called_off": lambda t: "The meeting was called off, and everyone invited was told.",
    "incident_opened": lambda t: f"The case stopped at “{t.step}” and needs a process owner.",
    "incident_retried": lambda t: "A process owner let the case go on.",
    "misfit_found": lambda t: (
        "Pepway found that the case does not fit together, and it needs a process owner."),
    "misfit_over": lambda t: "The case fits together again.",
    "case_moved": lambda t: "The case was moved to another release of its procedure.",
    "move_undone": lambda t: "The case was put back on the release that it came from.",
    "case_repaired": _repaired,
}
