"""Invented diagrams with loops and forks: the wall and BPMN's own rules agree at every step."""

from random import Random

import pytest
from token_game import WAYS, Game, draw
from walking import Walk, compiled


@pytest.mark.parametrize("seed", range(200))
def test_the_same_is_open_at_every_step(seed):
    chance = Random(seed)
    net = draw(chance, size=chance.randint(2, 9))
    game, case = Game(net), Walk(compiled(net.files())).begin()
    way = WAYS[0]

    def named(ways):
        return way if way in ways else ""

    for _ in range(40):
        assert (case.open, case.waiting) == (game.open, game.waiting)
        assert (case.ended is not None) == game.over
        if game.over:
            break
        element = chance.choice(game.open + game.waiting)
        if element in game.open:
            way = chance.choice(WAYS)
            case.complete(element, way=way)
            game.complete(element, named)
        else:
            case.fire(element)
            game.fire(element, named)
