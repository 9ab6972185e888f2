"""From a message of the outbox to the letter that is sent, or to none.

A letter says what its kind says, the reference of the case and where to read more, and nothing of
any child.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from engine.background import Message
from engine.store.models import Case
from engine.work import Work, verb
from workflows.children import DIED
from workflows.people import Person
from workflows.pep.meetings.invitations import CALLED_OFF
from workflows.telling.account_letters import SAYS, what_account_letter_says
from workflows.telling.choices import Choice, choice_of
from workflows.telling.digest import keep_for_digest, lines_of
from workflows.telling.invitations import KINDS as INVITATIONS
from workflows.telling.invitations import CalendarEntry, entry_for
from workflows.telling.words import DIGEST, what_it_says

PAGE = "/what-you-are-told"
WAYS: Mapping[str, str] = {
    "task": "/tasks/{}", "sections_of": "/tasks/{}/sections", "release": "/studio/releases/{}",
    "action": "/actions", "absence": "/absences", "filing": "/admin/case-system",
    "imported": "/admin/imports/{}", "protected": "/protected-records",
    "webhook": "/admin/programs/{}",
}
"""Where to read more, by the first of these that a message holds; else on its case's page."""


@dataclass(frozen=True, slots=True)
class Letter:
    id: UUID
    """Of its message, so that a letter that comes twice is known by it."""
    to: str
    subject: str
    text: str
    at: datetime
    calendar: CalendarEntry | None = None
    """What belongs into the reader's calendar, for an invitation."""


@verb
def letter_for(work: Work, message: Message, public_url: str) -> Letter | None:
    """None where nothing is to leave now: nobody to tell, told daily, or not told of this. Of a
    child who has died nothing leaves but that a meeting is off."""
    if message.kind != CALLED_OFF and _is_silent(work, message.case_id):
        return None
    if message.kind in INVITATIONS and "invitation" in message.data:
        return _invitation(work, message, public_url)
    person = work.session.get(Person, message.person_id) if message.person_id else None
    if person is None or not person.active:
        return None
    if message.kind in SAYS and message.case_id is None:  # what a diagram says has a case
        return _about_account(work, message, person, public_url)
    if message.kind == DIGEST:
        return _digest(work, message, person, public_url)
    match choice_of(work.session, person.id):
        case Choice.DAILY:
            keep_for_digest(work, message, person.id)
            return None
        case Choice.ESCALATIONS if not _is_escalated(message):
            return None
    what, link = _line(message, _reference(work, message.case_id), public_url)
    return Letter(message.id, person.email, what, _text([what, link], public_url), work.now)


def _invitation(work: Work, message: Message, public_url: str) -> Letter | None:
    entry = entry_for(work, message, public_url)
    if entry is None:
        return None
    what = f"{what_it_says(message.kind)}: case {_reference(work, message.case_id)}"
    text = "\n".join([what, "", entry.text, "", "This message names nobody, on purpose.", ""])
    return Letter(message.id, entry.to, what, text, work.now, entry)


def _about_account(
    work: Work, message: Message, person: Person, public_url: str
) -> Letter | None:
    says = what_account_letter_says(work, message, person, public_url)
    if says is None:
        return None
    what = what_it_says(message.kind)
    text = "\n".join([what, "", *says, "", "This message names nobody, on purpose.", ""])
    return Letter(message.id, person.email, what, text, work.now)


def _digest(work: Work, message: Message, person: Person, public_url: str) -> Letter | None:
    lines = lines_of(work, message.id, person.id)
    if not lines:
        return None
    said = dict.fromkeys(_line(each, reference, public_url) for each, reference in lines)
    count = "1 message" if len(said) == 1 else f"{len(said)} messages"
    text = _text([part for line in said for part in (*line, "")][:-1], public_url)
    return Letter(message.id, person.email, f"Pepway today: {count}", text, work.now)


def _line(message: Message, reference: str | None, public_url: str) -> tuple[str, str]:
    what = what_it_says(message.kind, escalated=_is_escalated(message))
    about = f"{what}: case {reference}" if reference else what
    return about, f"{public_url.rstrip('/')}{_way_to(message)}"


def _way_to(message: Message) -> str:
    for named, way in WAYS.items():
        if named in message.data:
            return way.format(message.data[named])
    return f"/cases/{message.case_id}" if message.case_id else "/tasks"


def _is_escalated(message: Message) -> bool:
    return bool(message.data.get("escalated"))


def _is_silent(work: Work, case_id: UUID | None) -> bool:
    about = select(Case.id).where(Case.id == case_id, Case.child_id.in_(DIED))
    return case_id is not None and work.session.scalar(about) is not None


def _reference(work: Work, case_id: UUID | None) -> str | None:
    return work.session.scalar(select(Case.reference).where(Case.id == case_id))


def _text(lines: Sequence[str], public_url: str) -> str:
    return "\n".join([
        *lines, "",
        "Sign in to Pepway to read more. This message names nobody, on purpose.",
        f"To change what you are told: {public_url.rstrip('/')}{PAGE}", "",
    ])
