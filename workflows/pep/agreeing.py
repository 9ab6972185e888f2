"""What the answers of one step must not say against each other or against the calendar."""

from collections.abc import Sequence
from datetime import date

from engine.errors import AnswersInvalid
from engine.forms.answers import Entry
from workflows.pep.carrying_over import is_off_track
from workflows.pep.case_dates import RATING, RETURNED
from workflows.pep.record import QUALITY_OF, SECTIONS


def must_agree(entries: Sequence[Entry], today: date) -> None:
    """Raises `AnswersInvalid`."""
    _must_be_over(entries, today)
    _must_be_as_good_as_its_targets(entries)
    _must_be_as_good_as_its_sections(entries)


_DAYS_THAT_ARE_OVER = {
    "review.held_on": "The review is still to come. Complete this task when it has been held",
    "review.child_met_on": "Enter the day on which you met the child, not one still to come",
    "signoff.carer.on": "This day is still to come. Enter when the carer said so",
    "signoff.child.on": "This day is still to come. Enter when the young person said so",
    "meeting.held_on": "The meeting is still to come. Complete this task when it has been held",
}


def _must_be_over(entries: Sequence[Entry], today: date) -> None:
    """Raises `AnswersInvalid` where something is said to have been on a day to come."""
    problems = {
        entry.key: _DAYS_THAT_ARE_OVER[entry.path]
        for entry in entries
        if entry.valid and entry.path in _DAYS_THAT_ARE_OVER
        and isinstance(entry.value, str) and entry.value > today.isoformat()
    }
    if problems:
        raise AnswersInvalid(problems)


def _must_be_as_good_as_its_targets(entries: Sequence[Entry]) -> None:
    """A target that is not on track opens the way to a better one, with the young person (S29).

    Raises `AnswersInvalid` where the one answer that decides this says otherwise.
    """
    given = {entry.path: entry.value for entry in entries if entry.valid}
    off = [row for row in given.get("targets[]") or [] if is_off_track(row)]
    if off and given.get("progress.all_on_track") == "yes":
        raise AnswersInvalid({"all_on_track": "Choose “No”: a target above is not on track"})


def _must_be_as_good_as_its_sections(entries: Sequence[Entry]) -> None:
    """Raises `AnswersInvalid` where a plan is called green over all with a red section."""
    given = {entry.path: entry for entry in entries if entry.valid}
    red = [path.removeprefix(QUALITY_OF) for path, entry in given.items()
           if path.startswith(QUALITY_OF) and entry.value == RETURNED]
    rating = given.get(RATING)
    if red and rating is not None and rating.value == "green":
        titles = " and ".join(f"“{SECTIONS[key].title}”" for key in red)
        raise AnswersInvalid({rating.key: "Choose amber or red: a plan cannot be green while "
                              f"{titles} {'is' if len(red) == 1 else 'are'} red"})
