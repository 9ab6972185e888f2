"""What a change makes of a diagram, in words, before it is made."""

from collections.abc import Iterator, Mapping

from engine.editing.conditions import Question, condition_in_words, read_condition
from engine.spiff.elements import Element, read_elements
from engine.spiff.xml import read_xml
from engine.steps import read_steps
from workflows.limits_in_words import limit_in_words
from workflows.roles import ROLES

_ATTRIBUTES = (("name", "is called"), ("role", "is done by"), ("form", "has the form"),
               ("due", "is due"), ("timer", "is on"), ("guidance", "is explained as"),
               ("to", "tells"))


def told_changes(
    before: bytes, after: bytes, questions: Mapping[str, Question]
) -> list[str]:
    """Sentences, in the order of the steps; empty where nothing a person would name changes."""
    old, new = (read_elements(read_xml(content)) for content in (before, after))
    return [
        *_gone(old, new), *_come(old, new), *_said(old, new, questions), *_order(before, after),
    ]


def condition_told(condition: str | None, questions: Mapping[str, Question]) -> str:
    """As a question and its answer; what has no such form, as it is written."""
    read = read_condition(condition)
    return condition_in_words(read, questions) if read else condition or ""


def _gone(old: Mapping[str, Element], new: Mapping[str, Element]) -> Iterator[str]:
    for identity, element in old.items():
        if identity not in new and _is_named(element):
            yield f"“{element.name}” is removed."


def _come(old: Mapping[str, Element], new: Mapping[str, Element]) -> Iterator[str]:
    for identity, element in new.items():
        if identity in old or not _is_named(element):
            continue
        if element.kind == "userTask":
            due = f", due {limit_in_words(element.due)}" if element.due else ", without a deadline"
            yield f"“{element.name}” is a new step of the {_who(element)}{due}."
        elif element.kind == "boundaryEvent":
            host = new[element.attached_to or ""].name if element.attached_to in new else ""
            when = limit_in_words(element.timer)
            yield f"“{element.name}” is a new reminder of “{host}”, {when}."
        else:
            yield f"“{element.name}” is new."


def _said(
    old: Mapping[str, Element], new: Mapping[str, Element], questions: Mapping[str, Question]
) -> Iterator[str]:
    for identity in (each for each in old if each in new):
        was, now = old[identity], new[identity]
        if now.kind == "sequenceFlow":
            if was.condition != now.condition:
                yield (f"The way to “{_name(new, now.to_)}” is taken where "
                       f"{condition_told(now.condition, questions)}"
                       f"{_instead(condition_told(was.condition, questions))}.")
            elif was.name != now.name:
                yield f"The way to “{_name(new, now.to_)}” is called “{now.name}”."
            continue
        for attribute, verb in _ATTRIBUTES:
            before, after = getattr(was, attribute), getattr(now, attribute)
            if before != after and not (attribute == "name" and now.kind.endswith("Gateway")
                                        and not after):
                yield (f"“{was.name}” {verb} {_in_words(attribute, after)}"
                       f"{_instead(_in_words(attribute, before) if before else '')}.")


def _order(before: bytes, after: bytes) -> Iterator[str]:
    old = {step.element.id: [way.name for way in step.goes_to] for step in read_steps(before)}
    for step in read_steps(after):
        now = [way.name for way in step.goes_to]
        was = old.get(step.element.id)
        if was is None or sorted(was) == sorted(now) or not now:
            if was is None and now:
                yield f"After “{step.element.name}” {_comes(now)}."
            continue
        yield f"After “{step.element.name}” {_comes(now)}{_instead(_listed(was))}."


def _comes(names: list[str]) -> str:
    return f"{'comes' if len(names) == 1 else 'come'} {_listed(names)}"


def _listed(names: list[str]) -> str:
    said = [f"“{name}”" for name in dict.fromkeys(names)]
    return " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else "".join(said)


def _in_words(attribute: str, value: str | None) -> str:
    if not value:
        return {"due": "without a deadline", "guidance": "nothing"}.get(attribute, "nothing")
    if attribute in ("due", "timer"):
        return limit_in_words(value)
    if attribute in ("role", "to"):
        return f"the {_title(value)}"
    return f"“{value}”"


def _instead(words: str) -> str:
    return f", no longer {words}" if words else ""


def _who(element: Element) -> str:
    return _title(element.role or "")


def _title(role: str) -> str:
    title = ROLES[role].title if role in ROLES else role
    return title[:1].lower() + title[1:]


def _name(elements: Mapping[str, Element], identity: str | None) -> str:
    found = elements.get(identity or "")
    return found.name if found else ""


def _is_named(element: Element) -> bool:
    return element.kind != "sequenceFlow" and not (
        element.kind.endswith("Gateway") and "?" not in element.name)
