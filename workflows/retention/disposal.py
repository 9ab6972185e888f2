"""Disposal: a list, two approvals, and then the destruction of each record by itself.

A list names the children whose records have passed their date, those on hold as such. Whoever drew
it up may not approve it; two others must. Each child is destroyed in a transaction of its own, so
that what was cut off goes on where it stopped; a hold that is placed in between wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from engine.errors import NotFound, Refused
from engine.store.base import new_id
from engine.work import Work, query, verb
from workflows.children import Child
from workflows.people import Person, names
from workflows.retention.destruction import destroy_rows
from workflows.retention.holds import held_children, hold_child
from workflows.retention.lives import life_of, lives_of
from workflows.retention.periods import periods_in
from workflows.retention.schedule import CASE_RECORD, is_over, keep_until
from workflows.retention.table import (
    DestructionCertificate,
    DisposalApproval,
    DisposalItem,
    DisposalList,
)
from workflows.subject_access.table import open_since

APPROVERS = 2


@dataclass(frozen=True, slots=True)
class ItemView:
    child_id: UUID
    reference: str
    keep_until: date
    reason: str
    source: str
    stopped_by: str
    """Why it is not destroyed, whatever was approved; empty where nothing stands against it."""


@dataclass(frozen=True, slots=True)
class CertificateView:
    id: UUID
    number: int
    reference: str
    record_class: str
    keep_until: date
    reason: str
    source: str
    list_number: int
    made_by: str
    approved_by: Sequence[str]
    destroyed_by: str
    destroyed_at: datetime
    counts: Sequence[tuple[str, int]]
    sha256: str


@dataclass(frozen=True, slots=True)
class ListView:
    id: UUID
    number: int
    made_by: str
    made_by_id: UUID
    made_at: datetime
    approved_by: Sequence[str]
    approvers: frozenset[UUID]
    items: Sequence[ItemView]
    certificates: Sequence[CertificateView]

    @property
    def approved(self) -> bool:
        return len(self.approvers) >= APPROVERS


@query
def past_their_date(work: Work) -> Sequence[UUID]:
    """Children whose records may be destroyed today, holds left aside; the longest due first."""
    periods = periods_in(work.session)
    lives = lives_of(work.session)
    over = [child_id for child_id, life in lives.items() if is_over(life, work.today, periods)]
    return sorted(over, key=lambda each: (keep_until(lives[each], periods).until, each))


@verb
def draw_up_disposal(work: Work) -> UUID:
    """A list of all who have passed their date and are not on a list already.

    Raises `Refused` where there is nobody.
    """
    listed = set(work.session.scalars(select(DisposalItem.child_id)))
    due = [each for each in past_their_date(work) if each not in listed]
    if not due:
        raise Refused("No record has passed its date that is not on a list already.")
    last = work.session.scalar(select(func.max(DisposalList.number)))
    row = DisposalList(id=new_id(), number=(last or 0) + 1, made_by=work.actor.id,
                       made_at=work.now)
    work.session.add(row)
    work.session.flush()
    lives, periods = lives_of(work.session, due), periods_in(work.session)
    for child_id in due:
        keeping = keep_until(lives[child_id], periods)
        work.session.add(DisposalItem(
            list_id=row.id, child_id=child_id, record_class=CASE_RECORD.key,
            keep_until=keeping.until, reason=keeping.reason, source=keeping.source,
        ))
    work.audit("draw_up_disposal", about=f"disposal_list:{row.id}", number=row.number,
               children=len(due))
    return row.id


@verb
def approve_disposal(work: Work, list_id: UUID) -> None:
    """Raises `NotFound`, and `Refused` for whoever made the list or has approved it."""
    row = _list(work, list_id)
    if row.made_by == work.actor.id:
        raise Refused("You drew this list up. Two other people must approve it.")
    if work.session.get(DisposalApproval, (list_id, work.actor.id)) is not None:
        raise Refused("You have approved this list already. Somebody else must be the second.")
    work.session.add(DisposalApproval(list_id=list_id, person_id=work.actor.id, at=work.now))
    work.audit("approve_disposal", about=f"disposal_list:{list_id}")


@verb
def destroy_record(work: Work, list_id: UUID, child_id: UUID) -> UUID:
    """All that is held about one child of an approved list; what remains is the certificate.

    Raises `NotFound` for a child that is not on the list, or not any more, and `Refused` where two
    have not approved, a hold stands, a request is open, or the date is not past after all.
    """
    row = _list(work, list_id)
    approvals = _approvers(work, list_id)
    if len(approvals - {row.made_by}) < APPROVERS:
        raise Refused("Two people other than who drew the list up must approve it first.")
    child = hold_child(work, child_id)
    item = work.session.get(DisposalItem, (list_id, child_id))
    if item is None:
        raise NotFound
    if stopped := _stopped_by(work, child_id):
        raise Refused(f"{stopped}. Nothing about this child was destroyed.")
    keeping = keep_until(life_of(work.session, child_id), periods_in(work.session))
    reference = child.reference
    work.write()
    destroyed = destroy_rows(work.session, child_id)
    last = work.session.scalar(select(func.max(DestructionCertificate.number)))
    certificate = DestructionCertificate(
        id=new_id(), number=(last or 0) + 1, list_number=row.number, reference=reference,
        record_class=CASE_RECORD.key,
        keep_until=keeping.until, reason=keeping.rule, source=keeping.source,
        people={"made_by": str(row.made_by), "approved_by": sorted(map(str, approvals))},
        counts=dict(destroyed.counts), sha256=destroyed.sha256, destroyed_by=work.actor.id,
        destroyed_at=work.now,
    )
    work.session.add(certificate)
    work.audit("destroy_record", child_id=child_id,
               about=f"destruction_certificate:{certificate.id}", list=row.number)
    return certificate.id


@query
def children_to_destroy(work: Work, list_id: UUID) -> Sequence[UUID]:
    """Those of a list against whose destruction nothing stands; raises `NotFound`."""
    return [each.child_id for each in get_disposal(work, list_id).items if not each.stopped_by]


@query
def get_disposal(work: Work, list_id: UUID) -> ListView:
    """Raises `NotFound`."""
    row = work.session.get(DisposalList, list_id)
    if row is None:
        raise NotFound
    return _view(work, row)


@query
def all_disposals(work: Work) -> Sequence[ListView]:
    """The newest first."""
    rows = work.session.scalars(select(DisposalList).order_by(DisposalList.number.desc()))
    return [_view(work, row) for row in rows.all()]


@query
def get_certificate(work: Work, certificate_id: UUID) -> CertificateView:
    """Raises `NotFound`."""
    row = work.session.get(DestructionCertificate, certificate_id)
    if row is None:
        raise NotFound
    return _certificate(work, row)


def _stopped_by(work: Work, child_id: UUID) -> str:
    if held_children(work.session, [child_id]):
        return "A legal hold stands"
    if open_since(work.session, child_id):
        return "A request for access is open"
    if not is_over(life_of(work.session, child_id), work.today, periods_in(work.session)):
        return "The record has not passed its date"
    return ""


def _list(work: Work, list_id: UUID) -> DisposalList:
    row = work.session.get(DisposalList, list_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _approvers(work: Work, list_id: UUID) -> frozenset[UUID]:
    return frozenset(work.session.scalars(
        select(DisposalApproval.person_id)
        .join(Person, Person.id == DisposalApproval.person_id)
        .where(DisposalApproval.list_id == list_id)
    ))


def _view(work: Work, row: DisposalList) -> ListView:
    items = work.session.execute(
        select(DisposalItem, Child.reference).join(Child, Child.id == DisposalItem.child_id)
        .where(DisposalItem.list_id == row.id).order_by(DisposalItem.keep_until, Child.reference)
    ).all()
    approvers = _approvers(work, row.id)
    called = names(work, {row.made_by, *approvers})
    certificates = work.session.scalars(
        select(DestructionCertificate).where(DestructionCertificate.list_number == row.number)
        .order_by(DestructionCertificate.number)
    ).all()
    return ListView(
        row.id, row.number, called.get(row.made_by, ""), row.made_by, row.made_at,
        sorted(called.get(each, "") for each in approvers), approvers,
        [ItemView(item.child_id, reference, item.keep_until, item.reason, item.source,
                  _stopped_by(work, item.child_id)) for item, reference in items],
        [_certificate(work, each) for each in certificates],
    )


def _certificate(work: Work, row: DestructionCertificate) -> CertificateView:
    made_by, approved_by = UUID(row.people["made_by"]), [
        UUID(each) for each in row.people["approved_by"]
    ]
    called = names(work, {made_by, *approved_by, row.destroyed_by})
    return CertificateView(
        row.id, row.number, row.reference, CASE_RECORD.title, row.keep_until, row.reason,
        row.source, row.list_number, called.get(made_by, ""),
        sorted(called.get(each, "") for each in approved_by), called.get(row.destroyed_by, ""),
        row.destroyed_at, sorted(row.counts.items()), row.sha256,
    )
