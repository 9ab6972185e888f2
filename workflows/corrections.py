"""Corrections of what a signed version says, which itself never changes.

A request for rectification becomes a note beside the answer: what is said to be wrong, what is
right, who asked, who decided and when. Where it is refused, and where it is not, whom the plan is
about may have their own statement there (UK GDPR, Articles 16 and 19).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.store.base import Base, new_id
from engine.work import LONDON, Work, query, verb
from workflows.attached.kinds import MaySee
from workflows.days import long_date
from workflows.people import names
from workflows.pep.plan import RecordVersion, VersionState
from workflows.pep.record import PLACES, field_class
from workflows.subject_access.values import values_of


class Decided(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Correction(Base):
    __tablename__ = "correction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"), index=True)
    path: Mapped[str] = mapped_column(String(200))
    wrong: Mapped[str] = mapped_column(Text)
    right: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_on: Mapped[date]
    decision: Mapped[str] = mapped_column(String(16))
    decided_because: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    statement: Mapped[str | None] = mapped_column(Text)
    """The child's own words."""
    statement_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class CorrectionView:
    id: UUID
    version: int
    path: str
    wrong: str
    right: str
    asked_by: str
    asked_on: date
    decision: str
    because: str
    decided_by: str
    decided_at: datetime | None
    statement: str

    @property
    def in_words(self) -> str:
        """As it stands beside the answer, on every page and every paper."""
        said = [f"{self.asked_by} asked on {long_date(self.asked_on)} for a correction of this "
                f"answer. Said to be wrong: {self.wrong}. Said to be right: {self.right}."]
        if self.decided_at is not None:
            day = long_date(self.decided_at.astimezone(LONDON).date())
            said.append(f"{self.decision.capitalize()} on {day} by {self.decided_by}: "
                        f"{self.because}.")
        else:
            said.append("Not decided yet.")
        if self.statement:
            said.append(f"Their own statement: {self.statement}")
        return " ".join(said)


@verb
def ask_for_correction(
    work: Work, child_id: UUID, *, number: int, path: str, wrong: str, right: str, asked_by: str,
    asked_on: date,
) -> UUID:
    """Of an answer of a signed version. Raises `AnswersInvalid` for a day to come or an answer that
    the version does not hold, and `NotFound` for a version that is not signed."""
    version = work.session.scalar(select(RecordVersion).where(
        RecordVersion.child_id == child_id, RecordVersion.number == number
    ))
    if version is None or version.state == VersionState.OPEN:
        raise NotFound
    if path not in (version.document or {}):
        raise AnswersInvalid({"answer": "Choose an answer of this version"})
    if asked_on > work.today:
        raise AnswersInvalid({"asked_on": "This day is in the future. Enter the day on which it "
                                          "was asked for"})
    row = Correction(
        id=new_id(), child_id=child_id, version_id=version.id, path=path, wrong=wrong, right=right,
        asked_by=asked_by, asked_on=asked_on, decision=Decided.WAITING,
    )
    work.session.add(row)
    work.event(None, "correction_asked", child_id=child_id, correction=row.id)
    work.audit("ask_for_correction", child_id=child_id, about=f"correction:{row.id}")
    return row.id


@verb
def decide_correction(work: Work, correction_id: UUID, *, decision: str, because: str) -> None:
    """Once, with why. Raises `NotFound`, `Refused` where it has been decided."""
    row = _held(work, correction_id)
    if row.decision != Decided.WAITING:
        raise Refused("This correction has been decided already.")
    row.decision = Decided(decision)
    row.decided_because, row.decided_by, row.decided_at = because, work.actor.id, work.now
    work.event(None, "correction_decided", child_id=row.child_id, correction=row.id,
               decision=decision)
    work.audit("decide_correction", child_id=row.child_id, about=f"correction:{row.id}",
               decision=decision)


@verb
def add_statement(work: Work, correction_id: UUID, *, statement: str) -> None:
    """The child's own words beside the answer, whatever was decided; once, as they were given.

    Raises `NotFound`, `Refused` where there is one.
    """
    row = _held(work, correction_id)
    if row.statement:
        raise Refused("A statement has been added already, and stays as it was given.")
    row.statement, row.statement_at = statement, work.now
    work.event(None, "statement_added", child_id=row.child_id, correction=row.id)
    work.audit("add_statement", child_id=row.child_id, about=f"correction:{row.id}")


@query
def correctable(
    work: Work, child_id: UUID, number: int, may_see: MaySee
) -> Sequence[tuple[str, str]]:
    """The answers of a signed version, by place and label. Raises `NotFound`."""
    version = work.session.scalar(select(RecordVersion).where(
        RecordVersion.child_id == child_id, RecordVersion.number == number
    ))
    if version is None or version.state == VersionState.OPEN:
        raise NotFound
    return [(path, PLACES[path].label if path in PLACES else path)
            for path in version.document or {} if may_see(field_class(path))]


@query
def corrections_beside(
    work: Work, child_id: UUID, number: int
) -> Mapping[str, Sequence[CorrectionView]]:
    """By place, what stands beside the answers of a version: also what was asked of an earlier or
    a later one that says the same there."""
    noted = corrections_of(work, child_id)
    if not noted:
        return {}
    wanted = {number, *(of for of, _ in noted)}
    says = {
        version.number: values_of(work.session, version)
        for version in work.session.scalars(select(RecordVersion).where(
            RecordVersion.child_id == child_id, RecordVersion.number.in_(wanted)
        ))
    }
    beside: dict[str, list[CorrectionView]] = {}
    for (of, path), views in noted.items():
        if path in says[number] and says[of].get(path) == says[number][path]:
            beside.setdefault(path, []).extend(views)
    return beside


@query
def corrections_of(
    work: Work, child_id: UUID
) -> Mapping[tuple[int, str], Sequence[CorrectionView]]:
    """By version and place, the oldest first."""
    statement = (
        select(Correction, RecordVersion.number)
        .join(RecordVersion, RecordVersion.id == Correction.version_id)
        .where(Correction.child_id == child_id).order_by(Correction.asked_on, Correction.id)
    )
    rows = work.session.execute(statement).all()
    called = names(work, {row.decided_by for row, _ in rows})
    found: dict[tuple[int, str], list[CorrectionView]] = {}
    for row, of in rows:
        found.setdefault((of, row.path), []).append(_view(row, of, called))
    return found


def _view(row: Correction, number: int, called: Mapping[Any, str]) -> CorrectionView:
    return CorrectionView(
        row.id, number, row.path, row.wrong, row.right, row.asked_by, row.asked_on, row.decision,
        row.decided_because or "", called.get(row.decided_by, "") if row.decided_by else "",
        row.decided_at, row.statement or "",
    )


def _held(work: Work, correction_id: UUID) -> Correction:
    row = work.session.get(Correction, correction_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row
