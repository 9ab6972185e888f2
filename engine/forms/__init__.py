"""Forms: what a task asks. Read from form-js JSON, checked on the server, bound to the record."""

from engine.forms.answers import (
    Answers,
    Entry,
    entries,
    is_blank,
    names_asked,
    read_answers,
    valid_answers,
)
from engine.forms.definition import Field, Form, Option, inputs_in
from engine.forms.reading import FormUnreadable, read_form, readable_forms
from engine.forms.settled import settled

__all__ = [
    "Answers",
    "Entry",
    "Field",
    "Form",
    "FormUnreadable",
    "Option",
    "entries",
    "inputs_in",
    "is_blank",
    "names_asked",
    "read_answers",
    "read_form",
    "readable_forms",
    "settled",
    "valid_answers",
]
