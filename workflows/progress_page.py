"""How a child has come along: attainment, attendance and targets over all their plans.

Each plan counts with what was written in it, and, once both have signed it, with what it was asked
and left as it stood. What a plan only took over is not said again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from engine.forms import Field
from engine.work import LONDON, Work, query
from workflows.answers_in_words import date_in_words, in_words, number_text, rows_of
from workflows.children import Child, ChildView, end_of_care, get_child
from workflows.people import names
from workflows.pep.data_points import DataPoint, day_of, point_at
from workflows.pep.plan import RecordValue, RecordVersion, VersionState
from workflows.pep.record import DATA_POINT, DATA_POINTS, field_class
from workflows.plan_page import questions_by_path, versions_of

MaySee = Callable[[str], bool]

SUBJECTS, ATTENDANCE, TARGETS = "attainment.subjects[]", "education.attendance.percent", "targets[]"
OVERALL = "progress.likely_to_meet"
ACHIEVED = "achieved"
_PLACES = (SUBJECTS, ATTENDANCE, TARGETS, OVERALL)


@dataclass(frozen=True, slots=True)
class Said:
    """When and in which plan something was said, and by whom."""

    day: date
    version: int
    by: str
    between: bool = False
    """At any time, beside the plan's own questions."""


@dataclass(frozen=True, slots=True)
class Level:
    said: Said
    current: str
    expected: str


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    levels: Sequence[Level]


@dataclass(frozen=True, slots=True)
class Attendance:
    said: Said
    percent: float

    @property
    def text(self) -> str:
        return f"{number_text(self.percent)}%"


@dataclass(frozen=True, slots=True)
class Likely:
    """Whether something will be met: `value` as the form has it, and in words."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    said: Said
    judgement: str
    evidence: str
    likely: Likely | None
    """Of a target that is achieved this is not asked: then that it is."""


@dataclass(frozen=True, slots=True)
class Target:
    text: str
    area: str
    due_on: str
    is_current: bool
    """It stands in the newest plan."""
    judgements: Sequence[Judgement]

    @property
    def likely(self) -> Likely | None:
        """As it was judged last."""
        return next((each.likely for each in reversed(self.judgements) if each.likely), None)


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """Every series with the oldest first."""

    child: ChildView
    subjects: Sequence[Subject]
    attendance: Sequence[Attendance]
    targets: Sequence[Target]
    overall: tuple[Said, Likely] | None
    """What was said last of all targets together."""
    offered: Sequence[str]
    """Kinds of data point that can be added to the child's plan, whoever may."""

    @property
    def current(self) -> Sequence[Target]:
        return [each for each in self.targets if each.is_current]

    @property
    def earlier(self) -> Sequence[Target]:
        return [each for each in self.targets if not each.is_current]

    @property
    def likely_to_be_met(self) -> int:
        """Those that are achieved included."""
        return sum(each.likely is not None and each.likely.value in (ACHIEVED, "likely")
                   for each in self.current)


@query
def progress_page(work: Work, child_id: UUID, may_see: MaySee) -> ProgressPage:
    """Only what `may_see` allows is read. Raises `NotFound` for the child."""
    child = get_child(work, child_id)
    versions = versions_of(work, child_id)
    places = [place for place in _PLACES if may_see(field_class(place))]
    plans = _plans(work, child_id, versions, places, may_see)
    asked = questions_by_path(work, child_id) if plans else {}
    overall = list(_overall(plans, asked.get(OVERALL)))
    targets = _targets(plans, asked.get(TARGETS))
    return ProgressPage(
        child=child,
        subjects=_subjects(plans, asked.get(SUBJECTS)),
        attendance=_attendance(plans),
        targets=targets,
        overall=overall[-1] if overall else None,
        offered=_offered(work, child_id, plans, targets),
    )


