"""The child's record: versions of the plan, its values by path, and what was signed.

A draft is not a copy: saving writes (path, value, valid, version, by, at) to the open version.
A signed version never changes; what is saved after it makes the next one. Each case has versions of
its own: the first begins with the case's first answer, from the child's newest version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from engine.advance import lock_case
from engine.domain import Kept
from engine.errors import Clash, NotFound, ValuesChanged
from engine.forms.answers import Entry
from engine.store.among import among
from engine.store.base import Base
from engine.store.models import Case
from engine.task_drafts import only_drafted
from engine.work import Work
from workflows.attached.table import hold_as_before
from workflows.children import Child
from workflows.pep.carrying_over import carried_over

SIGNATURES = ("signoff.designated_teacher.agreed", "signoff.social_worker.agreed")
"""Both must stand for the plan to be prepared (procedure 4.9.2, 1.3)."""


class VersionState(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    KEPT = "kept"
    """Care ended before it was passed on: it stays as it stood, whatever was missing."""


class RecordVersion(Base):
    __tablename__ = "record_version"
    __table_args__ = (UniqueConstraint("child_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    """Why this version was opened."""
    opened_at: Mapped[datetime]
    prepared_at: Mapped[datetime | None]
    """When both had signed for the first time: the stamp against the ten working days."""
    passed_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    document: Mapped[dict[str, Any] | None]
    """Value by path, as signed."""


class RecordValue(Base):
    __tablename__ = "record_value"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    value: Mapped[Any]
    valid: Mapped[bool]
    version: Mapped[int]
    """Counts the changes of this value; a form carries it to notice a newer one."""
    by: Mapped[UUID | None]
    at: Mapped[datetime]


_earlier = aliased(RecordVersion)
NEWEST_FIRST = (
    select(func.min(_earlier.number))
    .where(_earlier.case_id == RecordVersion.case_id)
    .correlate(RecordVersion)
    .scalar_subquery()
    .desc(),
    RecordVersion.number.desc(),
)
"""The newest case's versions before those of earlier ones, whose last answers may come later."""

NEWEST_OF_CHILD = (
    select(RecordVersion.id)
    .where(RecordVersion.child_id == Child.id)
    .order_by(*NEWEST_FIRST)
    .limit(1)
    .correlate(Child)
    .scalar_subquery()
)
"""As `latest_version`, in statements about many children: asked of each child, and not of each one
of its versions, of which there are many in time."""

FOR_CASE = (
    select(RecordVersion)
    .where(RecordVersion.child_id == bindparam("child_id"))
    .order_by(RecordVersion.case_id != bindparam("case_id"), *NEWEST_FIRST)
    .limit(1)
)
"""What a case works on: its own newest version; before its first answer, the child's newest."""


def begin_plan(work: Work, case: Case, reason: str) -> RecordVersion:
    """The working version of a new case, carrying forward what is not asked anew each cycle.

    What is just being answered in another case of the child is waited for, and is part of the
    version that this ends.
    """
    return _begin_from_latest(work, case, reason, carried_over)[0]


def next_of_plan(work: Work, case: Case, reason: str) -> RecordVersion:
    """A version of a case of its own in which the child's plan is put right: all that stood in the
    one before, without the signatures. The stamp of the first time stays where it was given."""

    def unsigned(kept: Mapping[str, Kept]) -> dict[str, Kept]:
        return {
            path: replace(each, value=False, version=each.version + 1, at=work.now)
            if path in SIGNATURES else each
            for path, each in kept.items()
        }

    version, before = _begin_from_latest(work, case, reason, unsigned)
    if before is not None:
        hold_as_before(work.session, before.id, version.id)
    return version


def _begin_from_latest(
    work: Work, case: Case, reason: str,
    carrying: Callable[[Mapping[str, Kept]], Mapping[str, Kept]],
) -> tuple[RecordVersion, RecordVersion | None]:
    """The version and the newest before it. Ends the versions that are open; `carrying` says what
    goes on from the newest, and how."""
    _hold_others(work, case)
    latest = latest_version(work.session, case.child_id)
    for version in _open_versions(work.session, case.child_id):
        sign_version(work, version)
    version = _next_version(work, case, reason)
    if latest is not None:
        _carry_forward(work.session, version, carrying(_kept_in(work.session, latest.id)))
    return version, latest


def _hold_others(work: Work, case: Case) -> None:
    """Whoever writes to a version holds its case; the newest first, as all do who hold several."""
    written = select(RecordVersion.case_id).where(RecordVersion.child_id == case.child_id)
    work.session.execute(
        select(Case.id)
        .where(Case.id.in_(written), Case.id != case.id)
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .with_for_update()
    )


def latest_version(session: Session, child_id: UUID) -> RecordVersion | None:
    """The newest one of the newest case that has any."""
    return session.scalar(
        select(RecordVersion)
        .where(RecordVersion.child_id == child_id)
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )


