"""An invitation as an iCalendar file (RFC 5545, 5546), and the secret address of one.

It holds what its letter holds: a reference, when, how, a link; nothing of a child, and nobody but
whoever is invited.
"""

from datetime import UTC, datetime
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress
from itsdangerous import BadSignature, URLSafeSerializer

from engine.errors import NotFound
from web.settings import Settings
from workflows.telling.invitations import CalendarEntry

_SALT = "invitation"


def method_of(entry: CalendarEntry) -> str:
    return "CANCEL" if entry.off else "REQUEST"


def invitation_file(entry: CalendarEntry, now: datetime, sender: str, host: str) -> bytes:
    """`sender` is the organiser, so that calendars take a change or the end of it from nobody
    else; replies are not read, and none is asked for."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Pepway//Meetings//EN")
    calendar.add("method", method_of(entry))
    calendar.add_component(_event(entry, now, sender, host))
    body: bytes = calendar.to_ical()
    return body


def _event(entry: CalendarEntry, now: datetime, sender: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{host}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now)
    if entry.begins and entry.ends:
        event.add("dtstart", _utc(entry.begins))
        event.add("dtend", _utc(entry.ends))
    else:
        event.add("dtstart", entry.day)
    event.add("summary", entry.title)
    event.add("description", entry.text)
    if entry.link:
        event.add("url", entry.link)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.off else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{sender}"))
    attendee = vCalAddress(f"mailto:{entry.to}")
    attendee.params["RSVP"] = "FALSE"
    event.add("attendee", attendee)
    return event


def _utc(moment: datetime) -> datetime:
    """Without a time zone to explain, every program reads the same moment."""
    return moment.astimezone(UTC)


def address_of_file(entry: CalendarEntry, settings: Settings) -> str:
    """Signed, so that nobody guesses another."""
    secret = _signer(settings).dumps(entry.invitation_id.hex)
    return f"{settings.public_url.rstrip('/')}/invitations/{secret}.ics"


def invitation_at(secret: str, settings: Settings) -> UUID:
    """Raises `NotFound` for an address that Pepway has not made."""
    try:
        return UUID(_signer(settings).loads(secret))
    except (BadSignature, ValueError) as problem:
        raise NotFound from problem


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt=_SALT)
