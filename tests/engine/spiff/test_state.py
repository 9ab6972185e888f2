"""The state of a case: small, the same after saving and reading, and safe against what is typed."""

from datetime import UTC, date, datetime

import pytest
from walking import (
    MORNING,
    NUMBER,
    Walk,
    arrow,
    ask,
    begin,
    choice,
    compiled,
    drawn,
    end,
    parallel,
    path,
    reminder,
    start,
    step,
    wait,
    within,
)

from engine.errors import FlowFailed
from engine.spiff import Flow
from engine.spiff.codec import FORMAT

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

EVERYTHING = drawn(
    start() + step("plan", form="plan") + parallel("fork") + parallel("join")
    + step("visit").replace("/>", '><bpmn:multiInstanceLoopCharacteristics isSequential="true">'
      "<bpmn:loopCardinality>count</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
      "</bpmn:userTask>")
    + within("gather", start("g") + step("go") + step("report") + end("g_done")
             + path("g", "go", "report", "g_done"))
    + reminder("late", "gather", stops=True) + reminder("chase", "visit") + step("chased")
    + end("told") + wait("meet", "meeting") + step("hold") + end()
    + path("begun", "plan", "fork", "visit", "join", "hold", "done")
    + path("fork", "gather", "join") + path("fork", "meet", "join")
    + path("late", "told") + path("chase", "chased", "told"),
    plan=ask({**NUMBER, "key": "count"}, {"type": "datetime", "subtype": "date", "key": "meeting"}),
)
"""A fork, a timer, a step that repeats, a subprocess, a reminder and a deadline."""

WRITTEN = {
    0: (
        b'\x00'
        b'{"flow":{"completed":false,"root":0,"tasks":[["907681af46d34d91bab3c98b34ed9cab",null,'
        b'"Start",64,0,{}],["8297ebec9ac64b6a989bab177b92cc61",0,"e_fork",64,0,{}],["6fd49bcb53b'
        b'b4b8492b39c7c76062270",1,"e_visit.BoundaryEventSplit",64,0,{}],["583d50f3afa54a7fa5aaf'
        b'10e46d8389d",1,"e_gather.BoundaryEventSplit",64,0,{}],["e0e507d61dfe4a528279f5758408ec'
        b'01",1,"e_meet",8,0,{}],["6380aab4f5184e42800ac11829b11f81",2,"e_visit",32,0,{"merged":'
        b'["b3765525-07de-425a-8489-c8b45122e620"],"cardinality":2,"current":2}],["afdfa6f670e54'
        b'0d0bc968e618ca11487",2,"e_chase",8,0,{}],["0f97f7db52c64055bb38bbf5a39febe5",3,"e_gath'
        b'er",32,0,{}],["f3e1f5bc1a6f42b9be30ee891fab31f5",3,"e_late",8,0,{}],["4b30284b963b48e2'
        b'86d8157a065b008b",5,"e_visit [child]",16,1,{"item":1}]]},"within":{"0f97f7db52c64055bb'
        b'38bbf5a39febe5":{"completed":false,"root":0,"tasks":[["542c95756c144de5a34ab8d33005b91'
        b'5",null,"Start",64,0,{}],["0af37437d35b410abbbbe245c1d0f383",0,"e_go",64,0,{}],["0f607'
        b'b7ec57543e69684aaf5436aaaaa",1,"e_report",16,0,{}]]}},"outcomes":{"count":["",2],"meet'
        b'ing":["date","2026-04-07"]},"started":{"e0e507d61dfe4a528279f5758408ec01":"2026-03-02T'
        b'09:00:00+00:00","afdfa6f670e540d0bc968e618ca11487":"2026-03-02T09:00:00+00:00","f3e1f5'
        b'bc1a6f42b9be30ee891fab31f5":"2026-03-02T09:00:00+00:00"}}'
    ),
    1: (
        b'\x01'
        b'{"flows":[[0,[[0,"Start",64],[1,"e_fork",64],[2,"e_visit.BoundaryEventSplit",64],[2,"e'
        b'_gather.BoundaryEventSplit",64],[2,"e_meet",8],[3,"e_visit",32],[3,"e_chase",8],[4,"e_'
        b'gather",32],[4,"e_late",8],[6,"e_visit [child]",16]]],[8,[[0,"Start",64],[11,"e_go",64'
        b'],[12,"e_report",16]]]],"counts":{"6":{"cardinality":2,"current":2}},"tokens":{"5":"d5'
        b'41d7fced1f41839de2ee39281925ba","7":"fd57c327386540a1b7553335377c90d2","9":"70d558df8d'
        b'd84cb19bf00d76522e6edb","10":"551ec28eba4f4a3592953f899bb859f0","13":"2e72020db4bf495d'
        b'8fdc250ceb4e34a7"},"started":{"2026-03-02T09:00:00+00:00":[5,7,9]},"outcomes":{"values'
        b'":{"count":2},"dates":{"meeting":"2026-04-07"}}}'
    ),
}
"""`EVERYTHING` after the plan, a first visit and "go", as each format wrote it. Never change them:
there are cases that look like this."""


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


