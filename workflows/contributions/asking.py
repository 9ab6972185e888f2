"""The questions of a form that somebody may be asked themselves, in words for them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.forms import Field, Form

VOICES: Mapping[str, str] = {
    "child": "The child or young person", "carer": "A carer", "parent": "A parent",
    "other": "Somebody else who knows the child",
}


def voices_of(form: Form) -> tuple[str, ...]:
    """Who can be asked by a link, in the order in which they are offered."""
    asked = {voice for field in form.inputs() for voice in field.voices}
    return tuple(voice for voice in VOICES if voice in asked)


def form_for(form: Form, voice: str) -> Form:
    """Only what is asked of this voice; nothing has to be answered."""
    return replace(form, fields=_asked_of(form.fields, voice))


def given_by_link(form: Form) -> dict[str, str]:
    """By key, what stands for a professional's question where the words come by a link."""
    return {field.key: field.by_link for field in form.inputs() if field.by_link}


def _asked_of(fields: Sequence[Field], voice: str) -> tuple[Field, ...]:
    left = []
    for each in fields:
        if each.kind == "group":
            inner = _asked_of(each.fields, voice)
            left += [replace(each, fields=inner)] if inner else []
        elif voice in each.voices:
            left.append(_in_words_for_them(each))
    return tuple(left)


def _in_words_for_them(field: Field) -> Field:
    own: dict[str, Any] = {"label": field.asked, "hint": field.asked_hint} if field.asked else {}
    return replace(field, required=False, **own)
