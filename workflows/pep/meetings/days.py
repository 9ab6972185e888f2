"""On which days a meeting can be (procedure 4.9.2, 2, monitoring: in term time, before the review).

No meeting is on a day that is over, at a weekend or on a bank holiday. In the school holidays, or
after the limit of the plan, it can be: a plan is not put off for that. Then a reason is asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.calendar import Term, last_working_day_before, not_working, working_days_until
from workflows.days import full_day, short_day
from workflows.pep.case_dates import CaseDates
from workflows.pep.deadlines import plan_due_in_words

TERMS_TOLD = 2


@dataclass(frozen=True, slots=True)
class MeetingLimit:
    """The last day on which a meeting keeps the plan in time."""

    day: date
    what: str
    """As it follows “after”."""
    arithmetic: str
    """A sentence."""


def meeting_limit(known: CaseDates) -> MeetingLimit | None:
    """Of a first plan the day on which it is due; else the last working day before the review."""
    if known.makes_first_plan:
        if known.plan_due is None or known.plan_from is None:
            return None
        return MeetingLimit(known.plan_due, "the day on which the plan is due",
                            plan_due_in_words(known.plan_due, known.plan_from))
    if known.review is None:
        return None
    review = known.review.expected_on
    day = last_working_day_before(None, review)
    return MeetingLimit(day, "the last working day before the statutory review",
                        f"The last working day before the statutory review of "
                        f"{short_day(review)} is {short_day(day)}.")


def why_never(known: CaseDates, day: date) -> str:
    """Why no meeting can be on a day, whatever the reason; empty where one can."""
    if day < known.on:
        return f"{full_day(day)} is over. Enter a day from today on"
    closed = not_working(day)
    if closed in ("Saturday", "Sunday"):
        return f"{full_day(day)} is at a weekend. Enter a working day"
    return f"{full_day(day)} is {_named(closed)}. Enter a working day" if closed else ""


def asks_for_reason(known: CaseDates, day: date) -> list[str]:
    """What speaks against a day on which a meeting can be all the same, each in a sentence."""
    found = []
    if _in_holidays(known.calendar.terms, day):
        found.append(f"{full_day(day)} is in the school holidays{_where(known)}")
    limit = meeting_limit(known)
    if limit and day > limit.day:
        late = working_days_until(limit.day, day)
        found.append(f"{full_day(day)} is {late} working {'day' if late == 1 else 'days'} after "
                     f"{limit.what}, {short_day(limit.day)}")
    return found


def which_days_fit(known: CaseDates) -> Sequence[tuple[str, str]]:
    """What a person should have before their eyes who chooses the day: a heading, a sentence."""
    return list(_told(known))


def _told(known: CaseDates) -> Iterator[tuple[str, str]]:
    limit = meeting_limit(known)
    if limit:
        left = working_days_until(known.on, limit.day)
        until = (f"{left} working {'day is' if left == 1 else 'days are'} left from today"
                 if limit.day >= known.on else "That day is over: say why it is later")
        yield "Not after", f"{limit.arithmetic} {until}."
    ahead = [term for term in known.calendar.terms if term.ends_on >= known.on][:TERMS_TOLD]
    if ahead:
        spans = "; ".join(f"{short_day(term.starts_on)} to {short_day(term.ends_on)}"
                          for term in ahead)
        yield f"In term time{_where(known)}", f"{spans}."
    else:
        yield "In term time", "No term dates are known: ask the school whether it is open."
    yield "Never", "On a Saturday, a Sunday or a bank holiday."


def _in_holidays(terms: Sequence[Term], day: date) -> bool:
    """Only where terms are known on both sides of the day: else schools are taken to be open."""
    if any(term.starts_on <= day <= term.ends_on for term in terms):
        return False
    return any(term.ends_on < day for term in terms) and any(
        term.starts_on > day for term in terms)


def _where(known: CaseDates) -> str:
    return f" in the area of {known.calendar.area}" if known.calendar.area else ""


def _named(holiday: str | None) -> str:
    """"Good Friday", "a bank holiday (Early May Bank Holiday)"."""
    own = ("Christmas Day", "Good Friday", "Boxing Day", "New Year's Day", "Easter Monday")
    return holiday if holiday in own else f"a bank holiday ({holiday})"
