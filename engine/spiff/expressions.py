"""Expressions in diagrams: literals and CEL, compiled with types, evaluated without surprises.

CEL is Google's own (cel-cpp). What it forgives, we do not: a name without a value is an error
even where CEL could answer without it, and a value must have the type of its slot.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite
from typing import Any

from cel_expr_python import cel

from engine.domain import Function, Overload, Step, ValueType
from engine.errors import EngineError, ExpressionRefused, FlowFailed
from engine.spiff.literals import read_literal
from engine.spiff.syntax import read_syntax

LONGEST = 2000

_CEL_TYPES = {
    ValueType.BOOL: cel.Type.BOOL,
    ValueType.INT: cel.Type.INT,
    ValueType.DOUBLE: cel.Type.DOUBLE,
    ValueType.STRING: cel.Type.STRING,
    ValueType.DATE: cel.Type.TIMESTAMP,
    ValueType.DURATION: cel.Type.DURATION,
    ValueType.LIST: cel.Type.List(cel.Type.STRING),
}
TYPE_WORDS = {
    ValueType.BOOL: "yes or no (true or false)",
    ValueType.INT: "a whole number",
    ValueType.DOUBLE: "a number",
    ValueType.STRING: "text",
    ValueType.DATE: "a date",
    ValueType.DURATION: "a duration",
    ValueType.LIST: "a list",
}
_CEL_WORDS = {
    "bool": TYPE_WORDS[ValueType.BOOL],
    "int": TYPE_WORDS[ValueType.INT],
    "double": "a number with decimals",
    "string": TYPE_WORDS[ValueType.STRING],
    "timestamp": TYPE_WORDS[ValueType.DATE],
    "duration": TYPE_WORDS[ValueType.DURATION],
    "list": TYPE_WORDS[ValueType.LIST],
    "null_type": "nothing (null)",
}
_PYTHON = {
    ValueType.BOOL: bool,
    ValueType.INT: int,
    ValueType.DOUBLE: float,
    ValueType.STRING: str,
    ValueType.DURATION: timedelta,
}
_GIVES = {
    ValueType.BOOL: bool,
    ValueType.INT: int,
    ValueType.DOUBLE: float,
    ValueType.DATE: datetime,
    ValueType.DURATION: timedelta,
}
"""What CEL gives for a type that no error can be taken for: those come as text."""
_MIDNIGHT = time(tzinfo=UTC)
_NO_VALUE = (cel.Type.ERROR, cel.Type.UNKNOWN)
_UNDECLARED = re.compile(r"undeclared reference to '([\w.]+)'")
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")


@dataclass(slots=True)
class _Evaluation:
    """What functions need to know while one expression is evaluated."""

    calendar: Any
    values: Mapping[str, Any]
    counts: list[tuple[Any, Sequence[Step]]] | None = None
    """Of each function that counted days: what it gave, and the days that it passed."""
    failure: Exception | None = None
    """What a function raised: kept here, because CEL absorbs it (`f(x) || true` is true)."""


_evaluation: ContextVar[_Evaluation] = ContextVar("evaluation")


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled expression."""

    text: str
    type: ValueType
    names: frozenset[str] = frozenset()
    """Every name that it reads: all must have a value, but for those in `tested`."""
    tested: frozenset[str] = frozenset()
    """Names that it asks known("...") about, whether or not it reads them too."""
    literal: Any = None
    _types: Mapping[str, ValueType] = field(default_factory=dict, repr=False, compare=False)
    """Of the names that it reads."""
    _compiled: Any = field(default=None, repr=False, compare=False)

    @property
    def asks(self) -> frozenset[str]:
        """Every name whose value it wants to be given, where there is one."""
        return self.names | self.tested

    def evaluate(self, values: Mapping[str, Any], calendar: Any) -> Any:
        """The value; dates as `date`, durations as `timedelta`.

        A date-time literal gives an aware `datetime`. Raises `FlowFailed` where a name has no
        value, a value has not the declared type, or a function cannot answer.
        """
        return self._run(_Evaluation(calendar, values))

    def explain(self, values: Mapping[str, Any], calendar: Any) -> tuple[Any, list[Step]]:
        """The value, and every calendar day that its functions passed, in order."""
        value, counts = self._counted(values, calendar)
        return value, [step for _, steps in counts for step in steps]

    def explain_what_decided(
        self, values: Mapping[str, Any], calendar: Any
    ) -> tuple[Any, list[Step]]:
        """As `explain`, but of several counts only the days of the one that gave the value.

        A day more or less, as in `+ duration("24h")`, still rests on that count.
        """
        value, counts = self._counted(values, calendar)
        found = [steps for given, steps in counts if _within_a_day(given, value)]
        chosen = found[:1] or [steps for _, steps in counts]
        return value, [step for steps in chosen for step in steps]

    def _counted(
        self, values: Mapping[str, Any], calendar: Any
    ) -> tuple[Any, list[tuple[Any, Sequence[Step]]]]:
        evaluation = _Evaluation(calendar, values, [])
        return self._run(evaluation), evaluation.counts or []

    def _run(self, evaluation: _Evaluation) -> Any:
        if self._compiled is None:
            return self.literal
        given = self._given(evaluation.values)
        token = _evaluation.set(evaluation)
        try:
            result = self._compiled.eval(data=given)
        except (RuntimeError, ValueError, TypeError, OverflowError) as problem:
            raise self._failed("it takes too long, or gives too much") from problem
        finally:
            _evaluation.reset(token)
        if evaluation.failure is not None:
            raise self._worded(evaluation.failure)
        return self._outward(result)

    def _worded(self, failure: Exception) -> Exception:
        """What a function could not answer; what broke beneath it, such as the database, as is."""
        if isinstance(failure, EngineError):
            return self._failed(failure.message)
        if isinstance(failure, (ArithmeticError, ValueError)):
            return self._failed(str(failure))
        return failure

    def _given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The names that are read, as CEL takes them; none that must have a value is missing."""
        given, missing = {}, []
        for name, kind in self._types.items():
            value = values.get(name)
            if value is not None:
                given[name] = _inward(name, value, kind)
            elif name not in self.tested:
                missing.append(name)
        if missing:
            msg = f"“{self.text}” needs {_listed(sorted(missing))}, which has no value yet."
            raise FlowFailed(msg)
        return given

    def _outward(self, result: Any) -> Any:
        value: Any = result.value()
        given = type(value)
        if given is _GIVES.get(self.type):  # so it is neither an error nor unknown
            return value.astimezone(UTC).date() if self.type is ValueType.DATE else value
        if self.type not in (ValueType.STRING, ValueType.LIST) or result.type() in _NO_VALUE:
            raise self._failed(str(value).split(": ", 1)[-1].split(" : ")[0])
        return result.plain_value() if self.type is ValueType.LIST else value

    def _failed(self, reason: str) -> FlowFailed:
        return FlowFailed(f"“{self.text}” could not be worked out: {reason}")


def compile_expression(
    text: str,
    wanted: frozenset[ValueType] | None,
    names: Mapping[str, ValueType],
    functions: tuple[Function, ...],
) -> Expression:
    """Compile for a slot that takes the `wanted` types (None: any).

    Raises `ExpressionRefused` with a sentence and, where there is one, the column (from 1).
    """
    text = text.strip()
    if not text:
        msg = "The expression is empty."
        raise ExpressionRefused(msg)
    if len(text) > LONGEST:
        msg = f"The expression is longer than {LONGEST} characters."
        raise ExpressionRefused(msg)
    literal = read_literal(text)
    if literal is None:
        expression = _cel(text, tuple(sorted(names.items())), functions)
    else:
        kind = ValueType.DURATION if isinstance(literal, timedelta) else ValueType.DATE
        expression = Expression(text, kind, literal=literal)
    if wanted is not None and expression.type not in wanted:
        wants = " or ".join(TYPE_WORDS[kind] for kind in sorted(wanted))
        msg = f"“{text}” gives {TYPE_WORDS[expression.type]}, but {wants} is needed here."
        raise ExpressionRefused(msg, 1)
    return expression


@lru_cache(maxsize=4096)
def _cel(
    text: str, names: tuple[tuple[str, ValueType], ...], functions: tuple[Function, ...]
) -> Expression:
    compiled = _compile(_environment(names, functions), text)
    syntax = read_syntax(compiled.serialize())
    if syntax.has_unsure_type:
        msg = (
            f"“{text}” has a part without a certain type (dyn(), or different kinds in one list), "
            "which would hide mistakes. Compare values of one kind."
        )
        raise ExpressionRefused(msg, 1)
    if syntax.tests_unnamed:
        msg = f"“{text}”: known() takes one name in quotes, such as known(\"review_date\")."
        raise ExpressionRefused(msg, text.find("known") + 1)
    types = dict(names)
    unknown = syntax.tested - set(types)
    if unknown:
        msg = f"known() asks for {_listed(sorted(unknown))}, which does not exist here."
        raise ExpressionRefused(msg, text.find("known") + 1)
    used = frozenset(syntax.names & set(types))
    return Expression(
        text,
        _type_of(text, compiled),
        used,
        frozenset(syntax.tested),
        _types={name: types[name] for name in used},
        _compiled=compiled,
    )


def _compile(environment: Any, text: str) -> Any:
    try:
        return environment.compile(text)
    except (RuntimeError, ValueError, TypeError) as problem:
        raise _refusal(text, str(problem)) from problem


def _refusal(text: str, message: str) -> ExpressionRefused:
    places = list(_PLACE.finditer(message))
    if not places:
        return ExpressionRefused(f"“{text}” is not an expression that Pepway understands.")
    place = next((each for each in places if not _is_a_name(text, each)), places[0])
    column, said = int(place.group(2)), place.group(3)
    undeclared = _UNDECLARED.search(said)
    if undeclared:
        name = undeclared.group(1)
        other = "no part of anything" if "." in name else "no function"
        what = "nothing" if _is_a_name(text, place) else other
        said = f"there is {what} called {name} here"
    elif "no matching overload" in said:
        said = _kinds_that_do_not_fit(said)
    elif said.startswith("Syntax error"):
        said = "it is not written as an expression can be"
    return ExpressionRefused(f"“{text}” at character {column}: {said.strip()}.", column)


def _is_a_name(text: str, place: re.Match[str]) -> bool:
    """Whether all that is wrong is a name without a value; CEL places a call at its bracket."""
    undeclared = _UNDECLARED.search(place.group(3))
    line = text.splitlines()[int(place.group(1)) - 1 :][:1] or [""]
    at = line[0][int(place.group(2)) - 1 :][:1]
    return undeclared is not None and "." not in undeclared.group(1) and at != "("


def _kinds_that_do_not_fit(said: str) -> str:
    """CEL's "found no matching overload for '_>_' applied to '(double, int)'", in words."""
    called, _, applied = said.partition("applied to")
    function = re.search(r"'([a-z]\w*)'", called)
    kinds = [word for word in re.findall(r"[a-z_]+", applied) if word in _CEL_WORDS]
    together = " and ".join(_CEL_WORDS[kind] for kind in kinds) or applied.strip()
    if function:
        return f"{function.group(1)}() cannot take {together}"
    hint = "; write 3.0 for 3" if set(kinds) == {"double", "int"} else ""
    return f"{together} cannot be used together{hint}"


