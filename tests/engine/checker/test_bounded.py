"""A check that fails by itself is a fault of ours: no owner is told to divide a sound diagram."""

import pytest
from endless import fails

from engine.checker import bounded
from workflows.pep.domain import vocabulary


def test_a_check_that_fails_blames_no_diagram(monkeypatch):
    monkeypatch.setattr(bounded, "check_files", fails)

    with pytest.raises(RuntimeError, match="failed: its process has written why"):
        bounded.check_within_limits({"letter.bpmn": b""}, vocabulary(), "letter")
