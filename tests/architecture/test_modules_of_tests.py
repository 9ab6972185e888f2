"""Tests name what they share by its bare name, whatever folder it is in."""

from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_no_two_have_the_same_name():
    shared = Counter(path.name for path in TESTS.rglob("*.py")
                     if not path.name.startswith(("test_", "conftest", "__init__")))

    assert [name for name, number in shared.items() if number > 1] == []
