"""Where two runs of the same acts part, as a sentence that names the steps and the days."""

from collections.abc import Sequence
from datetime import date

from engine.trial.differences import (
    DROPPED,
    ENDED,
    OPENED,
    STOPPED,
    TOLD,
    Difference,
    Went,
)
from workflows.days import short_day


def difference_in_words(found: Difference, before: str, now: str) -> str:
    """`before` and `now` are who went which way: "release 3", "the draft"."""
    day = short_day(found.on)
    if found.cannot:
        return (f"“{found.cannot}” cannot be done in {now} on {day}: it is not open then, or asks "
                "for other answers.")
    moved = _of_one_step(found, before, now)
    if moved:
        return moved
    after = f"{'By' if found.by_time else 'On'} {day}"
    if found.after:
        after += f", after “{found.after}”,"
    gone, new = _listed(found.gone), _listed(found.new)
    if gone and new:
        return f"{after} {before} went on to {gone}; {now} goes on to {new}."
    if gone:
        return f"{after} {before} went on to {gone}; {now} does not."
    return f"{after} {now} goes on to {new}; {before} did not."


def difference_in_general(found: Difference, before: str, now: str) -> str:
    """The same without the days, so that cases that part at the same place are counted together."""
    if found.cannot:
        return f"“{found.cannot}” cannot be done in {now} when it was done."
    both = next(((was, becomes) for was in found.gone for becomes in found.new
                 if (was.what, was.element) == (becomes.what, becomes.element)), None)
    if both is not None:
        what = _named(both[0])
        moved = both[0].on != both[1].on
        return (f"{now.capitalize()} comes to {what} on another day." if moved
                else f"In {now} {what} is due on another day.")
    after = f"After “{found.after}” " if found.after else "At the beginning "
    gone, new = _listed(found.gone), _listed(found.new)
    if gone and new:
        return f"{after}{before} went on to {gone}; {now} goes on to {new}."
    return f"{after}{before} went on to {gone}; {now} does not." if gone else (
        f"{after}{now} goes on to {new}; {before} did not.")


def _of_one_step(found: Difference, before: str, now: str) -> str:
    """The first step that both come to, on another day or with another last day."""
    for was in found.gone:
        becomes = next((each for each in found.new
                        if (each.what, each.element) == (was.what, was.element)), None)
        if becomes is None:
            continue
        what = _named(was)
        if was.on != becomes.on:
            return (f"{before.capitalize()} came to {what} on {_day(was.on)}; {now} comes to it on "
                    f"{_day(becomes.on)}.")
        return (f"In {before} {what} was due on {_day(was.due)}; in {now} it is due on "
                f"{_day(becomes.due)}.")
    return ""


def _listed(went: Sequence[Went]) -> str:
    named = list(dict.fromkeys(_named(each) for each in went))
    return named[0] if len(named) == 1 else (
        f"{', '.join(named[:-1])} and {named[-1]}" if named else "")


def _named(went: Went) -> str:
    name = f"“{went.name}”" if went.name else "a step without a name"
    return {
        OPENED: name,
        TOLD: name,
        ENDED: f"the end {name}",
        STOPPED: f"a stop at {name} that needs a process owner",
        DROPPED: f"dropping {name}",
    }[went.what]


def _day(text: str) -> str:
    return short_day(date.fromisoformat(text)) if text else "no day"
