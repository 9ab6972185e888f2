"""Whether a case that stands somewhere can still come to an end, shown by the token game.

Each subprocess and called process is looked at by itself, from where the case stands in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.checker.rests import EverMore, Rests, TooMany
from engine.checker.token_game import Activity, Marking, Net, net_of
from engine.migration.plan import CannotMove
from engine.spiff import Procedure, Scope

MOST_RESTS = 2_000
"""Of one process; those of this repository have 25 at most."""
MOST_PLAYED = 5_000
"""Moves that are tried from where one case would stand: about a second."""


@dataclass(frozen=True, slots=True)
class Proof:
    """For one release; what was shown of a standing is known for the next case that stands so."""

    procedure: Procedure
    _nets: dict[str, Net] = field(default_factory=dict)
    _shown: dict[tuple[str, Marking], str] = field(default_factory=dict)
    """Why a case cannot end from there; empty where it can."""

    def can_end(self, standing: Scope) -> None:
        """Raises `CannotMove` where it might not."""
        for process, scope in _every_scope(self.procedure, standing, self.procedure.key):
            at = marking_of(self.procedure, scope)
            if (process, at) not in self._shown:
                self._shown[process, at] = self._look(process, at)
            if because := self._shown[process, at]:
                raise CannotMove(because)

    def _look(self, process: str, at: Marking) -> str:
        elements = self.procedure.elements
        if process not in self._nets:
            self._nets[process] = net_of(elements, process, alone=True)
        net = self._nets[process]
        rests = Rests(net, {arrow: elements[arrow].condition or "" for arrow in net.targets},
                      MOST_RESTS, most_played=MOST_PLAYED)
        try:
            rests.visit(at)
        except TooMany:
            return "there are too many ways on from where it would stand to try them all"
        except EverMore as growing:
            return f"“{elements[growing.more].name}” could come again and again without an end"
        if stuck := rests.stuck():
            return self._stuck(net, stuck)
        if endless := rests.endless():
            step = elements[endless.active[0].step].name
            return f"from “{step}” it could never come to an end"
        return ""

    def _stuck(self, net: Net, stuck: Marking) -> str:
        join = net.targets[stuck.waiting[0]]
        return (f"it would stop before “{self.procedure.elements[join].name}” for ever: something "
                "that it would wait for there has no way to come")


def marking_of(procedure: Procedure, scope: Scope) -> Marking:
    """Where one process rests, steps that something is inside taken as a whole."""
    return Marking(
        tuple(sorted(procedure.arrows[each.source, each.join] for each in scope.arrived)),
        tuple(sorted(
            Activity(each.element, tuple(sorted(timer.element for timer in each.armed)),
                     (Marking(),))
            for each in scope.places
        )),
    )


def _every_scope(
    procedure: Procedure, scope: Scope, process: str
) -> Iterator[tuple[str, Scope]]:
    """Each with the process or subprocess that it stands in."""
    yield process, scope
    for place in scope.places:
        element = procedure.elements[place.element]
        for once in place.under_way:
            if once.inside is not None:
                yield from _every_scope(procedure, once.inside, element.calls or element.id)

