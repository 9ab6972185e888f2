"""What an imagined case begins with: dates and yes or no of a child, and nobody's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from engine.work import Work, query
from workflows.council import NAMELESS, Closure, SchoolTerm, read_settings


@dataclass(frozen=True, slots=True)
class TermIn:
    """A stretch of school days in one council's area."""

    area: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class CouncilDays:
    """What every date is counted with: the council's own, as it stands today."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """`name` and `termly`, where they are set."""
    terms: Sequence[TermIn] = ()
    closures: frozenset[date] = frozenset()

    @property
    def area(self) -> str:
        return self.settings.get("name", NAMELESS)

    def to_json(self) -> dict[str, Any]:
        """Of the own area, which is all that an invented child needs."""
        return {
            "settings": dict(self.settings),
            "terms": [[each.starts_on.isoformat(), each.ends_on.isoformat()]
                      for each in self.terms if each.area == self.area],
            "closures": sorted(day.isoformat() for day in self.closures),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "CouncilDays":
        area, day = kept["settings"].get("name", NAMELESS), date.fromisoformat
        return cls(
            kept["settings"],
            tuple(TermIn(area, day(starts), day(ends)) for starts, ends in kept["terms"]),
            frozenset(day(each) for each in kept["closures"]),
        )


@dataclass(frozen=True, slots=True)
class PlacementBegun:
    starts_on: date
    planned: bool


@dataclass(frozen=True, slots=True)
class AtSchool:
    starts_on: date
    ends_on: date | None
    area: str


@dataclass(frozen=True, slots=True)
class ReviewAhead:
    """The statutory review that the case prepares."""

    number: int
    limit_on: date
    asked_for_by: date | None = None
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """As a case of this procedure begins: what its facts are told from, until acts change it."""

    procedure: str
    opened_at: datetime
    born_on: date
    looked_after_on: date
    short_breaks: bool = False
    out_of_area: bool = False
    placements: Sequence[PlacementBegun] = ()
    schools: Sequence[AtSchool] = ()
    review: ReviewAhead | None = None
    last_review_on: date | None = None
    last_plan_on: date | None = None
    """When the plan before was prepared."""
    plan_before_was_interim: bool = False
    on_record: Mapping[str, Any] = field(default_factory=dict)
    """What the record says already, by place."""


@query
def council_days(work: Work) -> CouncilDays:
    """The council's own area; what is counted for a school elsewhere is counted there."""
    return CouncilDays(
        read_settings(work.session, ["name", "termly"]),
        tuple(TermIn(row.area, row.starts_on, row.ends_on)
              for row in work.session.scalars(select(SchoolTerm))),
        frozenset(work.session.scalars(select(Closure.day))),
    )
