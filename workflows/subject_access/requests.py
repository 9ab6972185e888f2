"""Requests for access: opened, their clock, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.cases import new_reference
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.store.base import new_id
from engine.work import Work, query, verb
from workflows.children import Child
from workflows.finding import child_of
from workflows.subject_access.clock import Due, due
from workflows.subject_access.table import SubjectAccessRequest

WRONG_DAY = "Enter today or a day of the last twelve months"
LONGEST_AGO = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class RequestView:
    id: UUID
    reference: str
    child_id: UUID
    child_reference: str
    asked_by: str
    received_on: date
    identity_confirmed_on: date | None
    extended_because: str
    due: Due
    closed_at: datetime | None
    closed_because: str


@verb
def open_request_about(
    work: Work, *, child: str, born_on: date, asked_by: str, received_on: date,
    identity_confirmed_on: date | None = None,
) -> UUID:
    """About the child of these names. Raises `AnswersInvalid` where that is not one child."""
    return open_request(
        work, child_of(work, child, born_on), asked_by=asked_by, received_on=received_on,
        identity_confirmed_on=identity_confirmed_on,
    )


@verb
def open_request(
    work: Work, child_id: UUID, *, asked_by: str, received_on: date,
    identity_confirmed_on: date | None = None,
) -> UUID:
    """From here on information governance may read the child. Raises `AnswersInvalid`."""
    _must_be_lately(work, received_on=received_on, identity_confirmed_on=identity_confirmed_on)
    row = SubjectAccessRequest(
        id=new_id(), reference=new_reference(), child_id=child_id, asked_by=asked_by,
        received_on=received_on, identity_confirmed_on=identity_confirmed_on,
        opened_by=work.actor.id, opened_at=work.now,
    )
    work.session.add(row)
    work.audit("open_request", child_id=child_id, about=f"request:{row.id}")
    return row.id


@verb
def confirm_identity(work: Work, request_id: UUID, on: date) -> None:
    """The clock begins. Raises `AnswersInvalid`, `NotFound`, `Refused` where it has begun."""
    row = open_row(work, request_id)
    if row.identity_confirmed_on is not None:
        raise Refused("The identity of who asks has been confirmed already.")
    _must_be_lately(work, identity_confirmed_on=on)
    row.identity_confirmed_on = on
    work.audit("confirm_identity", child_id=row.child_id, about=f"request:{row.id}")


@verb
def extend_request(work: Work, request_id: UUID, reason: str) -> None:
    """By two months, once, and only before the first month is over (Article 12(3)).

    Raises `NotFound`, `Refused`.
    """
    row = open_row(work, request_id)
    if row.extended_because:
        raise Refused("This request has been extended already.")
    by = due(row.received_on, row.identity_confirmed_on, extended=False).on
    if by is not None and work.today > by:
        raise Refused("The month is over. A request can be extended only within it.")
    row.extended_because = reason
    work.audit("extend_request", child_id=row.child_id, about=f"request:{row.id}")


@verb
def close_request(work: Work, request_id: UUID, reason: str) -> None:
    """Answered, withdrawn or refused. From here on information governance reads no more of the
    child for it. Raises `NotFound`, `Refused`."""
    row = open_row(work, request_id)
    row.closed_at, row.closed_because = work.now, reason
    work.audit("close_request", child_id=row.child_id, about=f"request:{row.id}")


@query
def all_requests(work: Work) -> Sequence[RequestView]:
    """Open ones first, by when they are due; then the others, the newest first."""
    rows = work.session.execute(
        select(SubjectAccessRequest, Child.reference)
        .join(Child, Child.id == SubjectAccessRequest.child_id)
        .order_by(SubjectAccessRequest.opened_at.desc())
    ).all()
    views = [_view(row, reference) for row, reference in rows]
    return sorted(views, key=lambda each: (each.closed_at is not None,
                                           each.due.on or date.max))


@query
def get_request(work: Work, request_id: UUID) -> RequestView:
    """Raises `NotFound`."""
    row = work.session.get(SubjectAccessRequest, request_id)
    if row is None:
        raise NotFound
    return _view(row, work.session.get_one(Child, row.child_id).reference)


@query
def find_request(work: Work, reference: str) -> RequestView:
    """By its own reference, however it is typed. Raises `NotFound`."""
    letters = "".join(letter for letter in reference.upper() if letter.isalnum())
    row = work.session.scalar(select(SubjectAccessRequest).where(
        SubjectAccessRequest.reference == f"{letters[:4]}-{letters[4:]}"
    ))
    if row is None:
        raise NotFound
    return get_request(work, row.id)


def open_row(work: Work, request_id: UUID) -> SubjectAccessRequest:
    """Held by this transaction. Raises `NotFound`, `Refused` for one that is closed."""
    row = work.session.get(SubjectAccessRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.closed_at is not None:
        raise Refused("This request is closed.")
    return row


def _must_be_lately(work: Work, **days: date | None) -> None:
    wrong = {name: WRONG_DAY for name, day in days.items()
             if day and not work.today - LONGEST_AGO <= day <= work.today}
    if wrong:
        raise AnswersInvalid(wrong)


def _view(row: SubjectAccessRequest, reference: str) -> RequestView:
    return RequestView(
        row.id, row.reference, row.child_id, reference, row.asked_by, row.received_on,
        row.identity_confirmed_on, row.extended_because or "",
        due(row.received_on, row.identity_confirmed_on, extended=bool(row.extended_because)),
        row.closed_at, row.closed_because or "",
    )
