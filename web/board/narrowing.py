"""The form that asks which cases, or which children, a page of the board is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from web.by_name import AskedByName, asked_by_name, posted_by_name
from web.reading import reading
from web.typed import done_with, form_id, send_back, sent_back, words_posted
from workflows.board.narrowing import Narrowed, choices
from workflows.case_list.by_name import BY_NAME


@dataclass(frozen=True, slots=True)
class NarrowingForm:
    id: str
    choices: Mapping[str, tuple[str, Mapping[str, str]]]
    """Title and words by value, by the key of a filter."""
    selected: Mapping[str, Sequence[str]]
    named: Sequence[AskedByName]
    words: MultiDict[str, str]
    """Whatever was sent back."""
    errors: Mapping[str, str]


def narrowing_form(which: Narrowed, by: Sequence[str]) -> NarrowingForm:
    """For these filters: as the address has them, or as they were sent back."""
    typed = sent_back(request.path)
    words, offered = words_posted(typed), choices(reading(), by)
    return NarrowingForm(
        form_id(), offered,
        {key: words.getlist(key) if typed else which.filters.get(key, ()) for key in offered},
        asked_by_name(by, which.chosen, words if typed else None),
        words, typed.said["errors"] if typed else {},
    )


def posted_to(endpoint: str, by: Sequence[str], **more: Any) -> Response:
    """To the page of what was chosen; back to the form, where a name means none or several."""
    chosen, errors = posted_by_name([key for key in by if key in BY_NAME])
    if errors:
        return send_back(url_for(endpoint), errors=errors)
    done_with()
    filters: dict[str, Any] = {}
    for key, value in [*((key, request.form.get(key, "")) for key in by if key not in BY_NAME),
                       *chosen]:
        filters.setdefault(key, []).extend([value] if value else [])
    return redirect(url_for(endpoint, **filters, **more))


def without(kept: Mapping[str, Any], key: str, value: str) -> Mapping[str, Any]:
    """What an address says, without one value of one filter."""
    return {**kept, key: [each for each in kept.get(key, ()) if each != value]}
