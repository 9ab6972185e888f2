"""What a booking must be: a day on which people can meet, an invitation that names nobody."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from engine.errors import AnswersInvalid
from engine.forms.answers import Entry
from engine.releases import compiled
from engine.store.models import Case
from engine.work import Work
from workflows.pep.case_dates import PLANNED_MEETING, CaseDates
from workflows.pep.meetings.days import asks_for_reason, why_never

DAY_REASON, VIDEO_LINK = "meeting.day_reason", "meeting.video_link"
SHORTEST_NAME = 3
"""Letters: shorter parts of a name stand in any link by chance."""


def must_fit(work: Work, case: Case, entries: Sequence[Entry], known: CaseDates) -> None:
    """Raises `AnswersInvalid`, by the step's own keys."""
    said = {entry.path: entry for entry in entries if entry.valid and entry.value}
    if PLANNED_MEETING not in said:
        return
    asked = keys_asked(work, case)
    problems = {**wrong_day(said, asked, known), **_telling_link(said, known)}
    if problems:
        raise AnswersInvalid(problems)


def keys_asked(work: Work, case: Case) -> dict[str, str]:
    """The key by which a release's forms ask for each place: a case that began before a question
    was asked is not held up by it."""
    forms = compiled(work, case.release_id).forms.values()
    return {field.path: field.key for form in forms for field in form.inputs()}


def wrong_day(
    said: Mapping[str, Entry], asked: Mapping[str, str], known: CaseDates
) -> dict[str, str]:
    """By key, a sentence for a day on which no meeting can be, or that asks for a reason."""
    planned = said[PLANNED_MEETING]
    day = date.fromisoformat(str(planned.value))
    if never := why_never(known, day):
        return {planned.key: never}
    against = asks_for_reason(known, day)
    if not against or DAY_REASON in said or DAY_REASON not in asked:
        return {}
    told = f"{'. '.join(against)}. Enter why it must be this day, or choose another"
    return {asked[DAY_REASON]: told}


def _telling_link(said: Mapping[str, Entry], known: CaseDates) -> dict[str, str]:
    """An invitation holds the link, and nothing of a child may leave Pepway with it."""
    link = said.get(VIDEO_LINK)
    if link is None:
        return {}
    child = known.child
    parts = f"{child.given_names} {child.known_as} {child.family_name}".split()
    folded = _folded(str(link.value))
    if any(len(part) >= SHORTEST_NAME and _folded(part) in folded for part in parts):
        return {link.key: "This link holds the child's name, and invitations must not. "
                          "Make the call under another name"}
    return {}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
