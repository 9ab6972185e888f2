"""Tests that share a browser, a cluster or a large council stay on one of several workers."""

import pytest


@pytest.mark.xdist_group("together")
def test_a_group_is_kept_together(request):
    """pytest-xdist says so by a suffix; where it is lost, nothing else fails but the time."""
    grouping = bool(request.config.getoption("loadgroup", False))
    assert request.node.nodeid.endswith("@together") == grouping
