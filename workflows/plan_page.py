"""The plan as it stands, section by section, with only what this person may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import NotFound
from engine.forms import Field
from engine.releases import compiled
from engine.store.models import Case
from engine.work import Work, query
from workflows.children import ChildView, get_child
from workflows.people import names
from workflows.pep.plan import RecordValue, RecordVersion, VersionState, kept_values
from workflows.pep.record import PLACES, SECTIONS, Section, field_class
from workflows.prepared import Prepared, prepared

MaySee = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    path: str
    label: str
    value: Any
    """Text, or for a list rows of (label, text)."""
    is_list: bool
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanSection:
    section: Section
    answers: Sequence[Answer]
    missing: Sequence[str]
    """Labels of declared places that nobody has filled."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    state: str
    reason: str
    opened_at: datetime
    prepared_at: datetime | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanPage:
    child: ChildView
    sections: Sequence[PlanSection]
    versions: Sequence[VersionRow]
    shown: VersionRow | None
    """The version that is shown; None before the first."""
    last_change: tuple[str, datetime] | None
    """Who changed the plan last, and when, among what the reader may see."""
    case_id: UUID | None
    """The child's newest case."""
    prepared: Prepared | None
    """Whether the version that is shown was ready in time."""


@query
def plan_page(
    work: Work, child_id: UUID, may_see: MaySee, number: int | None = None
) -> PlanPage:
    """The newest version, or a signed one by number.

    Only what `may_see` allows is read into the page. Raises `NotFound` for the child, and for a
    number that no signed version has.
    """
    versions = list(
        work.session.scalars(
            select(RecordVersion)
            .where(RecordVersion.child_id == child_id)
            .order_by(RecordVersion.number.desc())
        )
    )
    chosen = _chosen(versions, number)
    answers = _answers(work, child_id, chosen, may_see) if chosen else {}
    return PlanPage(
        child=get_child(work, child_id),
        sections=[
            PlanSection(section, answers.get(key, []), _missing(key, answers.get(key, []), may_see))
            for key, section in SECTIONS.items()
        ],
        versions=[_version_row(version) for version in versions],
        shown=_version_row(chosen) if chosen else None,
        last_change=_last_change(answers),
        case_id=work.session.scalar(
            select(Case.id)
            .where(Case.child_id == child_id)
            .order_by(Case.opened_at.desc())
            .limit(1)
        ),
        prepared=prepared(work, chosen.case_id, may_see) if chosen else None,
    )


@query
def record_document(work: Work, child_id: UUID, may_see: MaySee) -> dict[str, Any]:
    """Value by path as it stands, for programs: only what this person may see."""
    kept = kept_values(work.session, child_id)
    return {
        path: value.value
        for path, value in sorted(kept.items())
        if value.valid and may_see(field_class(path))
    }


def _chosen(versions: Sequence[RecordVersion], number: int | None) -> RecordVersion | None:
    if number is None:
        return versions[0] if versions else None
    for version in versions:
        if version.number == number and version.state != VersionState.OPEN:
            return version
    raise NotFound


def _version_row(version: RecordVersion) -> VersionRow:
    return VersionRow(version.number, version.state, version.reason, version.opened_at,
                      version.prepared_at, version.signed_at)


def _answers(
    work: Work, child_id: UUID, version: RecordVersion, may_see: MaySee
) -> dict[str, list[Answer]]:
    """What stands in a version, by section, in the order of the declared places."""
    rows = {
        row.path: row
        for row in work.session.scalars(
            select(RecordValue).where(RecordValue.version_id == version.id)
        )
        if may_see(field_class(row.path)) and row.valid and row.value not in (None, "", [])
    }
    signed = version.document if version.state != VersionState.OPEN else None
    values = {path: signed[path] if signed else row.value for path, row in rows.items()
              if signed is None or path in signed}
    fields = _fields(work, child_id)
    people = names(work, {row.by for row in rows.values()} | _people_in(values))
    by_section: dict[str, list[Answer]] = {}
    order = {path: at for at, path in enumerate(PLACES)}
    for path in sorted(values, key=lambda p: (order.get(p, len(order)), p)):
        place = PLACES.get(path)
        row = rows[path]
        by_section.setdefault(place.section if place else "review", []).append(
            Answer(
                path,
                place.label if place else _label_of(path, fields),
                _declared(path, values[path])
                or _readable(values[path], fields.get(path), people),
                isinstance(values[path], list) and path.endswith("[]"),
                people.get(row.by, "") if row.by else "",
                row.at,
            )
        )
    return by_section


