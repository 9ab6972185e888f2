"""What the check says of decision tables, and which of their outputs a diagram may rely on."""

import re
import time
from datetime import date
from itertools import product
from random import Random

import pytest
from diagrams import radio
from tables import table
from walking import VOCABULARY, arrow, ask, choice, drawn, end, path, start, step

from engine.checker import check_files
from engine.checker.boxes import Limits, Patience, space_of, uncovered
from engine.decisions.decision import compile_decision
from engine.decisions.table import read_table
from engine.domain import ValueType

SCHOOL = radio("school", "a", "b")
AGE = {"key": "age", "type": "number", "decimalDigits": 0, "validate": {"required": True}}


def decide(element, decision):
    return f'<bpmn:businessRuleTask id="{element}" name="Decide" pepway:decision="{decision}"/>'


def deciding(how_often, condition="weeks == 1", *, ask_for=(AGE, SCHOOL)):
    """A form, a table, and a choice by what the table gives."""
    lanes = '<bpmn:laneSet id="ls"><bpmn:lane id="lane" pepway:role="social_worker">' + "".join(
        f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in ("write", "visit")
    ) + "</bpmn:lane></bpmn:laneSet>"
    body = (
        lanes + start() + step("write", form="write", due="P2D") + decide("rule", "how-often")
        + choice("which", "which_to_done") + step("visit", form="visit", due="P2D") + end()
        + path("begun", "write", "rule", "which", "done") + arrow("which", "visit", condition)
        + path("visit", "done")
    )
    files = drawn(body, write=ask(*ask_for), visit=ask())
    return files | {"how-often.dmn": how_often}


def findings(files, **options):
    reports = check_files(files, VOCABULARY, **{"procedure": "case", **options})
    return {
        (each.rule, each.message) for report in reports for each in report.findings
        if each.rule not in ("form-words", "form-unused")
    }


def said(how_often, **options):
    return {message for rule, message in findings(deciding(how_often, **options))
            if rule.startswith("decision")}


def by_age(*rules, **options):
    return table(["age"], ["weeks"], *rules, **options)


def test_a_table_without_gaps_is_sound_and_its_outputs_are_certain():
    assert findings(deciding(by_age(("< 5", "1"), (">= 5", "2")))) == set()


def test_where_a_table_has_a_gap_its_output_is_not_certain():
    found = findings(deciding(by_age(("< 5", "1"), ("[6..9]", "2"))))

    assert {rule for rule, _ in found} == {"decision-gap", "name-uncertain"}
    assert {message for rule, message in found if rule == "decision-gap"} == {
        "No rule applies when age is 5 or at least 10: then weeks would have no value. Add a rule, "
        "or a default.",
    }
    assert findings(deciding(by_age(("< 5", "1")), 'known("weeks") && weeks == 1')) == {
        ("decision-gap", "No rule applies when age is at least 5: then weeks would have no value. "
         "Add a rule, or a default."),
    }


def test_a_default_closes_the_gap():
    content = table(["age"], [{"name": "weeks", "default": "6"}], ("< 5", "1"))

    assert findings(deciding(content)) == set()


def test_an_output_that_a_rule_leaves_empty_is_not_certain():
    found = findings(deciding(by_age(("< 5", "1"), (">= 5", ""))))

    assert {rule for rule, _ in found} == {"name-uncertain"}


def test_what_the_table_asks_must_be_answered_on_every_path_to_it():
    optional = {**AGE, "validate": {}}
    found = findings(deciding(by_age(("-", "1")), ask_for=(optional,)))
    assert {rule for rule, _ in found} == {"name-uncertain"}
    assert "the table “How often” needs age" in found.pop()[1]

    told = by_age(("null", "1"), ("not(null)", "2"))
    assert findings(deciding(told, ask_for=(optional,))) == set()
    assert said(by_age(("not(null)", "2")), ask_for=(optional,)) == {
        "No rule applies when age is not known: then weeks would have no value. Add a rule, or a "
        "default.",
    }


@pytest.mark.parametrize(
    ("rules", "policy", "overlap"),
    [
        ([("< 5", "1"), ("<= 5", "2"), ("> 5", "2")], "UNIQUE",
         "Rules 1 and 2 both apply when age is at most 4, but only one rule may apply (UNIQUE). A "
         "child's case would stop here. Narrow one of them, or let the first decide (FIRST)."),
        ([("-", "1"), ("7", "2")], "ANY",
         "Rules 1 and 2 both apply when age is 7, and give different answers (ANY). A child's case "
         "would stop here. Narrow one of them, or let the first decide (FIRST)."),
        ([("-", "1"), ("-", "1")], "UNIQUE",
         "Rules 1 and 2 both apply, whatever is asked, but only one rule may apply (UNIQUE). A "
         "child's case would stop here. Narrow one of them, or let the first decide (FIRST)."),
        ([("-", "1"), ("7", "1")], "ANY", None),
        ([("-", "1"), ("7", "2")], "RULE ORDER", None),
    ],
)
def test_rules_that_contradict_each_other_are_named(rules, policy, overlap):
    texts = [(cell, f'"{weeks}"') for cell, weeks in rules]
    assert said(by_age(*texts, policy=policy), condition="true") == ({overlap} - {None})


