"""The plan as it stands, section by section, with only what this person may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.forms import Field
from engine.releases import compiled
from engine.store.models import Case
from engine.work import Work, query
from workflows.children import ChildView, get_child
from workflows.people import names
from workflows.pep.plan import RecordVersion, kept_values
from workflows.pep.record import PLACES, SECTIONS, Section, field_class

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
    shown: int | None
    """The number of the version that is shown."""


@query
def plan_page(
    work: Work, child_id: UUID, may_see: MaySee, number: int | None = None
) -> PlanPage:
    """The newest version, or a signed one by number. Raises `NotFound` for the child."""
    versions = list(
        work.session.scalars(
            select(RecordVersion)
            .where(RecordVersion.child_id == child_id)
            .order_by(RecordVersion.number.desc())
        )
    )
    chosen = next((v for v in versions if v.number == number), versions[0] if versions else None)
    fields = _fields(work, child_id)
    answers = _answers(work, child_id, chosen, fields, may_see, number)
    return PlanPage(
        child=get_child(work, child_id),
        sections=[
            PlanSection(section, answers.get(key, []), _missing(key, answers.get(key, []), may_see))
            for key, section in SECTIONS.items()
        ],
        versions=[
            VersionRow(v.number, v.state, v.reason, v.opened_at, v.prepared_at, v.signed_at)
            for v in versions
        ],
        shown=chosen.number if chosen else None,
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


def _answers(
    work: Work,
    child_id: UUID,
    chosen: RecordVersion | None,
    fields: Mapping[str, Field],
    may_see: MaySee,
    number: int | None,
) -> dict[str, list[Answer]]:
    kept = kept_values(work.session, child_id) if number is None else {}
    values = {path: k.value for path, k in kept.items() if k.valid}
    if number is not None and chosen is not None:
        values = dict(chosen.document or {})
    called = names(work, [k.by for k in kept.values()])
    by_section: dict[str, list[Answer]] = {}
    order = {path: at for at, path in enumerate(PLACES)}
    for path in sorted(values, key=lambda p: (order.get(p, len(order)), p)):
        if values[path] in (None, "", []) or not may_see(field_class(path)):
            continue
        place = PLACES.get(path)
        stands = kept.get(path)
        by_section.setdefault(place.section if place else "review", []).append(
            Answer(
                path,
                place.label if place else path.rsplit(".", 1)[-1].replace("_", " ").capitalize(),
                _readable(values[path], fields.get(path)),
                isinstance(values[path], list) and path.endswith("[]"),
                called.get(stands.by, "") if stands and stands.by else "",
                stands.at if stands else None,
            )
        )
    return by_section


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


def _readable(value: Any, field: Field | None) -> Any:
    if isinstance(value, list) and field is not None and field.kind == "list":
        return [
            [(cell.label, _readable(row.get(cell.key), cell)) for cell in field.fields]
            for row in value
            if isinstance(row, dict)
        ]
    labels = {option.value: option.label for option in field.options} if field else {}
    if isinstance(value, list):
        return ", ".join(labels.get(str(each), str(each)) for each in value)
    if value is True or value is False:
        return "Yes" if value else "No"
    if field is not None and field.kind == "date":
        day = date.fromisoformat(str(value)) if value else None
        return f"{day.day} {day:%B %Y}" if day else ""
    text = labels.get(str(value), str(value))
    return f"{text}{field.suffix}" if field and field.suffix else text
