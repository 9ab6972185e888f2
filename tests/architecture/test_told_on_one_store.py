from pathlib import Path

from told_on_one import TOLD_ON_ONE

TESTS = Path(__file__).parents[1]


def test_what_is_told_on_one_store_is_there():
    assert [place for place in TOLD_ON_ONE if not (TESTS / place).exists()] == []
