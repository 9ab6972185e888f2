"""The town of `test_who_sees_what`, for the other tests of this folder."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def council_of_a_module(furnished_file, at_work, tmp_path_factory):
    """On SQLite, for tests that a council may not be made anew for."""
    original, people = furnished_file
    path = tmp_path_factory.mktemp("council") / "pepway.db"
    path.write_bytes(original.read_bytes())
    with at_work(f"sqlite:///{path}", people) as council:
        yield council
