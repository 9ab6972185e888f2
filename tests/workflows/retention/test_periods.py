"""A council keeps records longer than the law asks, and never shorter."""

import pytest

from engine.errors import AnswersInvalid
from workflows.council import keep_settings
from workflows.retention.periods import council_periods, set_period
from workflows.retention.schedule import SHORTEST


def test_longer_is_kept_and_shorter_refused(small_council):
    vera = small_council.by("vera")
    assert council_periods(vera) == SHORTEST

    set_period(vera, "after_birth", 100)

    assert council_periods(vera).after_birth == 100
    for name, years in (("after_birth", 74), ("after_death", 14), ("after_adoption", 99),
                        ("after_birth", 201), ("after_lunch", 100)):
        with pytest.raises(AnswersInvalid):
            set_period(vera, name, years)
    assert council_periods(vera).after_death == 15


@pytest.mark.parametrize("row", ["10", "-5", "many", ""])
def test_a_row_that_says_less_is_not_heeded_whoever_wrote_it(small_council, row):
    vera = small_council.by("vera")
    with vera.begin() as work:
        keep_settings(work.session, {"retention.after_birth": row})

    assert council_periods(vera) == SHORTEST
