"""The letter that invites to a meeting, moves it, or calls it off.

Always at once, whatever a person has chosen: whoever reads of a meeting the next morning may miss
it. It says the case's reference, when, and how people meet; a guest without an account gets no way
into Pepway. Of a meeting that is off it says when it would have been. One that a later one has
overtaken is not sent.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from engine.background import Message
from engine.errors import NotFound
from engine.store.models import Case
from engine.work import LONDON, Work, query
from workflows.days import full_day, time_in_words
from workflows.people import Person
from workflows.pep.meetings.invitations import CALLED_OFF, CHANGED, INVITED, Invitation, Meeting

KINDS = (INVITED, CHANGED, CALLED_OFF)
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*([ap]m)?", re.IGNORECASE)
_MODES = {"in_person": "In person", "online": "By video call",
          "both": "In person and by video call"}


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One meeting for one calendar; nothing of a child."""

    uid: UUID
    invitation_id: UUID
    to: str
    sequence: int
    off: bool
    day: date
    begins: datetime | None
    """In London; None where only a day is known."""
    ends: datetime | None
    title: str
    text: str
    link: str
    """Of the video call, or for whoever has an account of the meeting's page; else empty."""


def entry_for(
    work: Work, message: Message, public_url: str
) -> CalendarEntry | None:
    """What this message says; None where a later one says it, or there is nobody to tell."""
    invitation = work.session.get(Invitation, UUID(message.data["invitation"]))
    if invitation is None or message.data["sequence"] != invitation.sequence:
        return None
    return _entry(work, invitation, public_url)


@query
def entry_of(work: Work, invitation_id: UUID, public_url: str) -> CalendarEntry:
    """As it stands now. Raises `NotFound`."""
    invitation = work.session.get(Invitation, invitation_id)
    entry = _entry(work, invitation, public_url) if invitation else None
    if entry is None:
        raise NotFound
    return entry


def _entry(work: Work, invitation: Invitation, public_url: str) -> CalendarEntry | None:
    person = work.session.get(Person, invitation.person_id) if invitation.person_id else None
    if invitation.person_id and (person is None or not person.active):
        return None
    meeting = work.session.get_one(Meeting, invitation.meeting_id)
    reference = work.session.get_one(Case, meeting.case_id).reference
    begins = _begins(meeting)
    page = f"{public_url.rstrip('/')}/cases/{meeting.case_id}/meeting" if person else ""
    lines = [when_in_words(meeting), _MODES.get(meeting.mode, "")]
    if meeting.video_link:
        lines.append(f"Video call: {meeting.video_link}")
    if person:
        lines.append(f"Where it is, and the plan: {page}")
    else:
        lines.append("Where it is, and what it is about, you hear from whoever invites you. "
                     "If you cannot come, tell them: you may send your words in writing")
    return CalendarEntry(
        meeting.id, invitation.id, person.email if person else invitation.email,
        invitation.sequence, invitation.withdrawn, meeting.day, begins,
        begins + timedelta(minutes=meeting.minutes) if begins else None,
        f"Meeting, case {reference}",
        lines[0] if invitation.withdrawn else "\n".join(line for line in lines if line),
        "" if invitation.withdrawn else meeting.video_link or page,
    )


def _begins(meeting: Meeting) -> datetime | None:
    at = read_time(meeting.begins)
    return datetime.combine(meeting.day, at, LONDON) if at else None


def read_time(typed: str) -> time | None:
    """Half past two as people type it: 14:30, 14.30, 2:30pm, 2 pm."""
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def when_in_words(meeting: Meeting) -> str:
    """Day and time in London; the day alone where no time was asked for."""
    begins = _begins(meeting)
    if begins is None:
        return full_day(meeting.day)
    ends = begins + timedelta(minutes=meeting.minutes)
    return (f"{full_day(meeting.day)}, {time_in_words(begins.astimezone(UTC))} to "
            f"{time_in_words(ends.astimezone(UTC))}")

