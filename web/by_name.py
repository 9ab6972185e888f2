"""Choosing schools and people by a part of the name, in a form that also asks for other things.

Whatever is chosen already stands there as a ticked box. A part of a name that means one is taken at
once; of several the form is sent back with a short list of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

from web.reading import reading
from workflows.case_list.asked import Chosen
from workflows.case_list.by_name import BY_NAME, LONGEST, Named, named, without_a_name
from workflows.case_list.filters import FILTERS


@dataclass(frozen=True, slots=True)
class AskedByName:
    """One filter as a form asks it."""

    key: str
    title: str
    boxes: Mapping[str, str]
    """Words by value: what needs no name, and what is chosen."""
    ticked: Sequence[str]
    typed: str
    found: Named
    """What was typed may mean these."""
    picked: str


def asked_by_name(
    keys: Iterable[str], chosen: Sequence[Chosen], words: MultiDict[str, str] | None
) -> list[AskedByName]:
    """The filters of these keys: as an address has them, or with the words that were sent back."""
    return [_asked(key, chosen, words) for key in keys if key in BY_NAME]


def _asked(
    key: str, chosen: Sequence[Chosen], words: MultiDict[str, str] | None
) -> AskedByName:
    ticked = words.getlist(key) if words else [each.value for each in chosen if each.key == key]
    typed = words.get(_name(key), "")[:LONGEST] if words else ""
    boxes = without_a_name(reading(), key, ticked)
    return AskedByName(
        key, FILTERS[key].title, boxes, [value for value in ticked if value in boxes], typed,
        named(reading(), key, typed), words.get(_pick(key), "") if words else "",
    )


def posted_by_name(keys: Iterable[str]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """What a form has chosen, as an address says it; sentences by the box to put right."""
    pairs: list[tuple[str, str]] = []
    errors: dict[str, str] = {}
    for key in keys:
        pairs += [(key, value) for value in request.form.getlist(key)]
        if value := _picked(key):
            pairs.append((key, value))
        elif typed := request.form.get(_name(key), "")[:LONGEST].strip():
            found = named(reading(), key, typed)
            if len(found.choices) == 1:
                pairs += [(key, value) for value in found.choices]
            elif found.choices:
                errors[f"{_pick(key)}-1"] = _choose(key, found)
            else:
                errors[_name(key)] = _none(key)
    return list(dict.fromkeys(pairs)), errors


def _picked(key: str) -> str:
    """Out of the list for the words that still stand there."""
    if request.form.get(_looked_for(key), "") != request.form.get(_name(key), "").strip():
        return ""
    return request.form.get(_pick(key), "")


def _choose(key: str, found: Named) -> str:
    what = FILTERS[key].title
    if found.more:
        return f"“{what}”: choose one of the first {len(found.choices)}, or type more of the name"
    return f"“{what}”: choose which of the {len(found.choices)} you mean"


def _none(key: str) -> str:
    return (f"“{FILTERS[key].title}”: no name that you can choose has this in it. "
            "Check the spelling, or type less of it")


def _name(key: str) -> str:
    return f"{key}-name"


def _pick(key: str) -> str:
    return f"{key}-pick"


def _looked_for(key: str) -> str:
    return f"{key}-looked-for"