def _type_of(text: str, compiled: Any) -> ValueType:
    kind = compiled.return_type()
    for ours, theirs in _CEL_TYPES.items():
        if ours is not ValueType.LIST and kind == theirs:
            return ours
    if kind.name().startswith("LIST"):
        return ValueType.LIST
    msg = f"“{text}” gives {kind.name().lower()}, which Pepway cannot use."
    raise ExpressionRefused(msg, 1)


@lru_cache(maxsize=512)
def _environment(
    names: tuple[tuple[str, ValueType], ...], functions: tuple[Function, ...]
) -> Any:
    declared = [cel.FunctionDecl("known", [
        cel.Overload("known_string", return_type=cel.Type.BOOL,
                     parameters=[cel.Type.STRING], impl=_is_known),
    ])]
    declared += [
        cel.FunctionDecl(function.name, [
            cel.Overload(
                f"{function.name}_{number}",
                return_type=_CEL_TYPES[overload.result],
                parameters=[_CEL_TYPES[kind] for kind in overload.parameters],
                impl=_implementation(function, overload),
            )
            for number, overload in enumerate(function.overloads)
        ])
        for function in functions
    ]
    variables = {name: _CEL_TYPES[kind] for name, kind in names}
    return cel.NewEnv(variables=variables, functions=declared)


