"""Where a case that stands somewhere on one release stands on another.

Tokens go on at the element with the same id, or where the plan says; each inside the subprocess or
called process in which the new release has that element. What cannot be carried so is refused in
words, before anything is touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.migration.plan import AS_DONE, ENDS_HERE, CannotMove, Plan, TimerRule
from engine.spiff import Arrived, Element, Once, Place, Procedure, Scope, Waits

_BETWEEN = ("intermediateCatchEvent", "startEvent")
_HOSTS = ("callActivity", "subProcess")
_NO_WAY_IN = ("startEvent", "boundaryEvent", "sequenceFlow")

Outer = tuple[tuple[Place, int], ...]
"""The places that something is inside, outermost first, each with the number of its repetition."""
Inner = tuple[tuple[str, tuple[int, int] | None], ...]
"""A subprocess or called process that is under way in the new release: the steps on the way to it,
each with what it was before, or None where it begins with the move."""


@dataclass(frozen=True, slots=True)
class Mapped:
    standing: Scope
    notes: tuple[str, ...]
    """What becomes another, in sentences; none where the case moves as it is."""


def map_standing(
    old: Procedure, new: Procedure, standing: Scope, plan: Plan, release: int, now: datetime
) -> Mapped:
    """Raises `CannotMove`. `release` is the number of the new one, for its sentences."""
    return _Mapping(old, new, plan, release, now).of(standing)


@dataclass(slots=True)
class _Within:
    """What will stand in one process or subprocess of the new release."""

    places: list[Place] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    entering: list[str] = field(default_factory=list)
    hosts: dict[tuple[str, tuple[int, int] | None], "_Within"] = field(default_factory=dict)


@dataclass(slots=True)
class _Mapping:
    old: Procedure
    new: Procedure
    plan: Plan
    release: int
    now: datetime
    notes: list[str] = field(default_factory=list)
    main: _Within = field(default_factory=_Within)
    _hosts: dict[int, Place] = field(default_factory=dict)
    """Steps of the old release that something is inside, by their number."""

    def of(self, standing: Scope) -> Mapped:
        self._scope(standing, ())
        mapped = self._collected(self.main)
        if mapped.empty:
            raise CannotMove("nothing would be left to do in it")
        return Mapped(mapped, tuple(dict.fromkeys(self.notes)))

    def _scope(self, scope: Scope, outer: Outer) -> None:
        for place in scope.places:
            if any(once.inside is not None for once in place.under_way):
                self._host(place, outer)
            else:
                self._step(place, outer)
        for arrived in scope.arrived:
            self._arrived(arrived, outer)

    def _host(self, place: Place, outer: Outer) -> None:
        if self.plan.goes_on_at(place.element) == ENDS_HERE:
            self._note(f"“{self._name(place.element)}” ends with the move")
            return
        if self.plan.goes_on_at(place.element) == AS_DONE:
            self._goes_on_behind(place.element, outer)
            return
        if place.element in self.plan.steps and self._place_of(place.element).kind not in _HOSTS:
            self._put(place.element, outer, "")  # what is inside ends with it
            return
        self._hosts[id(place)] = place
        for number, once in enumerate(place.under_way):
            self._scope(once.inside or Scope(), (*outer, (place, number)))

    def _step(self, place: Place, outer: Outer) -> None:
        before = self.old.elements[place.element]
        target = self._goes_on_at(place)
        if target == ENDS_HERE:
            self._note(f"“{before.name}” ends with the move")
            return
        if target == AS_DONE:
            self._goes_on_behind(place.element, outer)
            return
        after = self._place_of(place.element, outer, target)
        if not _is_same_kind(before, after) or (self.plan.token and target != place.element):
            if place.element not in self.plan.steps:
                raise CannotMove(
                    f"“{before.name}” is another kind of step in release {self.release}; choose "
                    "where it goes on", step=place.element)
            self._put(place.element, outer, "")
            return
        if target != place.element:
            self._note(f"“{before.name}” goes on as “{after.name}”")
        mapped = replace(self._repeated(place, after), element=target,
                         armed=tuple(self._armed(place, after)))
        if after.kind in _BETWEEN:
            mapped = replace(mapped, under_way=tuple(
                replace(once, started=self._began(target, once.started))
                for once in mapped.under_way))
        self._within(after, outer).places.append(mapped)

    def _arrived(self, arrived: Arrived, outer: Outer) -> None:
        arrow = self.old.arrows[arrived.source, arrived.join]
        said = self.plan.steps.get(arrow)
        join = self.old.elements[arrived.join].name
        if said == ENDS_HERE:
            self._note(f"what waits before “{join}” ends with the move")
        elif said == AS_DONE:
            raise CannotMove(f"what waits before “{join}” is done already; choose where it goes on",
                             step=arrow)
        elif said is not None:
            self._put(arrow, outer, f"what waits before “{join}”")
        else:
            there = self.new.elements.get(self.plan.goes_on_at(arrived.join))
            if there is None or there.kind != "parallelGateway":
                raise CannotMove(
                    f"one way has come to “{join}” and waits there for another, and release "
                    f"{self.release} has no such place; choose where it goes on", step=arrow)
            source = self._source(arrived, there, arrow)
            if source != arrived.source:
                self._note(f"the way that has come to “{join}” stays there: what release "
                           f"{self.release} asks on that way is not asked of it")
            self._within(there, outer).arrived.append(Arrived(source, there.id))

    def _source(self, arrived: Arrived, join: Element, arrow: str) -> str:
        """By which of the arrows into the join in the new release the token has come."""
        before = _into(self.old, arrived.join)
        now = _into(self.new, join.id)
        if arrived.source in now:
            return arrived.source
        chosen = self._paired(join.id, [each for each in before if each not in now],
                              [each for each in now if each not in before]).get(arrived.source)
        if chosen is None:
            raise CannotMove(
                f"one way has come to “{join.name}” from “{self._name(arrived.source)}”, and in "
                f"release {self.release} no such way leads there; choose where it goes on",
                step=arrow)
        return chosen

    def _paired(self, join: str, gone: list[str], fresh: list[str]) -> dict[str, str]:
        """Ways into a join of the old release with those of the new one that took their place: one
        that leads on from where the old one came, and of the others the one that is left."""
        paired: dict[str, str] = {}
        for each in gone:
            if each in self.new.elements:
                reached = [way for way in fresh if way in _behind(self.new, each, join)]
                if len(reached) == 1:
                    paired[each] = reached[0]
        left = [each for each in gone if each not in paired]
        ways = [each for each in fresh if each not in paired.values()]
        if len(left) == len(ways) == 1:
            paired[left[0]] = ways[0]
        return paired

    def _goes_on_behind(self, element: str, outer: Outer) -> None:
        """As if the step were done: where the new release has it not, as the old one went on."""
        name = self._name(element)
        goes_on = self.new if element in self.new.elements else self.old
        target = next((to for source, to in goes_on.arrows if source == element), "")
        after = self.new.elements.get(target)
        if after is None:
            raise CannotMove(f"what comes behind “{name}” is not in release {self.release} any "
                             "more either; choose where it goes on", step=element)
        self._note(f"“{name}” counts as done")
        within = self._within(after, outer)
        if after.kind == "parallelGateway" and len(_into(self.new, target)) > 1:
            source = self._source(Arrived(element, target), after, element)
            within.arrived.append(Arrived(source, target))
        else:
            within.entering.append(target)

    def _put(self, element: str, outer: Outer, what: str) -> None:
        """Let a token come anew to where the plan says."""
        after = self._place_of(element, outer)
        if (after.kind in _NO_WAY_IN
                or (after.kind == "parallelGateway" and len(_into(self.new, after.id)) > 1)):
            raise CannotMove(f"no case can be put at “{after.name}”; choose another step",
                             step=element)
        self._note(f"{what or f'“{self._name(element)}” ends, and the case'} goes on at "
                   f"“{after.name}”")
        self._within(after, outer).entering.append(after.id)

    def _goes_on_at(self, place: Place) -> str:
        """What the plan says; where it means one token, of the place of that token alone."""
        if self.plan.token is None:
            return self.plan.goes_on_at(place.element)
        meant = any(once.token == self.plan.token for once in place.under_way)
        if meant and (len(place.under_way) > 1 or place.to_come):
            raise CannotMove(f"“{self._name(place.element)}” is being done several times at once")
        return self.plan.goes_on_at(place.element) if meant else place.element

    def _place_of(
        self, element: str, outer: Outer = (), target: str | None = None
    ) -> Element:
        """Where it goes on. Raises `CannotMove` where the new release has no such element."""
        after = self.new.elements.get(target or self.plan.goes_on_at(element))
        if after is None:
            raise CannotMove(self._is_gone(element, outer), step=element)
        return after

    def _is_gone(self, element: str, outer: Outer) -> str:
        host = next((place.element for place, _ in reversed(outer)
                     if self.plan.goes_on_at(place.element) not in self.new.elements), None)
        if host is not None:
            return (f"the step “{self._name(element)}” stands inside “{self._name(host)}”, which "
                    f"release {self.release} no longer has; choose where it goes on")
        return (f"release {self.release} no longer has the step “{self._name(element)}”; choose "
                "where it goes on")

    def _repeated(self, place: Place, after: Element) -> Place:
        """Raises `CannotMove` where the new release repeats the step otherwise."""
        at_once = len(place.under_way)
        if not after.repeat:
            fits = at_once == 1 and not place.to_come
        elif after.one_by_one:
            fits = at_once == 1
        else:
            fits = not place.to_come
        if not fits:
            raise CannotMove(
                f"“{self._name(place.element)}” is being done several times, and release "
                f"{self.release} repeats it otherwise; move the case once it has been done")
        return place

    def _armed(self, place: Place, after: Element) -> Iterator[Waits]:
        """Timers on the edge of a step that goes on: those that go on, and those that begin."""
        before = self.old.elements
        waiting = {self.plan.goes_on_at(each.element): each for each in place.armed}
        fired = {self.plan.goes_on_at(each.id) for each in before.values()
                 if each.attached_to == place.element} - waiting.keys()
        for timer in self.new.elements.values():
            if timer.attached_to != after.id or timer.id in fired:
                continue
            was = waiting.pop(timer.id, None)
            if was is None:
                self._note(f"“{timer.name}” begins (while “{after.name}” is open)")
                yield Waits(timer.id, None, None)
            else:
                yield Waits(timer.id, was.token, self._began(timer.id, was.started))
        for gone in waiting.values():
            self._note(f"“{before[gone.element].name}” ends (while “{after.name}” is open)")

    def _began(self, timer: str, started: datetime | None) -> datetime | None:
        return self.now if self.plan.rule_of(timer) is TimerRule.RESTART else started

    def _within(self, after: Element, outer: Outer) -> _Within:
        """The process of the new release in which an element is, under way."""
        inner = self._inner(after, outer)
        self._refuse_to_part(outer, inner, after)
        within = self.main
        for step in inner:
            within = within.hosts.setdefault(step, _Within())
        return within

    def _inner(self, after: Element, outer: Outer) -> Inner:
        was = {self.plan.goes_on_at(place.element): (id(place), number)
               for place, number in outer}
        inner: Inner = ()
        element = after
        while element.process != self.new.key:
            hosts = [each for each in self.new.elements.values()
                     if element.process in (each.calls, each.id)]
            known = [each for each in hosts if each.id in was]
            if len(known or hosts) != 1:
                raise CannotMove(
                    f"“{after.name}” is in a process that release {self.release} calls from "
                    "several places; choose where the case goes on", step=after.id)
            element = (known or hosts)[0]
            inner = ((element.id, was.get(element.id)), *inner)
        return inner

    def _refuse_to_part(self, outer: Outer, inner: Inner, after: Element) -> None:
        """A step that is done several times stays together."""
        stays = {was for _, was in inner if was}
        for place, number in outer:
            several = len(place.under_way) > 1 or place.to_come
            if several and (id(place), number) not in stays:
                raise CannotMove(
                    f"“{self._name(place.element)}” is being done several times, and in release "
                    f"{self.release} “{after.name}” is not inside it; move the case once it has "
                    "been done")
        for name, was in inner:
            element = self.new.elements[name]
            if was is None:
                if element.repeat:
                    raise CannotMove(f"“{after.name}” is inside “{element.name}” in release "
                                     f"{self.release}, which is done several times")
                self._note(f"“{after.name}” is inside “{element.name}” now")

    def _collected(self, within: _Within) -> Scope:
        places = list(within.places)
        before: dict[tuple[str, int], list[_Within]] = {}
        for (element, was), inside in within.hosts.items():
            if was is None:
                places.append(Place(element, (Once(inside=self._collected(inside)),), tuple(
                    Waits(each.id, None, None) for each in self.new.elements.values()
                    if each.attached_to == element)))
            else:
                before.setdefault((element, was[0]), []).append(inside)
        for (element, number), insides in before.items():
            place, after = self._hosts[number], self.new.elements[element]
            if element != place.element:
                self._note(f"“{self._name(place.element)}” goes on as “{after.name}”")
            under_way = tuple(Once(inside=self._collected(inside)) for inside in insides)
            mapped = self._repeated(replace(place, under_way=under_way), after)
            places.append(replace(mapped, element=element,
                                  armed=tuple(self._armed(place, after))))
        return Scope(tuple(places), tuple(within.arrived), tuple(within.entering))

    def _name(self, element: str) -> str:
        known = self.old.elements.get(element) or self.new.elements.get(element)
        return known.name if known else element

    def _note(self, sentence: str) -> None:
        self.notes.append(sentence)


def _is_same_kind(before: Element, after: Element) -> bool:
    """Whether a task or a timer of the one may go on as the other."""
    if before.kind == "userTask":
        return after.kind == "userTask"
    return after.kind in _BETWEEN and after.timer is not None


def _into(procedure: Procedure, join: str) -> Sequence[str]:
    """The elements from which arrows lead there."""
    return [source for source, target in procedure.arrows if target == join]


def _behind(procedure: Procedure, source: str, join: str) -> set[str]:
    """What can be reached from an element before a join."""
    onward: dict[str, list[str]] = {}
    for one, other in procedure.arrows:
        onward.setdefault(one, []).append(other)
    found, fresh = {source}, [source]
    while fresh:
        new = set(onward.get(fresh.pop(), ())) - found - {join}
        found |= new
        fresh += new
    return found


def timers_in(standing: Scope) -> Mapping[str, Waits]:
    """Every timer that waits, by its token; those that have none yet are left out."""
    found: dict[str, Waits] = {}
    for place in standing.places:
        for each in place.armed:
            if each.token is not None:
                found[each.token.hex] = each
        for once in place.under_way:
            if once.inside is not None:
                found |= timers_in(once.inside)
            elif once.token is not None and once.started is not None:
                found[once.token.hex] = Waits(place.element, once.token, once.started)
    return found
