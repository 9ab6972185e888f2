"""What a trial asks of the domain: everything that it tells of a real case, and nothing kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.domain import ActionCall, Kept, Known, Told
from engine.forms.answers import Entry


@dataclass(frozen=True, slots=True)
class Performed:
    """What a service or send task would have done."""

    outcomes: Mapping[str, Any]
    told: Sequence[tuple[str, str]]
    """Role and kind of message of everyone who would have been told something."""
    changed: bool = False
    """Facts may be others now."""


class Imagined(Protocol):
    """One case that is only imagined: invented, or as one was that is over."""

    def known(self, now: datetime) -> Known:
        """Its facts, calendar and record as they stand at that moment of the trial."""

    @property
    def kept(self) -> Mapping[str, Kept]:
        """What its record holds, by place."""

    def options(self, name: str) -> Sequence[tuple[str, str]]:
        """As `Domain.options`: invented people and schools."""

    def save(
        self, entries: Sequence[Entry], now: datetime, keys: Mapping[str, str], *, strict: bool
    ) -> Told:
        """As `Domain.save` of a completed step; where `strict`, refused as it would refuse them.

        `keys` are those by which the forms ask for each place. Raises `AnswersInvalid`.
        """

    def perform(self, call: ActionCall, now: datetime) -> Performed:
        """As `Domain.perform`: what would be done, and nothing of it is. Raises `FlowFailed`."""
