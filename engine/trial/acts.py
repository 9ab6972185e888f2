"""What happens in a trial, one act after the other: steps that are done, time that passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Done:
    """Somebody completes an open step; the answers are checked as a practitioner's are."""

    element: str
    at: datetime
    answers: Mapping[str, Any]
    """Raw, by field key."""
    which: int = 0
    """Of a step that is open several times at once: the place in the order of opening."""


@dataclass(frozen=True, slots=True)
class WasDone:
    """A step that was completed in a case; what is not on record of its answers is not missed."""

    element: str
    at: datetime
    recorded: Mapping[str, Any]
    """By place of the record."""


@dataclass(frozen=True, slots=True)
class Waited:
    """Time passes; what comes due on the way happens when it is due."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Woken:
    """A date is not waited for any longer."""

    element: str
    at: datetime


Act = Done | WasDone | Waited | Woken


def acts_to_json(acts: Sequence[Act]) -> list[dict[str, Any]]:
    return [_to_json(act) for act in acts]


def acts_from_json(kept: Sequence[Mapping[str, Any]]) -> tuple[Act, ...]:
    """Raises `KeyError` or `ValueError` for what `acts_to_json` has not written."""
    return tuple(_from_json(each) for each in kept)


def moment_of(act: Act) -> datetime:
    return act.until if isinstance(act, Waited) else act.at


def _to_json(act: Act) -> dict[str, Any]:
    at = moment_of(act).isoformat()
    match act:
        case Done():
            return {"done": act.element, "at": at, "answers": dict(act.answers), "which": act.which}
        case WasDone():
            return {"was_done": act.element, "at": at, "recorded": dict(act.recorded)}
        case Woken():
            return {"woken": act.element, "at": at}
        case Waited():
            return {"waited": at}


def _from_json(kept: Mapping[str, Any]) -> Act:
    if "waited" in kept:
        return Waited(datetime.fromisoformat(kept["waited"]))
    at = datetime.fromisoformat(kept["at"])
    if "done" in kept:
        return Done(kept["done"], at, kept["answers"], int(kept["which"]))
    if "was_done" in kept:
        return WasDone(kept["was_done"], at, kept["recorded"])
    return Woken(kept["woken"], at)
