"""Invented diagrams with loops and forks: the wall and BPMN's own rules agree at every step."""

import pytest
from playing import play
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.util.task import TaskState

from engine.errors import FlowFailed
from engine.spiff import history
from engine.spiff.specs import TokenJoin
from engine.spiff.workflow import Step


@pytest.mark.parametrize("seed", range(300))
def test_the_same_is_open_at_every_step(seed):
    play(seed)


def test_spiffworkflows_own_join_is_caught(monkeypatch):
    monkeypatch.setattr(TokenJoin, "_update_hook", ParallelGateway._update_hook)
    assert caught()


def test_a_join_that_opens_for_the_first_is_caught(monkeypatch):
    monkeypatch.setattr(TokenJoin, "_update_hook", lambda _self, _task: True)
    assert caught()


def test_a_deadline_that_leaves_its_step_open_is_caught(monkeypatch):
    cancel = Step.cancel
    monkeypatch.setattr(Step, "cancel", lambda step: None if step.task_spec.manual and
                        step._state == TaskState.READY else cancel(step))
    assert caught()


def test_a_token_that_is_forgotten_before_a_join_is_caught(monkeypatch):
    monkeypatch.setattr(history, "is_open", lambda step: bool(step._state & TaskState.DEFINITE_MASK)
                        and not isinstance(step.task_spec, TokenJoin))
    assert caught()


def caught():
    """Whether any of forty diagrams tells; a flow that breaks altogether is told as well."""
    return any(_differs(seed) for seed in range(40))


def _differs(seed):
    try:
        play(seed)
    except (AssertionError, FlowFailed):
        return True
    return False