def _offered(
    work: Work, child_id: UUID, plans: Sequence["_Plan"], targets: Sequence[Target]
) -> list[str]:
    """To a plan, while the child is in care; a judgement where there is a target to judge."""
    left = end_of_care(work.session, work.session.get_one(Child, child_id)) is not None
    if left or not plans:
        return []
    judged = any(each.is_current for each in targets)
    return [kind for kind in DATA_POINTS if judged or kind != "judgement"]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One version: its values, and who wrote each, and when."""

    number: int
    values: Mapping[str, Any]
    written: Mapping[str, tuple[datetime, str]]
    taken_over: frozenset[str]
    """Places that stand in an earlier plan as they stand here: they were said there alone."""
    confirmed: Mapping[str, datetime]
    """Places that were taken over and asked again: when the plan was signed by both."""
    is_newest: bool
    points: Sequence[tuple[DataPoint, Said]]
    """What was added in it beside its own questions."""

    def points_of(self, kind: str) -> Iterator[tuple[Mapping[str, Any], Said]]:
        return ((point.given, said) for point, said in self.points if point.kind == kind)

    def fresh(self, place: str) -> Any:
        """None where the plan only took it over."""
        return None if place in self.taken_over else self.values.get(place)

    def said(self, place: str) -> Said:
        at, by = self.written[place]
        if place in self.confirmed:
            at, by = self.confirmed[place], ""
        return Said(at.astimezone(LONDON).date(), self.number, by)


def _plans(
    work: Work, child_id: UUID, versions: Sequence[RecordVersion], places: Sequence[str],
    may_see: MaySee,
) -> list[_Plan]:
    """The oldest first."""
    rows = _written(work, child_id, places, may_see)
    people = names(work, {row.by for kept in rows.values() for row in kept.values()})
    before: dict[tuple[str, int, datetime], set[UUID]] = {}
    plans = []
    for version in reversed(versions):
        kept = rows.get(version.id, {})
        written = {path: (path, row.version, row.at) for path, row in kept.items()}
        old = {path: before[each] for path, each in written.items() if each in before}
        prepared = version.prepared_at
        confirmed = {path: prepared for path, cases in old.items()
                     if prepared and version.case_id not in cases}
        taken_over = frozenset(old.keys() - confirmed.keys())
        values = _values(version, kept)
        plans.append(_Plan(
            number=version.number,
            values=values,
            written={path: (row.at, people.get(row.by, "") if row.by else "")
                     for path, row in kept.items()},
            taken_over=taken_over,
            confirmed=confirmed,
            is_newest=version is versions[0],
            points=[
                (point, Said(day_of(point), version.number, called, between=True))
                for path, row in kept.items() if path in values and path not in taken_over
                for called in [people.get(row.by, "") if row.by else ""]
                if (point := point_at(path, row.value, row.by, row.at)) is not None
            ],
        ))
        for each in written.values():
            before.setdefault(each, set()).add(version.case_id)
    return plans


def _written(
    work: Work, child_id: UUID, places: Sequence[str], may_see: MaySee
) -> dict[UUID, dict[str, RecordValue]]:
    """What the series are made of, by version and path: `places`, and data points."""
    rows: dict[UUID, dict[str, RecordValue]] = {}
    for row in work.session.scalars(
        select(RecordValue)
        .join(RecordVersion, RecordVersion.id == RecordValue.version_id)
        .where(RecordVersion.child_id == child_id, RecordValue.valid,
               or_(RecordValue.path.in_(places),
                   RecordValue.path.startswith(DATA_POINT, autoescape=True)))
    ):
        if may_see(field_class(row.path)):
            rows.setdefault(row.version_id, {})[row.path] = row
    return rows


def _values(version: RecordVersion, kept: Mapping[str, RecordValue]) -> dict[str, Any]:
    """What is no longer open counts as its document has it."""
    if version.state == VersionState.OPEN:
        return {path: row.value for path, row in kept.items()}
    document = version.document or {}
    return {path: document[path] for path in kept if path in document}


def _attendance(plans: Sequence[_Plan]) -> list[Attendance]:
    found = [Attendance(plan.said(ATTENDANCE), float(percent)) for plan in plans
             if _is_number(percent := plan.fresh(ATTENDANCE))]
    found += [Attendance(said, float(given["percent"])) for plan in plans
              for given, said in plan.points_of("attendance") if _is_number(given.get("percent"))]
    return sorted(found, key=lambda each: each.said.day)


def _subjects(plans: Sequence[_Plan], asked: Field | None) -> list[Subject]:
    """One is the same subject however it is spaced and capitalised; called as it was last."""
    called: dict[str, str] = {}
    found: dict[str, list[Level]] = {}
    for plan in plans:
        rows = [(row, plan.said(SUBJECTS)) for row in _rows(plan.fresh(SUBJECTS), asked)]
        for row, said in (*rows, *plan.points_of("level")):
            name = " ".join(_text(row, "subject").split())
            if name:
                called[name.casefold()] = name
                found.setdefault(name.casefold(), []).append(
                    Level(said, _text(row, "current"), _text(row, "expected")))
    return [Subject(called[key], sorted(levels, key=lambda each: each.said.day))
            for key, levels in found.items()]


def _targets(plans: Sequence[_Plan], asked: Field | None) -> list[Target]:
    """One is the same target by the id of its row; without one, by its words."""
    newest: dict[str, Mapping[str, Any]] = {}
    current: set[str] = set()
    judged: dict[str, list[Judgement]] = {}
    for plan in plans:
        rows: dict[str, Mapping[str, Any]] = {
            _identity(row): row for row in _rows(plan.values.get(TARGETS), asked)}
        newest.update(rows)
        current = set(rows) if plan.is_newest else current
        said = [(identity, row, plan.said(TARGETS)) for identity, row in rows.items()
                if TARGETS not in plan.taken_over]
        said += [(_text(given, "target"), given, at) for given, at in plan.points_of("judgement")]
        for identity, row, at in said:
            if _text(row, "judgement") or _text(row, "likely"):
                judged.setdefault(identity, []).append(_judgement(row, at, asked))
    return [
        Target(_text(row, "text"), _words(row, "area", asked), date_in_words(row.get("due_on")),
               identity in current,
               sorted(judged.get(identity, []), key=lambda each: each.said.day))
        for identity, row in newest.items() if _text(row, "text")
    ]


def _judgement(row: Mapping[str, Any], said: Said, asked: Field | None) -> Judgement:
    judged, likely = (Likely(_text(row, cell), _words(row, cell, asked))
                      for cell in ("judgement", "likely"))
    told = judged if judged.value == ACHIEVED else likely
    return Judgement(said, judged.text, _text(row, "evidence"), told if told.value else None)


def _overall(plans: Sequence[_Plan], asked: Field | None) -> Iterator[tuple[Said, Likely]]:
    for plan in plans:
        value = plan.fresh(OVERALL)
        if value and isinstance(value, str):
            yield plan.said(OVERALL), Likely(value, str(in_words(asked, value)) if asked else value)


def _rows(value: Any, asked: Field | None) -> list[dict[str, Any]]:
    """With each cell under the last part of its place, whatever its form calls it."""
    called = {cell.key: cell.path.rpartition(".")[2] for cell in asked.fields} if asked else {}
    return [{called.get(key, key): cell for key, cell in row.items()} for row in rows_of(value)]


def _identity(row: Mapping[str, Any]) -> str:
    return str(row.get("id") or _text(row, "text"))


def _text(row: Mapping[str, Any], cell: str) -> str:
    value = row.get(cell)
    return "" if value is None else str(value).strip()


def _words(row: Mapping[str, Any], cell: str, asked: Field | None) -> str:
    """As the form's choices say it."""
    question = next((each for each in asked.fields if each.path.endswith(f".{cell}")), None) \
        if asked else None
    said = _text(row, cell)
    return str(in_words(question, said)) if question and said else said


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
