"""Cases of the real procedures wander to their end, and are moved wherever they stand."""

import pytest
from changed_procedures import Changed
from moved_to_and_fro import CHANGES, STEPS, compiled, move_to_and_fro
from wandering import Wandering

from engine.checker.token_game import net_of
from engine.migration.demanded import Asked
from engine.spiff import Flow
from workflows.pep.domain import vocabulary

CASES = 3
"""`make soak` plays thousands."""


class Moved(Wandering):
    """At every step laid out anew on its own release, as if it had been moved there."""

    def _compare(self):
        super()._compare()
        if self.flow.ended is None:
            before, outcomes = self.flow.standing, self.flow.outcomes
            self.flow = Flow.laid_out(self.procedure, before, outcomes, self.child)
            assert self.flow.standing == before
            assert self.flow.outcomes == outcomes


@pytest.mark.parametrize("procedure", STEPS)
def test_a_case_that_is_laid_out_at_every_step_is_the_same_case(procedure):
    release = compiled(Changed(procedure))
    net = net_of(release.elements, procedure)
    for number in range(CASES):
        Moved(release, net, number).to_the_end()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("procedure", STEPS)
def test_a_case_that_is_moved_to_and_fro_comes_to_its_end(procedure, change):
    moves = [move_to_and_fro(procedure, change, number) for number in range(CASES)]

    went, refused = (sum(each) for each in zip(*moves, strict=True))
    assert went > 10 * CASES
    assert refused < went


@pytest.mark.parametrize("procedure", STEPS)
def test_law_demands_questions_of_every_case(procedure):
    """So that it is missed where somebody would let a case pass one."""
    asked = Asked.of(compiled(Changed(procedure)), None, vocabulary().protected)

    assert asked.demanded
