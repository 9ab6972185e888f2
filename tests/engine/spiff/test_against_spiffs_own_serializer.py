"""Invented diagrams: our state says what SpiffWorkflow's own serializer would have kept."""

import json

import pytest
from spiffs_own import keep_twice

from engine.errors import FlowFailed
from engine.spiff import codec, flow

LOOK_ALIKE = (966813816, 966816755)
"""Cases in which the same step is open in several places that go on differently."""


@pytest.mark.parametrize("seed", [*range(200), *LOOK_ALIKE])
def test_nothing_is_lost_or_altered_at_any_step(seed):
    keep_twice(seed)


def without_the_last_row(state):
    state["flows"][-1][1].pop()


def without_the_innermost_flow(state):
    if len(state["flows"]) > 1:
        state["flows"].pop()


def with_a_wrong_state(state):
    rows = state["flows"][0][1]
    rows[-1][2] = 64


def with_a_wrong_parent(state):
    for row in state["flows"][0][1]:
        row[0] = min(row[0], 1)


def without_counts(state):
    for counts in state.get("counts", {}).values():
        counts["current"] = 0


def with_timers_that_began_together(state):
    steps = [step for each in state.get("started", {}).values() for step in each]
    state["started"] = {"2020-01-01T00:00:00+00:00": steps}


@pytest.mark.parametrize(
    "fault",
    [without_the_last_row, without_the_innermost_flow, with_a_wrong_state, with_a_wrong_parent,
     without_counts, with_timers_that_began_together],
)
def test_a_fault_in_what_is_written_is_caught(fault, monkeypatch):
    def encode(workflow, kept):
        state = codec.encode_state(workflow, kept)
        written = json.loads(state[1:])
        fault(written)
        return state[:1] + json.dumps(written, separators=(",", ":")).encode()

    monkeypatch.setattr(flow, "encode_state", encode)
    assert any(_differs(seed) for seed in range(60))


def _differs(seed):
    try:
        keep_twice(seed)
    except (AssertionError, FlowFailed, LookupError):
        return True
    return False
