"""Which steps a case comes to, and when, at this council's usual pace.

The diagrams are walked as for the forecast. A step begins when the last of the ways to it is done;
what hangs on a choice that nobody has made yet is left out.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from workflows.calendar import working_days
from workflows.figures.forecast import ENOUGH, Here, Pace, When, at_limits, at_the_pace
from workflows.figures.leads_on import CHOICE, USER_TASK, WAITS, CaseNow, LeadsOn

NOT_SEEN = date.max
"""Of what comes after the last day, or perhaps."""


def usually_done(open_here: Here, today: date, paces: Mapping[str, Pace]) -> date:
    """When an open step is done: after its usual time, or at its limit; not before today."""
    pace = paces.get(open_here.element)
    if pace is not None and pace.times >= ENOUGH:
        return max(today, working_days(None, open_here.since, pace.days))
    return max(today, open_here.due_on or today)


def coming_steps(
    here: Sequence[Here], today: date, last: date, now: CaseNow, paces: Mapping[str, Pace]
) -> dict[str, date]:
    """User tasks that open by the last day, by element, with the day on which each does."""
    coming = _Coming(today, last, now, paces)
    for each in here:
        coming.go_on(each.element, usually_done(each, today, paces), frozenset({each.element}))
    return coming.steps(without={each.element for each in here})


class _Coming:
    def __init__(
        self, today: date, last: date, now: CaseNow, paces: Mapping[str, Pace]
    ) -> None:
        enough = {element: pace for element, pace in paces.items() if pace.times >= ENOUGH}
        self._took = at_the_pace({}, enough, at_limits({}, today, now))
        self._elements, self._leads_on = now.procedure.elements, LeadsOn(now)
        self._last = last
        self._begins: dict[str, date] = {}
        self._ways: dict[str, Sequence[str]] = {}

    def go_on(self, identity: str, done: date, passed: frozenset[str]) -> None:
        element = self._elements[identity]
        ways = self._ways.get(identity)
        if ways is None:
            ways = self._ways[identity] = self._leads_on.from_(element)
        if done > self._last or (element.kind == CHOICE and len(ways) > 1):
            done = NOT_SEEN
        for each in ways:
            if each not in passed:
                self._come_to(each, done, passed | {each})

    def steps(self, without: Collection[str]) -> dict[str, date]:
        return {identity: on for identity, on in self._begins.items()
                if on <= self._last and self._elements[identity].kind == USER_TASK
                and identity not in without}

    def _come_to(self, identity: str, on: date, passed: frozenset[str]) -> None:
        """Where several ways lead to it, the last counts."""
        if identity in self._begins and self._begins[identity] >= on:
            return
        self._begins[identity] = on
        takes = on < NOT_SEEN and self._elements[identity].kind in (USER_TASK, WAITS)
        self.go_on(identity, self._took(identity, When(on, on)).on if takes else on, passed)
