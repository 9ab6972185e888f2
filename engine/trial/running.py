"""Runs a trial from its beginning: the acts one after the other, as far as they can be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.errors import AnswersInvalid
from engine.spiff import Procedure
from engine.trial.acts import Act, Done, Waited, WasDone, Woken, moment_of
from engine.trial.budget import Budget
from engine.trial.course import Course, NotOpen
from engine.trial.differences import Stage, stage_of
from engine.trial.imagined import Imagined


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act that cannot be done; those behind it were not tried."""

    number: int
    """Of the act, from 0."""
    act: Act
    errors: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with its answers, by key; empty where the step is not open at all."""


@dataclass(frozen=True, slots=True)
class Run:
    course: Course
    stages: tuple[Stage, ...]
    """What came of the beginning, then of each act that was done."""
    refused: Refusal | None
    since: int = 0
    """Where in the course's story the last act that was done begins."""


def try_out(
    procedure: Procedure,
    imagined: Imagined,
    begins_at: datetime,
    acts: Sequence[Act],
    budget: Budget | None = None,
) -> Run:
    """Raises `TakesTooLong`."""
    course = Course.begin(procedure, imagined, begins_at, budget or Budget())
    course.wait_until(begins_at)  # what is due already
    begun = stage_of(procedure, None, course.now, course.story)
    return carry_on(course, acts, (begun,))


def carry_on(course: Course, acts: Sequence[Act], stages: Sequence[Stage] = ()) -> Run:
    """Do these acts too. Raises `TakesTooLong`."""
    done, since = list(stages), 0
    for number, act in enumerate(acts):
        told = len(course.story)
        try:
            do(course, act)
        except NotOpen:
            return Run(course, tuple(done), Refusal(number, act), since)
        except AnswersInvalid as problem:
            refused = Refusal(number, act, dict(problem.errors))
            return Run(course, tuple(done), refused, since)
        since = told
        done.append(stage_of(course.procedure, act, course.now, course.story[told:]))
    return Run(course, tuple(done), None, since)


def do(course: Course, act: Act) -> None:
    """Raises `NotOpen`, `AnswersInvalid`, and `TakesTooLong`."""
    course.wait_until(moment_of(act))
    match act:
        case Done():
            course.complete(course.open_step(act.element, act.which), act.answers)
        case WasDone():
            course.complete_as_recorded(course.open_step(act.element), act.recorded)
        case Woken():
            course.wake(act.element)
        case Waited():
            pass
