"""Deadlines as a calendar (RFC 5545). It holds references and links, and nothing of a child."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from web.settings import Settings
from workflows.telling.calendar_feed import Deadline

LOOK_AGAIN = timedelta(hours=4)


def calendar_of(deadlines: Iterable[Deadline], now: datetime, settings: Settings) -> bytes:
    """One entry a task, on the whole day on which it is due."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Pepway//Own deadlines//EN")
    calendar.add("x-wr-calname", "Pepway: due")
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    for deadline in deadlines:
        calendar.add_component(_entry(deadline, now, settings))
    body: bytes = calendar.to_ical()
    return body


def _entry(deadline: Deadline, now: datetime, settings: Settings) -> Event:
    link = f"{settings.public_url.rstrip('/')}/tasks/{deadline.task_id}"
    entry = Event()
    entry.add("uid", f"{deadline.task_id}@{settings.public_host}")
    entry.add("dtstamp", now)
    entry.add("dtstart", deadline.due_on)
    entry.add("summary", f"Task due, case {deadline.reference}")
    entry.add("url", link)
    entry.add("description", link)
    entry.add("transp", "TRANSPARENT")
    return entry
