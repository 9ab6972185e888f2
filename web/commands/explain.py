"""`pepway explain`: what an expression gives, and how its days were counted."""

import json
import re
import sys
from datetime import date
from typing import Any

import click

from engine.domain import SYSTEM, Step, ValueType
from engine.errors import EngineError, FlowFailed
from engine.spiff.expressions import compile_expression
from web.commands.values import in_words, plain
from web.installation import open_installation
from web.settings import read_settings
from workflows.calendar import Calendar
from workflows.council import calendar_of_area
from workflows.pep.domain import vocabulary

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,400}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST = 2**63 - 1
"""As CEL counts."""

@click.command()
@click.argument("expressions", nargs=-1, required=True)
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE",
              help="A value for a name: an ISO date, true, false, a whole number, else text.")
@click.option("--area", metavar="COUNCIL",
              help="Count with the database's closures and the term dates of this area.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def explain(
    expressions: tuple[str, ...], values: tuple[str, ...], area: str | None, *, as_json: bool
) -> None:
    """Evaluate EXPRESSIONS and show every day that was counted.

    Needs no database, unless an area is given: school days are those of one area. Put -- before
    expressions of which one begins with a minus.
    """
    given = dict(_assignment(value) for value in values)
    calendar = _calendar_of(area) if area else Calendar()
    failed = False
    for text in expressions:
        try:
            said = _explain(text, given, calendar)
        except EngineError as problem:
            failed = True
            said = {"expression": text, "error": problem.message}
        click.echo(_as_json(said) if as_json else _as_text(said))
    sys.exit(1 if failed else 0)


def _explain(text: str, given: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    words = vocabulary()
    names = {fact.name: fact.type for fact in words.facts.values()}
    names |= {name: _type_of(value) for name, value in given.items()}
    expression = compile_expression(text, None, names, words.functions)
    for name in sorted(expression.asks & set(given)):
        _must_fit(name, given[name])
    value, steps = expression.explain(given, calendar)
    return {
        "expression": text,
        "type": expression.type.value,
        "value": plain(text, value),
        "text": in_words(value),
        "steps": [_step(step) for step in steps],
    }


def _calendar_of(area: str) -> Calendar:
    installation = open_installation(read_settings())
    calendar = calendar_of_area(installation.acting(SYSTEM), area)
    installation.database.engine.dispose()
    return calendar


def _assignment(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator or not name.isidentifier():
        raise click.UsageError(f"Write --set NAME=VALUE, not {text!r}.")
    return name, _read(value)


def _read(value: str) -> Any:
    if value in ("true", "false"):
        return value == "true"
    if WHOLE_NUMBER.fullmatch(value):
        return int(value)
    try:
        return date.fromisoformat(value) if DAY.fullmatch(value) else value
    except ValueError:
        return value


def _must_fit(name: str, value: Any) -> None:
    if type(value) is int and abs(value) > LARGEST:
        msg = f"{name} is too large: whole numbers go up to {LARGEST}."
        raise FlowFailed(msg)


def _type_of(value: Any) -> ValueType:
    if isinstance(value, bool):
        return ValueType.BOOL
    if isinstance(value, int):
        return ValueType.INT
    return ValueType.DATE if isinstance(value, date) else ValueType.STRING


def _step(step: Step) -> dict[str, Any]:
    return {"date": step.day.isoformat(), "counted": step.counted, "why": step.why}


def _as_json(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, allow_nan=False)


def _as_text(said: dict[str, Any]) -> str:
    if "error" in said:
        return f"{said['expression']}: {said['error']}"
    lines = [f"{said['expression']} = {said['text']}"]
    lines += [
        f"  {step['date']}  {'counted' if step['counted'] else 'skipped'}  {step['why']}"
        for step in said["steps"]
    ]
    return "\n".join(lines)
