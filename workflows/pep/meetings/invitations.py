"""Invitations to the meeting of a case: booked, changed, called off, each told once.

Nothing here names a child: an invitation holds a day, a time and whom it is for. It is written in
the transaction that books the meeting and leaves by the outbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.domain import Known
from engine.forms.answers import Entry
from engine.store.base import Base, new_id
from engine.store.models import Case, Outbox
from engine.work import Work
from workflows.answers_in_words import rows_of
from workflows.pep.meetings.attendance import AGAIN, WAS_HELD, expect
from workflows.pep.plan import kept_for

PLANNED, HELD = "meeting.planned_on", "meeting.held_on"
_BEGINS, _MINUTES, _MODE = "meeting.starts_at", "meeting.minutes", "meeting.mode"
_VIDEO, _INVITED, _GUESTS = "meeting.video_link", "meeting.invited", "meeting.guests[]"
_BOOKING = (PLANNED, _BEGINS, _MINUTES, _MODE, _VIDEO, _INVITED, _GUESTS)

WITH_ACCOUNT = ("social_worker", "designated_teacher", "virtual_school")
"""Roles whose people are invited where the box of the role is ticked."""

OWN_PEOPLE = frozenset({"child", "carer", "parent"})
"""Guests whom a person tells when the child has died, and no machine."""

BOOKED, OVER, OFF = "booked", "held", "off"
INVITED, CHANGED, CALLED_OFF = "meeting_invitation", "meeting_changed", "meeting_called_off"
"""Kinds of message."""


class Meeting(Base):
    """A meeting as it is booked now; the one after it, where people meet again, is another."""

    __tablename__ = "meeting"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    """By which calendars know it."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    day: Mapped[date]
    begins: Mapped[str] = mapped_column(String(16))
    """As typed; empty where only a day was asked for."""
    minutes: Mapped[int]
    mode: Mapped[str] = mapped_column(String(16))
    video_link: Mapped[str] = mapped_column(Text)
    sequence: Mapped[int]
    """Counts its changes (RFC 5545)."""
    state: Mapped[str] = mapped_column(String(16))


class Invitation(Base):
    """Somebody who is invited: a person with an account, or an address."""

    __tablename__ = "meeting_invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str] = mapped_column(String(254))
    """Of whoever has no account; else empty."""
    sequence: Mapped[int]
    """That of the meeting when they were told last."""
    withdrawn: Mapped[bool]


@dataclass(frozen=True, slots=True)
class _Wanted:
    person_id: UUID | None
    email: str = ""


def follow_meeting(work: Work, case: Case, entries: Sequence[Entry], known: Known) -> None:
    """What the answers of a meeting's step mean: it was held, it is booked, or on another day."""
    said = {entry.path: entry.value for entry in entries if entry.valid}
    if said.get(HELD) and said.get(WAS_HELD) != "no":
        for meeting in _booked(work.session, case.id):
            meeting.state = OVER
    if said.get(PLANNED) and said.get(AGAIN) != "no":
        _book(work, case, known)


def invite_again(work: Work, case: Case, known: Known) -> None:
    """Whoever came to the child since the booking is invited, whoever left is not any more."""
    meeting = next_meeting(work.session, case.id)
    if meeting is not None and meeting.day >= work.today:
        _invite(work, case, meeting, _wanted(_kept(work, case), known), changed=False)


def call_off(work: Work, case: Case) -> int:
    """Tell everyone who is invited that a meeting which is still to come is off; how many."""
    told = 0
    for meeting in _booked(work.session, case.id):
        if meeting.day < work.today:
            continue
        meeting.state, meeting.sequence = OFF, meeting.sequence + 1
        for invitation in _standing(work.session, meeting):
            _withdraw(work, case, meeting, invitation)
            told += 1
    return told


def to_be_called_off(work: Work, child_id: UUID) -> set[UUID]:
    """Messages, not sent yet, by which a meeting leaves the calendar of whoever would come to it
    for their work. Who was not told of it, and the child's own people, are left in peace."""
    work.session.flush()
    rows = work.session.scalars(
        select(Outbox).join(Case, Case.id == Outbox.case_id)
        .where(Case.child_id == child_id, Outbox.kind.in_((INVITED, CHANGED, CALLED_OFF)))
    ).all()
    told = {row.data["invitation"] for row in rows if row.kind != CALLED_OFF and row.attempts}
    return {
        row.id for row in rows
        if row.kind == CALLED_OFF and row.sent_at is None and row.data["invitation"] in told
        and _comes_for_work(work, row)
    }


