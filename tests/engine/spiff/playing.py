"""The token game beside a running case: of each step all that the rules allow is kept."""

from collections.abc import Mapping
from random import Random
from typing import Any

from drawing import COUNTS, WAYS, draw
from walking import Walk, compiled, shape_of

from engine.checker.token_game import (
    Marking,
    Net,
    Player,
    begin,
    complete,
    fire,
    net_of,
    open_tasks,
    waiting_timers,
)
from engine.spiff.elements import Element

MOST_MOVES = 40


class Game:
    """Played by its moves alone; what is seen of the case says which marking it has come to."""

    def __init__(self, net: Net, player: Player) -> None:
        self.net, self.player = net, player
        self.played = {begin(net, player)}

    def complete(self, step: str) -> None:
        self._move(complete, step)

    def fire(self, event: str) -> None:
        self._move(fire, event)

    def agrees(self, seen: tuple[Any, ...]) -> bool:
        """Whether the rules allow what is seen: open, waiting, performed, and whether over."""
        self.allowed = {each: self._seen(each) for each in self.played}
        self.played = {each for each, what in self.allowed.items() if what == seen}
        return bool(self.played)

    def _move(self, move: Any, element: str) -> None:
        self.played = {
            after
            for each in self.played
            for after in move(self.net, each.marking, element, self.player)
        }

    def _seen(self, played: Any) -> tuple[Any, ...]:
        marking: Marking = played.marking
        return (open_tasks(self.net, marking), waiting_timers(self.net, marking),
                sorted(played.performed), marking.over)


class LastAnswer:
    """Goes the way that was answered last, as the invented diagrams ask."""

    def __init__(self, elements: Mapping[str, Element]) -> None:
        self.elements, self.answers = elements, {"way": WAYS[0], "count": COUNTS[0]}

    def way(self, _gateway, arrows):
        wanted = f'way == "{self.answers["way"]}"'
        return next((each for each in arrows if self.elements[each].condition == wanted), None)

    def did(self, _step):
        """No matter."""

    def times(self, step):
        return int(eval(self.elements[step].repeat, {}, self.answers))  # noqa: S307 - 2 or count


def moves_of(seed: int, case: Any):
    """Chance moves of one case until it ends: what is done, and with which answers."""
    chance = Random(seed)
    for _ in range(MOST_MOVES):
        if case.ended is not None:
            return
        element = chance.choice(case.open + case.waiting)
        answers = {"way": chance.choice(WAYS), "count": chance.choice(COUNTS)}
        yield element, answers if element in case.open else None


def play(seed: int) -> int:
    """One invented diagram played to its end; how many moves it took. Raises AssertionError."""
    chance = Random(seed)
    files = draw(chance, chance.randint(2, 9))
    procedure = compiled(files)
    parsed = shape_of(procedure)
    case = Walk(procedure).begin()
    player = LastAnswer(procedure.elements)
    game = Game(net_of(procedure.elements, "case"), player)
    moves = []
    assert game.agrees(_seen(case)), (seed, moves, _seen(case), game.allowed)
    for element, answers in moves_of(seed, case):
        moves.append((element, answers))
        if answers is None:
            case.fire(element)
            game.fire(element)
        else:
            player.answers = answers
            case.complete(element, **answers)
            game.complete(element)
        assert game.agrees(_seen(case)), (seed, moves, _seen(case), game.allowed)
    assert shape_of(procedure) == parsed
    return len(moves)


def _seen(case: Walk):
    return case.open, case.waiting, [], case.ended is not None
