"""Where the running cases of a procedure stand: counted, never named."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, select

from engine.releases import compiled, releases_of
from engine.spiff import Element
from engine.store.models import IS_OPEN, IS_PENDING, IS_RUNNING, Case, Task, Timer
from engine.work import Work, query


@dataclass(frozen=True, slots=True)
class CaseClass:
    """Running cases of one release that stand at the same steps."""

    release_id: UUID
    release_number: int
    steps: tuple[str, ...]
    """Element ids of the tasks that are open; where none is, of the dates that are waited for."""
    cases: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """Running cases for which it makes a difference that an element is another."""

    standing: int
    """They are there now."""
    before: int
    """They may come there still."""


@query
def classes_of_cases(work: Work, procedure: str) -> list[CaseClass]:
    """Of the running cases of a procedure, by release and then by where most stand."""
    numbers = {each.id: each.number for each in releases_of(work, procedure)}
    classes: dict[tuple[UUID, int, tuple[str, ...]], list[UUID]] = defaultdict(list)
    for each in _standing(work, procedure):
        steps = tuple(sorted(each.tasks or each.timers))
        classes[each.release_id, numbers[each.release_id], steps].append(each.case_id)
    found = [CaseClass(*key, tuple(ids)) for key, ids in classes.items()]
    return sorted(found, key=lambda each: (each.release_number, -len(each.cases), each.steps))


@query
def cases_by_step(work: Work, procedure: str) -> dict[UUID, Counter[str]]:
    """By release, how many running cases have a task open, or wait for a date, at each element."""
    counted: dict[UUID, Counter[str]] = defaultdict(Counter)
    for each in _standing(work, procedure):
        counted[each.release_id].update(each.elements)
    return dict(counted)


@query
def cases_touched(
    work: Work, procedure: str, changed: Collection[str]
) -> dict[str, Touched]:
    """By changed element, the running cases that stand there or may come there still.

    An element counts for those cases whose own release has it; an arrow stands where it begins.
    """
    standing: Counter[str] = Counter()
    before: Counter[str] = Counter()
    ahead: dict[UUID, _Ahead] = {}
    for case in _standing(work, procedure):
        if case.release_id not in ahead:
            ahead[case.release_id] = _Ahead(compiled(work, case.release_id).elements)
        here, to_come = ahead[case.release_id].of(case.elements)
        standing.update(here.intersection(changed))
        before.update((to_come - here).intersection(changed))
    return {each: Touched(standing[each], before[each]) for each in changed}


@dataclass(frozen=True, slots=True)
class _Standing:
    case_id: UUID
    release_id: UUID
    tasks: frozenset[str]
    timers: frozenset[str]

    @property
    def elements(self) -> frozenset[str]:
        return self.tasks | self.timers


def _standing(work: Work, procedure: str) -> list[_Standing]:
    """Of each running case its release, and every element at which something is open in it."""
    running = select(Case.id, Case.release_id).where(Case.procedure == procedure, IS_RUNNING)
    open_at = select(Task.case_id, Task.element).where(Task.procedure == procedure, IS_OPEN)
    waiting_at = select(Timer.case_id, Timer.element).where(
        Timer.procedure == procedure, IS_PENDING
    )
    with work.for_the_council("where cases stand is counted, whose they are is not"):
        cases = work.session.execute(running).all()
        tasks = _gathered(work.session.execute(open_at).all())
        timers = _gathered(work.session.execute(waiting_at).all())
    return [
        _Standing(case_id, release_id, _at(tasks, case_id), _at(timers, case_id))
        for case_id, release_id in cases
    ]


def _gathered(rows: Iterable[Row[UUID, str]]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for case_id, element in rows:
        found[case_id].add(element)
    return found


def _at(gathered: Mapping[UUID, set[str]], case_id: UUID) -> frozenset[str]:
    return frozenset(gathered.get(case_id, ()))


class _Ahead:
    """Of one release: what lies at, and what lies behind, the elements at which a case stands."""

    def __init__(self, elements: Mapping[str, Element]) -> None:
        self._elements = elements
        self._next: dict[str, set[str]] = defaultdict(set)
        self._around: dict[str, set[str]] = defaultdict(set)
        begins = {each.process: each.id for each in elements.values()
                  if each.kind == "startEvent"}
        for each in elements.values():
            if each.kind == "sequenceFlow":
                self._next[each.from_ or ""] |= {each.id, each.to_ or ""}
            if each.attached_to:
                self._next[each.attached_to].add(each.id)
            inner = each.calls or (each.id if each.kind == "subProcess" else None)
            if inner:
                self._around[inner].add(each.id)
                self._next[each.id].add(begins.get(inner, each.id))
        self._known: dict[frozenset[str], tuple[frozenset[str], frozenset[str]]] = {}

    def of(self, steps: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Where the case is, with the steps that it is inside; and what it may come to."""
        if steps not in self._known:
            here = self._with_around(steps)
            self._known[steps] = here, self._behind(here)
        return self._known[steps]

    def _with_around(self, steps: frozenset[str]) -> frozenset[str]:
        here, fresh = set(steps), list(steps)
        while fresh:
            element = self._elements.get(fresh.pop())
            outer = self._around[element.process] - here if element else set[str]()
            here |= outer
            fresh += outer
        return frozenset(here)

    def _behind(self, here: frozenset[str]) -> frozenset[str]:
        found: set[str] = set()
        fresh = list(here)
        while fresh:
            new = self._next[fresh.pop()] - found
            found |= new
            fresh += new
        return frozenset(found)
