"""Who is expected at a meeting, and what is asked where it was not quorate."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from engine.domain import Known
from engine.errors import AnswersInvalid
from engine.forms.answers import Entry
from engine.store.models import Case
from engine.work import Work
from workflows.answers_in_words import rows_of
from workflows.people import names
from workflows.pep.meetings.booking import keys_asked
from workflows.pep.meetings.quorum import VIEWS, missing_at
from workflows.pep.plan import kept_for, save_entries, version_for

ATTENDEES, AGAIN, REASON = "meeting.attendees[]", "meeting.again", "meeting.quorum_reason"
WAS_HELD = "meeting.was_held"


def expect(
    work: Work, case: Case, invited: Sequence[str], guests: Sequence[Mapping[str, Any]],
    known: Known,
) -> None:
    """Let everyone who is invited stand in the list of those who came, still to be answered.

    A list that somebody has begun is left as it is: who came to the first of two meetings counts.
    """
    kept = kept_for(work.session, case, [ATTENDEES])
    if ATTENDEES in kept and kept[ATTENDEES].value:
        return
    rows = [{"id": str(uuid4()), **row} for row in _expected(work, invited, guests, known)]
    entry = Entry("attendees", ATTENDEES, "People invited", rows, True, None)
    save_entries(work, case, [entry], version_for(work.session, case), kept)


def _expected(
    work: Work, invited: Sequence[str], guests: Sequence[Mapping[str, Any]], known: Known
) -> Iterator[dict[str, Any]]:
    by_role = {role: known.people_for(role).whether_or_not_away for role in invited
               if role in ("social_worker", "designated_teacher", "virtual_school")}
    called = names(work, {each for people in by_role.values() for each in people})
    named = {row.get("role") for row in guests}
    for role in invited:
        if role in by_role:
            for person_id in by_role[role]:
                yield {"role": role, "name": called.get(person_id, "")}
        elif role not in named:
            yield {"role": role}
    for row in guests:
        yield {"role": row.get("role"), "name": row.get("name")}


def must_be_quorate(work: Work, case: Case, entries: Sequence[Entry]) -> None:
    """A meeting without a quorum is held again, or goes on for a reason that is written down.

    Raises `AnswersInvalid`; never holds up a meeting that has both.
    """
    said = {entry.path: entry for entry in entries if entry.valid}
    again = said.get(AGAIN)
    if again is None or again.value != "no" or ATTENDEES not in said:
        return
    recorded = {path: each.value for path, each in
                kept_for(work.session, case, VIEWS).items() if each.valid}
    missing = missing_at(rows_of(said[ATTENDEES].value), recorded)
    reason = said.get(REASON)
    asked = keys_asked(work, case)
    if missing and not (reason and reason.value) and REASON in asked:
        raise AnswersInvalid({asked[REASON]: (
            f"Not there: {', '.join(missing)}. Enter why the plan goes on all the same, or choose "
            "above that you meet again"
        )})
