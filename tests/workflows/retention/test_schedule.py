"""How long a record is kept: worked examples, and thousands of lives against another count."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.contributions.links import LASTS
from workflows.retention.life import Life, TimeInCare
from workflows.retention.schedule import SCHEDULE, Periods, is_over, keep_until
from workflows.typed import KEPT_FOR

BORN = date(2012, 6, 15)


@pytest.mark.parametrize(
    ("life", "until", "because"),
    [
        (Life(BORN), date(2087, 6, 15), "until the 75th birthday"),
        (Life(date(2012, 2, 29)), date(2087, 3, 1), "until the 75th birthday"),
        (Life(date(2013, 2, 28)), date(2088, 2, 28), "until the 75th birthday"),
        (Life(BORN, died_on=date(2025, 1, 10)), date(2040, 1, 10), "Died before 18"),
        (Life(BORN, died_on=date(2024, 2, 29)), date(2039, 3, 1), "15 years"),
        (Life(BORN, died_on=date(2030, 6, 14)), date(2045, 6, 14), "Died before 18"),
        (Life(BORN, died_on=date(2030, 6, 15)), date(2087, 6, 15), "75th birthday"),
        (Life(date(2012, 2, 29), died_on=date(2030, 2, 28)), date(2045, 2, 28), "Died before 18"),
        (Life(date(2012, 2, 29), died_on=date(2030, 3, 1)), date(2087, 3, 1), "75th birthday"),
        (Life(BORN, adopted_on=date(2016, 5, 2)), date(2116, 5, 2), "100 years from the order"),
        (Life(BORN, died_on=date(2020, 1, 1), adopted_on=date(2016, 5, 2)), date(2116, 5, 2),
         "100 years from the order"),
    ],
)
def test_how_long_and_why(life, until, because):
    keeping = keep_until(life)

    assert keeping.until == until
    assert because in keeping.reason
    assert "egulation" in keeping.source


def test_the_last_day_is_kept_and_the_day_after_is_not():
    life = Life(BORN, (TimeInCare(date(2020, 1, 1), date(2026, 1, 1)),))

    assert not is_over(life, date(2087, 6, 15))
    assert is_over(life, date(2087, 6, 16))


def test_whoever_came_back_into_care_and_is_there_loses_nothing():
    left = TimeInCare(date(1930, 1, 1), date(1935, 1, 1))
    back = TimeInCare(date(1936, 1, 1), None)

    assert is_over(Life(date(1925, 1, 1), (left,)), date(2026, 1, 1))
    assert not is_over(Life(date(1925, 1, 1), (left, back)), date(2026, 1, 1))


def test_a_council_may_keep_longer():
    assert keep_until(Life(BORN), Periods(after_birth=100)).until == date(2112, 6, 15)


def test_what_ends_by_itself_ends_when_the_schedule_says():
    assert f"{KEPT_FOR // timedelta(hours=1)} hours" in SCHEDULE["typed_words"].kept
    assert f"{LASTS.days} days" in SCHEDULE["contributions"].kept


days = st.dates(date(1900, 1, 1), date(2060, 12, 31))
leap = st.sampled_from([date(year, 2, 29) for year in range(1904, 2060, 4)])


@st.composite
def lives(draw):
    """Births and orders on leap days more often than life has them; deaths around 18 too."""
    born = draw(days | leap)
    near_18 = st.integers(-2, 2).map(lambda more: date(born.year + 18, 3, 1) + timedelta(more))
    around = st.integers(-3, 3).map(
        lambda more: date(born.year + 18, born.month, min(born.day, 28)) + timedelta(more))
    died = draw(st.none() | st.dates(born, date(2100, 1, 1)) | near_18 | around)
    adopted = draw(st.none() | st.dates(born, born + timedelta(6500)) | leap)
    times, at = [], born
    for _ in range(draw(st.integers(0, 4))):
        began = at + timedelta(draw(st.integers(0, 900)))
        at = began + timedelta(draw(st.integers(0, 900)))
        times.append(TimeInCare(began, at))
    if times and draw(st.booleans()):
        times[-1] = TimeInCare(times[-1].began_on, None)
    return Life(born, tuple(times), died, adopted)


@settings(max_examples=1_500, deadline=None)
@given(life=lives())
def test_lives_by_an_independent_count(life):
    """The oracle knows no anniversaries: it counts whole years, as an age is counted, and looks for
    the first day on which there are enough."""
    assert keep_until(life).until == _last_day(life)
    on = _last_day(life)
    assert not is_over(life, on)
    assert is_over(life, on + timedelta(1)) == all(each.ended_on for each in life.care)


def _last_day(life):
    if life.died_on and _whole_years(life.born_on, life.died_on) < 18:
        last = _first_day_of(life.died_on, 15)
    else:
        last = _first_day_of(life.born_on, 75)
    return max(last, _first_day_of(life.adopted_on, 100)) if life.adopted_on else last


def _whole_years(since, on):
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def _first_day_of(since, years):
    low, high = since.toordinal(), since.toordinal() + 366 * (years + 1)
    while low < high:
        middle = (low + high) // 2
        if _whole_years(since, date.fromordinal(middle)) >= years:
            high = middle
        else:
            low = middle + 1
    return date.fromordinal(low)
