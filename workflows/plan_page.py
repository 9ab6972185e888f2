"""The plan as it stands, section by section, with only what this person may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.domain import Kept
from engine.earlier_releases import releases_left
from engine.errors import NotFound
from engine.forms import Field, Form, read_answers
from engine.releases import compiled
from engine.store.models import Case, Event
from engine.work import LONDON, Work, query
from workflows.answers_in_words import in_words, rows_of, unasked_in_words
from workflows.attached.files import AttachedView, attached_to
from workflows.children import ChildView, get_child
from workflows.days import long_date
from workflows.people import names
from workflows.pep.carrying_over import is_off_track
from workflows.pep.plan import (
    NEWEST_FIRST,
    RecordValue,
    RecordVersion,
    VersionState,
    kept_values,
)
from workflows.pep.planned_actions import actions_in, progress_in_words
from workflows.pep.record import (
    ACTION_PROGRESS,
    DATA_POINT,
    PLACES,
    SECTIONS,
    Place,
    Section,
    field_class,
)
from workflows.pictures.kept import PictureView, pictures_of
from workflows.prepared import Prepared, prepared
from workflows.section_comments import CommentView, comments_on

MaySee = Callable[[str], bool]

GOALS_BY = 9
"""The school year by whose start longer-term goals should have been talked about (S12b)."""
LAST_YEAR = 13


@dataclass(frozen=True, slots=True)
class Answer:
    path: str
    label: str
    value: Any
    """Text, or for a list rows of (label, text)."""
    is_list: bool
    by: str
    at: datetime | None
    row_ids: tuple[str, ...] = ()
    """Of a list: which row is which, in another version too; empty where a row has no id."""
    rows: Sequence[Mapping[str, str]] = ()
    """Of a list, its rows once more: what each cell says, by its place."""


@dataclass(frozen=True, slots=True)
class PlanSection:
    section: Section
    answers: Sequence[Answer]
    missing: Sequence[str]
    """Labels of the places that the forms ask of this child and nobody has filled."""


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
    amber: Sequence[str]
    """What the plan lacks or says that everyone should notice."""
    comments: Mapping[str, Sequence[CommentView]]
    """By section, what was said about it while the version that is shown was worked on."""
    pictures: Sequence[PictureView] = ()
    attached: Sequence[AttachedView] = ()


@query
def plan_page(
    work: Work, child_id: UUID, may_see: MaySee, number: int | None = None
) -> PlanPage:
    """The newest version, or a signed one by number.

    Only what `may_see` allows is read into the page. Raises `NotFound` for the child, and for a
    number that no signed version has.
    """
    versions = versions_of(work, child_id)
    chosen = _chosen(versions, number)
    asked = _asked(work, child_id, chosen) if chosen else _NOTHING
    answers = _answers(work, child_id, asked, chosen, may_see) if chosen else {}
    return PlanPage(
        child=get_child(work, child_id),
        sections=[
            PlanSection(section, answers.get(key, []),
                        _missing(key, answers.get(key, []), asked, may_see))
            for key, section in SECTIONS.items()
        ],
        versions=[version_row(version) for version in versions],
        shown=version_row(chosen) if chosen else None,
        last_change=_last_change(answers),
        case_id=work.session.scalar(
            select(Case.id)
            .where(Case.child_id == child_id)
            .order_by(Case.opened_at.desc())
            .limit(1)
        ),
        prepared=prepared(work, chosen.case_id, may_see) if chosen else None,
        amber=_amber(asked),
        comments=comments_on(work, chosen.case_id) if chosen else {},
        pictures=_pictures(work, chosen, may_see),
        attached=attached_to(work, chosen, may_see) if chosen else (),
    )


def _pictures(
    work: Work, chosen: RecordVersion | None, may_see: MaySee
) -> Sequence[PictureView]:
    if chosen is None or not may_see("ordinary"):
        return ()
    return pictures_of(work, case_id=chosen.case_id)


@query
def record_document(work: Work, child_id: UUID, may_see: MaySee) -> dict[str, Any]:
    """Value by path as it stands, for programs: only what this person may see."""
    kept = kept_values(work.session, child_id)
    return {
        path: value.value
        for path, value in sorted(kept.items())
        if value.valid and may_see(field_class(path))
    }


@query
def version_document(
    work: Work, child_id: UUID, number: int, may_see: MaySee
) -> tuple[VersionRow, dict[str, Any]]:
    """One version by its number, with what it holds: as it was signed, or as it stands. As
    `record_document`; raises `NotFound`."""
    version = next((v for v in versions_of(work, child_id) if v.number == number), None)
    if version is None:
        raise NotFound
    rows = work.session.scalars(select(RecordValue).where(RecordValue.version_id == version.id))
    held = version.document or {row.path: row.value for row in rows if row.valid}
    shown = {path: held[path] for path in sorted(held) if may_see(field_class(path))}
    return version_row(version), shown


@query
def record_versions(work: Work, child_id: UUID) -> list[VersionRow]:
    """The newest first. Raises `NotFound` for a child without a plan."""
    versions = versions_of(work, child_id)
    if not versions:
        raise NotFound
    return [version_row(version) for version in versions]


def versions_of(work: Work, child_id: UUID) -> list[RecordVersion]:
    """The newest first."""
    return list(
        work.session.scalars(
            select(RecordVersion)
            .where(RecordVersion.child_id == child_id)
            .order_by(*NEWEST_FIRST)
        )
    )


def answers_in(
    work: Work, child_id: UUID, version: RecordVersion, may_see: MaySee
) -> dict[str, list[Answer]]:
    """What stands in a version, by section, in the order of the declared places: only what
    `may_see` allows, and what still applies to the child."""
    return _answers(work, child_id, _asked(work, child_id, version), version, may_see)


def _chosen(versions: Sequence[RecordVersion], number: int | None) -> RecordVersion | None:
    if number is None:
        return versions[0] if versions else None
    for version in versions:
        if version.number == number and version.state != VersionState.OPEN:
            return version
    raise NotFound


def version_row(version: RecordVersion) -> VersionRow:
    return VersionRow(version.number, version.state, version.reason, version.opened_at,
                      version.prepared_at, version.signed_at)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a version holds, and what the forms ask of this child with these answers."""

    values: Mapping[str, Any]
    facts: Mapping[str, Any]
    shown: frozenset[str]
    """Paths that some form asks and does not hide."""
    hidden: frozenset[str]
    """Paths that every form that could ask them hides: what stands there no longer applies."""


