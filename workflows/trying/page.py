"""What the page of a trial shows: the clock, what is open for whom, what comes next, the story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from engine.diagram import flowcharts_of
from engine.domain import Kept
from engine.forms import Form
from engine.spiff import Procedure
from engine.trial import Act, Course, Done, OpenStep, Waited
from engine.work import LONDON
from workflows.calendar import working_days
from workflows.case_deadlines import DeadlineRow
from workflows.days import full_day, short_day, time_in_words
from workflows.explaining import ExplainingIn
from workflows.picture_of_a_case import PictureOfCase, picture_of
from workflows.roles import ROLES
from workflows.step_names import StepNames
from workflows.story import StoryDay
from workflows.trying.clocks import clocks_of_trial
from workflows.trying.trials import TriedOut
from workflows.trying.words import latest_of, story_of

MORNING = time(9)


@dataclass(frozen=True, slots=True)
class StepShown:
    element: str
    which: int
    """Of a step that is open several times at once."""
    name: str
    guidance: str
    due_on: date | None
    because: str
    late: bool


@dataclass(frozen=True, slots=True)
class OfRole:
    role: str
    title: str
    steps: Sequence[StepShown]


@dataclass(frozen=True, slots=True)
class DateShown:
    name: str
    on: date
    because: str
    only_watches: bool


@dataclass(frozen=True, slots=True)
class Next:
    """The next thing that happens by itself."""

    name: str
    at: datetime
    on: date
    only_watches: bool


@dataclass(frozen=True, slots=True)
class TrialPage:
    title: str
    procedure: str
    of: str
    """"the draft", or "release 3"."""
    version: int
    now: datetime
    begun_at: datetime
    open_steps: Sequence[OfRole]
    dates: Sequence[DateShown]
    next: Next | None
    tomorrow: datetime
    """Nine in the morning of the next working day."""
    end: str
    """Name of the end that was reached; empty before."""
    stopped_at: str
    stopped: str
    """Why a process owner would be needed, in words; empty where nobody would."""
    last_act: str
    """In words; empty where there is nothing to go back to."""
    latest: Sequence[str]
    """What came of the last act, in the order in which it did."""
    gone_elsewhere: str
    """Where the draft was changed and the trial's acts lead no further, in words."""
    clocks: Sequence[DeadlineRow]
    today: date
    story: Sequence[StoryDay]
    picture: PictureOfCase


@dataclass(frozen=True, slots=True)
class StepForm:
    """One open step with its form, as the trial stands."""

    step: StepShown
    role: str
    """"social worker"."""
    form: Form
    kept: Mapping[str, Kept]
    facts: Mapping[str, Any]
    now: datetime
    version: int


def page_of(tried: TriedOut) -> TrialPage:
    course, procedure = tried.run.course, tried.procedure
    steps = StepNames(procedure.elements)
    explaining = ExplainingIn(procedure, course.world(), course.outcomes)
    coming = course.next_date() if not course.is_over else None
    stopped = course.stopped
    return TrialPage(
        title=procedure.name,
        procedure=procedure.key,
        of="the draft" if tried.draft.version else f"release {tried.draft.release_number}",
        version=tried.kept.version,
        now=course.now,
        begun_at=tried.begins.opened_at,
        open_steps=[] if course.is_over else _by_role(course, explaining),
        dates=[
            DateShown(steps.in_full(each.element), each.due_at.astimezone(LONDON).date(),
                      explaining.date_of(each.element, each.started_at),
                      steps.only_watches(each.element))
            for each in sorted(course.dates, key=lambda each: each.due_at)
            if not course.is_over
        ],
        next=Next(steps.in_full(coming.element), coming.due_at, _day(coming.due_at),
                  steps.only_watches(coming.element)) if coming else None,
        tomorrow=datetime.combine(working_days(None, _day(course.now), 1), MORNING, LONDON),
        end=steps.in_full(course.ended or ""),
        stopped_at=steps.in_full(stopped.element or "") if stopped else "",
        stopped=stopped.message if stopped else "",
        last_act=act_in_words(procedure, tried.kept.acts[-1]) if tried.kept.acts else "",
        latest=latest_of(procedure, course.story[tried.run.since:]) if tried.kept.acts else (),
        gone_elsewhere=_refused(tried),
        clocks=clocks_of_trial(course, tried.case),
        today=_day(course.now),
        story=story_of(procedure, course.story),
        picture=_picture(tried),
    )


