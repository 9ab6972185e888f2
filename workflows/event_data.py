"""What an event's data holds as text: whose it is, and from when."""

from datetime import date, datetime
from uuid import UUID

from engine.work import LONDON


def id_said(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def day_said(text: object) -> date | None:
    """The day in London of a date or a moment, as ISO text."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(LONDON).date() if moment.tzinfo else moment.date()
