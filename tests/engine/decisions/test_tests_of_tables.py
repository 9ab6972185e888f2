"""Tests of a table stand in its file, and a table that fails one is refused with a sentence."""

import pytest
from tables import table

from engine.checker import check_files
from engine.decisions.editing import Column, Row, with_rows, with_tests, written_table
from engine.decisions.table import read_table
from engine.decisions.tested import TableTest
from engine.domain import Fact, ValueType, Vocabulary

KNOWN = Vocabulary(facts={name: Fact(name, kind, certain=True, title=name) for name, kind in (
    ("rating", ValueType.STRING), ("age", ValueType.INT), ("hours", ValueType.DOUBLE),
    ("born", ValueType.DATE))})
HOW_OFTEN = table(["rating", "age"], ["weeks"], ('"red"', "< 8", "2"), ("-", "-", "6"),
                  policy="FIRST")


def found(content, *tests):
    [report] = check_files({"how-often.dmn": with_tests(content, tests)}, KNOWN)
    return [(each.severity, each.message) for each in report.findings
            if each.rule == "decision-test"]


def test_a_test_that_passes_says_nothing():
    assert found(HOW_OFTEN, TableTest("Red", {"rating": '"red"', "age": "5"}, {"weeks": "2"}),
                 TableTest("Other", {"rating": '"green"', "age": "5"}, {"weeks": "6"})) == []


@pytest.mark.parametrize(("given", "expected", "said"), [
    ({"rating": '"red"', "age": "5"}, {"weeks": "3"}, "weeks is 2, and 3 was expected"),
    ({"rating": '"red"'}, {"weeks": "2"}, "it says nothing of “age”, which the table looks at"),
    ({"rating": '"red"', "age": "5"}, {}, "it expects nothing, so it could not fail"),
    ({"rating": '"red"', "age": "5", "school": "1"}, {"weeks": "2"},
     "there is no column school in the table"),
    ({"rating": "red", "age": "5"}, {"weeks": "2"}, "“red” is no"),
    ({"rating": '"red"', "age": '"5"'}, {"weeks": "2"}, ""),
])
def test_a_test_that_fails_is_an_error_that_says_what_came_out(given, expected, said):
    [(severity, message)] = found(HOW_OFTEN, TableTest("The small ones", given, expected))
    assert severity == "error"
    assert message.startswith("The test “The small ones” fails: ")
    assert said in message


def test_dates_numbers_lists_and_nothing_are_compared_as_what_they_are():
    gathered = table(["hours"], ["who"], ("> 1", '"a"'), ("> 2", '"b"'), policy="COLLECT")
    assert found(gathered, TableTest("Both", {"hours": "3"}, {"who": '"a", "b"'})) == []
    assert "who is \"a\"" in found(gathered, TableTest("One", {"hours": "2"}, {"who": '"b"'}))[0][1]
    dated = table(["born"], [{"name": "until", "type": "date"}],
                  ('< date("2015-01-01")', 'date("2026-04-01")'), ("-", ""), policy="FIRST")
    assert found(dated, TableTest("Old", {"born": 'date("2014-05-05")'},
                                  {"until": 'date("2026-04-01")'}),
                 TableTest("Young", {"born": 'date("2019-05-05")'}, {"until": "null"})) == []


def test_rules_that_contradict_each_other_fail_a_test_that_meets_both():
    unique = table(["age"], ["weeks"], ("< 8", "2"), ("< 9", "3"), ("-", "4"))
    [(_, message)] = found(unique, TableTest("Five", {"age": "5"}, {"weeks": "2"}))
    assert "both apply" in message or "apply" in message


def test_a_table_that_is_changed_keeps_what_else_stands_in_its_file():
    tested = with_tests(HOW_OFTEN.replace(b"<decisionTable", b"<description>Why</description>"
                                          b"<extensionElements><x:y xmlns:x='urn:x'/>"
                                          b"</extensionElements><decisionTable"),
                        [TableTest("Red", {"rating": '"red"'}, {"weeks": "2"})])
    changed = with_rows(tested, [(Row(('"amber"', "-"), ("3",), "Because"), None),
                                 (Row(("-", "-"), ("7",)), 1)])

    assert b"urn:x" in changed
    assert b"<description>Why</description>" in changed
    assert b'<rule id="rule_2">' in changed
    assert [rule.gives for rule in read_table(changed).rules] == [(3,), (7,)]
    assert written_table(changed).rows[0].note == "Because"
    assert written_table(changed).tests[0].name == "Red"
    assert written_table(changed).asks == (Column("rating", "rating"), Column("age", "age"))
    assert b"pepway:tests" not in with_tests(changed, [])
