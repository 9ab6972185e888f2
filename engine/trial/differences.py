"""What came of each act of a trial, and where two runs of the same acts part."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from engine.spiff import Procedure
from engine.trial.acts import Act, Done, WasDone, Woken
from engine.trial.course import Happened
from engine.work import LONDON

OPENED, TOLD, ENDED, STOPPED, DROPPED = "opened", "told", "ended", "stopped", "dropped"
_KINDS = {
    "task_opened": OPENED,
    "action_performed": TOLD,
    "case_ended": ENDED,
    "incident_opened": STOPPED,
    "task_cancelled": DROPPED,
}
"""What a difference is made of, by the kind of what happened. Dates that Pepway looks on by itself
are no difference: what they lead to is."""


@dataclass(frozen=True, slots=True, order=True)
class Went:
    """One thing that came of an act. Names are kept: the step may be gone later."""

    what: str
    element: str
    name: str
    on: str
    """ISO date in London."""
    due: str = ""
    """ISO date; of a step that was opened, its last day."""


@dataclass(frozen=True, slots=True)
class Stage:
    after: str
    """Name of the step that was done or the date that was not waited for; empty where time passed,
    and at the beginning."""
    element: str
    on: str
    went: tuple[Went, ...]
    """Sorted: what goes on side by side has no order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two runs part, and only there: what follows differs because of it."""

    number: int
    """Of the stage, from 0: the beginning."""
    after: str
    on: date
    gone: tuple[Went, ...]
    """What came of it before, and now does not."""
    new: tuple[Went, ...]
    by_time: bool = False
    """It came of time that passed, not of the step itself."""
    cannot: str = ""
    """Name of the step that can no longer be done there; then nothing else is said."""


def stage_of(
    procedure: Procedure, act: Act | None, at: datetime, story: Sequence[Happened]
) -> Stage:
    went = sorted(
        Went(_KINDS[each.kind], each.element or "", _name(procedure, each.element),
             _day(each.at), each.data.get("due") or "" if each.kind == "task_opened" else "")
        for each in story if each.kind in _KINDS
    )
    element = act.element if isinstance(act, Done | WasDone | Woken) else ""
    return Stage(_name(procedure, element), element, _day(at), tuple(went))


def first_difference(
    before: Sequence[Stage], now: Sequence[Stage], cannot: Act | None = None
) -> Difference | None:
    """None where both went the same way. `cannot` is the act at which `now` had to stop."""
    for number, stage in enumerate(before):
        if number >= len(now):
            name = stage.after if isinstance(cannot, Done | WasDone | Woken) else ""
            return Difference(number, _last_done(before[:number]), date.fromisoformat(stage.on),
                              (), (), cannot=name or stage.after)
        gone, new = _apart(stage.went, now[number].went)
        if gone or new:
            return Difference(number, _last_done(before[: number + 1]),
                              date.fromisoformat(stage.on), gone, new, not stage.after)
    return None


def stages_to_json(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    return [asdict(stage) for stage in stages]


def stages_from_json(kept: Sequence[Mapping[str, Any]]) -> tuple[Stage, ...]:
    return tuple(
        Stage(each["after"], each["element"], each["on"],
              tuple(Went(**went) for went in each["went"]))
        for each in kept
    )


def _apart(
    before: Sequence[Went], now: Sequence[Went]
) -> tuple[tuple[Went, ...], tuple[Went, ...]]:
    """A step that only got another name is the same step."""
    left = list(now)
    gone = []
    for each in before:
        same = next((other for other in left if _same(each, other)), None)
        if same is None:
            gone.append(each)
        else:
            left.remove(same)
    return tuple(gone), tuple(left)


def _same(one: Went, other: Went) -> bool:
    return (one.what, one.element, one.on, one.due) == (
        other.what, other.element, other.on, other.due)


def _last_done(stages: Sequence[Stage]) -> str:
    """Name of the step that was done last; empty where none was."""
    return next((stage.after for stage in reversed(stages) if stage.after), "")


def _name(procedure: Procedure, element: str | None) -> str:
    found = procedure.elements.get(element or "")
    return found.name if found else ""


def _day(at: datetime) -> str:
    return at.astimezone(LONDON).date().isoformat()
