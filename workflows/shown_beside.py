"""What somebody must have before their eyes to do a step: what was said before, in the record."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from engine.forms import Field, Form
from engine.releases import compiled
from engine.store.models import Case, Task, TaskStatus
from engine.work import Work, query
from workflows.days import moment_in_words
from workflows.filing.standing import filings_of, sentences
from workflows.people import names
from workflows.pep.carrying_over import is_off_track
from workflows.pep.case_dates import COPIES, CaseDates
from workflows.pep.data_points import point_in_words, points_since_the_plan_before
from workflows.pep.meetings.days import which_days_fit
from workflows.pep.plan import kept_for
from workflows.pep.planned_actions import actions_in, progress_in_words
from workflows.pep.record import ACTION_PROGRESS, DATA_POINT, PLACES, field_class

MaySee = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Needed:
    """Places of the record that a step shows; of a list the cells, and which of its rows."""

    heading: str
    paths: tuple[str, ...]
    rows: Callable[[Any], bool] = lambda _row: True


@dataclass(frozen=True, slots=True)
class Beside:
    heading: str
    answers: Sequence[tuple[Field, Any]]
    """What was asked, called as the plan calls it, and what the record holds."""


_MOVE = Needed("What the social worker says of the move", (
    "changes.move_reason", "changes.emergency", "changes.move_on", "changes.new_placement",
    "changes.new_school", "changes.move_disruption", "changes.teacher_consulted",
    "changes.reviewing_officer_consulted", "changes.consultation",
))
_REVIEW = Needed("What the statutory review decided", (
    "review.held_on", "review.decisions", "review.progress", "review.outcome",
    "review.plan_missing",
))

NEEDED: Mapping[str, Needed] = {
    "decide_key_stage_4_move": _MOVE,
    "record_emergency_move": _MOVE,
    "make_review_changes": _REVIEW,
    "resolve_dispute": _REVIEW,
    "agree_way_forward": Needed("Targets that are not on track", (
        "targets[].text", "targets[].evidence", "targets[].likely", "targets[].due_on",
    ), is_off_track),
    "decide_pupil_premium": Needed("What the school asks for", (
        "pupil_premium.request", "pupil_premium.narrative",
    )),
}
"""By step of the diagrams."""


JUDGING = "judge_progress"
"""The step that judges actions: beside it stands how far their owners say that they are."""

@dataclass(frozen=True, slots=True)
class Added:
    """Data points that a step shows, with what else was said meanwhile."""

    heading: str
    kinds: tuple[str, ...]


ADDED: Mapping[str, Added] = {
    "collect_progress": Added("What was added since the plan before", ("attendance", "level")),
    JUDGING: Added("What was said of targets and actions since the plan before", ("judgement",)),
}

OWNERS_SAY = "How far the owners of the actions say that they are"

BOOKING = ("convene_meeting", "fix_meeting", "hold_pep_meeting", "hold_review_meeting")
"""Steps that choose a day for a meeting: beside them stands which days fit."""


@query
def shown_beside(work: Work, task_id: UUID, may_see: MaySee) -> Beside | None:
    """Of an open task; only what `may_see` allows is read, by class of field. None: nothing."""
    task = work.session.get_one(Task, task_id)
    if task.element in ADDED and task.status == TaskStatus.OPEN:
        return _what_was_said_meanwhile(work, task, may_see)
    if task.element in BOOKING and task.status == TaskStatus.OPEN:
        return _which_days_fit(work, task)
    if task.element == COPIES and task.status == TaskStatus.OPEN:
        return _what_is_filed(work, task)
    needed = NEEDED.get(task.element)
    if needed is None or task.status != TaskStatus.OPEN:
        return None
    paths = [path for path in needed.paths if may_see(field_class(path))]
    case = work.session.get_one(Case, task.case_id)
    forms = compiled(work, case.release_id).forms
    asked = list(_questions(forms.values(), paths))
    kept = kept_for(work.session, case, [field.path for field in asked])
    said = [
        (field, _rows(field, kept[field.path].value, needed))
        for field in asked
        if field.path in kept and kept[field.path].valid
    ]
    answers = [(field, value) for field, value in said if value not in (None, "", [])]
    return Beside(needed.heading, answers) if answers else None


def _which_days_fit(work: Work, task: Task) -> Beside:
    case = work.session.get_one(Case, task.case_id)
    told = which_days_fit(CaseDates(work.session, case, work.today))
    return Beside("Which days fit", [
        (Field(f"fits_{at}", "textarea", heading, f"fits.{at}", read_only=True), sentence)
        for at, (heading, sentence) in enumerate(told)
    ])


def _what_is_filed(work: Work, task: Task) -> Beside | None:
    told = sentences(filings_of(work, task.case_id))
    return Beside("What the case system has of it", [
        (Field(f"filed_{at}", "textarea", heading, f"filed.{at}", read_only=True), sentence)
        for at, (heading, sentence) in enumerate(told)
    ]) if told else None


def _what_was_said_meanwhile(work: Work, task: Task, may_see: MaySee) -> Beside | None:
    added = _what_was_added(work, task, may_see)
    told = _what_owners_say(work, task) \
        if task.element == JUDGING and may_see(field_class(ACTION_PROGRESS)) else []
    heading = ADDED[task.element].heading if added else OWNERS_SAY
    return Beside(heading, [*added, *told]) if added or told else None


def _what_was_added(work: Work, task: Task, may_see: MaySee) -> list[tuple[Field, Any]]:
    case = work.session.get_one(Case, task.case_id)
    points = points_since_the_plan_before(work, case, ADDED[task.element].kinds, may_see)
    people = names(work, {each.by for each in points})
    return [
        (Field(f"point_{at}", "textarea", about, DATA_POINT, read_only=True),
         f"{said}. {people.get(point.by, '') if point.by else ''}, {moment_in_words(point.at)}")
        for at, point in enumerate(points) for about, said in [point_in_words(point)]
    ]


def _what_owners_say(work: Work, task: Task) -> list[tuple[Field, Any]]:
    case = work.session.get_one(Case, task.case_id)
    kept = kept_for(work.session, case)
    told = [each for each in actions_in(task.child_id, task.case_id, kept) if each.at is not None]
    people = names(work, {each.by for each in told})
    return [
        (Field(each.id, "textarea", each.what, f"{ACTION_PROGRESS}{each.id}", read_only=True),
         f"{progress_in_words(each.status, each.reason)}. "
         f"{people.get(each.by, '') if each.by else ''}, {moment_in_words(each.at)}")
        for each in told
    ]


def _questions(forms: Iterable[Form], paths: Sequence[str]) -> Iterator[Field]:
    """The question behind each place, in the order of the places; of a list with those cells."""
    by_path = {field.path: field for form in forms for field in form.inputs()}
    for path in dict.fromkeys(map(_list_of, paths)):
        if path in by_path:
            field = _as_the_plan_calls_it(by_path[path])
            cells = {cell.path: _as_the_plan_calls_it(cell) for cell in field.fields}
            yield replace(field, fields=tuple(cells[each] for each in paths if each in cells))


def _list_of(path: str) -> str:
    """The list that a cell belongs to; any other place is itself."""
    of_list, brackets, _ = path.partition("[]")
    return of_list + brackets


def _as_the_plan_calls_it(field: Field) -> Field:
    return replace(field, label=PLACES[field.path].label, hidden_when=None, read_only=True)


def _rows(field: Field, value: Any, needed: Needed) -> Any:
    if field.kind != "list" or not isinstance(value, list):
        return value
    shown = {cell.key for cell in field.fields}
    return [
        {key: cell for key, cell in row.items() if key in shown}
        for row in value
        if isinstance(row, dict) and needed.rows(row)
    ]
