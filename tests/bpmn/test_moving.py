"""Cases of the real procedures wander to their end, and are moved wherever they stand."""

import json

import pytest
from changed_procedures import Changed
from wandering import Wandering

from engine.checker.token_game import net_of
from engine.migration.demanded import Asked
from engine.migration.mapping import map_standing
from engine.migration.plan import AS_DONE, CannotMove, Plan
from engine.migration.proof import Proof
from engine.migration.unanswered import Questions
from engine.spiff import Flow, compile_procedure
from workflows.pep.domain import vocabulary

ASKED = json.dumps({"type": "default", "schemaVersion": 19, "id": "ask_nurse", "components": [
    {"type": "textarea", "id": "f1", "key": "nurse_said", "label": "What did the nurse say?",
     "validate": {"required": True}}]}).encode()
CASES = 3
"""`make soak` plays thousands."""


def compiled(changed):
    return compile_procedure(dict(changed.files), vocabulary(), changed.procedure)


class Moved(Wandering):
    """At every step laid out anew on its own release, as if it had been moved there."""

    def _compare(self):
        super()._compare()
        if self.flow.ended is None:
            before, outcomes = self.flow.standing, self.flow.outcomes
            self.flow = Flow.laid_out(self.procedure, before, outcomes, self.child)
            assert self.flow.standing == before
            assert self.flow.outcomes == outcomes


class MovedToAndFro(Wandering):
    """Of two releases it is on the one and on the other, as chance wants and words allow."""

    def __init__(self, one, other, plans, number):
        super().__init__(one.procedure, None, number)
        self.here, self.other, self.plans = one, other, plans
        self.went = self.refused = 0

    def _play(self):
        return _NoGame()

    def _compare(self):
        if self.flow.ended is None and self.chance.random() < 0.5:
            self._move()

    def _move(self):
        plan, other = self.plans[self.went % 2], self.other
        try:
            standing = map_standing(self.procedure, other.procedure, self.flow.standing, plan, 2,
                                    self.child.now).standing
            flow = Flow.laid_out(other.procedure, standing, self.flow.outcomes, self.child)
            if flow.ended is None:
                other.proof.can_end(flow.standing)
                other.questions.must_all_be_answered(flow.standing, flow.outcomes)
        except CannotMove:
            self.refused += 1
            return
        self.flow = flow
        self.here, self.other, self.procedure = other, self.here, other.procedure
        self.went += 1


class Release:
    def __init__(self, changed):
        self.procedure = compiled(changed)
        self.proof = Proof(self.procedure)
        self.questions = Questions(self.procedure, vocabulary(), 2)


class _NoGame:
    """The rules of two releases are not those of one."""

    def complete(self, step):
        pass

    fire = complete


CHANGES = {
    "a step more": (
        lambda name, step, _: Changed(name).form("ask_nurse", ASKED).add_behind(
            step, "ask_nurse", "Ask the school nurse", "ask_nurse"),
        Plan(), Plan({"ask_nurse": AS_DONE})),
    "a step less": (
        lambda name, _, step: Changed(name).remove(step),
        Plan({"record_carer_view": AS_DONE}), Plan()),
    "a called process changed": (
        lambda name, _, __: Changed(name).form("ask_nurse", ASKED).add_behind(
            "correct_education_sections", "ask_nurse", "Ask the school nurse", "ask_nurse",
            in_file=f"{name.removesuffix('-pep')}-correction"),
        Plan(), Plan({"ask_nurse": AS_DONE})),
}


@pytest.fixture(params=[("initial-pep", "complete_education_sections"),
                        ("review-pep", "update_social_work_sections")],
                ids=["initial", "review"])
def of(request):
    return request.param


def test_a_case_that_is_laid_out_at_every_step_is_the_same_case(of):
    name, _ = of
    procedure = compiled(Changed(name))
    net = net_of(procedure.elements, name)
    for number in range(CASES):
        Moved(procedure, net, number).to_the_end()


@pytest.mark.parametrize("change", CHANGES)
def test_a_case_that_is_moved_to_and_fro_comes_to_its_end(of, change):
    name, step = of
    make, there, back = CHANGES[change]
    one, other = Release(Changed(name)), Release(make(name, step, "record_carer_view"))
    went = refused = 0
    for number in range(CASES):
        case = MovedToAndFro(one, other, (there, back), number)
        case.to_the_end()
        went, refused = went + case.went, refused + case.refused
    assert went > 10 * CASES
    assert refused < went


def test_whatever_law_demands_is_asked_of_cases_that_begin(of):
    """So that it is missed where somebody would let a case pass it."""
    name, _ = of
    procedure = compiled(Changed(name))
    assert Asked.of(procedure, None, vocabulary().protected).demanded
