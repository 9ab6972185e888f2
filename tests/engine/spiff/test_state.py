"""The state of a case: small, the same after saving and reading, and safe against what is typed."""

from datetime import UTC, date, datetime

import pytest
from walking import arrow, ask, begin, choice, compiled, drawn, end, path, start, step

from engine.errors import FlowFailed
from engine.spiff import Flow

ANSWERS = {
    "note": {"type": "textfield"},
    "day": {"type": "datetime", "subtype": "date"},
    "percent": {"type": "number"},
    "count": {"type": "number", "decimalDigits": 0},
    "agreed": {"type": "checkbox"},
    "needs": {"type": "checklist", "values": [{"value": "a", "label": "A"}]},
}
READS = " && ".join(f'known("{key}") && {key} == {key}' for key in ANSWERS)

ASKING = drawn(
    start() + choice("merge") + step("tell", form="tell") + choice("told", "told_to_merge")
    + end() + path("begun", "merge", "tell", "told", "merge")
    + arrow("told", "done", f'{READS} && note == "stop"'),
    tell=ask(*({"key": key, **field} for key, field in ANSWERS.items())),
)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("note", "typename"),
        ("note", '{"typename": "UUID", "value": "x"}'),
        ("note", "“Ärger” \u0000 \U0001f642"),
        ("day", date(2026, 2, 28)),
        ("day", date(1, 1, 1)),
        ("percent", 94.30000000000001),
        ("count", 2**60),
        ("agreed", False),
        ("needs", ["a", "typename", "date"]),
        ("needs", []),
    ],
)
def test_an_answer_comes_back_as_it_was(key, value):
    case = begin(ASKING).complete("tell", **{key: value})
    back = Flow.decode(case.procedure, case.flow.encode()).outcomes
    assert back == {key: value}
    assert type(back[key]) is type(value)


def test_of_an_answer_that_is_only_asked_for_the_words_are_not_kept():
    asking = drawn(
        start() + choice("merge") + step("tell", form="tell") + choice("told", "told_to_merge")
        + end() + path("begun", "merge", "tell", "told", "merge")
        + arrow("told", "done", 'known("note")'),
        tell=ask({"key": "note", **ANSWERS["note"]}),
    )
    kept = compiled(asking).outcomes_of({"note": "as a child would say it", "other": 1})

    assert kept == {"note": True}


def test_rows_named_like_types_change_nothing():
    """SpiffWorkflow's own serialiser could never read such a case again."""
    rows = [{"typename": "timedelta", "days": 3}, {"typename": "UUID", "id": "typename"}]
    case = begin(ASKING).complete("tell", needs=rows)
    assert case.complete("tell", needs=rows).open == ["tell"]


def test_the_state_of_a_waiting_case_is_small():
    assert len(begin(ASKING).flow.encode()) < 400


@pytest.mark.parametrize(
    "state", [b"", b"\x07{}", b"\x00", b"\x00{}", b"\x00[]", b'\x00{"flow":null}', b"\x00\xff"]
)
def test_a_state_that_cannot_be_read_is_a_failure_in_words(state):
    with pytest.raises(FlowFailed, match="cannot be read"):
        Flow.decode(compiled(ASKING), state)


def test_the_state_of_another_release_is_not_read_as_this_one():
    other = compiled(drawn(start() + step("write") + end() + path("begun", "write", "done")))
    with pytest.raises(FlowFailed, match="another version or release"):
        Flow.decode(other, begin(ASKING).flow.encode())


def test_an_ended_case_keeps_almost_nothing():
    answers = {"note": "stop", "day": date(2026, 1, 1), "percent": 1.0, "count": 1,
               "agreed": True, "needs": []}
    case = begin(ASKING).complete("tell", **answers)
    assert case.ended == "done"
    again = Flow.decode(case.procedure, case.flow.encode())
    assert (again.open_tasks, again.timers, again.ended) == ((), (), "")


def test_a_moment_among_the_outcomes_survives():
    """An action may give a date-time where the release reads a date."""
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    case = begin(ASKING).complete("tell", day=moment)
    assert Flow.decode(case.procedure, case.flow.encode()).outcomes == {"day": moment}
