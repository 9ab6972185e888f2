"""A form: its fields, what may be answered in each, and where the answers are kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.domain import ValueType

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
    faces: bool = False
    """Of a radio with five options from best to worst: each has a face (`pepway.faces`)."""
    voices: tuple[str, ...] = ()
    """Whose own words the answer holds: whom it may be asked by a link (`pepway.voice`)."""
    asked: str = ""
    """How it is asked by a link, where the label speaks of them (`pepway.asked`)."""
    asked_hint: str = ""
    by_link: str = ""
    """What the answer is where the words came by a link; `day`: the day they came
    (`pepway.by_link`)."""
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

    def group(self, key: str) -> Field | None:
        """The part of the form that is called so, also inside another."""
        return next((each for each in _groups(self.fields) if each.key == key), None)

    def with_options(self, given: Callable[[str], Sequence[tuple[str, str]]]) -> "Form":
        """This form with the options that the domain gives filled in."""
        if not any(each.options_from for each in _leaves(self.fields)):
            return self
        return replace(self, fields=tuple(_filled(each, given) for each in self.fields))

    def input(self, key: str) -> Field:
        """Raises `KeyError`."""
        return next(f for f in self.inputs() if f.key == key)


def inputs_in(group: Field) -> Iterator[Field]:
    """Every field of a part that takes an answer."""
    yield from _inputs(group.fields)


def _groups(fields: Sequence[Field]) -> Iterator[Field]:
    for each in fields:
        if each.kind == "group":
            yield each
            yield from _groups(each.fields)


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
