"""What changed between two versions of a plan, field by field and in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from engine.errors import NotFound
from engine.work import Work, query
from workflows.children import ChildView, get_child
from workflows.pep.plan import RecordVersion
from workflows.pep.record import SECTIONS, Section
from workflows.plan_page import Answer, MaySee, VersionRow, answers_in, version_row, versions_of

Cells = Mapping[str, str]
"""Of one row: what is said, by the label of its cell."""
UNNAMED = "Row"


class How(StrEnum):
    NEW = "New"
    CHANGED = "Changed"
    REMOVED = "Removed"


@dataclass(frozen=True, slots=True)
class Change:
    """Of a place of the plan, or of one row of a list; `before` or `now` is empty where there was,
    or is, nothing."""

    label: str
    how: How
    before: str = ""
    now: str = ""
    cells: Sequence["Change"] = ()
    """Of a row: what of it changed, or all that it says where it is new or removed."""


@dataclass(frozen=True, slots=True)
class ChangedSection:
    section: Section
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class PlanChanges:
    child: ChildView
    before: VersionRow
    now: VersionRow
    versions: Sequence[VersionRow]
    """All that can be compared, the newest first."""
    sections: Sequence[ChangedSection]
    """Only those in which something differs that the reader may see."""


@query
def plan_changes(
    work: Work, child_id: UUID, may_see: MaySee, number: int | None = None,
    since: int | None = None,
) -> PlanChanges:
    """To version `number`, or the last; from version `since`, or the one before it.

    Raises `NotFound` where the child has no such versions, or nothing comes before.
    """
    versions = {version.number: version for version in versions_of(work, child_id)}
    now = versions.get(max(versions, default=0) if number is None else number)
    before = now and versions.get(
        max((each for each in versions if each < now.number), default=0)
        if since is None else since
    )
    if now is None or before is None:
        raise NotFound
    return PlanChanges(
        child=get_child(work, child_id),
        before=version_row(before),
        now=version_row(now),
        versions=[version_row(each) for each in versions.values()],
        sections=_sections(work, child_id, before, now, may_see),
    )


def _sections(
    work: Work, child_id: UUID, before: RecordVersion, now: RecordVersion, may_see: MaySee
) -> list[ChangedSection]:
    was, is_ = (answers_in(work, child_id, each, may_see) for each in (before, now))
    found = (
        ChangedSection(section, list(_changes(was.get(key, ()), is_.get(key, ()))))
        for key, section in SECTIONS.items()
    )
    return [each for each in found if each.changes]


def _changes(before: Sequence[Answer], now: Sequence[Answer]) -> Iterator[Change]:
    """In the order in which the plan has them; what is no longer there comes last."""
    was, is_ = ({each.path: each for each in side} for side in (before, now))
    for path in (*is_, *(path for path in was if path not in is_)):
        old, new = was.get(path), is_.get(path)
        either = new or old
        assert either is not None  # noqa: S101 (the path is of one of them)
        if either.is_list:
            yield from _rows(either.label, _rows_of(old), _rows_of(new))
        else:
            yield from _text(either.label, old.value if old else "", new.value if new else "")


def _text(label: str, before: str, now: str) -> Iterator[Change]:
    if before != now:
        yield Change(label, _how(before, now), before, now)


def _rows(label: str, before: Mapping[str, Cells], now: Mapping[str, Cells]) -> Iterator[Change]:
    for identity in (*now, *(each for each in before if each not in now)):
        old, new = before.get(identity, {}), now.get(identity, {})
        cells = [
            change for name in dict.fromkeys((*new, *old))
            for change in _text(name, old.get(name, ""), new.get(name, ""))
        ]
        if cells:
            named = next(iter((new or old).values()), UNNAMED)
            yield Change(f"{label}: {named}", _how(old, new), cells=cells)


def _rows_of(answer: Answer | None) -> dict[str, Cells]:
    """By what makes a row the same row: its id, else all that it says."""
    if answer is None:
        return {}
    return {
        identity or repr(cells): dict(cells)
        for identity, cells in zip(answer.row_ids, answer.value, strict=True)
    }


def _how(before: object, now: object) -> How:
    if not before:
        return How.NEW
    return How.CHANGED if now else How.REMOVED
