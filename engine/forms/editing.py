"""Changes to a form as it is stored, one question at a time.

Each function is given the file and gives back the file; whatever else stands in it stays, also
what only form-js or another tool reads. A question is addressed by its place: its number in the
form, and inside a group or a list its number there, from 0.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms.definition import KINDS
from engine.forms.reading import CEL_WORDS, IGNORED, KEY, MOST_FIELDS, read_form

Place: TypeAlias = tuple[int, ...]

CHOICES = frozenset({"radio", "checklist", "select"})
TEXTS = frozenset({"textfield", "textarea"})
HOLDERS = frozenset({"group", "dynamiclist"})
LONGEST_KEY = 40
LONGEST_WORDS = 2_000
MOST_OPTIONS = 200
SCHEMA_VERSION = 19
_PATH = re.compile(r"[a-z][a-z0-9_.\[\]]{0,199}", re.ASCII)
_LEFT_OUT = frozenset(
    {"a", "an", "and", "are", "at", "by", "did", "do", "does", "for", "has", "have", "how", "in",
     "is", "it", "of", "on", "or", "s", "the", "their", "them", "they", "this", "to", "was",
     "were", "what", "when", "where", "which", "who", "why", "will", "you", "your"}
)
"""Of a question's words, those that its key does not need."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says of one question."""

    type: str
    """As form-js calls it: a key of `KINDS`."""
    label: str
    hint: str = ""
    required: bool = False
    when_empty: str = ""
    """What is said where a required question has no answer."""
    options: tuple[str, ...] = ()
    """What can be chosen, in the words that people read."""
    path: str = ""
    """Where the answer is kept in the record; empty: with this form alone."""
    hidden_when: str = ""
    """FEEL; empty: never."""


@dataclass(frozen=True, slots=True)
class Question(Asked):
    """One question as it stands in the file."""

    place: Place = ()
    key: str = ""
    inside: tuple["Question", ...] = field(default=(), kw_only=True)
    options_from: str = ""
    """Where the domain gives the options; they are then not changed here."""

    @property
    def kind(self) -> str:
        return KINDS.get(self.type, "")

    @property
    def address(self) -> str:
        return "-".join(map(str, self.place))


def questions_in(content: bytes, form: str) -> tuple[Question, ...]:
    """All that stands in the form, in its order. Raises `FormUnreadable`."""
    read_form(content, form)
    return tuple(_questions(_load(content)["components"], ()))


def question_at(content: bytes, form: str, place: Place) -> Question:
    """Raises `NotFound`."""
    read_form(content, form)
    component = _at(_load(content), place)
    return _question(component, place)


def place_of(address: str) -> Place:
    """`2-0` is the first in the third. Raises `NotFound` for what is no address."""
    if not re.fullmatch(r"\d{1,3}(-\d{1,3}){0,20}", address, re.ASCII):
        raise NotFound
    return tuple(int(each) for each in address.split("-"))


def new_form(form: str, title: str) -> bytes:
    """A form without questions."""
    return _dump({"type": "default", "schemaVersion": SCHEMA_VERSION, "id": form, "title": title,
                  "components": []})


def copy_of(content: bytes, form: str, title: str) -> bytes:
    """The same questions under another name and title."""
    return _dump({**_load(content), "id": form, "title": title})


def with_title(content: bytes, title: str) -> bytes:
    return _dump({**_load(content), "title": title})


def with_question(content: bytes, form: str, asked: Asked, inside: Place = ()) -> bytes:
    """The form with one question more, at the end, or at the end of what stands at that place.

    Raises `AnswersInvalid` for what cannot be asked so, and `NotFound`.
    """
    schema = _schema(content, form)
    holder = _at(schema, inside) if inside else schema
    siblings = holder.setdefault("components", [])
    taken = _keys(schema, holder)
    _must_be_askable(asked, inside_list=holder.get("type") == "dynamiclist")
    if len(list(_all(schema["components"]))) >= MOST_FIELDS:
        raise Refused(f"A form has at most {MOST_FIELDS} questions. Divide it.")
    key = _new_key(asked.label, taken)
    siblings.append(_written({"id": key, "key": key, "type": asked.type}, asked))
    return _checked(schema, form)


def with_change(content: bytes, form: str, place: Place, asked: Asked) -> bytes:
    """The form with a question asked otherwise; its key and what else it says stay.

    Raises `AnswersInvalid`, and `NotFound`.
    """
    schema = _schema(content, form)
    component = _at(schema, place)
    if asked.type != component.get("type") and asked.type not in others_like(component["type"]):
        raise AnswersInvalid({"type": "Choose how it is asked from the list"})
    named = component.get(_label_name(component))
    _must_be_askable(asked, given=bool(component.get("valuesKey")), unnamed=not named)
    siblings = _siblings(schema, place)
    siblings[place[-1]] = _written(component, asked)
    return _checked(schema, form)


