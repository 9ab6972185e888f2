"""How a child has come along: attainment, attendance and targets over all their plans.

Each plan counts with what was written in it. What it only took over from the one before is shown
once, where it was said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.forms import Field
from engine.work import LONDON, Work, query
from workflows.answers_in_words import date_in_words, in_words, number_text, rows_of
from workflows.children import ChildView, get_child
from workflows.people import names
from workflows.pep.plan import RecordValue, RecordVersion, VersionState
from workflows.pep.record import field_class
from workflows.plan_page import questions_by_path, versions_of

MaySee = Callable[[str], bool]

SUBJECTS, ATTENDANCE, TARGETS = "attainment.subjects[]", "education.attendance.percent", "targets[]"
OVERALL = "progress.likely_to_meet"
_PLACES = (SUBJECTS, ATTENDANCE, TARGETS, OVERALL)


@dataclass(frozen=True, slots=True)
class Said:
    """When and in which plan something was said, and by whom."""

    day: date
    version: int
    by: str


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

    @property
    def current(self) -> Sequence[Target]:
        return [each for each in self.targets if each.is_current]

    @property
    def earlier(self) -> Sequence[Target]:
        return [each for each in self.targets if not each.is_current]

    @property
    def likely_to_be_met(self) -> int:
        return sum(each.likely is not None and each.likely.value == "likely"
                   for each in self.current)


@query
def progress_page(work: Work, child_id: UUID, may_see: MaySee) -> ProgressPage:
    """Only what `may_see` allows is read. Raises `NotFound` for the child."""
    child = get_child(work, child_id)
    versions = versions_of(work, child_id)
    places = [place for place in _PLACES if may_see(field_class(place))]
    plans = _plans(work, child_id, versions, places)
    asked = questions_by_path(work, child_id) if plans else {}
    overall = list(_overall(plans, asked.get(OVERALL)))
    return ProgressPage(
        child=child,
        subjects=_subjects(plans, asked.get(SUBJECTS)),
        attendance=_attendance(plans),
        targets=_targets(plans, asked.get(TARGETS)),
        overall=overall[-1] if overall else None,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """One version: its values, and who wrote each, and when."""

    number: int
    values: Mapping[str, Any]
    written: Mapping[str, tuple[datetime, str]]
    taken_over: frozenset[str]
    """Places that stand in an earlier plan as they stand here: they were said there."""
    is_newest: bool

    def fresh(self, place: str) -> Any:
        """None where the plan only took it over."""
        return None if place in self.taken_over else self.values.get(place)

    def said(self, place: str) -> Said:
        at, by = self.written[place]
        return Said(at.astimezone(LONDON).date(), self.number, by)


def _plans(
    work: Work, child_id: UUID, versions: Sequence[RecordVersion], places: Sequence[str]
) -> list[_Plan]:
    """The oldest first."""
    rows: dict[UUID, dict[str, RecordValue]] = {}
    for row in work.session.scalars(
        select(RecordValue)
        .join(RecordVersion, RecordVersion.id == RecordValue.version_id)
        .where(RecordVersion.child_id == child_id, RecordValue.path.in_(places),
               RecordValue.valid)
    ):
        rows.setdefault(row.version_id, {})[row.path] = row
    people = names(work, {row.by for kept in rows.values() for row in kept.values()})
    before: set[tuple[str, int, datetime]] = set()
    plans = []
    for version in reversed(versions):
        kept = rows.get(version.id, {})
        written = {path: (path, row.version, row.at) for path, row in kept.items()}
        plans.append(_Plan(
            number=version.number,
            values=_values(version, kept),
            written={path: (row.at, people.get(row.by, "") if row.by else "")
                     for path, row in kept.items()},
            taken_over=frozenset(path for path, each in written.items() if each in before),
            is_newest=version is versions[0],
        ))
        before.update(written.values())
    return plans


def _values(version: RecordVersion, kept: Mapping[str, RecordValue]) -> dict[str, Any]:
    """What is no longer open counts as its document has it."""
    if version.state == VersionState.OPEN:
        return {path: row.value for path, row in kept.items()}
    document = version.document or {}
    return {path: document[path] for path in kept if path in document}


def _attendance(plans: Sequence[_Plan]) -> list[Attendance]:
    found = [Attendance(plan.said(ATTENDANCE), float(percent)) for plan in plans
             if _is_number(percent := plan.fresh(ATTENDANCE))]
    return sorted(found, key=lambda each: each.said.day)


def _subjects(plans: Sequence[_Plan], asked: Field | None) -> list[Subject]:
    """One is the same subject however it is spaced and capitalised; called as it was last."""
    called: dict[str, str] = {}
    found: dict[str, list[Level]] = {}
    for plan in plans:
        for row in _rows(plan.fresh(SUBJECTS), asked):
            name = " ".join(_text(row, "subject").split())
            if name:
                called[name.casefold()] = name
                found.setdefault(name.casefold(), []).append(
                    Level(plan.said(SUBJECTS), _text(row, "current"), _text(row, "expected")))
    return [Subject(called[key], levels) for key, levels in found.items()]


def _targets(plans: Sequence[_Plan], asked: Field | None) -> list[Target]:
    """One is the same target by the id of its row; without one, by its words."""
    newest: dict[str, Mapping[str, Any]] = {}
    current: set[str] = set()
    judged: dict[str, list[Judgement]] = {}
    for plan in plans:
        rows = {_identity(row): row for row in _rows(plan.values.get(TARGETS), asked)}
        newest.update(rows)
        current = set(rows) if plan.is_newest else current
        if plan.fresh(TARGETS) is None:
            continue
        for identity, row in rows.items():
            if _text(row, "judgement") or _text(row, "likely"):
                judged.setdefault(identity, []).append(_judgement(row, plan, asked))
    return [
        Target(_text(row, "text"), _words(row, "area", asked), date_in_words(row.get("due_on")),
               identity in current, judged.get(identity, []))
        for identity, row in newest.items() if _text(row, "text")
    ]


def _judgement(row: Mapping[str, Any], plan: _Plan, asked: Field | None) -> Judgement:
    return Judgement(plan.said(TARGETS), _words(row, "judgement", asked), _text(row, "evidence"),
                     _likely(_text(row, "likely"), _words(row, "likely", asked)))


def _overall(plans: Sequence[_Plan], asked: Field | None) -> Iterator[tuple[Said, Likely]]:
    for plan in plans:
        value = plan.fresh(OVERALL)
        if value and isinstance(value, str):
            yield plan.said(OVERALL), Likely(value, str(in_words(asked, value)) if asked else value)


def _likely(value: str, text: str) -> Likely | None:
    return Likely(value, text) if value else None


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
