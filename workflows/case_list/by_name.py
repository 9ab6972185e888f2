"""Choosing a school or a person by a part of the name: a council has hundreds, England thousands.

What was typed stands in a form that is sent back, and in no address; what was chosen is an id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.work import Work, query
from workflows.case_list.filters import FILTERS, How

MOST = 20
"""Names among which anybody finds theirs, on a phone too."""
LONGEST = 100
"""Letters of a name that are looked for."""
BY_NAME = tuple(key for key, each in FILTERS.items() if each.how is How.NAME)


@dataclass(frozen=True, slots=True)
class Named:
    """What a part of a name may mean, for this reader."""

    choices: Mapping[str, str]
    """Names by the value of the filter, in their order."""
    more: bool
    """There are others, which would make the list too long."""


@query
def named(work: Work, key: str, typed: str) -> Named:
    """Whatever has every word of it in its name, of the filter with this key."""
    find = FILTERS[key].named
    words = words_of(typed)
    if find is None or not words:
        return Named({}, more=False)
    rows = [(str(value), name) for value, name in work.session.execute(
        find(work, words).limit(MOST + 1))]
    return Named(dict(rows[:MOST]), more=len(rows) > MOST)


@query
def without_a_name(work: Work, key: str, chosen: Sequence[str]) -> Mapping[str, str]:
    """Words by value: what can be chosen without a name, and of these values those there are."""
    return FILTERS[key].choices(work, chosen)


def words_of(typed: str) -> Sequence[str]:
    return typed[:LONGEST].split()