_NOTHING = _Asked({}, {}, frozenset(), frozenset())


def _asked(work: Work, child_id: UUID, version: RecordVersion) -> _Asked:
    """With the facts of the day on which the version was passed on; else of today."""
    rows = work.session.scalars(select(RecordValue).where(RecordValue.version_id == version.id))
    values = version.document or {row.path: row.value for row in rows if row.valid}
    case = work.session.get_one(Case, version.case_id)
    on = version.signed_at.astimezone(LONDON).date() if version.signed_at else work.today
    every_fact = frozenset(work.domain.vocabulary.facts)
    facts = work.domain.known(work.session, case, on).facts(every_fact)
    shown: set[str] = set()
    hidden: set[str] = set()
    for form in _forms(work, child_id):
        raw = {each.key: values[each.path] for each in form.inputs() if each.path in values}
        away = read_answers(form, raw, facts).hidden
        for each in form.inputs():
            (hidden if each.key in away else shown).add(each.path)
    return _Asked(values, facts, frozenset(shown), frozenset(hidden - shown))


def _amber(asked: _Asked) -> list[str]:
    found = []
    targets = asked.values.get("targets[]") or []
    off = sum(1 for target in targets if is_off_track(target))
    if off:
        found.append(f"{off} of {len(targets)} targets {'is' if off == 1 else 'are'} not on track")
    year = asked.facts.get("school_year", -1)
    if GOALS_BY <= year <= LAST_YEAR and not asked.values.get("aspiration.goals"):
        found.append("No longer-term goals are recorded. They should be talked about well before "
                     "Year 9")
    return found


