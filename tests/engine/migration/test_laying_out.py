"""A case that is laid out where it stands goes on as if it had come there by itself."""

from random import Random

import pytest
from drawing import draw
from playing import moves_of
from walking import Walk, compiled

from engine.spiff import Flow


def laid_out_again(case):
    """The same case, of which nothing but where it stands has been kept."""
    again = Walk(case.procedure)
    again.flow = Flow.laid_out(case.procedure, case.flow.standing, case.flow.outcomes, again)
    return again


def seen(case):
    tasks = sorted((task.element, task.token) for task in case.flow.open_tasks)
    timers = sorted((timer.element, timer.token, timer.started_at) for timer in case.flow.timers)
    return tasks, timers, case.flow.outcomes, case.ended is not None


def act(case, element, answers):
    if answers is None:
        case.fire(element)
    else:
        case.complete(element, **answers)


@pytest.mark.parametrize("seed", range(150))
def test_nothing_is_lost_at_any_step(seed):
    chance = Random(seed)
    procedure = compiled(draw(chance, chance.randint(2, 9)))
    case = Walk(procedure).begin()
    moves = []
    for element, answers in moves_of(seed, case):
        if case.ended is None:
            again = laid_out_again(case)
            assert seen(again) == seen(case), (seed, moves)
        moves.append((element, answers))
        act(case, element, answers)
        _follow(again, element, answers, case, (seed, moves))


def _follow(again, element, answers, case, told):
    act(again, element, answers)
    assert (again.open, again.waiting, again.ended) == (case.open, case.waiting, case.ended), told
    assert again.flow.outcomes == case.flow.outcomes, told