def _implementation(function: Function, overload: Overload) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        evaluation = _evaluation.get()
        given = [
            argument.astimezone(UTC).date() if kind is ValueType.DATE else argument
            for argument, kind in zip(arguments, overload.parameters, strict=True)
        ]
        try:
            value = function.call(evaluation.calendar, *given)
            if evaluation.counts is not None and function.explain is not None:
                evaluation.counts.append((value, function.explain(evaluation.calendar, *given)))
            return _inward(function.name, value, overload.result)
        except Exception as problem:
            evaluation.failure = evaluation.failure or problem
            raise

    return call


def _within_a_day(given: Any, value: Any) -> bool:
    return isinstance(value, date) and abs(value - given) <= timedelta(days=1)


def _is_known(name: str) -> bool:
    return _evaluation.get().values.get(name) is not None


def _inward(name: str, value: Any, kind: ValueType) -> Any:
    """A value as CEL takes it; a date crosses as the timestamp of its midnight in UTC.

    Raises `FlowFailed` for any other type than the declared one: CEL would take True for 1.
    """
    given = type(value)
    if given is _PYTHON.get(kind) and (given is not float or isfinite(value)):
        return value
    if kind is ValueType.DATE and isinstance(value, date):
        return _moment(name, value)
    if kind is ValueType.DOUBLE and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind is ValueType.LIST and isinstance(value, (list, tuple)):
        return as_outcome(value)
    raise FlowFailed(f"{name} should be {TYPE_WORDS[kind]}, and is not.")


def _moment(name: str, value: date) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, _MIDNIGHT)
    if value.tzinfo is None:
        raise FlowFailed(f"{name} has no time zone.")
    return value.astimezone(UTC)


def has_type(value: Any, kind: ValueType) -> bool:
    """Whether an expression takes the value for a name of this type."""
    try:
        _inward("", value, kind)
    except FlowFailed:
        return False
    return True


def as_outcome(value: Any) -> Any:
    """An answer as the state keeps it: of a list with rows only their ids, so that they count."""
    if not isinstance(value, (list, tuple)):
        return value
    return [
        str(each.get("id", number)) if isinstance(each, Mapping) else str(each)
        for number, each in enumerate(value)
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