@pytest.mark.parametrize(
    ("rules", "unused"),
    [
        ([("< 5", "1"), ("-", "2"), ("> 7", "3")], "Rule 3 is never reached"),
        ([("< 5", "1"), (">= 5", "2"), ("-", "3")], "Rule 3 is never reached"),
        ([("4.5", "1"), ("-", "2")], "Rule 1 can never apply"),
    ],
)
def test_a_rule_that_decides_nothing_is_named(rules, unused):
    [message] = said(by_age(*rules, policy="FIRST"))
    assert message.startswith(unused)


def test_what_a_form_lets_people_answer_is_all_that_can_be():
    schools = table(["school"], ["weeks"], ('"a"', "1"), ('"b"', "2"))
    assert said(schools) == set()
    assert said(table(["school"], ["weeks"], ('"a", "b"', "1"), ('"c"', "2"))) == {
        "Rule 2 can never apply: its cells ask for what cannot be. Correct or remove it."
    }
    bounded = {**AGE, "validate": {"required": True, "min": 0, "max": 18}}
    assert said(by_age(("[0..18]", "1")), ask_for=(bounded,)) == set()
    assert said(by_age(("[1..17]", "1")), ask_for=(bounded,)) == {
        "No rule applies when age is 0 or 18: then weeks would have no value. Add a rule, or a "
        "default."
    }


def test_a_gap_names_all_columns_that_matter():
    content = table(
        ["age", "school", "signed", "placement_start"], ["weeks"],
        ("< 5", "-", "-", "-", "1"),
        (">= 5", '"a"', "true", '< date("2026-03-01")', "2"),
        (">= 5", '"b"', "-", "-", "2"),
        (">= 5", '"a"', "false", "-", "2"),
    )
    assert said(content) == {
        "No rule applies when age is at least 5 and school is “a” and signed is yes and "
        "placement_start is at least 2026-03-01: then weeks would have no value. Add a rule, or a "
        "default."
    }


def test_decimals_have_no_neighbours():
    percent = {**AGE, "key": "age", "decimalDigits": 1}
    assert said(by_age(("< 5", "1"), ("> 5", "2")), ask_for=(percent,)) == {
        "No rule applies when age is 5.0: then weeks would have no value. Add a rule, or a default."
    }
    assert said(by_age(("<= 5", "1"), (">= 6", "2")), ask_for=(percent,)) == {
        "No rule applies when age is more than 5.0 and less than 6.0: then weeks would have no "
        "value. Add a rule, or a default."
    }


def test_a_limit_that_nobody_reaches_is_none():
    endless = {**AGE, "validate": {"required": True, "min": -1e300, "max": 1e300}}
    assert said(by_age(("< 5", "1"), (">= 5", "2")), ask_for=(endless,)) == set()


def test_a_table_without_columns_is_sound():
    assert said(table([], ["weeks"], ("1",))) == set()
    assert len(said(table([], ["weeks"], ("1",), ("1",)))) == 1


def test_whatever_a_table_holds_the_check_answers():
    chance = Random(11)
    whole = table(
        ["age", {"name": "school", "allowed": '"a","b"', "type": "string"}],
        [{"name": "weeks", "order": "1,2", "default": "2"}, "why"],
        ("[3..6]", '"a", "b"', "1", '"x"'), ("not(5)", "-", "2", '"y"'), policy="PRIORITY",
    ).decode()
    parts = re.findall(r"<[^>]*>|[^<]+", whole)
    verdicts = set()
    for _ in range(1500):
        broken = list(parts)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(broken))
            broken[at : at + 1] = chance.choice(
                ([], [broken[at]] * 2, [chance.choice(parts)], [broken[at][: chance.randint(0, 9)]])
            )
        [report] = check_files({"x.dmn": "".join(broken).encode()}, VOCABULARY, alone=True)
        verdicts.add(report.verdict)
    assert verdicts == {"unusable", "refused", "sound"}


