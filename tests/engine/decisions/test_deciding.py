"""What a decision table gives, by each hit policy."""

from datetime import date

import pytest
from tables import DMN, table

from engine.decisions.decision import compile_decision
from engine.decisions.table import TableRefused, read_table
from engine.domain import ValueType
from engine.errors import FlowFailed
from engine.spiff.xml import Unreadable

NAMES = {
    "age": ValueType.INT, "percent": ValueType.DOUBLE, "school": ValueType.STRING,
    "plan": ValueType.BOOL, "moved_on": ValueType.DATE, "needs": ValueType.LIST,
}


def decided(content, **values):
    return compile_decision(read_table(content), NAMES).decide(values)


def by_age(*rules, policy="UNIQUE", **output):
    return table(["age"], [{"name": "weeks", **output}], *rules, policy=policy)


@pytest.mark.parametrize(
    ("name", "cell", "inside", "outside"),
    [
        ("age", ">= 5", [5, 6], [4, -5]),
        ("age", "-", [5, -6], []),
        ("age", "", [5, -6], []),
        ("age", "-2", [-2], [2]),
        ("age", "< -2", [-3], [-2, 0]),
        ("age", "[3..6]", [3, 6], [2, 7]),
        ("age", "(3..6)", [4, 5], [3, 6]),
        ("age", "]3..6[", [4, 5], [3, 6]),
        ("age", "[3..6)", [3, 5], [2, 6]),
        ("age", "3, 5, > 10", [3, 5, 11], [4, 10]),
        ("age", "not(5)", [4, 6], [5]),
        ("age", "not(5, [7..9])", [4, 6, 10], [5, 7, 9]),
        ("age", "2.5", [], [2, 3]),
        ("age", "> 2.5", [3], [2]),
        ("percent", "5", [5.0], [5.5]),
        ("percent", "[90..100]", [90.0, 99.9], [89.9]),
        ("school", '"none"', ["none"], ["None", "other"]),
        ("school", '"a","b"', ["a", "b"], ["a,b", ""]),
        ("school", '"say \\"no\\""', ['say "no"'], ["say no"]),
        ("school", 'not("a", "b")', ["c"], ["a", "b"]),
        ("plan", "true", [True], [False]),
        ("plan", "not(true)", [False], [True]),
        ("moved_on", '>= date("2026-03-25")', [date(2026, 3, 25)], [date(2026, 3, 24)]),
        ("moved_on", '[@"2026-03-01"..@"2026-03-31"]', [date(2026, 3, 31)], [date(2026, 4, 1)]),
    ],
)
def test_a_cell_holds_for_what_it_says(name, cell, inside, outside):
    content = table([name], ["found"], (cell, "true"))

    assert [decided(content, **{name: value}) for value in inside] == [
        {"found": True} for _ in inside
    ]
    assert [decided(content, **{name: value}) for value in outside] == [{} for _ in outside]


def test_all_cells_of_a_rule_must_hold():
    content = table(
        ["age", "school"], ["weeks", "who"],
        ("< 5", "-", "2", '"nursery"'), (">= 5", '"none"', "1", '"virtual_school"'),
    )
    assert decided(content, age=4, school="none") == {"weeks": 2, "who": "nursery"}
    assert decided(content, age=5, school="none") == {"weeks": 1, "who": "virtual_school"}
    assert decided(content, age=5, school="other") == {}


def test_a_name_without_a_value_is_no_answer_of_a_table():
    content = table(["age", "school"], ["weeks"], ("-", "-", "2"))

    with pytest.raises(FlowFailed, match="“How often” needs age, school, which has no value"):
        decided(content, school=None)


def test_a_column_that_speaks_of_null_may_be_without_a_value():
    content = table(
        ["moved_on"], ["way"],
        ("null", '"none"'), ('not(null, < @"2026-01-01")', '"new"'), ("-", '"old"'),
        policy="FIRST",
    )
    assert decided(content) == {"way": "none"}
    assert decided(content, moved_on=date(2026, 2, 1)) == {"way": "new"}
    assert decided(content, moved_on=date(2025, 2, 1)) == {"way": "old"}


def test_unique_never_takes_the_first_of_two():
    content = by_age(("< 5", "1"), ("< 10", "2"))

    assert decided(content, age=7) == {"weeks": 2}
    with pytest.raises(FlowFailed, match="Rules 1 and 2 of the decision “How often” both apply"):
        decided(content, age=4)


