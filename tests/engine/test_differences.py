"""What a draft changes is told in words that name the shape, the question or the rule."""

import json

import pytest
from diagrams import flow, two_signatures, user_task
from plain_domain import PlainDomain
from tables import table

from engine.decisions.editing import with_tests
from engine.decisions.tested import TableTest
from engine.differences import Kind, Words, differences

WORDS = Words(PlainDomain().vocabulary, lambda text: f"<{text}>")


def told(after, before=None):
    before = two_signatures() if before is None else before
    return [(each.kind, each.message) for each in differences(before, after, WORDS)]


def letter(*replaced):
    files = two_signatures()
    content = files["letter.bpmn"].decode()
    for old, new in replaced:
        assert old in content
        content = content.replace(old, new)
    return {**files, "letter.bpmn": content.encode()}


def test_the_same_files_and_shapes_that_only_lie_elsewhere_are_no_difference():
    assert told(two_signatures()) == []
    placed = '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"/>'
    assert told(letter(("</bpmn:definitions>", f"{placed}</bpmn:definitions>"))) == []


@pytest.mark.parametrize(("replaced", "says"), [
    (('name="Write"', 'name="Draft"'), "The step “Draft”: its name is “Draft”, before “Write”."),
    (('pepway:due="P2D"', 'pepway:due="P3D"'),
     "The step “Sign social worker”: when it is due is <P3D>, before <P2D>."),
    (('"red"', '"green"'), "The arrow from “Checked” to “Write”: when this way is taken is "
     "“rating == \"green\"”, before “rating == \"red\"”."),
    (('pepway:to="social_worker"', 'pepway:to="virtual_school"'),
     "The message “Post”: who is told is Virtual school, before Social worker."),
])
def test_what_a_shape_says_otherwise_is_told_with_what_it_said_before(replaced, says):
    changed = letter(replaced)
    [(kind, message)] = [each for each in told(changed) if each[0] is Kind.CHANGED][:1]

    assert (kind, message.replace("&quot;", '"')) == (Kind.CHANGED, says)


def test_a_new_step_is_told_once_with_its_place_and_not_with_its_arrows():
    changed = letter(
        (flow("signed", "check"), user_task("read", "check", due="P4D")
         + flow("signed", "read") + flow("read", "check")),
        ("<bpmn:flowNodeRef>sign_social_worker</bpmn:flowNodeRef>",
         "<bpmn:flowNodeRef>sign_social_worker</bpmn:flowNodeRef>"
         "<bpmn:flowNodeRef>read</bpmn:flowNodeRef>"),
    )

    said = told(changed)

    assert (Kind.ADDED, "The step “Read” is new, after “Signed”: who does it is Social worker, its "
            "form is “check”, when it is due is <P4D>.") in said
    assert [message for _, message in said if "arrow from “Read”" in message] == []
    assert (Kind.REMOVED, "The arrow from “Signed” to “Check” is taken out.") in said


def test_a_new_step_touches_the_cases_that_come_to_it_from_what_was_there_before():
    changed = letter(
        (flow("signed", "check"), user_task("read", "check") + user_task("weigh", "check")
         + flow("signed", "read") + flow("read", "weigh") + flow("weigh", "check")))

    new = {each.element: each.steps for each in differences(two_signatures(), changed, WORDS)
           if each.kind is Kind.ADDED}

    assert new == {"read": ("signed",), "weigh": ("signed",)}


def form(*fields, title="Write"):
    return json.dumps({"title": title, "components": list(fields)}).encode()


def test_questions_are_told_by_their_words():
    was = form({"type": "textfield", "key": "a", "label": "Who?"},
               {"type": "textfield", "key": "b", "label": "When?"})
    now = form({"type": "textfield", "key": "b", "label": "When?", "validate": {"required": True}},
               {"type": "textfield", "key": "c", "label": "Why?"})
    before = {**two_signatures(), "write.form": was}

    said = told({**before, "write.form": now}, before)

    assert said == [
        (Kind.CHANGED, "The form “Write”: “When?”: whether it must be answered is yes, before no."),
        (Kind.ADDED, "The form “Write”: the question “Why?” is new."),
        (Kind.REMOVED, "The form “Write”: the question “Who?” is taken out."),
    ]


def test_a_question_touches_the_steps_that_show_its_form():
    before = two_signatures()
    after = {**before, "write.form": form({"type": "textfield", "key": "letter_text",
                                           "label": "Say it again"})}

    assert {each.steps for each in differences(before, after, WORDS)} == {("write",)}


def test_rules_of_a_decision_table_are_told_as_they_stand():
    was = table(["age"], [{"name": "weeks"}], ("< 5", "2"), ("-", "6"), policy="FIRST")
    now = table(["age"], [{"name": "weeks"}], ("< 5", "3"), ("-", "6"), policy="FIRST")
    before = {**two_signatures(), "often.dmn": was}

    assert told({**before, "often.dmn": now}, before) == [
        (Kind.REMOVED, "The decision table “often”: the rule “< 5” gives “2” is taken out."),
        (Kind.ADDED, "The decision table “often”: the rule “< 5” gives “3” is new."),
    ]


def test_of_a_decision_table_is_told_what_is_other_than_its_rules():
    rules = ("< 5", "2"), ("-", "6")
    was = table(["age"], [{"name": "weeks"}], *rules, policy="FIRST")
    before = {**two_signatures(), "often.dmn": was}
    tested = with_tests(was, [TableTest("Young", {"age": "4"}, {"weeks": "2"})])
    unique = table(["age"], [{"name": "weeks"}], *rules, policy="UNIQUE")

    assert told({**before, "often.dmn": was.replace(b"><", b">\n<")}, before) == []
    assert told({**before, "often.dmn": tested}, before) == [
        (Kind.CHANGED, "The decision table “often”: its tests are others.")]
    assert told({**before, "often.dmn": unique}, before) == [
        (Kind.CHANGED, "The decision table “often”: which rules count is UNIQUE, before FIRST.")]


def test_files_that_come_go_or_cannot_be_read_are_named():
    before = two_signatures()
    without = {path: content for path, content in before.items() if path != "check.form"}

    assert told(without) == [(Kind.REMOVED, "The form “check” is taken out.")]
    assert told(before, without) == [(Kind.ADDED, "The form “check” is new.")]
    assert told({**before, "check.form": b"{"}) == [
        (Kind.CHANGED, "The form “check” is another.")]
