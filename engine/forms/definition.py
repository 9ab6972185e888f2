"""A form: read from form-js JSON, which is how the editor stores it, into what the server needs."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.domain import ValueType
from engine.errors import Refused

KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
CEL_WORDS = frozenset(
    {
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import",
        "in", "known", "let", "loop", "namespace", "null", "package", "return", "true", "var",
        "void", "while",
    }
)
_COVERS = re.compile(r"(?P<list>\w+)\.(?P<cell>\w+)", re.ASCII)
_NEEDS_ROW = re.compile(
    r"(?P<answer>\w+): (?P<list>\w+)\.(?P<cell>\w+) = (?P<value>\w+)", re.ASCII
)
MOST_BYTES = 500_000
MOST_FIELDS = 400

KINDS = {
    "textfield": "text",
    "textarea": "textarea",
    "number": "number",
    "datetime": "date",
    "radio": "radio",
    "checklist": "checkboxes",
    "checkbox": "checkbox",
    "select": "select",
    "dynamiclist": "list",
    "group": "group",
    "text": "note",
}
"""Kind of field by form-js type. What is not here is refused by name."""
IGNORED = frozenset({"button", "spacer", "separator"})


class FormUnreadable(Refused):
    """This form cannot be read."""

    rule = "unreadable"


class FormTooLarge(FormUnreadable):
    """This form is more than Pepway reads, whatever it holds."""

    rule = "too-complex"


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A question in the rows of a list, by both keys."""

    list: str
    key: str

    def __str__(self) -> str:
        return f"{self.list}.{self.key}"


@dataclass(frozen=True, slots=True)
class NeededRow:
    """An answer, and the choice that some row of a list must then have."""

    answer: str
    cell: Cell
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    kind: str
    """One of the values of `KINDS`."""
    label: str
    path: str
    """Where the answer is kept in the record."""
    hint: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    options_from: str | None = None
    """Where the domain gives the options: the name of its list (form-js `valuesKey`); of a note,
    where it gives the link that the note is (`pepway.link`)."""
    hidden_when: str | None = None
    """A FEEL condition over this form's own keys and facts."""
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    whole: bool = False
    """Of a number: whether it must be whole."""
    fields: tuple["Field", ...] = ()
    fixed_rows: bool = False
    """Of a list: rows are answered, none is added or removed (form-js `allowAddRemove`)."""
    each_option: bool = False
    """Of a choice in a list: every option must stand in some row (`pepway.each_option`)."""
    covers: Cell | None = None
    """Of a choice in a list: whatever is chosen in that other list is chosen here in some row
    (`pepway.covers`)."""
    needs_row: NeededRow | None = None
    """Of a choice: a row that an answer asks for (`pepway.needs_row`)."""
    prefix: str = ""
    suffix: str = ""
    width: str = ""
    source: str = ""
    autocomplete: str = ""
    read_only: bool = False
    error_messages: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> ValueType:
        if self.kind == "number":
            return ValueType.INT if self.whole else ValueType.DOUBLE
        return {
            "date": ValueType.DATE,
            "checkbox": ValueType.BOOL,
            "checkboxes": ValueType.LIST,
            "list": ValueType.LIST,
        }.get(self.kind, ValueType.STRING)

    @property
    def is_input(self) -> bool:
        return self.kind not in ("group", "note")


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    title: str
    fields: tuple[Field, ...]

    def inputs(self) -> Iterator[Field]:
        """Every field that takes an answer, groups opened; a list is one field."""
        yield from _inputs(self.fields)

    def with_options(self, given: Callable[[str], Sequence[tuple[str, str]]]) -> "Form":
        """This form with the options that the domain gives filled in."""
        if not any(each.options_from for each in _leaves(self.fields)):
            return self
        return replace(self, fields=tuple(_filled(each, given) for each in self.fields))

    def input(self, key: str) -> Field:
        """Raises `KeyError`."""
        return next(f for f in self.inputs() if f.key == key)