def step_form(tried: TriedOut, element: str, which: int) -> StepForm:
    """Raises `NotOpen`."""
    course = tried.run.course
    step = course.open_step(element, which)
    form = course.form_of(step)
    kept = course.imagined.kept
    explaining = ExplainingIn(tried.procedure, course.world(), course.outcomes)
    return StepForm(
        _shown(course, step, which, explaining),
        ROLES[step.role].title.lower() if step.role in ROLES else step.role,
        form,
        {field.key: kept[field.path] for field in form.inputs() if field.path in kept},
        course.facts_of(form),
        course.now,
        tried.kept.version,
    )


def act_in_words(procedure: Procedure, act: Act) -> str:
    """"“Sign the plan”, done on Mon 4 May 2026", "the wait until Tue 5 May 2026"."""
    if isinstance(act, Waited):
        return f"the wait until {short_day(_day(act.until))}"
    found = procedure.elements.get(act.element)
    name = found.name if found else act.element.replace("_", " ").capitalize()
    done = "done on" if isinstance(act, Done) else "on"
    return f"“{name}”, {done} {short_day(_day(act.at))}"


def _by_role(course: Course, explaining: ExplainingIn) -> list[OfRole]:
    """Roles in the order in which they are declared; of each the soonest due first."""
    order = {key: number for number, key in enumerate(ROLES)}
    seen: dict[str, int] = {}
    shown = []
    for step in course.steps:
        which = seen.get(step.element, 0)
        seen[step.element] = which + 1
        shown.append((step.role, _shown(course, step, which, explaining)))
    shown.sort(key=lambda each: (order.get(each[0], len(order)), each[0],
                                 each[1].due_on or date.max))
    return [
        OfRole(role, ROLES[role].title if role in ROLES else role, [step for _, step in steps])
        for role, steps in groupby(shown, key=lambda each: each[0])
    ]


def _shown(
    course: Course, step: OpenStep, which: int, explaining: ExplainingIn
) -> StepShown:
    element = course.procedure.elements[step.element]
    return StepShown(
        step.element, which, step.name, element.guidance or "", step.due_on,
        explaining.date_of(step.element, step.opened_at) if step.due_on else "",
        late=step.due_on is not None and step.due_on < _day(course.now),
    )


def _refused(tried: TriedOut) -> str:
    refused = tried.run.refused
    if refused is None:
        return ""
    said = act_in_words(tried.procedure, refused.act)
    if refused.errors:
        return f"The draft was changed since: {said}, no longer has the answers that it asks for."
    return f"The draft was changed since: {said}, can no longer be done then."


def _picture(tried: TriedOut) -> PictureOfCase:
    course = tried.run.course
    passed = [element for each in course.story if each.kind == "path_taken"
              for element in each.data["passed"]]
    over = course.is_over
    return picture_of(
        flowcharts_of(dict(tried.draft.files), tried.procedure.key),
        passed,
        opened=set() if over else {step.element for step in course.steps},
        waiting=set() if over else {each.element for each in course.dates},
        late=set() if over else {step.element for step in course.steps
                                 if step.due_on and step.due_on < _day(course.now)},
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def clock_in_words(moment: datetime) -> str:
    """"Wednesday 7 January 2026, 9:00am"."""
    return f"{full_day(_day(moment))}, {time_in_words(moment) or 'as the day begins'}"