def test_every_wrong_cell_is_told_at_once():
    messages = said(by_age(("< five", "1"), ("< 5", "2"), ('"5"', "2")))

    assert len(messages) == 2
    assert any(message.startswith("Rule 1, “age”") for message in messages)
    assert any(message.startswith("Rule 3, “age”") for message in messages)


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (deciding(table(["age"], ["school"], ("-", "1")), "true"), "name-clash"),
        (deciding(table(["age"], ["signed"], ("-", "true")), "true"), "name-clash"),
        (deciding(by_age(("-", "1"))) | {"other.dmn": by_age(("-", "1"))}, "name-clash"),
        (deciding(by_age(("-", "1"))) | {"other.dmn": table(["age"], ["x"], ("-", "1"))},
         "decision-unused"),
        (deciding(by_age(("-", "1"), policy="BEST"), "true"), "decision-table"),
        (deciding(b"<no/>", "true"), "unreadable"),
        (deciding(by_age(("-", '"text"'))), "expression"),
    ],
)
def test_what_does_not_fit_its_folder_is_found(files, rule):
    assert rule in {found for found, _ in findings(files)}


def test_a_step_without_its_table_is_refused():
    files = deciding(by_age(("-", "1")), "true")
    del files["how-often.dmn"]
    assert {rule for rule, _ in findings(files)} == {"decision-missing"}
    files["case.bpmn"] = files["case.bpmn"].replace(b' pepway:decision="how-often"', b"")
    assert {rule for rule, _ in findings(files)} == {"decision-missing"}


def test_a_table_alone_is_checked_by_what_its_columns_say():
    alone = table([{"name": "age", "type": "integer"}, "school"], ["weeks"], ("< 5", '"a"', "1"))

    [report] = check_files({"how-often.dmn": alone}, VOCABULARY, alone=True)
    assert (report.verdict, [each.rule for each in report.findings]) == (
        "sound", ["decision-gap", "decision-gap"]
    )
    [report] = check_files({"x.dmn": by_age(("< 5 or", "1"))}, VOCABULARY, alone=True)
    assert report.verdict == "refused"
    [report] = check_files({"x.dmn": b"<a/>"}, VOCABULARY, alone=True)
    assert report.verdict == "unusable"


@pytest.mark.parametrize(
    "content",
    [
        table(["age"], ["weeks"], *((str(age), "1") for age in range(1_600))),
        table(["age", "x"], ["weeks"], *((f"> {age}", "-", "1") for age in range(1_600)),
              policy="FIRST"),
    ],
    ids=["cells", "rules"],
)
def test_a_table_that_cannot_be_looked_through_says_so_in_time(content):
    begun = time.monotonic()
    [report] = check_files({"x.dmn": content}, VOCABULARY, alone=True)

    assert "decision-too-large" in {each.rule for each in report.findings}
    assert time.monotonic() - begun < 20


TYPES = {"n": ValueType.INT, "s": ValueType.STRING, "b": ValueType.BOOL}
CELLS = {"n": ["-", "< 2", "[2..3]", "(1..4]", "not(3)", "3, > 5"], "s": ["-", '"x"', 'not("x")',
         '"x", "y"'], "b": ["-", "true", "false"]}
EVERYTHING = [dict(zip("nsb", each, strict=True))
              for each in product(range(-1, 8), ("x", "y", "z"), (True, False))]


def test_gaps_are_found_exactly_where_nothing_is_decided():
    chance, with_gap = Random(7), 0
    for _ in range(300):
        rules = [(*(chance.choice(CELLS[name]) for name in "nsb"), "1")
                 for _ in range(chance.randint(1, 6))]
        decision = compile_decision(
            read_table(table(list("nsb"), ["weeks"], *rules, policy="FIRST")), TYPES
        )
        space = space_of(decision, TYPES, {"s": Limits(("x", "y", "z"))}, Patience())
        found = list(uncovered(space.whole, space.boxes, Patience()))
        with_gap += bool(found)

        assert bool(found) is any(decision.decide(values) == {} for values in EVERYTHING)
        for gap in found:
            assert decision.decide(_inside(space, gap)) == {}
    assert 100 < with_gap < 290


def _inside(space, box):
    """Values in one part of the space."""
    return {
        axis.name: axis.stretches[(chosen & -chosen).bit_length() - 1].sample
        for axis, chosen in zip(space.axes, box, strict=True)
    }


@pytest.mark.parametrize("cell", [
    'date("9999-12-31")', '<= date("0001-01-01")', '> date("9999-12-31")', "null",
])
def test_the_ends_of_the_calendar_are_no_trouble(cell):
    content = table(["placement_start"], ["weeks"], (cell, "1"), ("-", "2"), policy="FIRST")
    decision = compile_decision(read_table(content), {"placement_start": ValueType.DATE})
    space = space_of(decision, {"placement_start": ValueType.DATE}, {}, Patience())

    assert not any(uncovered(space.whole, space.boxes, Patience()))
    assert decision.decide({"placement_start": date(2026, 3, 25)}) == {"weeks": 2}
