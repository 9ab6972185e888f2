"""What is said of a child's progress between the plan's own questions, at any time.

Each data point stands in the record at a path of its own (`DATA_POINT`, its kind, its id) and stays
as it was said: whoever wants to correct one adds another. It belongs to the version that it was
said in, and is not carried into the next plan, whose questions show it beside them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Entry, Form, entries, read_answers, read_form
from engine.store.models import Case
from engine.work import LONDON, Work, query, verb
from workflows.answers_in_words import date_in_words, in_words, rows_of
from workflows.children import Child, end_of_care
from workflows.pep.plan import (
    RecordValue,
    RecordVersion,
    hold_plan,
    kept_values,
    latest_version,
    save_entries,
)
from workflows.pep.record import DATA_POINT, DATA_POINTS, field_class
from workflows.resources import must_be_allowed

MaySee = Callable[[str], bool]
TARGETS = "targets[]"
_FORMS = Path(__file__).parent / "forms"


@dataclass(frozen=True, slots=True)
class DataPoint:
    kind: str
    """One of `DATA_POINTS`."""
    given: Mapping[str, Any]
    """Answers by the keys of its form; of a judgement the target's words as well."""
    by: UUID | None
    at: datetime


@query
def data_point_form(work: Work, child_id: UUID, kind: str) -> Form:
    """With the targets of the newest plan to choose from. Raises `NotFound` for a kind that there
    is not, a child without a plan, and where there is no target to judge."""
    if kind not in DATA_POINTS or latest_version(work.session, child_id) is None:
        raise NotFound
    form = _form(kind)
    if kind != "judgement":
        return form
    targets = _targets(work, child_id)
    if not targets:
        raise NotFound
    return form.with_options(lambda _name: list(targets.items()))


@verb
def add_data_point(
    work: Work, child_id: UUID, kind: str, raw: Mapping[str, Any], nonce: str
) -> None:
    """Put a data point into the child's open version; the same answers with the same `nonce` once.

    Raises `AnswersInvalid`, `NotFound` as `data_point_form` or where the actor may not, and
    `Refused` where care has ended.
    """
    must_be_allowed(work, "add_data_point", child_id)
    case = hold_plan(work, child_id)
    child = work.session.get_one(Child, child_id)
    if end_of_care(work.session, child) is not None:
        raise Refused("This child has left care. Nothing is added to the plan any more.")
    given = _given(data_point_form(work, child_id, kind), raw, child.born_on, work.today)
    if kind == "judgement":
        given["target_text"] = _targets(work, child_id)[given["target"]]
    path = f"{DATA_POINT}{kind}.{uuid5(child_id, f'{kind} {nonce} {sorted(given.items())}')}"
    entry = Entry(kind, path, kind, given, valid=True, seen=None)
    written = save_entries(work, case, [entry], latest_version(work.session, child_id),
                           kept_values(work.session, child_id, [path]))
    if written:
        work.event(case, "data_point_added", point=kind)
        work.audit("add_data_point", child_id=child_id, about=path[-96:])


@query
def points_since_the_plan_before(
    work: Work, case: Case, kinds: Sequence[str], may_see: MaySee
) -> list[DataPoint]:
    """Said in this case or in the one before it, the oldest first; only what `may_see` allows."""
    allowed = [kind for kind in kinds if may_see(field_class(f"{DATA_POINT}{kind}."))]
    rows = work.session.scalars(
        select(RecordValue)
        .join(RecordVersion, RecordVersion.id == RecordValue.version_id)
        .where(RecordVersion.child_id == case.child_id,
               RecordVersion.case_id.in_([case.id, case.previous_id or case.id]),
               RecordValue.path.startswith(DATA_POINT, autoescape=True))
        .order_by(RecordValue.at, RecordValue.path)
    )
    found = {row.path: point for row in rows
             if (point := point_at(row.path, row.value, row.by, row.at)) is not None}
    return [point for point in found.values() if point.kind in allowed]


def point_at(path: str, value: Any, by: UUID | None, at: datetime) -> DataPoint | None:
    """None where no data point stands there."""
    kind = path.removeprefix(DATA_POINT).partition(".")[0]
    if not path.startswith(DATA_POINT) or not isinstance(value, dict):
        return None
    return DataPoint(kind, value, by, at)


def day_of(point: DataPoint) -> date:
    """That it is about."""
    try:
        return date.fromisoformat(str(point.given.get("on")))
    except ValueError:
        return point.at.astimezone(LONDON).date()


def point_in_words(point: DataPoint) -> tuple[str, str]:
    """What it is about and when, and what was said."""
    form = _form(point.kind)
    said = {each.key: str(in_words(each, point.given.get(each.key))) for each in form.inputs()}
    day = date_in_words(point.given.get("on"))
    if point.kind == "attendance":
        return f"Attendance, {day}", said["percent"]
    if point.kind == "level":
        return f"{said['subject']}, {day}", f"{said['current']}. Expected: {said['expected']}"
    return (f"{point.given.get('target_text', '')}, {day}",
            f"{said['judgement']}. {said['evidence']}. Likely to be met: {said['likely'].lower()}")


@cache
def _form(kind: str) -> Form:
    return read_form((_FORMS / f"add_{kind}.form").read_bytes(), f"add_{kind}")


def _given(form: Form, raw: Mapping[str, Any], born_on: date, today: date) -> dict[str, Any]:
    """As the record keeps it."""
    read = read_answers(form, raw, {})
    errors, day = dict(read.errors), read.values.get("on")
    if isinstance(day, date) and day > today:
        errors["on"] = "This day is in the future. Enter today or a day before"
    elif isinstance(day, date) and day < born_on:
        errors["on"] = "The child was not born yet on this day. Enter a later one"
    if errors:
        raise AnswersInvalid(errors)
    return {each.key: each.value for each in entries(form, raw, read, {})}


def _targets(work: Work, child_id: UUID) -> dict[str, str]:
    """What the newest plan's targets say, by the ids of their rows."""
    kept = kept_values(work.session, child_id, [TARGETS]).get(TARGETS)
    return {
        str(row["id"]): str(row["target_text"]) for row in rows_of(kept.value if kept else None)
        if row.get("id") and row.get("target_text")
    }
