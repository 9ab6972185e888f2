"""What a person decides before cases are moved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from engine.errors import EngineError


class TimerRule(StrEnum):
    """What becomes of a timer that waits in a case that is moved."""

    KEEP = "keep"
    """It fires when it would have, and follows changed facts as its release said."""
    REBASE = "rebase"
    """The new release's date or duration, counted from when the timer began."""
    RESTART = "restart"
    """The new release's date or duration, counted from the move."""


ENDS_HERE = ""
"""In place of a step: the token is taken away, and what goes on beside it goes on."""

AS_DONE = "+"
"""In place of a step: it counts as done, and the case goes on behind it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How cases go from one release to another; what it does not say stays as it is."""

    steps: Mapping[str, str] = field(default_factory=dict)
    """By element id, or of a token that has come to a join by the id of its arrow, where it goes on
    in the new release."""
    timers: Mapping[str, TimerRule] = field(default_factory=dict)
    """By the timer's element id in the new release."""
    token: UUID | None = None
    """Where only one task or date of a case is meant, and what `steps` says is said of it alone;
    it is not carried along: what it goes on at begins anew."""

    def goes_on_at(self, element: str) -> str:
        return self.steps.get(element, element)

    def rule_of(self, timer: str) -> TimerRule:
        return self.timers.get(timer, TimerRule.KEEP)

    def as_json(self) -> dict[str, Any]:
        return {"steps": dict(self.steps),
                "timers": {name: rule.value for name, rule in self.timers.items()}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Plan":
        timers = {name: TimerRule(rule) for name, rule in kept["timers"].items()}
        return cls(dict(kept["steps"]), timers)


class CannotMove(EngineError):
    """This case cannot be moved."""

    def __init__(self, because: str, *, step: str | None = None) -> None:
        """`because` completes “cannot, because ...”; `step` is what a mapping may put right: an
        element of the old release, or an arrow to a join."""
        super().__init__(because)
        self.step = step