def _comes_for_work(work: Work, message: Outbox) -> bool:
    invitation = work.session.get(Invitation, UUID(message.data["invitation"]))
    if message.person_id or invitation is None:
        return message.person_id is not None
    case = work.session.get_one(Case, message.case_id)
    roles = {str(row.get("email")).strip().lower(): row.get("role")
             for row in rows_of(_kept(work, case).get(_GUESTS))}
    return roles.get(invitation.email, "parent") not in OWN_PEOPLE


def next_meeting(session: Session, case_id: UUID) -> Meeting | None:
    """The one that is booked and was not held yet."""
    return next(iter(_booked(session, case_id)), None)


def _book(work: Work, case: Case, known: Known) -> None:
    kept = _kept(work, case)
    booked, meeting = _as_booked(kept), next_meeting(work.session, case.id)
    if meeting is None:
        meeting = Meeting(id=new_id(), case_id=case.id, sequence=0, state=BOOKED, **booked)
        work.session.add(meeting)
        changed = False
    else:
        changed = any(getattr(meeting, name) != value for name, value in booked.items())
        for name, value in booked.items():
            setattr(meeting, name, value)
        meeting.sequence += changed
    work.session.flush()
    _invite(work, case, meeting, _wanted(kept, known), changed=changed)
    expect(work, case, kept.get(_INVITED) or (), rows_of(kept.get(_GUESTS)), known)


def _kept(work: Work, case: Case) -> dict[str, Any]:
    """What is booked, by path."""
    return {path: each.value for path, each in kept_for(work.session, case, _BOOKING).items()
            if each.valid}


def _as_booked(kept: Mapping[str, Any]) -> dict[str, Any]:
    online = kept.get(_MODE) in ("online", "both")
    return {
        "day": date.fromisoformat(kept[PLANNED]), "begins": kept.get(_BEGINS) or "",
        "minutes": int(kept.get(_MINUTES) or 60), "mode": kept.get(_MODE) or "",
        "video_link": (kept.get(_VIDEO) or "") if online else "",
    }


def _wanted(kept: Mapping[str, Any], known: Known) -> list[_Wanted]:
    """Each once, by account before address."""
    people = [
        person_id for role in WITH_ACCOUNT if role in (kept.get(_INVITED) or ())
        for person_id in known.people_for(role).whether_or_not_away
    ]
    guests = [str(row["email"]).strip().lower() for row in rows_of(kept.get(_GUESTS))
              if row.get("email")]
    return [*(_Wanted(each) for each in dict.fromkeys(people)),
            *(_Wanted(None, each) for each in dict.fromkeys(guests))]


def _invite(
    work: Work, case: Case, meeting: Meeting, wanted: Sequence[_Wanted], *, changed: bool
) -> None:
    standing = {_Wanted(row.person_id, row.email): row
                for row in _standing(work.session, meeting)}
    for each in wanted:
        invitation = standing.get(each)
        if invitation is None:
            invitation = Invitation(
                id=new_id(), meeting_id=meeting.id, person_id=each.person_id, email=each.email,
                sequence=meeting.sequence, withdrawn=False,
            )
            work.session.add(invitation)
            _tell(work, case, INVITED, invitation)
        elif changed:
            invitation.sequence = meeting.sequence
            _tell(work, case, CHANGED, invitation)
    for each, invitation in standing.items():
        if each not in wanted:
            _withdraw(work, case, meeting, invitation)


def _withdraw(work: Work, case: Case, meeting: Meeting, invitation: Invitation) -> None:
    invitation.withdrawn = True
    invitation.sequence = max(meeting.sequence, invitation.sequence + 1)
    _tell(work, case, CALLED_OFF, invitation)


def _tell(work: Work, case: Case, kind: str, invitation: Invitation) -> None:
    work.tell(kind, invitation.person_id, case, invitation=str(invitation.id),
              sequence=invitation.sequence)


def _booked(session: Session, case_id: UUID) -> list[Meeting]:
    return list(session.scalars(
        select(Meeting).where(Meeting.case_id == case_id, Meeting.state == BOOKED)
    ))


def _standing(session: Session, meeting: Meeting) -> list[Invitation]:
    return list(session.scalars(
        select(Invitation)
        .where(Invitation.meeting_id == meeting.id, Invitation.withdrawn.is_(False))
        .order_by(Invitation.id)
    ))
