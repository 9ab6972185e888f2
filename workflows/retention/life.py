"""The life course of one child, as far as it says how long their record is kept."""

from dataclasses import dataclass
from datetime import date

COMES_OF_AGE = 18


@dataclass(frozen=True, slots=True)
class TimeInCare:
    began_on: date
    ended_on: date | None
    """The last day in care; None while it goes on."""


@dataclass(frozen=True, slots=True)
class Life:
    born_on: date
    care: tuple[TimeInCare, ...] = ()
    """Every time in this council's care."""
    died_on: date | None = None
    adopted_on: date | None = None
    """The day of the first adoption order that the council knows of."""

    @property
    def in_care(self) -> bool:
        return any(each.ended_on is None for each in self.care)

    @property
    def died_a_child(self) -> bool:
        """An age is attained as its day begins: who dies on the 18th birthday was 18."""
        return self.died_on is not None and self.died_on < anniversary(self.born_on, COMES_OF_AGE)


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, where there is none, 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
