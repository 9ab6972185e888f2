"""What is asked of the list: filters, order and columns, as plain words. An address holds them, and
so does a view that is kept. Ids and keys only: no name stands in either."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from engine.work import Work, query
from workflows.case_list.columns import COLUMNS, SORTS, SORTS_WITH_FINISHED, STANDARD
from workflows.case_list.filters import ALL_STATUSES, FILTERS, How
from workflows.days import short_day

SORT, COLUMN, BACKWARDS = "sort", "column", "-"
KEYS = (*FILTERS, SORT, COLUMN)
MOST_VALUES = 20
"""Of one filter; more is no filter that a person has chosen."""


@dataclass(frozen=True, slots=True)
class Asked:
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "due"
    backwards: bool = False
    columns: tuple[str, ...] = STANDARD

    @property
    def finished_too(self) -> bool:
        return bool({*self.filters.get("status", ())} & {"ended", "closed", ALL_STATUSES})

    def pairs(self) -> Iterator[tuple[str, str]]:
        """As an address says it, in one order; what goes without saying is left out."""
        for key, values in self.filters.items():
            yield from ((key, value) for value in values)
        if (self.sort, self.backwards) != ("due", False):
            yield SORT, f"{BACKWARDS if self.backwards else ''}{self.sort}"
        if self.columns != STANDARD:
            yield from ((COLUMN, column) for column in self.columns)

    def without(self, key: str, value: str) -> "Asked":
        left = {**self.filters, key: tuple(v for v in self.filters.get(key, ()) if v != value)}
        return replace(self, filters={key: values for key, values in left.items() if values})

    def sorted_by(self, column: str) -> "Asked":
        """As the heading of a column does: the same one again turns the order round."""
        turned = column == self.sort and not self.backwards
        return replace(self, sort=column, backwards=turned)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One value of one filter, in words."""

    key: str
    value: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Understood:
    asked: Asked
    chosen: tuple[Chosen, ...]
    problems: tuple[str, ...]
    """Of each part that means nothing and was left out: a sentence. None of them repeats what was
    given, which may be anything."""


@query
def understood(work: Work, given: Iterable[tuple[str, str]]) -> Understood:
    """What these pairs ask for, held against what there is and what the reader may see."""
    values: dict[str, list[str]] = {}
    problems: list[str] = []
    for key, value in given:
        if key not in KEYS:
            problems.append("One of its filters is not known any more. It was left out.")
        elif value and value not in values.setdefault(key, []):
            values[key].append(value)
    order = values.pop(SORT, ["due"])[0]
    columns = values.pop(COLUMN, list(STANDARD))
    filters, chosen = _filters(work, values, problems)
    asked = Asked(filters, columns=_columns(columns, problems))
    sort, backwards = order.removeprefix(BACKWARDS), order.startswith(BACKWARDS)
    if sort not in SORTS:
        problems.append("The list cannot be put into the order that was asked for. "
                        "The next due stand first.")
    elif asked.finished_too and sort not in SORTS_WITH_FINISHED:
        problems.append(f"With finished cases the list cannot be in the order of “"
                        f"{SORTS[sort]}”. The next due stand first, then the newest.")
    else:
        asked = replace(asked, sort=sort, backwards=backwards)
    return Understood(asked, tuple(chosen), tuple(dict.fromkeys(problems)))


def _filters(
    work: Work, values: Mapping[str, list[str]], problems: list[str]
) -> tuple[dict[str, tuple[str, ...]], list[Chosen]]:
    filters: dict[str, tuple[str, ...]] = {}
    chosen: list[Chosen] = []
    for key, filter_ in FILTERS.items():
        given = values.get(key, [])[:MOST_VALUES]
        if not given:
            continue
        words = ({day: words for day in given if (words := _day_in_words(day))}
                 if filter_.how is How.DAY else filter_.choices(work, given))
        known = tuple(value for value in given if value in words)
        if len(known) < len(given):
            problems.append(f"“{filter_.title}”: what was asked for is not there, or you cannot "
                            "see it. It was left out.")
        if known:
            filters[key] = known[:1] if filter_.how is How.DAY else known
            chosen += [Chosen(key, value, filter_.title, words[value]) for value in filters[key]]
    return filters, chosen


def _columns(given: list[str], problems: list[str]) -> tuple[str, ...]:
    known = tuple(key for key in COLUMNS if key in given)
    if set(given) - set(known):
        problems.append("One of its columns is not known any more. It was left out.")
    return known or STANDARD


def _day_in_words(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return short_day(day) if day.isoformat() == text else ""  # 2026-W13-3 is another way to say it