def test_any_takes_what_all_agree_on():
    content = by_age(("< 5", "1"), ("< 10", "1"), ("< 3", "2"), policy="ANY")

    assert decided(content, age=4) == {"weeks": 1}
    with pytest.raises(FlowFailed, match=r"Rules 1, 2 and 3 .* give different answers"):
        decided(content, age=2)


def test_first_takes_the_first():
    assert decided(by_age(("< 5", "1"), ("-", "2"), policy="FIRST"), age=4) == {"weeks": 1}


def test_priority_takes_the_most_important_output():
    content = by_age(("< 5", "1"), ("< 3", "4"), ("-", "2"), policy="PRIORITY", order="4,2,1")

    assert [decided(content, age=age)["weeks"] for age in (2, 4, 5)] == [4, 2, 2]


def test_priority_goes_by_the_outputs_from_left_to_right():
    outputs = [{"name": "way", "order": '"red","green"'}, {"name": "weeks", "order": "1,2"}]
    content = table(["age"], outputs, ("-", '"green"', "1"), ("-", '"red"', "2"),
                    ("< 5", '"red"', "1"), policy="PRIORITY")

    assert decided(content, age=4) == {"way": "red", "weeks": 1}
    assert decided(content, age=6) == {"way": "red", "weeks": 2}


def test_an_output_without_an_order_of_its_values_counts_for_no_priority():
    outputs = [{"name": "way", "order": '"yes","no"'}, "why"]
    content = table(
        ["age", "school"], outputs,
        (">= 18", '"medium", "low"', '"yes"', '"basic"'), ("< 18", "-", '"no"', '"young"'),
        ("-", '"high"', '"yes"', '"risk"'), policy="PRIORITY",
    )
    assert decided(content, age=17, school="high") == {"way": "yes", "why": "risk"}
    assert decided(content, age=17, school="low") == {"way": "no", "why": "young"}


def test_a_table_without_columns_gives_what_its_rule_gives():
    assert decided(table([], ["weeks"], ("4",))) == {"weeks": 4}


RULES = (("< 5", '"b"'), ("-", '"a"'), ("> 3", '"b"'))


@pytest.mark.parametrize(
    ("policy", "gathered"),
    [("RULE ORDER", ["b", "a", "b"]), ("COLLECT", ["b", "a", "b"]),
     ("OUTPUT ORDER", ["a", "b", "b"])],
)
def test_several_rules_give_a_list_in_the_order_of_the_policy(policy, gathered):
    content = by_age(*RULES, policy=policy, order='"a","b"')

    assert decided(content, age=4) == {"weeks": gathered}
    assert read_table(content).types == {"weeks": ValueType.LIST}


@pytest.mark.parametrize(
    ("aggregation", "at_four", "at_nine"),
    [("SUM", 7, None), ("MIN", 2, None), ("MAX", 5, None), ("COUNT", 2, 0)],
)
def test_a_collection_is_added_up_or_counted(aggregation, at_four, at_nine):
    content = table(["age"], ["weeks"], ("< 5", "2"), ("[4..6]", "5"), policy="COLLECT",
                    collect=aggregation)

    assert decided(content, age=4) == {"weeks": at_four}
    assert decided(content, age=9) == ({} if at_nine is None else {"weeks": at_nine})


def test_without_a_rule_that_applies_the_default_is_given():
    assert decided(by_age(("< 5", "1"), default="6"), age=9) == {"weeks": 6}
    assert decided(by_age(("< 5", '"a"'), policy="RULE ORDER", default='"b"'), age=9) == {
        "weeks": ["b"]
    }


def test_a_value_that_the_column_does_not_allow_is_never_passed_over():
    content = table([{"name": "school", "allowed": '"a","b"'}], ["weeks"], ("-", "1"))

    assert decided(content, school="b") == {"weeks": 1}
    with pytest.raises(FlowFailed, match="does not allow for the value that school has"):
        decided(content, school="c")


@pytest.mark.parametrize(
    ("column", "values", "kind", "given"),
    [
        ({"type": "number"}, ("1", "2"), ValueType.INT, 1),
        ({"type": "number"}, ("1", "2.5"), ValueType.DOUBLE, 1.0),
        ({"type": "double"}, ("1", "2"), ValueType.DOUBLE, 1.0),
        ({}, ("true", "false"), ValueType.BOOL, True),
        ({}, ('date("2026-03-25")', "null"), ValueType.DATE, date(2026, 3, 25)),
        ({"type": "feel:string"}, ('"x"', ""), ValueType.STRING, "x"),
        ({"type": "tOwn"}, ("-1", "2"), ValueType.INT, -1),
    ],
)
def test_an_output_has_the_kind_of_its_values(column, values, kind, given):
    content = by_age(("< 5", values[0]), (">= 5", values[1]), **column)
    [value] = decided(content, age=4).values()

    assert read_table(content).types == {"weeks": kind}
    assert (value, type(value)) == (given, type(given))


