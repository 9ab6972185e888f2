"""Cases of the real procedures that are moved between two releases wherever they stand."""

import json
from functools import cache

from changed_procedures import Changed
from wandering import Wandering

from engine.migration.mapping import map_standing
from engine.migration.plan import AS_DONE, CannotMove, Plan
from engine.migration.proof import Proof
from engine.migration.unanswered import Questions
from engine.spiff import Flow, compile_procedure
from workflows.pep.domain import vocabulary

STEPS = {"initial-pep": "complete_education_sections", "review-pep": "update_social_work_sections"}
"""Of each procedure one behind which another step is put."""
ASKED = json.dumps({"type": "default", "schemaVersion": 19, "id": "ask_nurse", "components": [
    {"type": "textarea", "id": "f1", "key": "nurse_said", "label": "What did the nurse say?",
     "validate": {"required": True}}]}).encode()


def compiled(changed):
    return compile_procedure(dict(changed.files), vocabulary(), changed.procedure)


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


@cache
def releases(procedure, change):
    """A procedure as it is, and with this change."""
    changed = CHANGES[change][0](procedure, STEPS[procedure], "record_carer_view")
    return Release(Changed(procedure)), Release(changed)


def move_to_and_fro(procedure, change, number):
    """One case to its end; how often it was moved, and how often that was refused."""
    case = MovedToAndFro(*releases(procedure, change), CHANGES[change][1:], number)
    case.to_the_end()
    return case.went, case.refused
