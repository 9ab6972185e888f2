"""The way that a trial went, act by act: what was done on which day, and what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from engine.trial import Stage
from engine.trial.differences import DROPPED, ENDED, OPENED, STOPPED, Went
from workflows.days import short_day


@dataclass(frozen=True, slots=True)
class StageShown:
    act: str
    came: Sequence[str]


def way_in_words(stages: Sequence[Stage]) -> list[StageShown]:
    """Acts of which nothing came, but time that passed, are left out."""
    return list(_shown(stages))


def _shown(stages: Sequence[Stage]) -> Iterator[StageShown]:
    for number, stage in enumerate(stages):
        day = short_day(date.fromisoformat(stage.on))
        came = list(dict.fromkeys(
            _in_words(each, stage.on) for each in sorted(stage.went, key=lambda went: went.on)
        ))
        if stage.after:
            yield StageShown(f"“{stage.after}” is done on {day}", came)
        elif number == 0:
            yield StageShown(f"The case begins on {day}", came)
        elif came:
            yield StageShown(f"Time passes until {day}", came)


def _in_words(went: Went, today: str) -> str:
    due = f", due {short_day(date.fromisoformat(went.due))}" if went.due else ""
    on = "" if went.on == today else f" on {short_day(date.fromisoformat(went.on))}"
    if went.what == OPENED:
        return f"“{went.name}” begins{on}{due}"
    return {
        ENDED: f"The case comes to its end{on}: {went.name}",
        STOPPED: f"The case stops{on} at “{went.name}” and needs a process owner",
        DROPPED: f"“{went.name}” is no longer needed{on}",
    }.get(went.what, f"Pepway does “{went.name}”{on}")
