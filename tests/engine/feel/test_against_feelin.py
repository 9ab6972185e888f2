"""Our translator and bpmn.io's own FEEL answer the same, or it says here why not."""

import json
import re
import subprocess
from datetime import date
from pathlib import Path
from random import Random

import pytest
from inventing import TYPES, cell, condition, value_of, values_of

from engine import feel
from engine.domain import ValueType
from engine.errors import ExpressionRefused
from engine.feel import FeelRefused, reading, translating
from engine.forms import conditions as form_conditions
from engine.forms.conditions import holds, names_in
from engine.spiff.expressions import compile_expression

HERE = Path(__file__).parent
SEED = 20260325
REFUSED = "refused"


def feelin(questions):
    """What feelin answers: true, false, null, "other" or "refused"."""
    lines = "".join(f"{json.dumps(each, default=_day)}\n" for each in questions)
    process = subprocess.run(
        ["node", HERE / "feelin.mjs"],  # noqa: S607 - any node
        input=lines, capture_output=True, text=True, check=True,
    )
    return [json.loads(line) for line in process.stdout.splitlines()]


def _day(value):
    assert isinstance(value, date)
    return {"date": value.isoformat()}


def condition_here(text, values):
    try:
        return holds(text, values, TYPES) if names_in(text) <= set(TYPES) else REFUSED
    except (FeelRefused, ExpressionRefused):
        return REFUSED


def cell_here(text, kind, value):
    try:
        cel = feel.to_cel(feel.read_cell(text, "x"), {"x": kind})
        expression = compile_expression(cel, frozenset({ValueType.BOOL}), {"x": kind}, ())
    except (FeelRefused, ExpressionRefused):
        return REFUSED
    return expression.evaluate({"x": value}, None)


def conditions(count):
    chance = Random(SEED)
    return [(condition(chance), values_of(chance)) for _ in range(count)]


def disagreements(invented):
    answers = feelin([
        {"text": each.text.strip().removeprefix("="), "values": values}
        for each, values in invented
    ])
    return [
        (each.text, values, here, answer)
        for (each, values), answer in zip(invented, answers, strict=True)
        if (here := condition_here(each.text, values)) is not REFUSED
        and here != (answer is True)
    ]


def test_conditions_mean_what_they_mean_in_feel():
    invented = conditions(3000)

    assert disagreements(invented) == []
    trues = sum(condition_here(each.text, values) is True for each, values in invented)
    assert 750 < trues < 2250
    assert sum(values["s"] is None for _, values in invented) > 250


def test_a_condition_is_refused_exactly_where_kinds_do_not_fit():
    wrong = [
        each.text
        for each, values in conditions(3000)
        if (condition_here(each.text, dict.fromkeys(values, None)) is REFUSED) is each.fits
    ]

    assert wrong == []


def test_cells_mean_what_they_mean_in_feel():
    chance = Random(SEED)
    kinds = [kind for kind in TYPES.values() if kind is not ValueType.LIST]
    invented = [
        (cell(chance, kind), kind, value_of(chance, kind))
        for kind in (chance.choice(kinds) for _ in range(3000))
    ]
    answers = feelin([
        {"text": each.text, "values": {"?": value}, "cell": True} for each, _, value in invented
    ])
    here = [cell_here(each.text, kind, value) for each, kind, value in invented]

    assert [
        (each.text, value, ours, answer)
        for (each, _, value), ours, answer in zip(invented, here, answers, strict=True)
        if (ours is REFUSED) is each.fits or (ours is not REFUSED and ours is not answer)
    ] == []
    assert here.count(True) > 750
    assert here.count(False) > 750


def test_whatever_we_read_of_broken_text_feel_reads_the_same_way():
    chance = Random(SEED)
    broken = [
        (_broken(chance, each), {**values, "agreed": values["b"]})
        for each, values in conditions(3000)
    ]

    assert disagreements(broken) == []
    assert sum(condition_here(each.text, values) is not REFUSED for each, values in broken) > 250


