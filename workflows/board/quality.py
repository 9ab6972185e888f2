"""How good plans are: by section and over time, the child's own voice, targets, pupil premium plus.

Read from what `figures/plans.py` counts of plans that both have signed. It is about plans, and
names no child and no person.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import case, func, select

from engine.work import Work, query
from workflows.calendar import months
from workflows.figures.tables import FiguresPosition, PlanFigures, PremiumUse, SectionCount
from workflows.pep.quality import JUDGED
from workflows.pep.record import SECTIONS

MONTHS = 12
RATINGS = ("green", "amber", "red")
QUARTER = 3
"""Months."""
PURPOSES = {
    "english": "English", "maths": "Maths", "other_subject": "Another subject",
    "attendance": "Attendance", "behaviour": "Behaviour",
    "wellbeing": "Social and emotional wellbeing", "independence": "Independence",
    "career": "Career and next steps", "": "Not said",
}
EFFECTS = {
    "yes": "It works", "partly": "It works in part", "no": "It does not work",
    "too_early": "Too early to say", "": "Not judged yet",
}
"""As the forms have them; what only another form has is shown by its key, in words."""


@dataclass(slots=True)
class MonthOfPlans:
    """Plans that both signed in one month, or in all of them."""

    ratings: Counter[str] = field(default_factory=Counter)
    plans: int = 0
    own_voice: int = 0
    targets: int = 0
    smart: int = 0
    judged: int = 0
    met: int = 0

    @property
    def rated(self) -> int:
        return sum(self.ratings[each] for each in RATINGS)

    def add(self, other: "MonthOfPlans") -> None:
        self.ratings += other.ratings
        for name in ("plans", "own_voice", "targets", "smart", "judged", "met"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class SectionQuality:
    title: str
    ratings: Mapping[str, int]
    green_shares: Sequence[int | None]
    """Percent green of each quarter, the earliest first; None where none was rated."""


@dataclass(frozen=True, slots=True)
class Use:
    purpose: str
    effect: str
    uses: int
    pounds: int


@dataclass(frozen=True, slots=True)
class QualityPage:
    first: date
    months: Mapping[date, MonthOfPlans]
    whole: MonthOfPlans
    quarters: Sequence[date]
    """First days of the first months."""
    sections: Sequence[SectionQuality]
    uses: Sequence[Use]
    """The most frequent first."""
    counted_at: datetime | None


@query
def quality_page(work: Work) -> QualityPage:
    """Of the twelve months that end with this one."""
    first = months(None, work.today.replace(day=1), 1 - MONTHS)
    span = [months(None, first, n) for n in range(MONTHS)]
    with work.for_the_council("figures count plans, and name no child"):
        by_month = _by_month(work, first, span)
        sections = _sections(work, first, span)
        uses = _uses(work, first)
        counted_at = work.session.scalar(select(FiguresPosition.counted_at))
    whole = MonthOfPlans()
    for each in by_month.values():
        whole.add(each)
    return QualityPage(first, by_month, whole, span[::QUARTER], sections, uses, counted_at)


def share(part: int, whole: int) -> int | None:
    """Percent, rounded down; None of nothing."""
    return 100 * part // whole if whole else None


def _by_month(
    work: Work, first: date, span: Sequence[date]
) -> Mapping[date, MonthOfPlans]:
    found = {month: MonthOfPlans() for month in span}
    one = PlanFigures
    for month, rating, plans, voice, targets, smart, judged, met in work.session.execute(
        select(one.month, one.rating, func.count(),
               func.sum(case((one.own_voice, 1), else_=0)), func.sum(one.targets),
               func.sum(one.smart), func.sum(one.judged), func.sum(one.met))
        .where(one.month >= first).group_by(one.month, one.rating)
    ):
        if month in found:
            found[month].add(MonthOfPlans(
                Counter({rating: plans}), plans, voice, targets, smart, judged, met))
    return found


def _sections(work: Work, first: date, span: Sequence[date]) -> list[SectionQuality]:
    """In the order of the plan, those that were rated at all."""
    counted: dict[str, dict[date, Counter[str]]] = {}
    for section, month, rating, count in work.session.execute(
        select(SectionCount.section, SectionCount.month, SectionCount.rating, SectionCount.cases)
        .where(SectionCount.month >= first)
    ):
        if month in span:
            quarter = span[span.index(month) // QUARTER * QUARTER]
            counted.setdefault(section, {}).setdefault(quarter, Counter())[rating] += count
    return [
        SectionQuality(
            SECTIONS[key].title,
            sum(counted[key].values(), Counter()),
            [share(ratings["green"], ratings.total())
             for ratings in (counted[key].get(quarter, Counter()) for quarter in span[::QUARTER])],
        )
        for key in JUDGED if key in counted
    ]


def _uses(work: Work, first: date) -> list[Use]:
    rows = work.session.execute(
        select(PremiumUse.purpose, PremiumUse.effect, func.sum(PremiumUse.uses),
               func.sum(PremiumUse.pounds))
        .where(PremiumUse.month >= first).group_by(PremiumUse.purpose, PremiumUse.effect)
    )
    found = [Use(PURPOSES.get(purpose, _in_words(purpose)), EFFECTS.get(effect, _in_words(effect)),
                 uses, pounds) for purpose, effect, uses, pounds in rows]
    return sorted(found, key=lambda use: (-use.uses, use.purpose, use.effect))


def _in_words(key: str) -> str:
    return key.replace("_", " ").capitalize()
