"""A date counted from another, as fields of a form and as an expression: the same both ways."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import ValueType
from engine.spiff.elements import read_elements
from engine.spiff.expressions import compile_expression
from engine.spiff.xml import read_xml
from workflows.counted_dates import (
    ON_THE_DAY,
    UNITS,
    CountedDate,
    read_counted,
    write_counted,
    written_forms,
)
from workflows.limits_in_words import limit_in_words
from workflows.pep.domain import vocabulary

BPMN = Path(__file__).parents[2] / "bpmn"
NAMES = {"placement_start": ValueType.DATE, "started_on": ValueType.DATE}


@given(st.sampled_from(sorted(UNITS)), st.integers(-999, 999), st.integers(0, 99), st.booleans())
def test_what_is_written_is_read_again_and_can_be_worked_out(unit, count, at_least, day_after):
    if UNITS[unit].is_counted != bool(count):
        unit, count = ON_THE_DAY, 0
    counted = CountedDate("placement_start", count, unit, at_least, day_after)

    text = write_counted(counted)

    again = read_counted(text)
    assert again is not None
    assert write_counted(again) == text
    if (unit, at_least) != (ON_THE_DAY, 0):  # the day after a day is one calendar day after it
        assert again == counted
    compile_expression(text, frozenset({ValueType.DATE}), NAMES, vocabulary().functions)


@pytest.mark.parametrize(("text", "counted"), [
    ("working_days(placement_start,10)", CountedDate("placement_start", 10, "working_days")),
    ("later_of( working_days(plan_due, -9) , working_days(started_on, 1) )",
     CountedDate("plan_due", -9, "working_days", at_least=1)),
    ("working_days(plan_due, -5) + duration(\"24h\")",
     CountedDate("plan_due", -5, "working_days", day_after=True)),
    ("P2W", CountedDate("started_on", 14, "days")),
    ("plan_due - duration(\"48h\")", CountedDate("plan_due", -2, "days")),
])
def test_forms_that_a_diagram_may_hold(text, counted):
    assert read_counted(text) == counted


@pytest.mark.parametrize("text", [
    "", None, "PT4H", "2026-03-25", "plan_prepared_by(plan_from)", "plan_due + duration(\"25h\")",
    "later_of(later_of(a, working_days(started_on, 1)), working_days(started_on, 1))",
    "earlier_of(plan_due, review_date)", "working_days(working_days(a, 1), 1)",
])
def test_what_is_written_otherwise_stays_an_expression(text):
    assert read_counted(text) is None


def test_nearly_every_date_of_the_procedures_can_be_changed_without_an_expression():
    texts = {each.due or each.timer for path in BPMN.glob("*/*.bpmn")
             for each in read_elements(read_xml(path.read_bytes())).values()
             if each.due or each.timer}
    read = {text: read_counted(text) for text in texts}

    assert sum(counted is None for counted in read.values()) <= 5 < 45 < len(texts)
    assert all(write_counted(counted) == text for text, counted in read.items() if counted)


def test_the_browser_is_told_the_same_patterns():
    units = {each["key"]: each for each in written_forms()["units"]}
    assert units["months"]["pattern"] == r"months\(([a-z][a-z0-9_]*), (-?[0-9]{1,3})\)"
    assert units.keys() == UNITS.keys()


@pytest.mark.parametrize(("text", "said"), [
    ('placement_start + duration("240h")', "10 days after the start of the first placement"),
    ('placement_start - duration("24h")', "1 day before the start of the first placement"),
    ("P1W", "7 days after the step began"),
])
def test_calendar_days_read_as_words(text, said):
    assert limit_in_words(text) == said
