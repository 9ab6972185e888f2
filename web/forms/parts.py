"""A long form part by part: each group of its questions on a page of its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.forms import Field, Form, inputs_in

MOST_ON_ONE_PAGE = 3
"""Forms of so many groups are short: they are one page."""


@dataclass(frozen=True, slots=True)
class PartShown:
    part: Field
    number: int
    """From 1."""
    parts: Sequence[Field]


def parts_of(form: Form, hidden: Collection[str] = ()) -> list[Field]:
    """The groups of a long form in which something is asked; of a short one, none.

    `form` is settled; `hidden` are the questions that the answers so far hide.
    """
    groups = [each for each in form.fields if each.kind == "group" and each.label]
    if len(groups) <= MOST_ON_ONE_PAGE or len(groups) < len(form.fields):
        return []
    return [each for each in groups if any(one.key not in hidden for one in inputs_in(each))]


def part_shown(parts: Sequence[Field], key: str) -> PartShown | None:
    found = next((at for at, each in enumerate(parts, 1) if each.key == key), 0)
    return PartShown(parts[found - 1], found, parts) if found else None


def part_after(parts: Sequence[Field], key: str) -> Field | None:
    """The part that follows; None after the last one, and after one that is not there."""
    following = dict(zip((each.key for each in parts), parts[1:], strict=False))
    return following.get(key)


def part_with(form: Form, question: str) -> Field | None:
    """The part in which a question is asked; None where the form is one page."""
    return next((part for part in parts_of(form)
                 if any(each.key == question for each in inputs_in(part))), None)