def _broken(chance, invented):
    """With one part left out, doubled, or exchanged for one from elsewhere."""
    parts = re.findall(r'"(?:\\.|[^"\\])*"|\w+|\s+|\.\.|.', invented.text)
    at = chance.randrange(len(parts))
    other = chance.choice((*parts, "(", ")", "[", "]", "..", ",", "-", "not", "and", "or", "in",
                           "=", "<", "null", "true", "3", "n", "l", " "))
    parts[at : at + 1] = chance.choice(([], [parts[at], parts[at]], [other], [parts[at], other]))
    return type(invented)("".join(parts), invented.fits)


@pytest.mark.parametrize(
    ("text", "values", "here", "there", "why"),
    [
        ("not(b)", {}, True, None, "a box that nobody has ticked is not ticked"),
        ('not("red" in l)', {}, True, None, "a list without an answer holds nothing"),
        ("s in (null)", {}, True, None, "what has no value equals null, as in s = null"),
        ('s = 5 or n = 1', {"s": "x", "n": 1}, REFUSED, True, "text is never a number"),
        ("s = d", {"s": "x"}, REFUSED, False, "text is never a date"),
        ("b < true", {"b": False}, REFUSED, "refused", "no is not less than yes"),
        ("n in [6..3]", {"n": 4}, REFUSED, True, "a range begins with the smaller value"),
        ("n in [1..m]", {"n": 1, "m": 2}, REFUSED, True, "the ends of a range are values"),
        ("n in [null..6]", {"n": 4}, REFUSED, True, "a range has two ends"),
        ("- 4 < n", {"n": -5}, REFUSED, False, "a minus stands before its digit"),
        ("-n < 3", {"n": 1}, REFUSED, True, "a minus belongs to a number"),
        ("n + 1 = 2", {"n": 1}, REFUSED, True, "nothing is reckoned in a condition"),
        ('l[1] = "x"', {"l": ["x"]}, REFUSED, True, "a list has no places here"),
        ("n between 1 and 3", {"n": 2}, REFUSED, True, "it is written n in [1..3]"),
        ("n in [1..3] or b", {"n": 7, "b": True}, REFUSED, False, "it can be read in two ways"),
        ("n > .5", {"n": 1}, REFUSED, True, "a number begins with a digit"),
        ('date("2026-02-30") = d', {"d": None}, REFUSED, True, "there is no such date"),
        (r's = "\ud83d\ude00"', {"s": "😀"}, REFUSED, True, "half a letter is none"),
    ],
)
def test_where_we_mean_something_else_on_purpose(text, values, here, there, why):
    types = {**TYPES, "m": ValueType.INT}
    try:
        ours = holds(text, {name: values.get(name) for name in types}, types)
    except (FeelRefused, ExpressionRefused):
        ours = REFUSED
    [theirs] = feelin([{"text": text, "values": {"s": None, "d": None, "l": None, **values}}])

    assert (ours, theirs) == (here, there), why


def test_in_a_cell_what_has_no_value_is_neither_more_nor_less():
    """feelin takes null for "not more than 5"; in FEEL's own tables null answers neither."""
    cel = feel.to_cel(feel.read_cell("not(> 5)", "n"), TYPES, frozenset({"n"}))

    assert not holds_alone(cel)
    assert feelin([{"text": "not(> 5)", "values": {"?": None}, "cell": True}]) == [True]


def holds_alone(cel):
    return compile_expression(cel, frozenset({ValueType.BOOL}), {}, ()).evaluate({}, None)


@pytest.fixture
def nothing_remembered():
    """Each text is read and translated anew, before and after."""
    caches = (reading.read_condition, form_conditions.names_in, form_conditions._compiled)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize(
    ("where", "name", "mistake"),
    [
        (reading, "_SIGNS", {"<=": "<"}),
        (reading, "_ABOVE", {"(": ">="}),
        (reading, "_BELOW", {"[": "<="}),
        (reading, "_ESCAPED", {"n": "n"}),
        (reading, "_CONSTANTS", {"false": True}),
        (translating, "_UNSURE_INSIDE_NOT", {"false": "false"}),
    ],
)
def test_a_planted_mistake_is_found(monkeypatch, nothing_remembered, where, name, mistake):
    for key, value in mistake.items():
        monkeypatch.setitem(getattr(where, name), key, value)

    assert disagreements(conditions(500))
