"""Who is invited to a meeting and is away on its day, and who covers for them then.

The invitation stays with whoever works with the child: an absence may be called off before the
day. Whoever holds the meeting is told, and asks the cover to come, or chooses another day.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from engine.work import Work
from workflows.absences.table import Absence, lasts
from workflows.people import names
from workflows.pep.meetings.invitations import Invitation, Meeting


@dataclass(frozen=True, slots=True)
class AwayThen:
    name: str
    cover: str
    """Empty: nobody in particular."""


def away_then(work: Work, meeting: Meeting | None) -> Sequence[AwayThen]:
    """By their names; nobody where no meeting is booked for today or later."""
    if meeting is None or meeting.day < work.today:
        return ()
    rows = work.session.execute(
        select(Absence.person_id, Absence.cover_id)
        .join(Invitation, Invitation.person_id == Absence.person_id)
        .where(Invitation.meeting_id == meeting.id, ~Invitation.withdrawn, lasts(meeting.day))
    ).all()
    called = names(work, [each for row in rows for each in row])
    return sorted((AwayThen(called.get(away, ""), called.get(cover, "") if cover else "")
                   for away, cover in rows), key=lambda each: each.name)