def read_form(content: bytes, name: str) -> Form:
    """Read one .form file. Raises `FormUnreadable` with a sentence that names the field."""
    schema = _schema(content, name)
    reader = _Reader(name)
    fields = tuple(reader.fields(schema["components"], "", ""))
    title = str(schema.get("title") or schema.get("name") or _words(name))
    return Form(name=name, title=title, fields=fields)


def _schema(content: bytes, name: str) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        msg = f"The form {name} is larger than 500 kB. Divide it into several."
        raise FormTooLarge(msg)
    try:
        schema = json.loads(content)
    except RecursionError as problem:
        msg = f"The form {name} has too much inside each other. Make it flatter."
        raise FormTooLarge(msg) from problem
    except ValueError as problem:
        raise FormUnreadable(f"The form {name} is not JSON as form-js writes it.") from problem
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise FormUnreadable(f"The form {name} is not a form-js form: it has no components.")
    return schema


class _Reader:
    """Reads components one after the other and remembers which keys are taken."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._keys: set[str] = set()
        self._count = 0

    def fields(self, components: Any, path: str, list_path: str) -> Iterator[Field]:
        if not isinstance(components, list):
            raise FormUnreadable(f"The form {self._form} has a group without components.")
        for component in components:
            if not isinstance(component, dict):
                raise FormUnreadable(f"The form {self._form} has something that is no field.")
            if str(component.get("type")) not in IGNORED:
                yield self._field(component, path, list_path)

    def _field(self, component: Mapping[str, Any], path: str, list_path: str) -> Field:
        self._count += 1
        if self._count > MOST_FIELDS:
            msg = f"The form {self._form} has more than {MOST_FIELDS} fields. Divide it."
            raise FormTooLarge(msg)
        kind = KINDS.get(str(component.get("type")))
        key = self._key(component, kind, list_path)
        if kind is None:
            raise FormUnreadable(
                f"The form {self._form} has “{key}” of type {component.get('type')}, which "
                "Pepway does not show. Use text, number, date, radio, checkboxes, select, a "
                "list or a group."
            )
        if kind == "date" and component.get("subtype", "date") != "date":
            raise FormUnreadable(
                f"The form {self._form} asks for a time in “{key}”. Ask for the date in one "
                "field and the time in a text field."
            )
        properties = _mapping(component.get("properties"))
        validate = _mapping(component.get("validate"))
        own_path = str(properties.get("pepway.path") or "")
        place = own_path or f"{list_path or f'forms.{self._form}.'}{key}"
        if kind == "list" and not place.endswith("[]"):
            place += "[]"
        inner: Sequence[Field] = ()
        if kind == "group":
            inner = tuple(self.fields(component.get("components", []), path, list_path))
        if kind == "list":
            inner = tuple(_Reader(self._form).fields(component.get("components", []), "", "."))
            if any(f.kind == "list" for f in _inputs(inner)):
                raise FormUnreadable(f"The form {self._form} has a list inside the list “{key}”.")
        return Field(
            key=key,
            kind=kind,
            label=_label(component, kind, key),
            path=place,
            hint=str(properties.get("pepway.hint") or component.get("description") or ""),
            required=bool(validate.get("required")),
            options=_options(component, self._form, key, kind),
            options_from=str(
                component.get("valuesKey") or properties.get("pepway.link") or ""
            ) or None,
            hidden_when=_condition(component),
            minimum=_number(validate.get("min")),
            maximum=_number(validate.get("max")),
            min_length=_whole(validate.get("minLength")),
            max_length=_whole(validate.get("maxLength")),
            pattern=_pattern(validate.get("pattern"), self._form, key),
            whole=component.get("decimalDigits") == 0,
            fields=tuple(inner),
            fixed_rows=component.get("allowAddRemove") is False,
            each_option=str(properties.get("pepway.each_option")) == "true",
            covers=_covers(properties, self._form, key),
            needs_row=_needs_row(properties, self._form, key),
            prefix=str(_mapping(component.get("appearance")).get("prefixAdorner") or ""),
            suffix=str(_mapping(component.get("appearance")).get("suffixAdorner") or ""),
            width=str(properties.get("govuk.width") or ""),
            source=str(properties.get("pepway.source") or ""),
            autocomplete=str(properties.get("govuk.autocomplete") or ""),
            read_only=bool(component.get("readonly") or component.get("disabled")),
            error_messages={
                name.removeprefix("govuk.error."): str(text)
                for name, text in properties.items()
                if str(name).startswith("govuk.error.")
            },
        )

    def _key(self, component: Mapping[str, Any], kind: str | None, list_path: str) -> str:
        key = str(component.get("key") or component.get("path") or component.get("id") or "")
        if kind in ("group", "note", None):
            return key
        if not KEY.fullmatch(key) or key in CEL_WORDS:
            raise FormUnreadable(
                f"The form {self._form} has a field with the key “{key[:80]}”. A key is a word "
                "of small letters, digits and underscores that begins with a letter."
            )
        if key in self._keys:
            raise FormUnreadable(f"The form {self._form} has two fields with the key “{key}”.")
        self._keys.add(key)
        return key


def _inputs(fields: Sequence[Field]) -> Iterator[Field]:
    return (each for each in _leaves(fields) if each.is_input)


def _leaves(fields: Sequence[Field]) -> Iterator[Field]:
    for each in fields:
        if each.kind == "group":
            yield from _leaves(each.fields)
        else:
            yield each


def _filled(each: Field, given: Callable[[str], Sequence[tuple[str, str]]]) -> Field:
    if each.kind == "group":
        return replace(each, fields=tuple(_filled(inner, given) for inner in each.fields))
    if each.options_from is None:
        return each
    options = tuple(Option(value, label) for value, label in given(each.options_from))
    return replace(each, options=options)


def _label(component: Mapping[str, Any], kind: str, key: str) -> str:
    if kind == "note":
        return str(component.get("text") or "")
    if kind == "group":
        return str(component.get("label") or "")
    label = component.get("dateLabel") if kind == "date" else None
    return str(label or component.get("label") or _words(key))


def _options(
    component: Mapping[str, Any], form: str, key: str, kind: str
) -> tuple[Option, ...]:
    if kind not in ("radio", "checkboxes", "select") or component.get("valuesKey"):
        return ()
    values = component.get("values")
    if not isinstance(values, list) or not values:
        raise FormUnreadable(f"The form {form} gives “{key}” no options to choose from.")
    options = []
    for value in values:
        option = _mapping(value)
        text = str(option.get("value", ""))
        options.append(Option(text, str(option.get("label") or text), str(option.get("hint", ""))))
    return tuple(options)


def _covers(properties: Mapping[str, Any], form: str, key: str) -> Cell | None:
    found = _rule(properties, "pepway.covers", _COVERS, form, key, "list.question")
    return Cell(found["list"], found["cell"]) if found else None


def _needs_row(properties: Mapping[str, Any], form: str, key: str) -> NeededRow | None:
    found = _rule(properties, "pepway.needs_row", _NEEDS_ROW, form, key,
                  "answer: list.question = choice")
    if found is None:
        return None
    return NeededRow(found["answer"], Cell(found["list"], found["cell"]), found["value"])


def _rule(
    properties: Mapping[str, Any], name: str, shape: re.Pattern[str], form: str, key: str, how: str
) -> re.Match[str] | None:
    said = str(properties.get(name) or "")
    found = shape.fullmatch(said)
    if said and found is None:
        raise FormUnreadable(
            f"The form {form} has a rule on “{key}” that cannot be read. Write it as “{how}”."
        )
    return found


def _condition(component: Mapping[str, Any]) -> str | None:
    hide = _mapping(component.get("conditional")).get("hide")
    return str(hide).removeprefix("=").strip() if hide else None


def _pattern(value: Any, form: str, key: str) -> str | None:
    if not value:
        return None
    try:
        re.compile(str(value))
    except re.error as problem:
        msg = f"The form {form} has a pattern on “{key}” that is wrong."
        raise FormUnreadable(msg) from problem
    return str(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _words(key: str) -> str:
    return key.replace("_", " ").replace("-", " ").capitalize()