@pytest.mark.parametrize("namespace", [
    DMN, "http://www.omg.org/spec/DMN/20180521/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"
])
def test_every_edition_of_dmn_is_read(namespace):
    assert decided(table(["age"], ["weeks"], ("-", "1"), namespace=namespace), age=1)


ONE = by_age(("< 5", "1"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (by_age(("5 years", "1")), "Rule 1, “age”: .* is not a cell that Pepway reads"),
        (by_age(("< 5", "1"), ("red", "1")), "Rule 2, “age”: “red” is not a cell"),
        (by_age(('"5"', "1")), r"age \(a number\) cannot be compared with text"),
        (by_age(("percent", "1")), "is not a cell that Pepway reads"),
        (by_age(("? > 5", "1")), "is not a cell that Pepway reads"),
        (by_age(("[6..3]", "1")), "a range begins with the smaller value"),
        (by_age(("__import__('os')", "1")), "is not a cell that Pepway reads"),
        (table(["school"], ["weeks"], ('> "a"', "1")), "text is not more or less"),
        (table(["moved_on"], ["weeks"], ('> "2026-03-25"', "1")), r"write date\("),
        (table(["plan"], ["weeks"], ("> false", "1")), "is not more or less"),
        (table(["needs"], ["weeks"], ('"a"', "1")), "is about a list"),
        (table(["nobody"], ["weeks"], ("-", "1")), "there is nothing called nobody here"),
        (table(["age + 1"], ["weeks"], ("-", "1")), "Write one name that Pepway knows"),
        (table([{"name": "age", "type": "string"}], ["weeks"], ("-", "1")),
         "says string, but age is a whole number"),
        (by_age(("< 5", "1 + 1")), "Rule 1: .* is not a value that Pepway reads"),
        (by_age(("< 5", "weeks")), "is not a value that Pepway reads"),
        (by_age(("< 5", "1"), ("-", '"2"')), "is of several kinds"),
        (by_age(("< 5", "2"), order="1,3"), "“2”, which is not among the values"),
        (by_age(("< 5", "1"), type="string"), "should be a string, but its values are not"),
        (by_age(("< 5", "1"), policy="PRIORITY"), "List them in the output"),
        (by_age(("< 5", "1"), policy="RULE ORDER"), "A list is of texts"),
        (by_age(("< 5", "1"), policy="BEST"), "no hit policy of DMN"),
        (table(["age"], ["weeks"], ("-", '"a"'), policy="COLLECT", collect="SUM"),
         "SUM needs numbers"),
        (table(["age"], ["weeks"], ("-", "1"), policy="UNIQUE", collect="SUM"), "collects one"),
        (table(["age"], ["weeks", "weeks"], ("-", "1", "2")), "the same name"),
        (table(["age"], ["Weeks!"], ("-", "1")), "needs a name for expressions"),
        (table(["age"], ["for"], ("-", "1")), "needs a name for expressions"),
        (table(["age"], ["weeks"]), "no output or no rule"),
        (table(["age"], ["weeks"], ("-",)), r"Rule 1 has 1 \+ 0 cells, but the table has 1 \+ 1"),
        (table(["age"], ["weeks"], *[("-", "1")] * 2_501), "more than 5000 cells"),
        (ONE.replace(b"<inputEntry>", b'<inputEntry expressionLanguage="JUEL">'),
         "is written in JUEL"),
        (ONE.replace(b"decisionTable", b"literalExpression"), "not a decision table"),
        (ONE.replace(b"</definitions>", b'<decision id="x"/></definitions>'), "2 decisions"),
        (ONE.replace(b"</definitions>", b'<businessKnowledgeModel id="x"/></definitions>'),
         "businessKnowledgeModel"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_its_place(content, said):
    with pytest.raises(TableRefused, match=said):
        decided(content, age=1)


@pytest.mark.parametrize("content", [b"", b"<a/>", b"{}", ONE.replace(b"/DMN/", b"/BPMN/"),
                                     b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + ONE])
def test_what_is_not_dmn_is_unreadable(content):
    with pytest.raises(Unreadable):
        read_table(content)