def hold_plan(work: Work, child_id: UUID) -> Case:
    """The case of the child's newest plan, which whoever writes to the plan holds.

    Raises `NotFound` for a child without a plan.
    """
    latest = latest_version(work.session, child_id)
    if latest is None:
        raise NotFound
    return lock_case(work, latest.case_id)


def version_for(session: Session, case: Case) -> RecordVersion | None:
    """See `FOR_CASE`."""
    return session.scalar(FOR_CASE, {"child_id": case.child_id, "case_id": case.id})


def versions_of_case(session: Session, case_id: UUID) -> list[RecordVersion]:
    return list(
        session.scalars(
            select(RecordVersion)
            .where(RecordVersion.case_id == case_id)
            .order_by(RecordVersion.number)
        )
    )


def kept_values(
    session: Session, child_id: UUID, paths: Sequence[str] | None = None
) -> dict[str, Kept]:
    """What the newest version holds, at these paths or at all."""
    version = latest_version(session, child_id)
    return _kept_in(session, version.id, paths) if version else {}


def kept_for(
    session: Session, case: Case, paths: Sequence[str] | None = None
) -> dict[str, Kept]:
    """What stands for a case, at these paths or at all: until its first answer, what it will be
    carried over."""
    version = version_for(session, case)
    if version is None:
        return {}
    kept = _kept_in(session, version.id, paths)
    return kept if version.case_id == case.id else carried_over(kept)


def _kept_in(
    session: Session, version_id: UUID, paths: Sequence[str] | None = None
) -> dict[str, Kept]:
    statement = select(
        RecordValue.path, RecordValue.value, RecordValue.valid, RecordValue.version,
        RecordValue.by, RecordValue.at,
    ).where(RecordValue.version_id == version_id)
    if paths is not None:
        statement = statement.where(among(RecordValue.path, paths))
    return {row.path: Kept(*row) for row in session.execute(statement)}


def save_entries(
    work: Work,
    case: Case,
    entries: Sequence[Entry],
    latest: Any,
    kept: Mapping[str, Kept],
) -> dict[str, Kept]:
    """Write entries to the open version; all of them or, with `ValuesChanged`, none.

    `latest` is the version that is to be written to, or that a new one follows; `kept` what stands
    at the entries' paths. A value that is empty and was never kept is not written. Gives what was
    written, by path.
    """
    if latest is None or latest.state != VersionState.OPEN or latest.case_id != case.id:
        latest = version_to_write(work, case, latest)
        kept = _kept_in(work.session, latest.id, [each.path for each in entries])
    in_record = {path: value for path, value in kept.items() if value.version}
    clashes = [clash for each in entries if (clash := _clash(each, in_record.get(each.path)))]
    if clashes:
        raise ValuesChanged(clashes)
    written = {
        each.path: Kept(each.path, each.value, each.valid,
                        in_record[each.path].version + 1 if each.path in in_record else 1,
                        work.actor.id, work.now)
        for each in entries if _is_news(each, in_record.get(each.path))
    }
    _write(work, latest.id, list(written.values()))
    if not written.keys().isdisjoint(SIGNATURES):
        _stamp_prepared(work, case)
    return written


def confirm_values(work: Work, case: Case, paths: Sequence[str]) -> None:
    """What was carried over is still true: it stands as it stood, as an answer of today."""
    version = version_to_write(work, case, version_for(work.session, case))
    kept = _kept_in(work.session, version.id, paths)
    _write(work, version.id, [
        replace(each, version=each.version + 1, by=work.actor.id, at=work.now)
        for each in kept.values()
    ])


def clear_signatures(work: Work, case: Case) -> None:
    """The plan was returned: both must sign again. The stamp of the first time stays."""
    version = version_to_write(work, case, version_for(work.session, case))
    for path in SIGNATURES:
        row = work.session.get(RecordValue, (version.id, path))
        if row is not None:
            row.value, row.version, row.at = False, row.version + 1, work.now


def sign_version(work: Work, version: RecordVersion) -> None:
    """Freeze a version: its document is what was answered in it, rightly, by now.

    What somebody is still writing, in a task that is open beside, is not part of it; it stands in
    the next version, as it was typed.
    """
    case = work.session.get_one(Case, version.case_id)
    kept = _kept_in(work.session, version.id)
    left_out = only_drafted(work, case, kept)
    version.document = {
        path: each.value for path, each in kept.items() if each.valid and path not in left_out
    }
    version.state, version.signed_at = VersionState.SIGNED, work.now


def keep_plan(work: Work, child_id: UUID) -> None:
    """Care has ended: what was being worked on is frozen as it stands, unfinished answers too."""
    for version in _open_versions(work.session, child_id):
        kept = _kept_in(work.session, version.id)
        version.document = {path: each.value for path, each in kept.items() if each.valid}
        version.state, version.signed_at = VersionState.KEPT, None


