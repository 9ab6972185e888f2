"""Who has a plan that was passed on: who opened it, who says that they have it, and its copies."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from engine.errors import NotFound
from engine.store.models import Audit, Outbox
from engine.work import LONDON, Work, query
from workflows.children import ChildView, get_child
from workflows.documents.copies import Copy
from workflows.documents.purposes import PURPOSES
from workflows.documents.receipts import passed_on_by, received
from workflows.documents.recipients import RECIPIENTS
from workflows.involvements import Involvement
from workflows.people import names
from workflows.pep.actions import PASSED_TO
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pep.record import field_class
from workflows.plan_page import versions_of
from workflows.roles import ROLES

MaySee = Callable[[str], bool]

OPENED_BY = ("see_plan", "give_copy")
"""What of the audit is a look at the plan: its pages, and documents made of it."""
COPIES_BY_HAND = "signoff.copies[]"
KINDS_BY_HAND = {"plan": "The whole plan", "child_friendly": "A version the child can read",
                 "what_works": "What works for me", "part": "A part of the plan"}


@dataclass(frozen=True, slots=True)
class Receipt:
    role: str
    person: str
    """Empty where nobody held the role on that day."""
    told: bool
    """Else they passed it on themselves."""
    opened_at: datetime | None
    """The first look at the plan since it was passed on, and before the next one was."""
    received_at: datetime | None
    """When they said that they have it."""


@dataclass(frozen=True, slots=True)
class CopyRow:
    number: int
    document: str
    recipient: str
    version: int
    by: str
    at: datetime
    made: bool


@dataclass(frozen=True, slots=True)
class ByHand:
    document: str
    recipient: str
    on: date | None


@dataclass(frozen=True, slots=True)
class WhoHas:
    child: ChildView
    version: int | None
    """That was passed on; None before the first."""
    passed_at: datetime | None
    receipts: Sequence[Receipt]
    by_hand: Sequence[ByHand]
    copies: Sequence[CopyRow]
    """Of all versions, the newest first."""
    passed: Sequence[int]
    """Every version that was passed on, the newest first."""


@query
def who_has(work: Work, child_id: UUID, may_see: MaySee, number: int | None = None) -> WhoHas:
    """Of the version that was passed on last, or of that number.

    Raises `NotFound` for the child, and for a number that was not passed on.
    """
    child = get_child(work, child_id)
    passed = sorted((each for each in versions_of(work, child_id) if each.passed_at),
                    key=lambda each: each.number, reverse=True)
    chosen = next((each for each in passed if number in (None, each.number)), None)
    if chosen is None and number is not None:
        raise NotFound
    return WhoHas(
        child=child,
        version=chosen.number if chosen else None,
        passed_at=chosen.passed_at if chosen else None,
        receipts=_receipts(work, chosen, passed) if chosen else [],
        by_hand=_by_hand(work, chosen) if chosen and may_see(field_class(COPIES_BY_HAND)) else [],
        copies=_copies(work, child_id),
        passed=[each.number for each in passed],
    )


def _receipts(
    work: Work, version: RecordVersion, passed: Sequence[RecordVersion]
) -> list[Receipt]:
    told = set(work.session.scalars(select(Outbox.person_id).where(
        Outbox.case_id == version.case_id, Outbox.kind == "plan_passed_on",
        Outbox.created_at == version.passed_at, Outbox.person_id.is_not(None),
    )))
    themselves = passed_on_by(work, version.case_id, version.passed_at)
    have_it = received(work, version.case_id, version.number)
    reached = {each for each in told | themselves | have_it.keys() if each is not None}
    opened = _opened(work, version, passed, reached)
    called = names(work, reached)
    found = []
    for role, people in _by_role(work, version, reached).items():
        found += [
            Receipt(ROLES[role].title, called.get(each, ""), each not in themselves,
                    opened.get(each), have_it.get(each))
            for each in sorted(people, key=lambda person: called.get(person, ""))
        ] or [Receipt(ROLES[role].title, "", False, None, None)]
    return found


def _by_role(
    work: Work, version: RecordVersion, reached: Collection[UUID]
) -> Mapping[str, set[UUID]]:
    """Whoever was reached, by the role that they held for the child on that day or after it. Of the
    virtual school everyone may be, without an involvement."""
    on = version.passed_at.astimezone(LONDON).date() if version.passed_at else work.today
    rows = work.session.execute(select(Involvement.role, Involvement.person_id).where(
        Involvement.child_id == version.child_id, Involvement.person_id.in_(reached),
        or_(Involvement.ends_on.is_(None), Involvement.ends_on >= on),
    )).all()
    involved = {row.person_id for row in rows}
    found = {role: {row.person_id for row in rows if row.role == role} for role in PASSED_TO}
    found["virtual_school"] |= set(reached) - involved
    return found


def _opened(
    work: Work, version: RecordVersion, passed: Sequence[RecordVersion], people: Collection[UUID]
) -> Mapping[UUID, datetime]:
    later = [each.passed_at for each in passed
             if each.passed_at and version.passed_at and each.passed_at > version.passed_at]
    looks = select(Audit.actor_id, func.min(Audit.at).label("at")).where(
        Audit.child_id == version.child_id, Audit.actor_id.in_(people),
        Audit.action.in_(OPENED_BY), Audit.at >= version.passed_at,
    )
    if later:
        looks = looks.where(Audit.at < min(later))
    return {row.actor_id: row.at for row in work.session.execute(looks.group_by(Audit.actor_id))}


def _by_hand(work: Work, version: RecordVersion) -> list[ByHand]:
    """What was said when copies were given out, in the newest version of that case."""
    rows = work.session.scalar(
        select(RecordValue.value)
        .join(RecordVersion, RecordVersion.id == RecordValue.version_id)
        .where(RecordVersion.case_id == version.case_id, RecordValue.path == COPIES_BY_HAND,
               RecordValue.valid)
        .order_by(RecordVersion.number.desc())
        .limit(1)
    )
    return [_row_by_hand(row) for row in rows or [] if isinstance(row, dict)]


def _row_by_hand(row: Mapping[str, Any]) -> ByHand:
    given, recipient = row.get("copy_given_on"), str(row.get("copy_recipient", ""))
    return ByHand(
        KINDS_BY_HAND.get(str(row.get("copy_document")), ""),
        RECIPIENTS[recipient].title if recipient in RECIPIENTS else "someone else",
        date.fromisoformat(str(given)) if given else None,
    )


def _copies(work: Work, child_id: UUID) -> list[CopyRow]:
    rows = work.session.scalars(
        select(Copy).where(Copy.child_id == child_id).order_by(Copy.number.desc())
    ).all()
    not_made = set(work.session.scalars(select(Audit.about).where(
        Audit.child_id == child_id, Audit.action == "copy_not_made"
    )))
    called = names(work, {row.by for row in rows})
    return [
        CopyRow(row.number, PURPOSES[row.purpose].title if row.purpose in PURPOSES else row.purpose,
                RECIPIENTS[row.recipient].title if row.recipient in RECIPIENTS else row.recipient,
                row.version, called.get(row.by, ""), row.at, f"copy:{row.id}" not in not_made)
        for row in rows
    ]
