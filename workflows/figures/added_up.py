"""Counts that are kept: rows come and go, and what counts them follows by the difference.

So a page reads a few hundred numbers in place of a hundred thousand rows. No child can be told from
them. Only the background writes them, together with the rows that they count, so that they never
say anything else than these.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete

from engine.store.adding_up import add_up
from engine.work import Work
from workflows.figures.tables import LimitCount, SectionCount, StandingCount

Key = tuple[Any, ...]
"""Of a count: its columns but `cases`, in the order of the table."""


def count_in_and_out(
    work: Work, table: type[LimitCount | SectionCount | StandingCount], come: Iterable[Key],
    gone: Iterable[Key],
) -> None:
    """What then is none leaves no row."""
    differ = Counter(come)
    differ.subtract(Counter(gone))
    names = [str(column.key) for column in table.__mapper__.primary_key]
    add_up(work.session, table, [
        {**dict(zip(names, key, strict=True)), "cases": cases}
        for key, cases in sorted(differ.items()) if cases
    ])
    work.session.execute(delete(table).where(table.cases == 0))
