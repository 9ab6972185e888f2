"""Every defect that was measured in SpiffWorkflow 3.2.0, by name: closed or refused.

`engine/spiff/README.md` lists them; each row names the test that would fail if it came back.
Here stand those that no story elsewhere tells.
"""

import ast
import re
from pathlib import Path

import pytest
from diagrams import diagram, two_signatures, user_task
from endless import all_memory, for_ever
from plain_domain import ANN, CHILD
from test_refusals import with_shape
from walking import (
    VOCABULARY,
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

from engine.cases import open_case, retry_incident
from engine.checker import bounded, check_files
from engine.errors import DiagramRefused, FlowFailed
from engine.releases import add_for_review, go_live
from engine.spiff import Flow, compile_procedure

ROOT = Path(__file__).parents[3]
RATING = ask({"type": "textfield", "key": "rating"})
LOOP = drawn(
    start() + choice("merge") + step("check", form="check") + choice("checked", "checked_to_done")
    + end() + path("begun", "merge", "check", "checked", "done")
    + arrow("checked", "merge", 'rating == "red"'),
    check=RATING,
)

ASKED_TWICE = drawn(
    start() + step("check", form="check") + choice("checked", "checked_to_after") + step("after")
    + end() + path("begun", "check", "checked", "after", "done")
    + arrow("checked", "done", 'rating == "green"'),
    check=RATING,
)


def calls(element, process):
    return f'<bpmn:callActivity id="{element}" calledElement="{process}"/>'


def refused(body, **forms):
    with pytest.raises(DiagramRefused) as failure:
        compiled(drawn(body, **forms))
    assert failure.value.message.endswith(".")
    return failure.value.message


# Section 1: facts


@pytest.mark.parametrize("text", ["P10D", "PT4H", "P2W"])
def test_a_duration_without_quotes_is_a_duration(text):
    case = begin(drawn(start() + wait("w", text, "timeDuration") + end()
                       + path("begun", "w", "done")))
    assert case.waiting == ["w"]


@pytest.mark.parametrize("text", ["0 0 9 * * ?", "R3/PT10S", "-P1D", "P1M", "P0D"])
def test_cron_cycles_and_durations_that_cannot_be_counted(text):
    refused(start() + wait("w", text, "timeDuration") + end() + path("begun", "w", "done"))


@pytest.mark.parametrize("text", ["2026-06-20T09:00", "2026-06-20T09:00:00"])
def test_a_naive_date_never_gets_the_servers_zone(text):
    refused(start() + wait("w", text) + end() + path("begun", "w", "done"))


def test_months_are_not_counted_beyond_the_end_of_a_month():
    """SpiffWorkflow's P1M from 31 January is 3 March."""
    assert "months(" in refused(start() + wait("w", "P1M", "timeDuration") + end()
                                + path("begun", "w", "done"))


def test_a_boundary_timer_without_a_value_leaves_no_half_made_step():
    case = begin(drawn(start() + step("a") + step("b") + end() + reminder("late", "b", "review_on",
                       kind="timeDate") + path("begun", "a", "b", "done") + path("late", "done")))
    before = case.flow.encode()
    with pytest.raises(FlowFailed, match="needs review_on") as failure:
        case.complete("a")
    assert failure.value.element == "late"
    assert Flow.decode(case.procedure, before).open_tasks[0].element == "a"


@pytest.mark.parametrize("label", ["Social worker", "Virtual School Head", ""])
def test_a_lanes_label_is_no_role(label):
    """Whoever has a task is the lane's own role, also inside a subprocess, which has no lane."""
    body = (start() + step("a", form="a") + within("inner", start("x") + step("b", form="a")
            + end("y") + path("x", "b", "y")) + end() + path("begun", "a", "inner", "done"))
    drawing = diagram("case", {"social_worker": ["a", "inner"]}, body)
    drawing = drawing.replace(b'name="social_worker"', f'name="{label}"'.encode())
    elements = compiled({"case.bpmn": drawing, "a.form": RATING}).elements
    assert {elements[each].role for each in ("a", "b")} == {"social_worker"}


# Section 2: state


def test_after_a_restore_no_engine_runs_python():
    """SpiffWorkflow gives a restored case its unsafe engine, which evaluates anything."""
    case = begin(LOOP)
    restored = Flow.decode(case.procedure, case.flow.encode())
    engine = restored._workflow.script_engine
    step = next(restored._workflow.every_step())
    for run in (lambda: engine.execute(step, "1"), lambda: engine.call_service(step, name="x"),
                lambda: engine.validate("1")):
        with pytest.raises(FlowFailed, match="No code runs"):
            run()
    with pytest.raises(KeyError):
        engine.evaluate(None, "__import__('os').getpid()")


@pytest.mark.parametrize(
    "typed", ["typename", '{"typename": "UUID"}', '{"typename": "timedelta", "days": 3}']
)
def test_typename_in_an_answer_is_only_a_word(typed):
    """SpiffWorkflow could never load such a case again."""
    case = begin(ASKED_TWICE).complete("check", rating=typed)
    assert Flow.decode(case.procedure, case.flow.encode()).outcomes == {"rating": typed}
    assert case.complete("after").ended == "done"


def test_what_becomes_of_a_list_later_changes_no_case():
    needs = ask({"type": "checklist", "key": "needs",
                 "values": [{"value": each, "label": each} for each in "abc"]})
    case = begin(drawn(start() + step("a", form="a") + choice("g", "g_to_b") + step("b") + end()
                       + path("begun", "a", "g", "b", "done")
                       + arrow("g", "done", 'known("needs") && "c" in needs'), a=needs))
    chosen = ["a"]
    case.complete("a", needs=chosen)
    chosen.append("c")
    assert case.flow.outcomes == {"needs": ["a"]}


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_of_two_branches_the_later_answer_stands(order):
    """SpiffWorkflow merges what each branch knows, in an order that its clock decides."""
    case = begin(drawn(
        start() + parallel("fork") + step("a", form="check") + step("b", form="check")
        + parallel("join") + step("after") + choice("g", "g_to_done") + step("again") + end()
        + path("begun", "fork", "a", "join", "after", "g", "done") + path("fork", "b", "join")
        + arrow("g", "again", 'rating == "b"') + path("again", "done"),
        check=RATING,
    ))
    for element in order:
        case.complete(element, rating=element)
    assert case.complete("after").open == (["again"] if order[-1] == "b" else [])


def test_a_flow_that_failed_is_never_saved():
    """SpiffWorkflow leaves a gateway in error behind; its next step silently does nothing."""
    case = begin(LOOP)
    with pytest.raises(FlowFailed):
        case.complete("check")
    for use in (case.flow.encode, lambda: case.flow.open_tasks, lambda: case.flow.ended):
        with pytest.raises(FlowFailed, match="failed before"):
            use()


# Section 3: growth


@pytest.mark.parametrize("loop", [path("begun", "a", "a"), path("begun", "a", "b", "a")])
def test_a_loop_without_a_gateway_is_no_recursion(loop):
    body = start() + step("a") + (step("b") if "b" in loop else "") + loop
    case = begin(drawn(body)).complete("a")
    assert case.open == ["b" if "a_to_b" in loop else "a"]


@pytest.mark.parametrize("names", [("case",), ("other", "case"), ("other", "more", "case")])
def test_a_process_that_calls_itself(names):
    """By whatever way: SpiffWorkflow would go in ever deeper."""
    files = {}
    for name, called in zip(("case", *names[:-1]), names, strict=True):
        body = (start(f"{name}_begun") + step(f"{name}_a") + calls(f"{name}_call", called)
                + end(f"{name}_done")
                + path(f"{name}_begun", f"{name}_a", f"{name}_call", f"{name}_done"))
        files |= drawn(body, key=name)
    with pytest.raises(DiagramRefused, match="comes back"):
        compile_procedure(files, VOCABULARY, "case")
    rules = [finding.rule for report in check_files(files, VOCABULARY, procedure="case")
             for finding in report.findings]
    assert rules.count("call") == len(names)


# Section 5: code


@pytest.mark.parametrize("code", ["__import__('os').system('id')", "().__class__.__base__",
                                  "9**9**7", "'a'*10**10", "[0]*10**8"])
def test_python_in_any_slot(code):
    refused(start() + wait("w", code) + end() + path("begun", "w", "done"))
    refused(start() + wait("w", code, "timeDuration") + end() + path("begun", "w", "done"))
    refused(start() + step("a", due=code) + end() + path("begun", "a", "done"))
    refused(start() + choice("g", "g_to_done") + step("a") + end() + path("begun", "g", "done")
            + arrow("g", "a", code) + path("a", "done"))
    refused(start() + step("a").replace("/>", "><bpmn:multiInstanceLoopCharacteristics>"
            f"<bpmn:loopCardinality>{code}</bpmn:loopCardinality>"
            "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>") + end()
            + path("begun", "a", "done"))


def test_over_its_step_budget_a_case_is_an_incident_and_the_answers_are_safe(council):
    """A loop that no one works in, past the check: readable, retried without typing again."""
    body = (
        start() + user_task("write", "write") + choice("round", "round_to_nothing")
        + within("nothing", start("n") + end("n_done") + path("n", "n_done"))
        + user_task("after", "write") + end() + path("begun", "write", "round", "nothing", "round")
        + path("after", "done") + arrow("round", "after", "signed")
    )
    files = {
        "letter.bpmn": diagram("letter", {"social_worker": ["write", "after"]}, body),
        "write.form": two_signatures()["write.form"],
    }
    with council.by(ANN).begin() as work:
        go_live(work, add_for_review(work, "letter", files, notes="Not checked", authors=[],
                                     live_from=None, set_aside=[]))
    case = council.case(open_case(council.by(ANN), "letter", CHILD))
    case.complete("write", ANN, letter_text="Dear all")

    assert case.status() == "incident"
    [opened] = case.events("incident_opened")
    assert opened.element in ("round", "nothing", "n", "n_done")
    assert [kept.value for kept in council.domain.record.values()] == ["Dear all"]
    assert retry_incident(case.by(ANN), case.id) is False

    council.domain.facts_now["signed"] = True
    assert retry_incident(case.by(ANN), case.id) is True
    assert (case.status(), case.open()) == ("open", {"after"})


# Section 7: what was accepted, and then run wrongly or not at all


def test_link_events():
    shape = ('<bpmn:intermediateThrowEvent id="x"><bpmn:linkEventDefinition id="l"/>'
             "</bpmn:intermediateThrowEvent>")
    with pytest.raises(DiagramRefused, match="“x” is a intermediateThrowEvent"):
        compiled(with_shape(shape))
    with pytest.raises(DiagramRefused, match="linkEventDefinition"):
        compiled(with_shape(shape.replace("Throw", "Catch")))


def test_event_subprocesses():
    inside = start("s") + step("t") + end("e") + path("s", "t", "e")
    for triggered in ("true", "1"):
        shape = f'<bpmn:subProcess id="x" triggeredByEvent="{triggered}">{inside}</bpmn:subProcess>'
        assert "event subprocess" in refused(start() + step("a") + shape + end()
                                             + path("begun", "a", "done"))


def test_signal_end_events():
    with pytest.raises(DiagramRefused, match="signalEventDefinition"):
        compiled(with_shape('<bpmn:endEvent id="x"><bpmn:signalEventDefinition id="s"/>'
                            "</bpmn:endEvent>"))


def test_compensation():
    with pytest.raises(DiagramRefused):
        compiled(with_shape('<bpmn:endEvent id="x"><bpmn:compensateEventDefinition id="s"/>'
                            "</bpmn:endEvent>"))


def test_receive_tasks():
    with pytest.raises(DiagramRefused, match="receiveTask"):
        compiled(with_shape('<bpmn:receiveTask id="x"/>'))


@pytest.mark.parametrize("kind", ["serviceTask", "sendTask"])
def test_service_tasks_without_implementation(kind):
    assert "names no action" in refused(start() + f'<bpmn:{kind} id="x" name="Tell"/>' + end()
                                        + path("begun", "x", "done"))


@pytest.mark.parametrize("shape", [step("g"), '<bpmn:parallelGateway id="g"/>'])
def test_conditions_on_arrows_out_of_tasks(shape):
    assert "has a condition" in refused(start() + shape + end() + path("begun", "g")
                                        + arrow("g", "done", "signed"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (start() + step("a") + path("begun", "a"), "“A” leads nowhere"),
        (start() + step("a") + end() + reminder("late", "a") + path("begun", "a", "done"),
         "“Late” leads nowhere"),
        (start() + step("a") + end() + start("again") + path("begun", "a", "done")
         + path("again", "a"), "one of several start events"),
        (start() + step("a") + end() + path("begun", "a", "done", "a"), "leaves an end event"),
        (start() + step("a") + end() + path("begun", "a", "begun") + path("a", "done"),
         "nothing can lead into"),
        (start() + step("a") + choice("g", "begun_to_a") + end() + path("begun", "a", "g")
         + arrow("g", "done", "signed"), "has a default arrow that does not leave it"),
        (start() + step("a") + step("a") + end() + path("begun", "a", "done"),
         "Two elements have the id “a”"),
    ],
)
def test_arrows_and_ids_that_lose_a_case(body, said):
    assert said in refused(body)
    [report] = check_files(drawn(body), VOCABULARY, procedure="case")
    assert report.verdict == "refused"


def test_two_timers_in_one_event():
    both = wait("w", "2026-03-20").replace(
        "</bpmn:timerEventDefinition>",
        "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>")
    twice = wait("w", "2026-03-20").replace(
        "</bpmn:intermediateCatchEvent>",
        "<bpmn:timerEventDefinition><bpmn:timeDate>2026-03-21</bpmn:timeDate>"
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>")
    for event in (both, twice):
        body = start() + event + end() + path("begun", "w", "done")
        assert "waits for two things" in refused(body)
        [report] = check_files(drawn(body), VOCABULARY, procedure="case")
        assert {f.element for f in report.findings if f.severity == "error"} >= {"w"}


def test_a_parser_that_hangs_cannot_hang_us(monkeypatch):
    """Whatever else takes for ever: the check ends, in a process of its own."""
    monkeypatch.setattr(bounded, "SECONDS", 1)
    monkeypatch.setattr(bounded, "check_files", for_ever)
    files = drawn(start() + end() + path("begun", "done"))
    [report] = bounded.check_within_limits(files, VOCABULARY, "case")
    assert [finding.rule for finding in report.findings] == ["too-complex"]


def test_a_check_that_eats_all_memory_is_ended(monkeypatch):
    monkeypatch.setattr(bounded, "BYTES", 50_000_000)
    monkeypatch.setattr(bounded, "check_files", all_memory)
    files = drawn(start() + end() + path("begun", "done"))
    [report] = bounded.check_within_limits(files, VOCABULARY, "case")
    assert [finding.rule for finding in report.findings] == ["too-complex"]


# The list itself


def test_every_defect_names_a_test_that_is_there():
    rows = re.findall(r"^\| (\d) \| (.+) \| (closed|refused) \| `([\w/]+)::(\w+)` \|$",
                      (ROOT / "engine/spiff/README.md").read_text(), re.MULTILINE)
    assert len(rows) >= 60
    assert len(rows) == (ROOT / "engine/spiff/README.md").read_text().count("::test_")
    assert {section for section, *_ in rows} == set("1234567")
    missing = {(file, test) for *_, file, test in rows if test not in _tests(file)}
    assert missing == set()


def test_every_test_of_the_wall_is_on_the_list():
    named = set(re.findall(r"`test_the_wall::(\w+)`",
                           (ROOT / "engine/spiff/README.md").read_text()))
    assert _tests("test_the_wall") - named == {
        "test_every_defect_names_a_test_that_is_there", "test_every_test_of_the_wall_is_on_the_list"
    }


def _tests(file):
    folder = Path(__file__).parents[1] if "/" in file else Path(__file__).parent
    tree = ast.parse((folder / f"{file}.py").read_text())
    return {node.name for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
