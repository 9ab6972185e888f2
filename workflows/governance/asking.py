"""The forms of holds, requests and corrections, and what was answered in them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from engine.forms import Form, read_form, valid_answers

_FORMS = Path(__file__).with_name("forms")
Options = Callable[[str], Sequence[tuple[str, str]]]
"""What can be chosen, by the name that the form has for it."""


def form_called(name: str, options: Options | None = None) -> Form:
    form = _form(name)
    return form.with_options(options) if options else form


def answered(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values by key; what was left empty is left out. Raises `AnswersInvalid` with all that is
    wrong."""
    said = valid_answers(form, raw)
    return {key: value for key, value in said.items() if value not in (None, "")}


@cache
def _form(name: str) -> Form:
    return read_form((_FORMS / f"{name}.form").read_bytes(), name)