def _label_of(path: str, fields: Mapping[str, Field]) -> str:
    """A free path is called as the form that asked for it called it."""
    field = fields.get(path)
    return field.label if field else path.rsplit(".", 1)[-1].replace("_", " ").capitalize()


def _people_in(values: Mapping[str, Any]) -> set[UUID | None]:
    """Ids that answers hold where a person was chosen."""
    found: set[UUID | None] = set()
    for value in values.values():
        try:
            found.add(UUID(value) if isinstance(value, str) and len(value) == 36 else None)
        except ValueError:
            continue
    return found


def _last_change(answers: Mapping[str, Sequence[Answer]]) -> tuple[str, datetime] | None:
    changes = [(answer.at, answer.by) for section in answers.values() for answer in section
               if answer.at]
    if not changes:
        return None
    at, by = max(changes)
    return by, at


def _missing(section: str, answers: Sequence[Answer], may_see: MaySee) -> list[str]:
    filled = {answer.path for answer in answers}
    return [
        place.label
        for place in PLACES.values()
        if place.section == section
        and place.path not in filled
        and "[]." not in place.path
        and may_see(place.field_class)
    ]


def _fields(work: Work, child_id: UUID) -> dict[str, Field]:
    """The form field behind each path, from the releases that this child's cases run on."""
    releases = work.session.scalars(
        select(Case.release_id).where(Case.child_id == child_id).distinct()
    )
    return {
        field.path: field
        for release_id in releases.all()
        for form in compiled(work, release_id).forms.values()
        for field in form.inputs()
    }


def _readable(value: Any, field: Field | None, people: Mapping[UUID, str]) -> Any:
    """An answer as people read it: labels for options, words for dates, names for people."""
    if isinstance(value, list):
        if field is not None and field.kind == "list":
            return [_row(row, field, people) for row in value if isinstance(row, dict)]
        return ", ".join(_text(each, field, people) for each in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field is not None and field.kind == "date":
        day = date.fromisoformat(str(value))
        return f"{day.day} {day:%B %Y}"
    text = _text(value, field, people)
    return f"{text}{field.suffix}" if field and field.suffix else text


def _declared(path: str, value: Any) -> list[list[tuple[str, Any]]]:
    """Rows that no form asked for: what a change of the case wrote into a declared list."""
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    labels = {key: PLACES[f"{path}.{key}"] for row in rows for key in row
              if f"{path}.{key}" in PLACES}
    if not path.startswith("chronology.") or not labels:
        return []
    return [
        [(labels[key].label, _long_date(row[key]) if labels[key].type == "date" else str(row[key]))
         for key in labels if row.get(key) not in (None, "")]
        for row in rows
    ]


def _long_date(value: object) -> str:
    day = date.fromisoformat(str(value))
    return f"{day.day} {day:%B %Y}"


def _row(row: Mapping[str, Any], field: Field, people: Mapping[UUID, str]) -> list[tuple[str, Any]]:
    return [
        (cell.label, _readable(row[cell.key], cell, people))
        for cell in field.fields
        if row.get(cell.key) not in (None, "", [])
    ]


def _text(value: Any, field: Field | None, people: Mapping[UUID, str]) -> str:
    labels = {option.value: option.label for option in field.options} if field else {}
    text = str(value)
    if text in labels:
        return labels[text]
    try:
        return people.get(UUID(text), text) if len(text) == 36 else text
    except ValueError:
        return text
