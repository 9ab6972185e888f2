"""A thousand requests with ids of others' children in them; `make soak` makes 20,000."""

import pytest
from swapping import Leaked, Neighbours, swap_ids

from web.access import allow

SEED = 20260325


@pytest.fixture
def neighbours(council):
    return Neighbours(council)


def test_no_swapped_id_brings_anything_of_others(neighbours):
    assert all(len(neighbours.forms[name]) > 5 for name in ("wilma", "tara", "mona", "vera"))
    assert swap_ids(neighbours, SEED, 500) == 500


def test_an_address_that_asks_for_the_wrong_kind_of_thing_is_found_out(sqlite_council):
    neighbours = Neighbours(sqlite_council)
    views = sqlite_council.app.view_functions
    right = views["cases.case_page"].__wrapped__
    views["cases.case_page"] = allow("see_case", kind="none", arg="case_id")(right)

    neighbours.rules = [each for each in neighbours.rules if each[1].endpoint == "cases.case_page"]

    with pytest.raises(Leaked, match="/cases/"):
        swap_ids(neighbours, SEED, 100)