@pytest.mark.parametrize("number", WRITTEN)
def test_what_any_format_wrote_can_be_read_and_goes_on(number):
    case = Walk(compiled(EVERYTHING))
    case.flow = Flow.decode(case.procedure, WRITTEN[number])
    assert (case.open, case.waiting) == (["report", "visit"], ["chase", "late", "meet"])
    assert case.flow.outcomes == {"count": 2, "meeting": date(2026, 4, 7)}
    assert {timer.started_at for timer in case.flow.timers} == {MORNING}
    tokens = {each.token for each in (*case.flow.open_tasks, *case.flow.timers)}
    assert all(token.hex.encode() in WRITTEN[number] for token in tokens)
    assert case.flow.encode()[0] == FORMAT

    case.fire("chase").complete("visit").complete("report").fire("meet").complete("chased")
    assert case.open == ["hold"]
    assert case.complete("hold").ended == "done"


def test_the_newest_format_is_among_the_samples_and_written_as_it_stands_there():
    assert max(WRITTEN) == FORMAT
    flow = Flow.decode(compiled(EVERYTHING), WRITTEN[FORMAT])
    assert flow.encode() == WRITTEN[FORMAT]


def test_a_row_that_was_lost_is_noticed():
    lost = WRITTEN[1].replace(b'[8,[[0,"Start",64],[11,"e_go",64],[12,"e_report",16]]]', b"")
    with pytest.raises(FlowFailed, match="cannot be read"):
        Flow.decode(compiled(EVERYTHING), lost)


def test_a_thousand_rounds_cost_what_ten_do():
    """Rows and bytes, the reminders and the called steps of each round included."""
    case = begin(drawn(
        start() + choice("merge") + parallel("fork") + step("a") + parallel("join")
        + within("sub", start("s") + step("b") + end("e") + path("s", "b", "e"))
        + reminder("late", "a") + step("explain") + end("told") + step("check", form="check")
        + choice("checked", "checked_to_done") + end()
        + path("begun", "merge", "fork", "a", "join", "check", "checked", "done")
        + path("fork", "sub", "join") + path("late", "explain", "told")
        + arrow("checked", "merge", 'rating == "red"'),
        check=ask({"key": "rating", "type": "textfield"}),
    ))
    sizes = {}
    for number in range(1, 1001):
        case.fire("late").complete("explain").complete("b").complete("a")
        case.complete("check", rating="red")
        state = case.flow.encode()
        sizes[number] = (len(state), state.count(b"["))
    assert sizes[1000] == sizes[10] == sizes[1]
    assert case.open == ["a", "b"]


@pytest.mark.parametrize(
    "state",
    [b"", b"\x07{}", b"\x00", b"\x00{}", b"\x00[]", b'\x00{"flow":null}', b"\x00\xff",
     b"\x01", b"\x01{}", b"\x01[]", b'\x01{"flows":[[3,[]]]}', b'\x01{"flows":[[0,[]]]}',
     b'\x01{"flows":[[0,[[2,"Start",64]]]]}'],
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
