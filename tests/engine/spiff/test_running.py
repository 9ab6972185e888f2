"""What a case does between two people: choices, actions, subprocesses, ends, and its limits."""

from threading import Thread

import pytest
from walking import (
    NUMBER,
    Walk,
    arrow,
    ask,
    begin,
    choice,
    compiled,
    diagram,
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

from engine.errors import DiagramRefused, FlowFailed
from engine.spiff import Flow

RATING = ask({"type": "textfield", "key": "rating"})

RATED = drawn(
    start() + step("check", form="check") + choice("checked", "checked_to_file")
    + step("again") + step("file") + end() + path("begun", "check", "checked", "file", "done")
    + arrow("checked", "again", 'rating == "red"') + path("again", "done"),
    check=RATING,
)


def action(element, name="tell"):
    return (f'<bpmn:serviceTask id="{element}" pepway:action="{name}" pepway:to="social_worker" '
            'pepway:message="posted"/>')


def test_a_case_follows_the_answer():
    assert begin(RATED).complete("check", rating="red").open == ["again"]
    case = begin(RATED).complete("check", rating="green")
    assert case.open == ["file"]
    assert case.flow.passed == ("check", "check_to_checked", "checked", "checked_to_file")
    assert case.complete("file").ended == "done"


def test_an_unanswered_question_never_takes_the_default():
    with pytest.raises(FlowFailed, match="needs rating") as failure:
        begin(RATED).complete("check")
    assert failure.value.element == "checked_to_again"


def test_a_form_that_is_filled_in_again_forgets_its_earlier_answers():
    case = begin(drawn(
        start() + choice("merge") + step("check", form="check") + choice("checked",
        "checked_to_merge") + end() + path("begun", "merge", "check", "checked", "merge")
        + arrow("checked", "done", 'known("rating") && rating == "green"'),
        check=RATING,
    ))
    case.complete("check", rating="red")
    assert case.flow.outcomes == {"rating": "red"}
    case.complete("check")
    assert case.flow.outcomes == {}
    assert case.complete("check", rating="green").ended == "done"


def test_choices_are_tried_in_the_order_of_the_file_not_of_the_picture():
    body = (
        start() + step("ask", form="ask") + choice("which", "which_to_low") + step("high")
        + step("middle") + step("low") + end() + path("begun", "ask", "which")
        + arrow("which", "high", "score > 80") + arrow("which", "middle", "score > 50")
        + path("which", "low", "done") + path("high", "done") + path("middle", "done")
    )
    picture = "".join(
        f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="0" y="{y}" '
        'width="1" height="1"/></bpmndi:BPMNShape>'
        for name, y in (("high", 900), ("middle", 10), ("low", 500))
    )
    files = drawn(body, ask=ask({**NUMBER, "key": "score"}))
    files["case.bpmn"] = files["case.bpmn"].replace(
        b"</bpmn:definitions>",
        f'<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        f'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="di"><bpmndi:BPMNPlane id="pl" '
        f'bpmnElement="case">{picture}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
        "</bpmn:definitions>".encode(),
    )
    assert begin(files).complete("ask", score=90).open == ["high"]
    assert begin(files).complete("ask", score=60).open == ["middle"]
    assert begin(files).complete("ask", score=10).open == ["low"]


def test_a_choice_without_a_way_on_is_a_failure_that_names_it():
    case = begin(drawn(
        start() + step("check", form="check") + choice("checked") + step("again") + end()
        + path("begun", "check", "checked") + arrow("checked", "again", 'rating == "red"')
        + path("again", "done"),
        check=RATING,
    ))
    with pytest.raises(FlowFailed, match="none of the conditions holds") as failure:
        case.complete("check", rating="green")
    assert failure.value.element == "checked"


def test_an_action_is_performed_once_and_what_it_finds_is_known():
    case = begin(drawn(
        start() + step("write", form="check") + action("post") + choice("posted", "posted_to_done")
        + step("call") + end() + path("begun", "write", "post", "posted", "done")
        + arrow("posted", "call", 'rating == "lost"') + path("call", "done"),
        check=RATING,
    ), gives={"rating": "lost", "address": "12 High Street"})
    case.complete("write", rating="sent")
    [call] = case.performed
    assert (call.name, call.element, call.to, call.message) == (
        "tell", "post", "social_worker", "posted"
    )
    assert case.open == ["call"]
    assert case.flow.outcomes == {"rating": "lost"}


def test_only_what_an_expression_reads_is_kept_of_the_answers():
    case = begin(RATED).complete("check", rating="green", views="I like my school", upn="A123")
    assert case.flow.outcomes == {"rating": "green"}
    assert b"school" not in case.flow.encode()
    assert b"A123" not in case.flow.encode()


def test_of_a_list_only_the_rows_ids_are_kept():
    case = begin(drawn(
        start() + step("set", form="set") + choice("any", "any_to_done") + step("explain") + end()
        + path("begun", "set", "any", "done") + arrow("any", "explain", "targets.size() == 0")
        + path("explain", "done"),
        set=ask({"type": "dynamiclist", "key": "targets", "path": "targets",
                 "components": [{"type": "textfield", "key": "text", "label": "t", "id": "t"}]}),
    ))
    case.complete("set", targets=[{"id": "r1", "text": "Read daily"}])
    assert case.ended == "done"
    assert case.flow.outcomes == {"targets": ["r1"]}


def test_a_terminate_end_takes_everything_else_with_it():
    case = begin(drawn(
        start() + parallel("fork") + step("gather") + step("withdraw")
        + end("withdrawn", terminate=True) + end() + wait("remind", "P5D", "timeDuration")
        + path("begun", "fork", "gather", "done") + path("fork", "withdraw", "withdrawn")
        + path("fork", "remind", "done") + reminder("late", "gather") + path("late", "done")
    ))
    assert (case.open, case.waiting) == (["gather", "withdraw"], ["late", "remind"])
    case.complete("withdraw")
    assert (case.open, case.waiting, case.ended) == ([], [], "withdrawn")


def test_a_plain_end_leaves_the_other_branches_open():
    case = begin(drawn(
        start() + parallel("fork") + step("a") + step("b") + end("a_done") + end("b_done")
        + path("begun", "fork", "a", "a_done") + path("fork", "b", "b_done")
    ))
    assert (case.complete("b").open, case.ended) == (["a"], None)
    assert case.complete("a").ended == "a_done"


SUBPROCESS = within(
    "gather",
    start("g_begun") + parallel("g_fork") + step("school") + step("home") + parallel("g_join")
    + end("g_done") + path("g_begun", "g_fork", "school", "g_join", "g_done")
    + path("g_fork", "home", "g_join"),
)


def test_a_subprocess_comes_back_when_all_of_it_is_done():
    case = begin(drawn(start() + SUBPROCESS + step("meet") + end()
                       + path("begun", "gather", "meet", "done")))
    assert case.open == ["home", "school"]
    assert case.complete("home").open == ["school"]
    assert case.complete("school").open == ["meet"]
    assert case.complete("meet").ended == "done"


def test_a_deadline_closes_a_subprocess_with_all_that_is_open_in_it():
    case = begin(drawn(
        start() + within("outer", start("o_begun") + SUBPROCESS + end("o_done")
                         + path("o_begun", "gather", "o_done"))
        + reminder("late", "outer", stops=True) + step("take_over") + end()
        + path("begun", "outer", "done") + path("late", "take_over", "done")
    ))
    case.complete("home").fire("late")
    assert (case.open, case.waiting) == (["take_over"], [])
    assert case.complete("take_over").ended == "done"


def test_a_terminate_end_inside_a_subprocess_ends_only_the_subprocess():
    case = begin(drawn(
        start() + within("gather", start("g_begun") + parallel("g_fork") + step("a") + step("b")
                         + end("enough", terminate=True) + end("g_done")
                         + path("g_begun", "g_fork", "a", "enough") + path("g_fork", "b", "g_done"))
        + step("meet") + end() + path("begun", "gather", "meet", "done")
    ))
    assert case.complete("a").open == ["meet"]
    assert case.complete("meet").ended == "done"


def test_a_subprocess_in_a_loop_begins_afresh_each_time():
    case = begin(drawn(
        start() + choice("merge") + SUBPROCESS + step("check", form="check")
        + choice("checked", "checked_to_done") + end()
        + path("begun", "merge", "gather", "check", "checked", "done")
        + arrow("checked", "merge", 'rating == "red"'),
        check=RATING,
    ))
    sizes = set()
    for _ in range(20):
        case.complete("school")
        assert case.open == ["home"]
        case.complete("home").complete("check", rating="red")
        assert case.open == ["home", "school"]
        sizes.add(len(case.flow.encode()))
    assert len(sizes) == 1


def test_a_process_of_the_same_folder_can_be_called():
    called = diagram("visit", {}, start("v_begun") + step("go", form="check") + end("v_done")
                     + path("v_begun", "go", "v_done"))
    files = drawn(
        start() + '<bpmn:callActivity id="call" calledElement="visit"/>'
        + choice("seen", "seen_to_done") + step("again") + end()
        + path("begun", "call", "seen", "done") + arrow("seen", "again", 'rating == "red"')
        + path("again", "done"),
        check=RATING,
    ) | {"visit.bpmn": called}
    case = begin(files)
    assert case.open == ["go"]
    assert case.complete("go", rating="red").open == ["again"]
    assert case.complete("again").ended == "done"


def test_a_called_process_that_is_not_there_is_refused():
    with pytest.raises(DiagramRefused):
        compiled(drawn(start() + '<bpmn:callActivity id="call" calledElement="visit"/>' + end()
                       + path("begun", "call", "done")))


def test_a_loop_without_anyone_in_it_is_stopped_and_named():
    case = begin(drawn(
        start() + step("check", form="check") + choice("round", "round_to_round_again")
        + choice("round_again") + end() + path("begun", "check", "round", "round_again", "round")
        + arrow("round", "done", 'rating == "green"'),
        check=RATING,
    ))
    with pytest.raises(FlowFailed, match="goes round without anyone") as failure:
        case.complete("check", rating="red")
    assert failure.value.element in ("round", "round_again")


def test_a_loop_of_actions_is_stopped_too():
    with pytest.raises(FlowFailed, match="goes round without anyone"):
        begin(drawn(start() + choice("merge") + action("tell_all") + end()
                    + path("begun", "merge", "tell_all", "merge")))


def test_six_hundred_rounds_are_as_good_as_one():
    """At a depth of 1,000 steps SpiffWorkflow called an open case complete."""
    case = begin(drawn(
        start() + choice("merge") + step("check", form="check") + choice("checked",
        "checked_to_done") + end() + path("begun", "merge", "check", "checked", "done")
        + arrow("checked", "merge", 'rating == "red"'),
        check=RATING,
    ))
    for _ in range(600):
        case.complete("check", rating="red")
    assert (case.open, case.ended) == (["check"], None)
    assert len(case.flow.encode()) < 500
    assert case.complete("check", rating="green").ended == "done"


def test_a_chain_of_two_hundred_steps_runs():
    names = [f"step{number}" for number in range(200)]
    case = begin(drawn(start() + "".join(map(step, names)) + end()
                       + path("begun", *names, "done")))
    assert case.open == ["step0"]
    assert len(case.flow.encode()) < 500
    assert case.complete("step0").open == ["step1"]


def test_too_long_a_chain_is_refused_with_a_sentence():
    names = [f"step{number}" for number in range(900)]
    with pytest.raises(DiagramRefused, match="too many steps in a row"):
        compiled(drawn(start() + "".join(map(step, names)) + end()
                       + path("begun", *names, "done")))


@pytest.mark.parametrize("name", ["End", "Start", "Root", "case.EndJoin", "p_case.EndJoin",
                                  "write.BoundaryEventSplit", "Prüfung", "a-b_c.1", "it's"])
def test_no_id_is_taken_for_one_of_spiffworkflows_own(name):
    case = begin(drawn(
        start() + step(name) + step("write") + reminder("late", "write") + end()
        + path("begun", name, "write", "done") + path("late", "done")
    ))
    assert case.open == [name]
    assert case.complete(name).open == ["write"]
    assert name in case.flow.passed
    assert case.complete("write").ended == "done"


def test_a_token_cannot_be_used_twice():
    case = begin(RATED)
    token = case.flow.open_tasks[0].token
    case.flow.complete(token, {"rating": "red"}, case)
    with pytest.raises(FlowFailed, match="does not wait here any more"):
        case.flow.complete(token, {"rating": "red"}, case)


def test_what_breaks_outside_is_not_mistaken_for_a_fault_of_the_diagram():
    files = drawn(start() + step("a") + choice("signed_yet", "signed_yet_to_done") + step("b")
                  + end() + path("begun", "a", "signed_yet", "done")
                  + arrow("signed_yet", "b", "signed") + path("b", "done"))
    case = begin(files)
    case.broken = ConnectionError("the database is gone")
    with pytest.raises(ConnectionError):
        case.complete("a")


def test_a_fact_is_read_anew_at_each_decision_and_never_kept():
    files = drawn(start() + choice("merge") + step("a") + choice("signed_yet",
                  "signed_yet_to_merge") + end() + path("begun", "merge", "a", "signed_yet")
                  + path("signed_yet", "merge") + arrow("signed_yet", "done", "signed"))
    case = begin(files).complete("a")
    assert case.open == ["a"]
    assert case.flow.outcomes == {}
    case.known_facts["signed"] = True
    assert case.complete("a").ended == "done"


def test_cases_of_one_release_run_side_by_side_in_threads():
    procedure = compiled(RATED)
    ended = []

    def walk(rating):
        for _ in range(30):
            case = Walk(procedure).begin().complete("check", rating=rating)
            assert case.open == ["again" if rating == "red" else "file"]
            ended.append(case.complete(case.open[0]).ended)

    threads = [Thread(target=walk, args=(rating,)) for rating in ("red", "green") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["done"] * 180


def test_the_past_of_a_case_is_not_asked_for_again():
    case = begin(RATED).complete("check", rating="red")
    again = Flow.decode(case.procedure, case.flow.encode())
    assert (again.passed, again.ended) == ((), None)


def test_a_case_that_opens_ever_more_is_stopped_and_named():
    """Each round leaves a task behind: its token never comes to the join that is not there."""
    case = begin(drawn(
        start() + choice("merge") + parallel("fork") + step("a") + step("left") + end()
        + path("begun", "merge", "fork", "a", "merge") + path("fork", "left", "done")
    ))
    with pytest.raises(FlowFailed, match="More than 300") as failure:
        [case.complete("a") for _ in range(400)]
    assert failure.value.element == "left"