def with_move(content: bytes, form: str, place: Place, by: int) -> tuple[bytes, Place]:
    """The form with a question one further up (-1) or down (1), and where it stands then.

    A question passes into a group that it meets, and out of one at its end; a group passes it.
    """
    schema = _schema(content, form)
    moved = _at(schema, place)
    goal = _goal(schema, place, by)
    if goal is None:
        return content, place
    _siblings(schema, place).pop(place[-1])
    _siblings(schema, goal).insert(goal[-1], moved)
    return _checked(schema, form), goal


def without_question(content: bytes, form: str, place: Place) -> bytes:
    """The form without it, and without all that stands inside it."""
    schema = _schema(content, form)
    _at(schema, place)
    _siblings(schema, place).pop(place[-1])
    return _checked(schema, form)


def others_like(type_: str) -> frozenset[str]:
    """How else the same can be asked, without another meaning of the answer."""
    return next((each - {type_} for each in (TEXTS, frozenset({"radio", "select"}))
                 if type_ in each), frozenset())


def _load(content: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(content)
    return loaded


def _dump(schema: Mapping[str, Any]) -> bytes:
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def _schema(content: bytes, form: str) -> dict[str, Any]:
    read_form(content, form)
    return deepcopy(_load(content))


def _checked(schema: Mapping[str, Any], form: str) -> bytes:
    content = _dump(schema)
    read_form(content, form)
    return content


def _questions(components: Sequence[Any], place: Place) -> Iterator[Question]:
    for number, component in enumerate(components):
        if component.get("type") not in IGNORED:
            yield _question(component, (*place, number))


def _question(component: Mapping[str, Any], place: Place) -> Question:
    properties = component.get("properties") or {}
    hide = (component.get("conditional") or {}).get("hide")
    return Question(
        type=str(component.get("type")),
        label=str(component.get(_label_name(component)) or ""),
        hint=str(properties.get("pepway.hint") or component.get("description") or ""),
        required=bool((component.get("validate") or {}).get("required")),
        when_empty=str(properties.get("govuk.error.required") or ""),
        options=tuple(_option_label(each) for each in component.get("values") or ()),
        path=str(properties.get("pepway.path") or ""),
        hidden_when=str(hide or "").removeprefix("=").strip(),
        place=place,
        key=str(component.get("key") or component.get("id") or ""),
        options_from=str(component.get("valuesKey") or ""),
        inside=tuple(_questions(component.get("components") or (), place)),
    )


def _label_name(component: Mapping[str, Any]) -> str:
    """Where form-js keeps the words of a question of this type."""
    return {"datetime": "dateLabel", "text": "text"}.get(str(component.get("type")), "label")


def _option_label(option: Mapping[str, Any]) -> str:
    return str(option.get("label") or option.get("value") or "")


def _at(schema: dict[str, Any], place: Place) -> dict[str, Any]:
    component = schema
    for number in place:
        inside = component.get("components") or []
        if number >= len(inside) or inside[number].get("type") in IGNORED:
            raise NotFound
        component = inside[number]
    if not place:
        raise NotFound
    return component


def _siblings(schema: dict[str, Any], place: Place) -> list[Any]:
    holder = _at(schema, place[:-1]) if len(place) > 1 else schema
    siblings: list[Any] = holder["components"]
    return siblings


def _all(components: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    for each in components:
        yield each
        yield from _all(each.get("components") or ())


def _keys(schema: Mapping[str, Any], holder: Mapping[str, Any]) -> set[str]:
    """The keys that are taken where a question comes: a list has keys of its own."""
    scope = holder if holder.get("type") == "dynamiclist" else schema
    return {str(each.get("key") or each.get("id")) for each in _all(scope["components"])}


def _new_key(label: str, taken: set[str]) -> str:
    """Words of the question, such as that a person knows it again in a condition."""
    words = re.findall(r"[a-z0-9]+", label.lower())
    telling = [word for word in words if word not in _LEFT_OUT] or words
    key = ""
    for word in telling:
        if key and len(f"{key}_{word}") > LONGEST_KEY:
            break
        key = f"{key}_{word}" if key else word[:LONGEST_KEY]
    if not KEY.fullmatch(key) or key in CEL_WORDS:
        key = f"answer_{key}".rstrip("_")
    numbered = (f"{key}_{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (key, *numbered) if each not in taken)


def _written(component: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The component with what was said of it; what is empty is left out."""
    named = {_label_name({"type": asked.type}): asked.label} if asked.label else {}
    written = {**component, "type": asked.type, **named}
    if asked.type == "datetime":
        written.setdefault("subtype", "date")
    if asked.type in HOLDERS:
        written.setdefault("components", [])
    described = "description" in component and "pepway.hint" not in (
        component.get("properties") or {})
    if described:
        written["description"] = asked.hint
    written["properties"] = _with(component.get("properties"), {
        "pepway.hint": "" if described else asked.hint,
        "govuk.error.required": asked.when_empty,
        "pepway.path": asked.path,
    })
    written["validate"] = _with(component.get("validate"), {"required": asked.required})
    hide = f"={asked.hidden_when.removeprefix('=').strip()}" if asked.hidden_when.strip() else ""
    written["conditional"] = _with(component.get("conditional"), {"hide": hide})
    if asked.type in CHOICES and not component.get("valuesKey"):
        written["values"] = _values(component.get("values") or [], asked.options)
    return {name: value for name, value in written.items()
            if value or name not in ("properties", "validate", "conditional", "description")}


def _with(mapping: Mapping[str, Any] | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """What stood there and what is said now; what is said to be nothing goes."""
    both = {**(mapping or {}), **said}
    return {name: value for name, value in both.items() if value or name not in said}


def _values(before: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> list[dict[str, Any]]:
    """The options with these words. One that is only worded otherwise keeps its value."""
    by_label = {_option_label(each): each for each in before}
    taken = {str(by_label[label].get("value")) for label in labels if label in by_label}
    values: list[dict[str, Any]] = []
    for number, label in enumerate(labels):
        same = by_label.get(label) or _reworded(before, labels, number)
        value = str(same.get("value")) if same else _new_key(label, taken)
        taken.add(value)
        values.append({**(same or {}), "value": value, "label": label})
    return values


def _reworded(
    before: Sequence[Mapping[str, Any]], labels: Sequence[str], number: int
) -> Mapping[str, Any] | None:
    """The option that stood at this place, where there are as many as before and it is gone."""
    if len(before) != len(labels) or _option_label(before[number]) in labels:
        return None
    return before[number]


def _goal(schema: dict[str, Any], place: Place, by: int) -> Place | None:
    """The place after the question was taken out of its own; None: it stands at the end."""
    siblings, number = _siblings(schema, place), place[-1]
    beside = number + by
    if 0 <= beside < len(siblings):
        neighbour = siblings[beside]
        if neighbour.get("type") != "group" or siblings[number].get("type") == "group":
            return (*place[:-1], beside)
        at = number if by > 0 else beside  # in front of it there is one less then
        end = 0 if by > 0 else len(neighbour.get("components") or [])
        return (*place[:-1], at, end)
    if len(place) == 1 or _at(schema, place[:-1]).get("type") != "group":
        return None
    return (*place[:-2], place[-2] + (1 if by > 0 else 0))


def _must_be_askable(
    asked: Asked, *, inside_list: bool = False, given: bool = False, unnamed: bool = False
) -> None:
    """Raises `AnswersInvalid`. `given`: the domain gives the options; `unnamed`: it never had a
    label."""
    wrong = {
        "type": _wrong_type(asked.type, inside_list=inside_list),
        "label": "" if asked.label.strip() or unnamed else "Enter the question",
        "options": _wrong_options(asked.options) if asked.type in CHOICES and not given else "",
        "path": "" if not asked.path or _PATH.fullmatch(asked.path) else (
            "Enter the place in the record in small letters, with a dot between its parts, such as "
            "education.attendance.percent"),
    }
    texts = {"label": asked.label, "hint": asked.hint, "when_empty": asked.when_empty}
    wrong |= {name: f"Use {LONGEST_WORDS:,} characters or fewer"
              for name, text in texts.items() if len(text) > LONGEST_WORDS}
    if errors := {name: said for name, said in wrong.items() if said}:
        raise AnswersInvalid(errors)


def _wrong_type(type_: str, *, inside_list: bool) -> str:
    if inside_list and type_ in HOLDERS:
        return "Inside a list only single questions can be asked. Choose another way"
    return "" if type_ in KINDS else "Choose how it is asked"


def _wrong_options(options: Sequence[str]) -> str:
    if len(options) < 2:
        return "Enter at least two options, each on a line of its own"
    if len(options) > MOST_OPTIONS:
        return f"Enter {MOST_OPTIONS} options or fewer"
    return "" if len(set(options)) == len(options) else (
        "Two options are the same. Remove one of them")
