"""Reads a form from form-js JSON, which is how the editor stores it."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.errors import Refused
from engine.forms.definition import KINDS, Cell, Field, Form, NeededRow, Option
from engine.forms.patterns import LONGEST_PATTERN, is_pattern

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
VOICES = ("child", "carer", "parent", "other")
FACES = 5
MOST_BYTES = 500_000
MOST_FIELDS = 400
DEEPEST = 40
"""Groups inside each other: a page, too, opens one within the other."""

IGNORED = frozenset({"button", "spacer", "separator"})


class FormUnreadable(Refused):
    """This form cannot be read."""

    rule = "unreadable"


class FormTooLarge(FormUnreadable):
    """This form is more than Pepway reads, whatever it holds."""

    rule = "too-complex"


def read_form(content: bytes, name: str) -> Form:
    """Read one .form file. Raises `FormUnreadable` with a sentence that names the field."""
    schema = _schema(content, name)
    reader = _Reader(name)
    fields = tuple(reader.fields(schema["components"], "", ""))
    title = str(schema.get("title") or schema.get("name") or _words(name))
    return Form(name=name, title=title, fields=fields)


def readable_forms(files: Mapping[str, bytes]) -> dict[str, Form]:
    """Those of a folder that can be read, by name; the check says what is wrong with the others."""
    found: dict[str, Form] = {}
    for path, content in sorted(files.items()):
        if path.endswith(".form"):
            name = path.removesuffix(".form")
            try:
                found[name] = read_form(content, name)
            except FormUnreadable:
                continue
    return found


def _schema(content: bytes, name: str) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        msg = f"The form {name} is larger than 500 kB. Divide it into several."
        raise FormTooLarge(msg)
    try:
        schema = json.loads(content)
    except RecursionError as problem:
        raise _too_deep(name) from problem
    except ValueError as problem:
        raise FormUnreadable(f"The form {name} is not JSON as form-js writes it.") from problem
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise FormUnreadable(f"The form {name} is not a form-js form: it has no components.")
    return schema


def _too_deep(form: str) -> FormTooLarge:
    return FormTooLarge(f"The form {form} has too much inside each other. Make it flatter.")


class _Reader:
    """Reads components one after the other and remembers which keys are taken."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._keys: set[str] = set()
        self._count = 0
        self._depth = 0

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
        plain = Field(key, kind, _label(component, kind, key),
                      self._place(component, kind, key, list_path))
        return replace(
            plain,
            fields=self._inside(component, kind, key, path, list_path),
            **_limits(component, self._form, key),
            **_choices(component, self._form, key, kind),
            **_looks(component),
            **_voiced(component, self._form, key),
        )

    def _place(
        self, component: Mapping[str, Any], kind: str, key: str, list_path: str
    ) -> str:
        """Where the answer is kept; a date that asks for a time too would be kept nowhere."""
        if kind == "date" and component.get("subtype", "date") != "date":
            raise FormUnreadable(
                f"The form {self._form} asks for a time in “{key}”. Ask for the date in one "
                "field and the time in a text field."
            )
        own = str(_properties(component).get("pepway.path") or "")
        place = own or f"{list_path or f'forms.{self._form}.'}{key}"
        return f"{place}[]" if kind == "list" and not place.endswith("[]") else place

    def _inside(
        self, component: Mapping[str, Any], kind: str, key: str, path: str, list_path: str
    ) -> tuple[Field, ...]:
        """The fields of a group, or the cells of a list, whose keys are its own."""
        components = component.get("components", [])
        if kind == "group":
            return self._grouped(components, path, list_path)
        if kind != "list":
            return ()
        cells = tuple(_Reader(self._form).fields(components, "", "."))
        if any(cell.kind == "list" for cell in Form("", "", cells).inputs()):
            raise FormUnreadable(f"The form {self._form} has a list inside the list “{key}”.")
        return cells

    def _grouped(self, components: Any, path: str, list_path: str) -> tuple[Field, ...]:
        if self._depth == DEEPEST:
            raise _too_deep(self._form)
        self._depth += 1
        fields = tuple(self.fields(components, path, list_path))
        self._depth -= 1
        return fields

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


def _limits(component: Mapping[str, Any], form: str, key: str) -> dict[str, Any]:
    """What an answer must be, and when it is asked for at all."""
    validate, properties = _mapping(component.get("validate")), _properties(component)
    return {
        "required": bool(validate.get("required")),
        "hidden_when": _condition(component),
        "minimum": _number(validate.get("min")),
        "maximum": _number(validate.get("max")),
        "min_length": _whole(validate.get("minLength")),
        "max_length": _whole(validate.get("maxLength")),
        "pattern": _pattern(validate.get("pattern"), form, key),
        "whole": component.get("decimalDigits") == 0,
        "read_only": bool(component.get("readonly") or component.get("disabled")),
        "error_messages": {
            name.removeprefix("govuk.error."): str(text)
            for name, text in properties.items()
            if str(name).startswith("govuk.error.")
        },
    }


def _choices(component: Mapping[str, Any], form: str, key: str, kind: str) -> dict[str, Any]:
    """What can be chosen, and the rules between what is chosen here and elsewhere."""
    properties = _properties(component)
    named = str(component.get("valuesKey") or properties.get("pepway.link") or "")
    return {
        "options": _options(component, form, key, kind),
        "options_from": named or None,
        "fixed_rows": component.get("allowAddRemove") is False,
        "each_option": str(properties.get("pepway.each_option")) == "true",
        "covers": _covers(properties, form, key),
        "needs_row": _needs_row(properties, form, key),
    }


def _looks(component: Mapping[str, Any]) -> dict[str, Any]:
    """What stands around the box in which the answer is typed."""
    properties = _properties(component)
    appearance = _mapping(component.get("appearance"))
    return {
        "hint": str(properties.get("pepway.hint") or component.get("description") or ""),
        "prefix": str(appearance.get("prefixAdorner") or ""),
        "suffix": str(appearance.get("suffixAdorner") or ""),
        "width": str(properties.get("govuk.width") or ""),
        "source": str(properties.get("pepway.source") or ""),
        "autocomplete": str(properties.get("govuk.autocomplete") or ""),
    }


def _voiced(component: Mapping[str, Any], form: str, key: str) -> dict[str, Any]:
    """Whose words they are, and how they are asked themselves."""
    properties = _properties(component)
    voices = tuple(str(properties.get("pepway.voice") or "").split())
    if unknown := next((each for each in voices if each not in VOICES), None):
        raise FormUnreadable(
            f"The form {form} has “{key}” as the words of “{unknown}”. Write child, carer, parent "
            "or other, with a space between several."
        )
    faces = str(properties.get("pepway.faces")) == "true"
    if faces and len(component.get("values") or ()) != FACES:
        raise FormUnreadable(
            f"The form {form} shows “{key}” with faces. Give it {FACES} options, from the best to "
            "the worst."
        )
    return {
        "faces": faces, "voices": voices,
        "asked": str(properties.get("pepway.asked") or ""),
        "asked_hint": str(properties.get("pepway.asked_hint") or ""),
        "by_link": str(properties.get("pepway.by_link") or ""),
    }


def _properties(component: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(component.get("properties"))


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
    if not is_pattern(str(value)):
        msg = (f"The form {form} has a pattern on “{key}” that cannot be used. Write a regular "
               f"expression of at most {LONGEST_PATTERN} characters, without look-ahead, "
               "look-behind and back-references.")
        raise FormUnreadable(msg)
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
