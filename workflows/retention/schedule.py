"""The retention schedule: every class of record, how long it is kept, and by what law.

One declared table. What is kept by the life of a child is a pure function of that life; a council
may keep it longer (`periods.py`), never shorter. What ends by itself says after how long, and the
constant that it goes by.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from workflows.days import long_date
from workflows.retention.life import Life, anniversary

REGULATION_50 = ("Care Planning, Placement and Case Review (England) Regulations 2010, "
                 "regulation 50(1)")
ADOPTION = ("The council's schedule for adoption; Disclosure of Adoption Information "
            "(Post-Commencement Adoptions) Regulations 2005, regulation 6")


@dataclass(frozen=True, slots=True)
class Periods:
    """Years. As they stand here they are the shortest that the law, or the schedule, allows."""

    after_birth: int = 75
    after_death: int = 15
    after_adoption: int = 100


SHORTEST = Periods()


@dataclass(frozen=True, slots=True)
class Keeping:
    until: date
    """The last day on which it must be kept: it may be destroyed from the day after."""
    reason: str
    """The rule, applied to this life."""
    rule: str
    """The rule alone, which tells nothing of the life."""
    source: str


@dataclass(frozen=True, slots=True)
class RecordClass:
    key: str
    title: str
    holds: str
    """What belongs to it, for whoever reads the schedule."""
    kept: str
    """How long, in words."""
    source: str
    rule: Callable[[Life, Periods], Keeping] | None = None
    """Of what is kept by the life of a child; else it ends as `kept` says."""


def keep_until(life: Life, periods: Periods = SHORTEST) -> Keeping:
    """How long the case record of a looked-after child is kept.

    A child who came back into care is one life and one record, whatever came in between. Where
    several rules hold, the longest does.
    """
    keepings = [_by_birth_or_death(life, periods)]
    if life.adopted_on is not None:
        keepings.append(Keeping(
            anniversary(life.adopted_on, periods.after_adoption),
            f"Adopted on {long_date(life.adopted_on)}: "
            f"{periods.after_adoption} years from the order",
            f"{periods.after_adoption} years from the adoption order",
            ADOPTION,
        ))
    return max(keepings, key=lambda each: each.until)


def is_over(life: Life, on: date, periods: Periods = SHORTEST) -> bool:
    """Whether the record may be destroyed on a day. Of a child in care nothing is, whatever the
    dates say."""
    return not life.in_care and keep_until(life, periods).until < on


def _by_birth_or_death(life: Life, periods: Periods) -> Keeping:
    if life.died_on is not None and life.died_a_child:
        return Keeping(
            anniversary(life.died_on, periods.after_death),
            f"Died before 18, on {long_date(life.died_on)}: {periods.after_death} years from then",
            f"{periods.after_death} years from the death of a child who died before 18",
            f"{REGULATION_50}(b)",
        )
    return Keeping(
        anniversary(life.born_on, periods.after_birth),
        f"Born on {long_date(life.born_on)}: until the {_nth(periods.after_birth)} birthday",
        f"Until the {_nth(periods.after_birth)} birthday",
        f"{REGULATION_50}(a)",
    )


def _nth(number: int) -> str:
    last = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


_BY_LIFE = ("Until the 75th birthday; where a child died before 18, 15 years from the death; where "
            "an adoption order was made, 100 years from it. The longest that holds")
_WITH_RECORD = "As long as the case record of the child, and destroyed with it"

CASE_RECORD = RecordClass(
    "case_record", "Case record of a looked-after child",
    "The child, times in care, placements, schools, cases and their steps, every version of the "
    "plan and its answers, attached files, pictures, reviews, meetings, comments, corrections, "
    "requests for access, numbers of copies",
    _BY_LIFE, f"{REGULATION_50}; {ADOPTION}", keep_until,
)
SCHEDULE: Mapping[str, RecordClass] = {
    each.key: each
    for each in (
        CASE_RECORD,
        RecordClass(
            "contributions", "What carers, parents, children and others said by a link",
            "The links, without their secrets, and what was sent. What nobody sent is forgotten "
            "when the link ends",
            f"{_WITH_RECORD}; unsent words 7 days (`workflows.contributions.links.LASTS`)",
            f"{REGULATION_50}; UK GDPR, Article 5(1)(e)", keep_until,
        ),
        RecordClass(
            "messages", "Messages about a child's case",
            "To whom what kind of message left, and when; never what a plan says",
            _WITH_RECORD, REGULATION_50, keep_until,
        ),
        RecordClass(
            "typed_words", "Words of a form that could not be done yet",
            "What was typed, for whoever typed it",
            "12 hours (`workflows.typed.KEPT_FOR`)", "UK GDPR, Article 5(1)(e)",
        ),
        RecordClass(
            "audit", "Audit and events",
            "Who did or saw what, and what happened: ids, dates and, of a change of a case, the "
            "reason that was given for it",
            "For good: the chain that shows tampering would break with the first row taken out",
            "UK GDPR, Article 5(2): accountability",
        ),
        RecordClass(
            "accounts", "Accounts of people who have left",
            "Name, work e-mail address and roles; they cannot sign in any more",
            "As long as a record says who wrote or signed it", REGULATION_50,
        ),
        RecordClass(
            "certificates", "Certificates of destruction",
            "Number, class, rule, dates, approvers and counts; no name of a child",
            "For good", "UK GDPR, Article 5(2): accountability",
        ),
    )
}