def _open_versions(session: Session, child_id: UUID) -> list[RecordVersion]:
    return list(session.scalars(select(RecordVersion).where(
        RecordVersion.child_id == child_id, RecordVersion.state == VersionState.OPEN
    ).execution_options(populate_existing=True)))


def version_to_write(work: Work, case: Case, latest: Any) -> RecordVersion:
    """The version that is written to: `latest`, the one that follows it, or the case's first.

    An earlier case may write to a newer one's version (what happened to the child in between), but
    no case begins in the version of another.
    """
    if latest is None:
        return begin_plan(work, case, "First plan")
    if latest.case_id != case.id and not versions_of_case(work.session, case.id):
        return begin_plan(work, case, "Next review")
    if latest.state == VersionState.OPEN:
        return work.session.get_one(RecordVersion, latest.id)
    owner = work.session.get_one(Case, latest.case_id)
    version = _next_version(work, owner, "Changed after the plan was passed on")
    _carry_forward(work.session, version, _kept_in(work.session, latest.id))
    hold_as_before(work.session, latest.id, version.id)
    return version


def _next_version(work: Work, case: Case, reason: str) -> RecordVersion:
    numbers = select(func.max(RecordVersion.number)).where(RecordVersion.child_id == case.child_id)
    version = RecordVersion(
        id=uuid4(),
        child_id=case.child_id,
        case_id=case.id,
        number=(work.session.scalar(numbers) or 0) + 1,
        state=VersionState.OPEN,
        reason=reason,
        opened_at=work.now,
    )
    work.session.add(version)
    work.session.flush()
    work.event(case, "plan_version_opened", number=version.number, reason=reason)
    return version


def _carry_forward(session: Session, to: RecordVersion, kept: Mapping[str, Kept]) -> None:
    session.add_all(RecordValue(version_id=to.id, **_cells(each)) for each in kept.values())
    session.flush()


def is_signed_in(session: Session, version: RecordVersion) -> bool:
    """Whether a signature was given in this version, and not carried into it from one before."""
    rows = session.execute(
        select(RecordVersion.number, RecordValue.path, RecordValue.version, RecordValue.value)
        .join(RecordVersion, RecordVersion.id == RecordValue.version_id)
        .where(RecordVersion.case_id == version.case_id, RecordVersion.number <= version.number,
               RecordValue.path.in_(SIGNATURES))
    ).all()
    before = {(row.path, row.version) for row in rows if row.number < version.number}
    return any(row.value is True and (row.path, row.version) not in before
               for row in rows if row.number == version.number)


def _clash(entry: Entry, kept: Kept | None) -> Clash | None:
    stale = entry.seen is not None and entry.seen != (kept.version if kept else 0)
    if kept is None or not stale or _is_same(kept.value, entry.value):
        return None
    return Clash(entry.key, entry.path, entry.label, entry.value, kept.value, kept.version,
                 kept.by, kept.at)


def _is_news(entry: Entry, kept: Kept | None) -> bool:
    if kept is None:
        return entry.value not in (None, "", [])
    return not _is_same(kept.value, entry.value) or kept.valid != entry.valid


def _write(work: Work, version_id: UUID, values: Sequence[Kept]) -> None:
    for new in values:
        if new.version == 1:
            work.append(RecordValue, {"version_id": version_id, **_cells(new)})
    work.change(_CHANGE, [
        {**_cells(each), "in_version": version_id, "at_path": each.path}
        for each in values if each.version > 1
    ])


def _cells(kept: Kept) -> dict[str, Any]:
    """As a row has them. The value itself, not a copy of it."""
    return {name: getattr(kept, name) for name in Kept.__slots__}


_CHANGE = update(RecordValue).where(
    RecordValue.version_id == bindparam("in_version"), RecordValue.path == bindparam("at_path")
)


def _is_same(kept: Any, sent: Any) -> bool:
    """Whether two values say the same. Rows that are sent a second time from a page that was
    made before they had ids get new ones; those say nothing."""
    return bool(_without_ids(kept) == _without_ids(sent))


def _without_ids(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [
        {key: cell for key, cell in row.items() if key != "id"} if isinstance(row, dict) else row
        for row in value
    ]


def _stamp_prepared(work: Work, case: Case) -> None:
    versions = versions_of_case(work.session, case.id)
    if not versions or any(version.prepared_at for version in versions):
        return
    signed = _kept_in(work.session, versions[-1].id, SIGNATURES)
    if all(path in signed and signed[path].value is True for path in SIGNATURES):
        versions[-1].prepared_at = work.now
        work.event(case, "plan_prepared", number=versions[-1].number)