def _answers(
    work: Work, child_id: UUID, asked: _Asked, version: RecordVersion, may_see: MaySee
) -> dict[str, list[Answer]]:
    """What stands in a version, by section, in the order of the declared places."""
    rows = {
        row.path: row
        for row in work.session.scalars(
            select(RecordValue).where(RecordValue.version_id == version.id)
        )
        if may_see(field_class(row.path)) and row.valid and row.value not in (None, "", [])
        and row.path not in asked.hidden
    }
    signed = version.document if version.state != VersionState.OPEN else None
    values = {path: signed[path] if signed else row.value for path, row in rows.items()
              if signed is None or path in signed}
    fields = questions_by_path(work, child_id)
    cells = {cell.path: cell for field in fields.values() for cell in field.fields}
    people = names(work, {row.by for row in rows.values()} | _people_in(values))
    by_section: dict[str, list[Answer]] = {}
    order = {path: at for at, path in enumerate(PLACES)}
    plain = [path for path in values if not path.startswith((ACTION_PROGRESS, DATA_POINT))]
    for path in sorted(plain, key=lambda p: (order.get(p, len(order)), p)):
        place = PLACES.get(path)
        row = rows[path]
        by_section.setdefault(place.section if place else "review", []).append(
            Answer(
                path,
                place.label if place else _label_of(path, fields),
                _declared(path, values[path], cells, people)
                or _readable(values[path], fields.get(path), people),
                isinstance(values[path], list) and path.endswith("[]"),
                people.get(row.by, "") if row.by else "",
                row.at,
                tuple(str(each.get("id", "")) for each in rows_of(values[path])),
                _cells(path, values[path], fields.get(path), people),
            )
        )
    far = _how_far(version, values, rows, people)
    if far:
        by_section.setdefault("actions", []).extend(far)
    return by_section


def _how_far(
    version: RecordVersion, values: Mapping[str, Any], rows: Mapping[str, RecordValue],
    people: Mapping[UUID, str],
) -> list[Answer]:
    """What was said of each planned action that the version has, beside the actions themselves."""
    kept = {path: Kept(path, value, True, 1, rows[path].by, rows[path].at)
            for path, value in values.items()}
    told = [each for each in actions_in(version.child_id, version.case_id, kept) if each.at]
    return [
        Answer(f"{ACTION_PROGRESS}{each.id}", f"How far: {each.what}",
               progress_in_words(each.status, each.reason), False,
               people.get(each.by, "") if each.by else "", each.at)
        for each in told
    ]


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


def _missing(
    section: str, answers: Sequence[Answer], asked: _Asked, may_see: MaySee
) -> list[str]:
    filled = {answer.path for answer in answers}
    return [
        place.label
        for place in PLACES.values()
        if place.section == section
        and place.path not in filled
        and place.path in asked.shown
        and may_see(place.field_class)
    ]


def questions_by_path(work: Work, child_id: UUID) -> dict[str, Field]:
    """The form field behind each path."""
    return {field.path: field for form in _forms(work, child_id) for field in form.inputs()}


def _forms(work: Work, child_id: UUID) -> list[Form]:
    """All forms of the releases that this child's cases run on, or ran on before."""
    releases = work.session.scalars(
        select(Case.release_id).where(Case.child_id == child_id).distinct()
    ).all()
    earlier = releases_left(work, Event.child_id == child_id)
    return [
        form
        for release_id in dict.fromkeys([*earlier, *releases])
        for form in compiled(work, release_id).forms.values()
    ]


def _readable(value: Any, field: Field | None, people: Mapping[UUID, str]) -> Any:
    """Text, or for a list rows of (label, text) of what is answered."""
    if field is None:
        return unasked_in_words(value, people)
    return in_words(field, value, people, gaps=False)


def _cells(
    path: str, value: Any, field: Field | None, people: Mapping[UUID, str]
) -> list[dict[str, str]]:
    asked = {cell.key: cell for cell in field.fields} if field else {}
    return [
        {
            asked[key].path if key in asked else f"{path}.{key}":
                _cell_in_words(asked.get(key), PLACES.get(f"{path}.{key}"), each, people)
            for key, each in row.items()
            if (key in asked or f"{path}.{key}" in PLACES) and each not in (None, "", [])
        }
        for row in (rows_of(value) if path.endswith("[]") else [])
    ]


def _cell_in_words(
    cell: Field | None, place: Place | None, value: Any, people: Mapping[UUID, str]
) -> str:
    if cell is None and place and place.type == "date":
        return long_date(date.fromisoformat(str(value)))
    return str(_readable(value, cell, people))


def _declared(
    path: str, value: Any, cells: Mapping[str, Field], people: Mapping[UUID, str]
) -> list[list[tuple[str, Any]]]:
    """Rows that no form asked for, or not alone: a change of the case writes into the list too."""
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    labels = {key: PLACES[f"{path}.{key}"] for row in rows for key in row
              if f"{path}.{key}" in PLACES}
    if not path.startswith("chronology.") or not labels:
        return []
    return [
        [(place.label, long_date(date.fromisoformat(str(row[key]))) if place.type == "date"
          else _readable(row[key], cells.get(place.path), people))
         for key, place in labels.items() if row.get(key) not in (None, "")]
        for row in rows
    ]
