"""By when a case that runs can meet a limit: at the steps' own limits, and at this council's pace.

The steps that remain are walked on the release's diagrams, from every step at which the case
stands to those that meet the limit. Of ways side by side the longest counts. Where one is chosen,
it is the one that what is known now leads to; where that is not known yet, the shortest: so it is
the earliest day, and no guess of what people will choose. Ways back are left out. Nothing here says
anything of a child or a person.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.spiff import Procedure
from workflows.calendar import working_days, working_days_until
from workflows.figures.leads_on import CHOICE, USER_TASK, WAITS, CaseNow, LeadsOn
from workflows.pep.deadlines import Met
from workflows.pep.plan import SIGNATURES

ENOUGH = 20
"""Finished times of a step, below which its pace is not spoken of."""


class Pace(NamedTuple):
    """How long a step usually takes."""

    days: int
    """Working days, the median."""
    times: int
    """How many finished ones it is the median of."""


class Here(NamedTuple):
    """One step at which a case stands: an open task, or a date that it waits for."""

    element: str
    since: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Forecast:
    at_limits: date
    at_pace: date | None
    """None: of a step that decides there is not enough history."""
    history: int
    """The fewest finished times behind any pace on the way that decides."""
    decided_by: str
    """The step at which the case stands and on which that day hangs."""
    longer_by: int
    """Working days that step has been open beyond its usual time; 0 where it is not known."""


class Reached(NamedTuple):
    on: date
    way: tuple[str, ...]
    """Steps that take time, from here to the one that meets the limit."""


class When(NamedTuple):
    """A day, and the day that it would be if nothing had been late."""

    on: date
    planned: date


Took = Callable[[str, When], When]
"""When a step is done that begins then. One that begins late is given as many working days as it
would have had."""
Ends = Callable[[str, str, When], When | None]
"""When the timer at the edge of a step, by its id, ends a step that begins then, done or not."""


def goals_of(procedure: Procedure, met: Met) -> frozenset[str]:
    """The steps that meet a limit: told from what they ask or do, whatever they are called."""
    if met is Met.PREPARED:
        return _asking(procedure, frozenset(SIGNATURES))
    if met is Met.HELD:
        return _asking(procedure, frozenset({"review.held_on"}))
    if met is Met.PASSED_ON:
        return frozenset(each.id for each in procedure.elements.values()
                         if each.action == "pass_plan_on")
    return frozenset()


def forecast(
    here: Sequence[Here],
    met: Met,
    today: date,
    now: CaseNow,
    paces: Mapping[str, Pace],
) -> Forecast | None:
    """None where no way from here leads to what meets the limit, or none is told."""
    procedure = now.procedure
    walk = _Walk(now, goals_of(procedure, met))
    standing = {each.element: each for each in here}

    at_limit = at_limits(standing, today, now)
    ends = by_their_timers(standing, now)
    slowest = walk.longest(standing, today, _Times(at_limit, ends))
    usual = walk.longest(standing, today, _Times(at_the_pace(standing, paces, at_limit), ends))
    if slowest is None or usual is None:
        return None
    steps = [each for each in usual.way if procedure.elements[each].kind == USER_TASK]
    history = min((paces.get(each, Pace(0, 0)).times for each in steps), default=0)
    enough = history >= ENOUGH
    decides = (usual if enough else slowest).way[0]
    return Forecast(
        slowest.on, usual.on if enough else None, history, decides,
        _longer_by(standing.get(decides), paces.get(decides), today),
    )


def at_limits(standing: Mapping[str, Here], today: date, now: CaseNow) -> Took:
    """Each step is done when it is due, none before today."""
    def at_limit(element: str, begins: When) -> When:
        open_here = standing.get(element)
        if open_here:
            planned = open_here.due_on or begins.planned
            return When(max(planned, today), planned)
        # A date may be over when the step begins: a meeting that others were not ready for.
        planned = max(now.due(element, begins.planned), begins.planned)
        allowed = working_days_until(begins.planned, planned)
        return When(max(planned, working_days(None, begins.on, allowed)), planned)

    return at_limit


def at_the_pace(
    standing: Mapping[str, Here], paces: Mapping[str, Pace], at_limit: Took
) -> Took:
    """Each step takes its usual time; one whose time is not known is done at its limit."""
    def at_pace(element: str, begins: When) -> When:
        if element not in paces:
            return at_limit(element, begins)
        open_here = standing.get(element)
        began = open_here.since if open_here else begins.on
        done = working_days(None, began, paces[element].days)
        return When(max(begins.on, done), max(begins.on, done))

    return at_pace


def by_their_timers(standing: Mapping[str, Here], now: CaseNow) -> Ends:
    """A step that has begun already ends by when it began."""
    def ends(element: str, edge: str, begins: When) -> When | None:
        began = standing[element].since if element in standing else begins.planned
        day = now.ends(edge, began)
        return When(max(day, begins.on), max(day, begins.planned)) if day else None

    return ends


def _longer_by(open_here: Here | None, usual: Pace | None, today: date) -> int:
    if open_here is None or usual is None or usual.times < ENOUGH:
        return 0
    return max(0, working_days_until(open_here.since, today) - usual.days)


def _asking(procedure: Procedure, paths: frozenset[str]) -> frozenset[str]:
    forms = {name for name, form in procedure.forms.items()
             if any(field.path in paths for field in form.inputs())}
    return frozenset(each.id for each in procedure.elements.values() if each.form in forms)


class _Times(NamedTuple):
    took: Took
    ends: Ends


class _Walk:
    """From where a case stands to what meets a limit."""

    def __init__(self, now: CaseNow, goals: frozenset[str]) -> None:
        self._goals = goals
        self._elements = now.procedure.elements
        self._leads_on = LeadsOn(now)
        self._edges: dict[str, list[str]] = {}
        """By step, the timers that end it, done or not."""
        for each in self._elements.values():
            if each.attached_to and each.interrupting and each.timer_kind:
                self._edges.setdefault(each.attached_to, []).append(each.id)

    def longest(
        self, here: Iterable[str], today: date, times: _Times
    ) -> Reached | None:
        """The last of the ways on which the case is, to what meets the limit."""
        now = When(today, today)
        # What is known of one start is not of another: a way back for the one is onwards for it.
        ways = [self._from(each, now, times, {}, frozenset()) for each in here]
        return max((each for each in ways if each), default=None)

    def _from(
        self,
        identity: str,
        begins: When,
        times: _Times,
        known: dict[tuple[str, When], Reached | None],
        passed: frozenset[str],
    ) -> Reached | None:
        if identity in passed:
            return None
        if (identity, begins) not in known:
            element = self._elements[identity]
            takes = element.kind in (USER_TASK, WAITS)
            done = times.took(identity, begins) if takes else begins
            for edge in self._edges.get(identity, ()) if takes else ():
                ended = times.ends(identity, edge, begins)
                if ended and ended < done:
                    element, done = self._elements[edge], ended
            way = (identity,) if takes else ()
            if element.id in self._goals:
                found: Reached | None = Reached(done.on, way)
            else:
                onwards = [self._from(each, done, times, known, passed | {identity})
                           for each in self._leads_on.from_(element)]
                reached = [each for each in onwards if each]
                best = min if element.kind == CHOICE else max
                further = best(reached) if reached else None
                found = further and Reached(further.on, way + further.way)
            known[identity, begins] = found
        return known[identity, begins]


def read_paces(rows: Iterable[tuple[str, str, int, int]]) -> Mapping[str, Mapping[str, Pace]]:
    """The median of each step, by procedure and element, of (procedure, element, days, times)."""
    counted: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for procedure, element, days, times in rows:
        counted.setdefault((procedure, element), []).append((days, times))
    found: dict[str, dict[str, Pace]] = {}
    for (procedure, element), spread in counted.items():
        total = sum(times for _, times in spread)
        found.setdefault(procedure, {})[element] = Pace(at_share(spread, 0.5), total)
    return found


def at_share(spread: Iterable[tuple[int, int]], share: float) -> int:
    """The days within which this share of them were done; `spread` is (days, how often)."""
    ordered = sorted(spread)
    wanted, seen = share * sum(times for _, times in ordered), 0
    for days, times in ordered:
        seen += times
        if seen >= wanted:
            return days
    return 0
