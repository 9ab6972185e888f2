"""How many limits of each day were kept, missed, or are open.

Whether an open limit is past depends on the day on which one asks: that is not counted here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.work import Work
from workflows.figures.added_up import count_in_and_out
from workflows.figures.tables import Clock, LimitCount


class Stands(StrEnum):
    ON_TIME = "on time"
    LATE = "late"
    EXPLAINED = "late explained"
    ENDED = "ended before"
    OPEN = "open"
    OPEN_EXPLAINED = "open explained"
    AT_RISK = "at risk"
    """Open, and will not be met in time at the usual pace."""
    AT_RISK_EXPLAINED = "risk explained"


OPEN = (Stands.OPEN, Stands.OPEN_EXPLAINED, Stands.AT_RISK, Stands.AT_RISK_EXPLAINED)
RISKS = (Stands.AT_RISK, Stands.AT_RISK_EXPLAINED)
IS_EXPLAINED = (Stands.EXPLAINED, Stands.OPEN_EXPLAINED, Stands.AT_RISK_EXPLAINED)
_COUNTED = (Clock.deadline, Clock.due_on, Clock.met_on, Clock.ended_on, Clock.explained,
            Clock.at_pace_on, Clock.at_limits_on)


def limits_of(work: Work, cases: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """What is to be known of the limits that stand of these cases, to count them."""
    return [row._asdict() for row in
            work.session.execute(select(*_COUNTED).where(Clock.case_id.in_(cases)))]


def write_limits(
    work: Work, come: Iterable[Mapping[str, Any]], gone: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Count in the one and count out the other: rows of `Clock`."""
    count_in_and_out(work, LimitCount, _keys(come), _keys(gone))


def _keys(limits: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, date, Stands]]:
    for each in limits:
        yield each["deadline"], each["due_on"], _stands(each)


def _stands(limit: Mapping[str, Any]) -> Stands:
    due_on, met_on, ended_on = limit["due_on"], limit["met_on"], limit["ended_on"]
    late = Stands.EXPLAINED if limit["explained"] else Stands.LATE
    if met_on is not None:
        return Stands.ON_TIME if met_on <= due_on else late
    if ended_on is not None:
        return Stands.ENDED if ended_on <= due_on else late
    expected_on = limit["at_pace_on"] or limit["at_limits_on"]
    if expected_on is not None and expected_on > due_on:
        return Stands.AT_RISK_EXPLAINED if limit["explained"] else Stands.AT_RISK
    return Stands.OPEN_EXPLAINED if limit["explained"] else Stands.OPEN
