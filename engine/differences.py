"""What one folder does otherwise than another, in words: its shapes, questions and rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.decisions.table import Table, TableRefused, read_table
from engine.domain import Vocabulary
from engine.forms.definition import Field
from engine.forms.reading import FormUnreadable, read_form
from engine.spiff.elements import DRAWN, Element, read_elements, tag
from engine.spiff.xml import Unreadable, read_xml


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    file: str
    kind: Kind
    element: str | None
    """The shape that it is about; of a question or a rule, None."""
    steps: tuple[str, ...]
    """Shapes at which a case would meet it: the step itself, those before a new one, or those that
    show the form."""
    message: str


Said = tuple[str, str, str]
"""What is said of: its name, what it was, what it is now."""

KINDS = {
    "userTask": "The step", "serviceTask": "What Pepway does", "sendTask": "The message",
    "businessRuleTask": "The decision", "callActivity": "The part", "subProcess": "The part",
    "startEvent": "The start", "endEvent": "The end", "exclusiveGateway": "The question",
    "parallelGateway": "Side by side", "boundaryEvent": "The reminder",
    "intermediateCatchEvent": "The wait", "sequenceFlow": "The arrow",
}
_ASPECTS: Mapping[str, tuple[str, Callable[[Element], Any]]] = {
    "name": ("its name", lambda each: each.name),
    "role": ("who does it", lambda each: each.role),
    "form": ("its form", lambda each: each.form),
    "due": ("when it is due", lambda each: each.due),
    "timer": ("its date", lambda each: each.timer),
    "guidance": ("its guidance", lambda each: each.guidance),
    "voice": ("whose words it holds", lambda each: each.voice),
    "action": ("what Pepway does", lambda each: each.action),
    "to": ("who is told", lambda each: each.to),
    "message": ("the message", lambda each: each.message),
    "decision": ("its decision table", lambda each: each.decision),
    "calls": ("the part that it runs", lambda each: each.calls),
    "condition": ("when this way is taken", lambda each: each.condition),
    "repeat": ("how often it is done", lambda each: each.repeat),
    "interrupting": ("whether it ends the step",
                     lambda each: "it does" if each.interrupting else "it does not"),
    "terminates": ("whether it ends the whole case",
                   lambda each: "it does" if each.terminates else "it does not"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """How values of a diagram are said."""

    vocabulary: Vocabulary
    date: Callable[[str], str]
    """A due date or a timer in words."""


_TOLD_OF_NEW = ("role", "form", "due", "timer", "action", "to", "condition", "calls")


def differences(
    before: Mapping[str, bytes], after: Mapping[str, bytes], words: Words
) -> list[Difference]:
    """In the order of the files, of each in the order in which it says it.

    What cannot be read is said to be another file; where shapes lie is no difference. An arrow to
    or from a shape that is new or taken out is told with that shape.
    """
    return [
        each
        for path in sorted({*before, *after}, key=lambda path: (not path.endswith(".bpmn"), path))
        if before.get(path) != after.get(path)
        for each in _of_file(path, before, after, words)
    ]


def _of_file(
    path: str, before: Mapping[str, bytes], after: Mapping[str, bytes], words: Words
) -> Iterator[Difference]:
    asked_at = _steps_with(path, before) | _steps_with(path, after)
    steps = tuple(sorted(asked_at))
    old, new = before.get(path), after.get(path)
    if new is None:
        yield Difference(path, Kind.REMOVED, None, steps, f"{_called(path)} is taken out.")
        return
    if old is None and not path.endswith(".bpmn"):
        yield Difference(path, Kind.ADDED, None, steps, f"{_called(path)} is new.")
        return
    try:
        yield from _READERS[path.rpartition(".")[2]](path, old or b"", new, steps, words)
    except (Unreadable, FormUnreadable, TableRefused):
        yield Difference(path, Kind.CHANGED, None, steps, f"{_called(path)} is another.")


def _diagram(
    path: str, before: bytes, after: bytes, _steps: tuple[str, ...], words: Words
) -> Iterator[Difference]:
    old, new = _elements(before), _elements(after)
    for identity in _in_order(old, new):
        was, now = old.get(identity), new.get(identity)
        for kind, message in _of_element(was, now, old, new, words):
            at = ({_where(each) for each in (was, now) if each} if was
                  else _last_known_before(identity, old, new))
            yield Difference(path, kind, identity, tuple(sorted(at)), message)


def _of_element(
    was: Element | None,
    now: Element | None,
    old: Mapping[str, Element],
    new: Mapping[str, Element],
    words: Words,
) -> Iterator[tuple[Kind, str]]:
    if was is not None and now is not None:
        yield from ((Kind.CHANGED, said) for said in _otherwise(was, now, old, new, words))
    elif now is not None and not _is_arrow_of_another(now, old):
        yield Kind.ADDED, f"{_named(now, new)} is new{_after(now, new)}{_details(now, words)}."
    elif was is not None and not _is_arrow_of_another(was, new):
        yield Kind.REMOVED, f"{_named(was, old)} is taken out."


def _otherwise(
    was: Element,
    now: Element,
    old: Mapping[str, Element],
    new: Mapping[str, Element],
    words: Words,
) -> Iterator[str]:
    said = _named(now, new)
    for how in _otherwise_drawn(was, now, old, new):
        yield f"{said} {how}."
    for aspect, (what, read) in _ASPECTS.items():
        if read(was) != read(now):
            yield (f"{said}: {what} is {_value(aspect, read(now), words)}, "
                   f"before {_value(aspect, read(was), words)}.")


def _otherwise_drawn(
    was: Element, now: Element, old: Mapping[str, Element], new: Mapping[str, Element]
) -> Iterator[str]:
    if was.kind != now.kind:
        yield f"was {KINDS.get(was.kind, was.kind).lower()} before"
    if (was.from_, was.to_) != (now.from_, now.to_):
        yield f"led {_ends(was, old)} before"
    if was.attached_to != now.attached_to:
        yield (f"stands at {_quoted(now.attached_to, new)}, before at "
               f"{_quoted(was.attached_to, old)}")
    if was.default != now.default:
        yield "takes another way when no condition holds"


def _is_arrow_of_another(arrow: Element, others: Mapping[str, Element]) -> bool:
    """It comes or goes with the shape at one of its ends."""
    ends = (arrow.from_, arrow.to_)
    return arrow.kind == "sequenceFlow" and any(end not in others for end in ends)


def _after(element: Element, elements: Mapping[str, Element]) -> str:
    """Behind which steps a new shape stands."""
    if element.attached_to:
        return f", at {_quoted(element.attached_to, elements)}"
    before = [_quoted(each.from_, elements) for each in elements.values()
              if each.to_ == element.id]
    return f", after {' and '.join(before)}" if before else ""


def _details(element: Element, words: Words) -> str:
    """Of a new shape, what somebody has to know of it."""
    said = [
        f"{what} is {_value(aspect, read(element), words)}"
        for aspect, (what, read) in _ASPECTS.items()
        if aspect in _TOLD_OF_NEW and read(element)
        and (aspect != "role" or element.kind == "userTask")
    ]
    return f": {', '.join(said)}" if said else ""


def _value(aspect: str, value: Any, words: Words) -> str:
    if not value:
        return "nothing"
    if aspect in ("role", "to"):
        return words.vocabulary.roles.get(value, value)
    if aspect in ("due", "timer"):
        return words.date(value)
    if aspect == "action":
        return f"“{words.vocabulary.actions.get(value, value)}”"
    return f"“{value}”"


def _named(element: Element, elements: Mapping[str, Element]) -> str:
    kind = KINDS.get(element.kind, "The shape")
    if element.kind == "sequenceFlow":
        return f"{kind} {_ends(element, elements)}"
    return f"{kind} “{element.name}”" if element.name else kind


def _ends(arrow: Element, elements: Mapping[str, Element]) -> str:
    return f"from {_quoted(arrow.from_, elements)} to {_quoted(arrow.to_, elements)}"


def _quoted(identity: str | None, elements: Mapping[str, Element]) -> str:
    element = elements.get(identity or "")
    return f"“{(element.name or element.id) if element else identity or 'nothing'}”"


def _where(element: Element) -> str:
    """The shape at which a case meets it: an arrow where it begins, a date at its step."""
    return element.from_ or element.attached_to or element.id


def _last_known_before(
    identity: str, old: Mapping[str, Element], new: Mapping[str, Element]
) -> set[str]:
    """The shapes that were there already, from which a case comes to a new one."""
    found: set[str] = set()
    fresh, seen = [identity], set[str]()
    while fresh:
        each = fresh.pop()
        if each in seen or each not in new:
            continue
        seen.add(each)
        if each in old:
            found.add(each)
            continue
        element = new[each]
        comes_from = element.from_ or element.attached_to
        fresh += [comes_from] if comes_from else [
            one.from_ or "" for one in new.values() if one.to_ == each]
    return found


def _form(
    path: str, before: bytes, after: bytes, steps: tuple[str, ...], _words: Words
) -> Iterator[Difference]:
    name = path.removesuffix(".form")
    was, now = read_form(before, name), read_form(after, name)
    if was.title != now.title:
        yield Difference(path, Kind.CHANGED, None, steps,
                         f"The form “{was.title}” is called “{now.title}” now.")
    old, new = dict(_questions(was.fields)), dict(_questions(now.fields))
    for key in _in_order(old, new):
        asked, asks = old.get(key), new.get(key)
        for kind, said in _of_question(asked, asks):
            yield Difference(path, kind, None, steps, f"The form “{now.title}”: {said}")
    kept = [key for key in old if key in new]
    if kept != [key for key in new if key in old]:
        yield Difference(path, Kind.CHANGED, None, steps,
                         f"The form “{now.title}”: the questions stand in another order.")


def _of_question(was: Field | None, now: Field | None) -> Iterator[tuple[Kind, str]]:
    if was is None and now is not None:
        yield Kind.ADDED, f"the question “{now.label}” is new."
    elif now is None and was is not None:
        yield Kind.REMOVED, f"the question “{was.label}” is taken out."
    elif was is not None and now is not None:
        for what, before, after in _aspects_of_question(was, now):
            if before != after:
                yield Kind.CHANGED, f"“{now.label}”: {what} is {after}, before {before}."


def _aspects_of_question(was: Field, now: Field) -> Iterator[Said]:
    for what, read in _OF_QUESTION:
        yield what, read(was), read(now)


_OF_QUESTION: Sequence[tuple[str, Callable[[Field], str]]] = (
    ("its wording", lambda each: f"“{each.label}”"),
    ("its hint", lambda each: f"“{each.hint}”" if each.hint else "none"),
    ("what it takes", lambda each: each.kind),
    ("whether it must be answered", lambda each: "yes" if each.required else "no"),
    ("where the answer is kept", lambda each: each.path or "nowhere"),
    ("its choices", lambda each: ", ".join(f"“{one.label}”" for one in each.options) or "none"),
    ("when it is hidden", lambda each: each.hidden_when or "never"),
)


def _questions(fields: Iterable[Field], within: str = "") -> Iterator[tuple[str, Field]]:
    for each in fields:
        key = f"{within}{each.key}"
        if each.kind != "note":
            yield key, each
        yield from _questions(each.fields, f"{key}.")


def _decision(
    path: str, before: bytes, after: bytes, steps: tuple[str, ...], _words: Words
) -> Iterator[Difference]:
    old, new = read_table(before), read_table(after)
    name = path.removesuffix(".dmn")
    for kind, said in (*_of_table(old, new), *_of_rules(old, new)):
        yield Difference(path, kind, None, steps, f"The decision table “{name}”: {said}.")


def _of_table(old: Table, new: Table) -> Iterator[tuple[Kind, str]]:
    for what, read in _OF_TABLE:
        if read(old) != read(new):
            yield Kind.CHANGED, f"{what} is {read(new)}, before {read(old)}"
    for what, part in _PARTS_OF_TABLE:
        had, has = part(old), part(new)
        if any(had[each] != has[each] for each in had.keys() & has.keys()):
            yield Kind.CHANGED, f"{what} are others"


def _of_rules(old: Table, new: Table) -> Iterator[tuple[Kind, str]]:
    were, are = _rules(old), _rules(new)
    yield from ((Kind.REMOVED, f"the rule {rule} is taken out") for rule in were if rule not in are)
    yield from ((Kind.ADDED, f"the rule {rule} is new") for rule in are if rule not in were)
    if were != are and set(were) == set(are):
        yield Kind.CHANGED, "the rules stand in another order"


_OF_TABLE: Sequence[tuple[str, Callable[[Table], str]]] = (
    ("its title", lambda each: f"“{each.title}”"),
    ("which rules count", lambda each: " ".join(filter(None, (each.policy, each.aggregation)))),
    ("what it looks at", lambda each: ", ".join(one.name for one in each.inputs) or "nothing"),
    ("what it gives", lambda each: ", ".join(one.name for one in each.outputs)),
)
_PARTS_OF_TABLE: Sequence[tuple[str, Callable[[Table], Mapping[str, Any]]]] = (
    ("the values that it takes", lambda each: {one.name: one.allowed for one in each.inputs}),
    ("the values that it gives where no rule applies, or their order", lambda each: {
        one.name: (one.type, one.order, one.default) for one in each.outputs}),
    ("its tests", lambda each: {"tests": each.tests}),
)


def _rules(table: Table) -> list[str]:
    return [
        f"“{', '.join(cell or '-' for cell in rule.cells)}” gives "
        f"“{', '.join(str(given) for given in rule.gives)}”"
        for rule in table.rules
    ]


_READERS: Mapping[
    str, Callable[[str, bytes, bytes, tuple[str, ...], Words], Iterator[Difference]]
] = {"bpmn": _diagram, "form": _form, "dmn": _decision}


def _steps_with(path: str, files: Mapping[str, bytes]) -> set[str]:
    """The steps that show this form, ask this table, or run this diagram's process."""
    name = path.rpartition(".")[0]
    found = set()
    for other, content in files.items():
        if not other.endswith(".bpmn"):
            continue
        try:
            elements = _elements(content)
        except Unreadable:
            continue
        found |= {each.id for each in elements.values()
                  if name in (each.form, each.decision, each.calls)}
    return found


def _elements(content: bytes) -> dict[str, Element]:
    if not content:
        return {}
    root = read_xml(content)
    return {} if root.find(tag("process")) is None else read_elements(root, DRAWN)


def _in_order(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What is there now in its order, and at the end what is no more."""
    return [*new, *(each for each in old if each not in new)]


def _called(path: str) -> str:
    name, _, ending = path.rpartition(".")
    what = {"bpmn": "The diagram", "form": "The form", "dmn": "The decision table"}[ending]
    return f"{what} “{name}”"
