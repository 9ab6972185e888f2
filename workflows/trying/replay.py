"""Finished cases gone through a draft: which would go another way, and what would be late.

A case is first gone through on the release that it ran on. Only where that gives what happened is
it held against the draft; else it is said that it cannot be, and why.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import BoundedSemaphore
from uuid import UUID

from engine.drafts import open_draft
from engine.errors import EngineError
from engine.forms import Field
from engine.releases import get_release, release_files
from engine.spiff import Procedure
from engine.trial import (
    Act,
    Budget,
    Run,
    TakesTooLong,
    WasDone,
    carry_on,
    first_difference,
)
from engine.trial.course import Course, Happened
from engine.within_limits import BeyondLimits, within_limits
from engine.work import LONDON, Acting, Work, verb
from workflows.calendar import working_days_until
from workflows.trying.beginning import CouncilDays, council_days
from workflows.trying.differences_in_words import difference_in_general, difference_in_words
from workflows.trying.drafts import compiled_folder, sound_procedure
from workflows.trying.examples import DRAFT
from workflows.trying.past_cases import PastCase, past_cases
from workflows.trying.trials import run_of

MOST_CASES = 200
SECONDS = 45
"""Then the cases that are left are not gone through any more."""
SECONDS_AT_MOST = 60
MOST_BYTES = 1_000_000_000
SAME, OTHER, NOT_TOLD, NOT_REACHED = "same", "other", "not_told", "not_reached"

_at_once = BoundedSemaphore(1)
"""It takes one processor as long as it runs."""


@dataclass(frozen=True, slots=True)
class Late:
    """A step that would have been done after its last day, and was not by its own release."""

    step: str
    days: int
    """Working days."""


@dataclass(frozen=True, slots=True)
class Replayed:
    reference: str
    ended_on: date | None
    verdict: str
    sentence: str
    late: tuple[Late, ...] = ()
    general: str = ""
    """The difference without its days."""


@dataclass(frozen=True, slots=True)
class Replay:
    cases: Sequence[Replayed]
    finished: int
    """Cases of this procedure that are over; only the newest of them are gone through."""
    broken_off: str = ""

    def count(self, verdict: str) -> int:
        return sum(each.verdict == verdict for each in self.cases)

    @property
    def late(self) -> int:
        return sum(bool(each.late) for each in self.cases)

    @property
    def ways(self) -> list[tuple[str, int]]:
        """Where those part that go another way, with how many cases do so there."""
        said = Counter(each.general for each in self.cases if each.verdict == OTHER)
        return said.most_common()


def replay(by: Acting, procedure: str, limit: int = MOST_CASES) -> Replay:
    """It may take a minute, and holds no connection meanwhile. Raises `NotFound`, `NotSound`."""
    files = open_draft(by, procedure).files
    draft = sound_procedure(by, files, procedure)
    past, days = past_cases(by, procedure, draft, limit), council_days(by)
    _note(by, procedure, len(past.cases))
    if not past.cases:
        return Replay([], past.finished)
    releases = {release_id: (get_release(by, release_id).number, release_files(by, release_id))
                for release_id in {each.release_id for each in past.cases}}
    try:
        with _at_once:
            found = within_limits(
                replay_all, procedure, files, releases, past.cases, days, seconds=SECONDS_AT_MOST,
                most_bytes=MOST_BYTES,
            )
    except BeyondLimits as beyond:
        return Replay([], past.finished, broken_off=beyond.limit)
    return Replay(found, past.finished)


@verb
def _note(work: Work, procedure: str, number: int) -> None:
    work.audit("replay_cases", about=f"procedure:{procedure}", cases=number)


def replay_all(
    procedure: str,
    files: Mapping[str, bytes],
    releases: Mapping[UUID, tuple[int, Mapping[str, bytes]]],
    cases: Sequence[PastCase],
    days: CouncilDays,
) -> list[Replayed]:
    """In the process of its own."""
    draft, time = compiled_folder(files, procedure), Budget(SECONDS)
    found = []
    for case in cases:
        number, own_files = releases[case.release_id]
        if time.is_spent:
            found.append(Replayed(case.reference, case.ended_on, NOT_REACHED, ""))
            continue
        own = compiled_folder(own_files, procedure)
        found.append(replay_one(case, own, f"release {number}", draft, days))
    return found


def replay_one(
    case: PastCase, own: Procedure, own_name: str, draft: Procedure, days: CouncilDays
) -> Replayed:
    try:
        acts, before = as_it_was(case, own, days)
        if not _is_what_happened(before, case):
            return Replayed(case.reference, case.ended_on, NOT_TOLD, _why_not(case))
        now = run_of(draft, case.begins, days, acts)
    except TakesTooLong:
        said = "It takes too long to be gone through."
        return Replayed(case.reference, case.ended_on, NOT_TOLD, said)
    except EngineError as problem:
        return Replayed(case.reference, case.ended_on, NOT_TOLD, problem.message)
    refused = now.refused.act if now.refused else None
    found = first_difference(before.stages, now.stages, refused)
    late = _late(before.course, now.course)
    ended = case.ended_on
    if found is None:
        return Replayed(case.reference, ended, SAME, "", late)
    return Replayed(case.reference, ended, OTHER, difference_in_words(found, own_name, DRAFT), late,
                    difference_in_general(found, own_name, DRAFT))


def as_it_was(
    case: PastCase, own: Procedure, days: CouncilDays
) -> tuple[tuple[Act, ...], Run]:
    """The acts with the answers that led the way the case went, and that run of them.

    On record is only what was answered last: where that leads another way than the case took, one
    other choice of the same form is looked for that leads there.
    """
    done: list[Act] = []
    run = run_of(own, case.begins, days, ())
    for act, way in zip(case.acts, case.ways, strict=True):
        told, chosen = len(run.course.story), act
        run = carry_on(run.course, [act], run.stages)
        if way and not _went(run.course, told, way):
            for other in _other_choices(own, act):
                again = run_of(own, case.begins, days, done)
                told = len(again.course.story)
                again = carry_on(again.course, [other], again.stages)
                if _went(again.course, told, way):
                    run, chosen = again, other
                    break
        done.append(chosen)
        if run.refused is not None:
            break
    return tuple(done), run


def _went(course: Course, told: int, way: Sequence[str]) -> bool:
    return any(_is_way(each, way) for each in course.story[told:])


def _is_way(happened: Happened, way: Sequence[str]) -> bool:
    return happened.kind == "path_taken" and tuple(happened.data["passed"]) == tuple(way)


def _other_choices(own: Procedure, act: Act) -> list[WasDone]:
    if not isinstance(act, WasDone):
        return []
    element = own.elements.get(act.element)
    form = own.forms.get(element.form or "") if element else None
    fields = [field for field in form.inputs()
              if field.key in own.outcome_names and field.options] if form else []
    return [
        replace(act, recorded={**act.recorded, field.path: _chosen(field, option.value)})
        for field in fields for option in field.options
    ]


def _chosen(field: Field, value: str) -> object:
    return [value] if field.kind == "checkboxes" else value


def _is_what_happened(run: Run, case: PastCase) -> bool:
    """The same steps as often, and the same end."""
    kinds = {kind for kind, _ in case.went}
    told = sorted((each.kind, each.element or "") for each in run.course.story
                  if each.kind in kinds)
    return run.refused is None and tuple(told) == case.went


def _why_not(case: PastCase) -> str:
    if case.changed_meanwhile:
        return ("Something changed while it ran, such as a date, the school or an incident, and "
                "what was so before is not on record.")
    return "An answer that decided its way was changed later, and only the last one is on record."


def _late(before: Course, now: Course) -> tuple[Late, ...]:
    was = _days_late(before)
    return tuple(
        Late(now.procedure.elements[element].name, days)
        for element, days in _days_late(now).items() if days > was.get(element, 0)
    )


def _days_late(course: Course) -> dict[str, int]:
    """By step, in the order of its first time: working days after its last day, the most of all
    its times; of none that was in time."""
    late: dict[str, int] = {}
    for each in course.story:
        due = each.data.get("due") if each.kind == "task_completed" else None
        if due and each.element:
            days = working_days_until(date.fromisoformat(str(due)), _day(each.at))
            if days > 0:
                late[each.element] = max(days, late.get(each.element, 0))
    return late


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()

