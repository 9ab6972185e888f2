"""Every expression in a diagram: what it may say, and that it never answers by accident."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from walking import arrow, ask, begin, choice, drawn, end, path, start, step

from engine.domain import Function, Overload, Step, ValueType
from engine.errors import ExpressionRefused, FlowFailed
from engine.spiff.expressions import _cel, compile_expression

NAMES = {
    "rating": ValueType.STRING,
    "score": ValueType.INT,
    "percent": ValueType.DOUBLE,
    "agreed": ValueType.BOOL,
    "placement_start": ValueType.DATE,
    "needs": ValueType.LIST,
}
BOOL, DATE, DURATION = (
    frozenset({kind}) for kind in (ValueType.BOOL, ValueType.DATE, ValueType.DURATION)
)
MARCH = date(2026, 3, 25)
NAIVE = datetime(2026, 3, 25, tzinfo=UTC).replace(tzinfo=None)


def _closed_days_after(closed, day, count):
    if count > 400:
        raise FlowFailed("There is no calendar for 2031: add its term dates.")
    while count:
        day += timedelta(days=1)
        count -= day not in closed
    return day


def _days_passed(closed, day, count):
    steps = []
    while count:
        day += timedelta(days=1)
        steps.append(Step(day, day not in closed, "closed" if day in closed else ""))
        count -= day not in closed
    return steps


FUNCTIONS = (
    Function(
        "open_days",
        (Overload((ValueType.DATE, ValueType.INT), ValueType.DATE),),
        _closed_days_after,
        _days_passed,
    ),
)


def compiled(text, wanted=None):
    return compile_expression(text, wanted, NAMES, FUNCTIONS)


def value(text, calendar=frozenset(), **values):
    return compiled(text).evaluate(values, calendar)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        (" 2026-01-05 ", date(2026, 1, 5)),
        ("2026-01-05T09:30Z", datetime(2026, 1, 5, 9, 30, tzinfo=UTC)),
        ("2026-06-05T09:30:00+01:00",
         datetime(2026, 6, 5, 9, 30, tzinfo=timezone(timedelta(hours=1)))),
        ("P10D", timedelta(days=10)),
        ("P2W", timedelta(weeks=2)),
        ("PT4H30M", timedelta(hours=4, minutes=30)),
        ("P1DT12H", timedelta(days=1, hours=12)),
    ],
)
def test_a_literal_is_told_before_cel_would_subtract_it(text, means):
    assert value(text) == means


@pytest.mark.parametrize(
    "text",
    ["2026-01-05T09:30", "2026-01-05T09:30:00", "2026-02-30", "2026-13-01T00:00Z", "P1M", "P1Y",
     "-P1D", "PT0S", "P", "P99999999999D", "P10D2H", "P1.5D", "PT", "2026-01-05T09:30+25:00",
     "0001-01-01T00:00+10:00", "2026-01-05T24:00:01Z"],
)
def test_a_literal_that_is_no_clear_moment_is_refused(text):
    with pytest.raises(ExpressionRefused):
        compiled(text)


@pytest.mark.parametrize(
    "text",
    ["2026-01", "20260105", "2026-005", "2026-W02-1", "2026-1-5", "2026-01-05 09:30Z",
     "2026-01-05T09:30z", "2026-01-05T0930Z", "05/01/2026", "p10d", "10", "٢٠٢٦-01-05"],
)
def test_what_only_looks_like_a_moment_is_not_taken_for_a_sum(text):
    for wanted in (DATE, DURATION, DATE | DURATION):
        with pytest.raises(ExpressionRefused):
            compiled(text, wanted)


def test_a_name_without_a_value_is_never_false():
    for text in ("false && score > 3", "true || score > 3", "agreed ? true : score > 3",
                 "score > 3 && false"):
        with pytest.raises(FlowFailed, match="needs score"):
            value(text, agreed=True)
        with pytest.raises(FlowFailed, match="needs score"):
            value(text, agreed=True, score=None)


def test_known_lets_an_expression_ask_first_in_either_order():
    for text in ('known("score") && score > 3', 'score > 3 && known("score")'):
        assert value(text) is False
        assert value(text, score=4) is True
    assert value('known("rating")') is False
    assert value('!known("rating") || rating == "red"', rating="red") is True


@pytest.mark.parametrize(
    "text", ['known("nobody")', "known(rating)", 'known("sc" + "ore")', 'known("")']
)
def test_known_takes_one_name_that_exists(text):
    with pytest.raises(ExpressionRefused):
        compiled(text)


@pytest.mark.parametrize(
    "text",
    [
        "dyn(rating) == 1",
        ".dyn(rating) == 1",
        "dyn  (rating) == 1",
        "[rating, 1][0] == 1",
        '{"a": rating, "b": 1}.a == 1',
        '[1, "a"].exists(x, x == rating)',
        "google.protobuf.Value{string_value: rating} == 1",
        '"a" in [1, "a"]',
    ],
)
def test_nothing_turns_a_mistake_in_types_into_false(text):
    with pytest.raises(ExpressionRefused, match="certain type"):
        compiled(text)


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("rating == 3", 8, "text and a whole number cannot be used together"),
        ("percent > 3", 9, "write 3.0 for 3"),
        ("open_days(rating, 3)", 10, r"open_days\(\) cannot take text and a whole number"),
        ("ratting == 3", 1, "there is nothing called ratting here"),
        ("rating ==", 10, "not written as an expression"),
        ("null == rating", 6, "cannot be used together"),
        ("needs[0] == 1", 10, "cannot be used together"),
        ("1 +", 4, "not written as an expression"),
    ],
)
def test_a_mistake_is_said_in_words_with_its_place(text, column, said):
    with pytest.raises(ExpressionRefused, match=said) as refused:
        compiled(text)
    assert refused.value.column == column


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rating", BOOL), ('"red"', BOOL), ("score + 1", BOOL), ("P10D", DATE),
        ("2026-01-05", DURATION), ("agreed", DATE | DURATION), ("null", None), ("b'x'", None),
        ('{"a": 1}', None), ("1u", None),
    ],
)
def test_an_expression_gives_what_its_place_takes(text, wanted):
    with pytest.raises(ExpressionRefused):
        compiled(text, wanted)


def test_a_value_must_have_the_type_that_was_declared():
    for name, text, wrong in (
        ("score", "score == 1", True),
        ("score", "score == 1", 1.0),
        ("agreed", "agreed", 1),
        ("rating", 'rating == "1"', 1),
        ("placement_start", "placement_start == placement_start", "2026-03-25"),
        ("placement_start", "placement_start == placement_start", NAIVE),
        ("needs", "needs.size() == 1", "a"),
    ):
        with pytest.raises(FlowFailed, match=name):
            value(text, **{name: wrong})
    assert value("percent > 94.5", percent=95) is True


def test_a_number_that_is_none_is_no_value():
    for wrong in (float("nan"), float("inf")):
        with pytest.raises(FlowFailed, match="percent should be a number"):
            value("percent > 94.5", percent=wrong)
    with pytest.raises(FlowFailed, match="could not be worked out"):
        value("score == 1", score=2**70)
    with pytest.raises(FlowFailed):
        value('rating == "red"', rating="\ud800")


def test_a_date_crosses_as_the_whole_day_and_comes_back_as_it_was():
    summer = date(2026, 7, 1)
    assert value("placement_start", placement_start=summer) == summer
    assert value("placement_start + duration('24h')", placement_start=summer) == date(2026, 7, 2)
    assert value("placement_start + duration('23h')", placement_start=summer) == summer
    assert value('timestamp("2026-03-25T23:59:00Z")') == MARCH
    assert value("placement_start < open_days(placement_start, 1)", placement_start=summer) is True
    assert value('placement_start.getDayOfWeek() == 3', placement_start=summer) is True


def test_functions_count_with_the_calendar_of_the_evaluation_at_hand():
    text = "open_days(placement_start, 2)"
    assert value(text, frozenset(), placement_start=MARCH) == date(2026, 3, 27)
    assert value(text, frozenset({date(2026, 3, 26)}), placement_start=MARCH) == date(2026, 3, 28)


def test_threads_do_not_mix_their_calendars():
    expression = compiled("open_days(placement_start, 5)")

    def count(closed_days):
        closed = frozenset(MARCH + timedelta(days=n + 1) for n in range(closed_days))
        expected = MARCH + timedelta(days=5 + closed_days)
        return all(
            expression.evaluate({"placement_start": MARCH}, closed) == expected for _ in range(200)
        )

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(count, range(12)))


def test_what_a_function_cannot_answer_is_never_swallowed():
    for text in ("open_days(placement_start, 500)",
                 "open_days(placement_start, 500) > placement_start || true"):
        with pytest.raises(FlowFailed, match="There is no calendar for 2031: add its term dates"):
            value(text, placement_start=MARCH)


def test_what_breaks_beneath_a_function_is_not_an_answer_of_the_diagram():
    class DatabaseGone(Exception):
        pass

    def gone(_calendar, _day, _count):
        raise DatabaseGone

    broken = (Function("open_days", FUNCTIONS[0].overloads, gone),)
    for text in ("open_days(placement_start, 1)", "open_days(placement_start, 1) > today || true"):
        expression = compile_expression(
            text, None, {**NAMES, "today": ValueType.DATE}, broken
        )
        with pytest.raises(DatabaseGone):
            expression.evaluate({"placement_start": MARCH, "today": MARCH}, None)


@pytest.mark.parametrize(
    "text",
    ["needs[5]", "needs.filter(x, int(x) == 1)", "score / 0", "percent / double(rating)",
     'placement_start + duration("100000000h")', "duration(rating)", "timestamp(rating)",
     "bool(rating)", 'known("agreed") || agreed'],
)
def test_an_error_is_raised_whatever_type_was_wanted(text):
    with pytest.raises(FlowFailed, match="could not be worked out"):
        value(text, score=1, percent=1.0, needs=["a"], rating="x", placement_start=MARCH)


def test_an_error_of_cel_is_an_error():
    for text in ("1 / 0 == 1", "9223372036854775807 + score > 0", "needs[5] == 'a'",
                 'timestamp("9999-12-31T00:00:00Z") + duration("48h")', "int(rating) == 1"):
        with pytest.raises(FlowFailed, match="could not be worked out"):
            value(text, score=1, needs=["a"], rating="x")


def test_only_names_that_are_read_are_asked_for():
    expression = compiled(
        'needs.exists(score, score == "a") && rating == "percent" // agreed'
    )
    assert expression.names == {"needs", "rating"}
    assert expression.evaluate({"needs": ["a"], "rating": "percent"}, None) is True
    assert expression.evaluate({"needs": ["a"], "rating": "percent", "score": NAIVE}, None)
    assert compiled('rating == "known(\\"score\\")"').tested == frozenset()
    assert compiled('known("score") && percent > 1.0').asks == {"score", "percent"}


def test_rows_of_a_list_can_be_counted():
    rows = [{"id": "a", "text": "Read daily"}, {"text": "Swim"}]
    assert value("needs.size()", needs=rows) == 2
    assert value('"anxious" in needs', needs=["anxious"]) is True


def test_an_explanation_lists_every_day_that_was_passed():
    closed = frozenset({date(2026, 3, 26)})
    result, steps = compiled("open_days(placement_start, 1)").explain(
        {"placement_start": MARCH}, closed
    )
    assert result == date(2026, 3, 27)
    assert [(step.day.day, step.counted, step.why) for step in steps] == [
        (26, False, "closed"), (27, True, "")
    ]
    assert compiled("agreed").explain({"agreed": True}, closed) == (True, [])


def test_an_expression_that_would_take_too_long_is_stopped():
    numbers = f"[{','.join(map(str, range(100)))}]"
    with pytest.raises(FlowFailed, match="takes too long"):
        value(f"{numbers}.all(a, {numbers}.all(b, a < 100 && b < 100))")


def test_nothing_is_compiled_while_a_case_runs():
    case = begin(drawn(
        start() + step("write", form="write",)
        + choice("which", "which_to_done") + step("a", due="days_after(placement_start, 2)") + end()
        + path("begun", "write", "which", "done") + arrow("which", "a", 'working == "yes"')
        + path("a", "done"),
        write=ask({"type": "textfield", "key": "working"}),
    ))
    before = _cel.cache_info()
    case.complete("write", working="yes").complete("a", working="no")

    assert case.ended == "done"
    assert _cel.cache_info() == before


@pytest.mark.parametrize("text", ["", " ", "x" * 2001, "(" * 500 + "1" + ")" * 500])
def test_an_empty_or_monstrous_expression_is_refused(text):
    with pytest.raises(ExpressionRefused):
        compiled(text)
