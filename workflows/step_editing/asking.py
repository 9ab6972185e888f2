"""What is asked of a change: questions as GOV.UK pages ask them, and how the answers are read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.domain import ValueType, Vocabulary
from engine.editing.conditions import (
    ASKING,
    Asked,
    Condition,
    Question,
    condition_in_words,
    read_condition,
    write_condition,
)
from engine.errors import AnswersInvalid
from engine.forms.definition import Field, Option
from workflows.counted_dates import (
    MOST,
    ON_THE_DAY,
    UNITS,
    CountedDate,
    read_counted,
    write_counted,
)
from workflows.step_editing.place import Place

OWN_FORM = "-"
"""In the place of a form's name: one of its own is made."""
NO_DATE, ON_DUE_DAY, COUNTED, WRITTEN = "none", "due", "counted", "written"
WAYS_TO_GIVE_A_DATE = {
    NO_DATE: "No deadline",
    ON_DUE_DAY: "On the day on which the step is due",
    COUNTED: "Counted from a date",
    WRITTEN: "Written as an expression",
}
CHOSEN = "chosen"
MOST_CHARACTERS = 2000


def name_field(
    label: str = "What is the step called?",
    hint: str = "Begin with a verb, as in “Ask the school nurse”",
) -> Field:
    return Field("name", "text", label, "name", required=True, max_length=100, hint=hint,
                 error_messages={"required": "Enter what it is called"})


def role_field(vocabulary: Vocabulary, label: str = "Who does it?") -> Field:
    return Field("role", "select", label, "role", required=True,
                 options=_options(vocabulary.roles.items()),
                 error_messages={"required": f"Say: {label.rstrip('?').lower()}"})


def form_field(place: Place, *, can_be_made: bool) -> Field:
    made = [(OWN_FORM, "A new form with one question, “What was done?”")] if can_be_made else []
    titles = [(name, f"{form.title} ({name})") for name, form in place.forms.items()]
    return Field("form", "select", "Which form is filled in?", "form", required=True,
                 hint="A new form can be changed afterwards" if can_be_made else "",
                 options=_options([*made, *titles]),
                 error_messages={"required": "Choose which form is filled in"})


def guidance_field() -> Field:
    return Field("guidance", "textarea", "What should whoever does it know?", "guidance",
                 hint="It stands above the form. You can leave it empty", max_length=1000)


def date_fields(
    place: Place, label: str, ways: Sequence[str], certain: frozenset[str]
) -> tuple[Field, ...]:
    """How a date is given, and for each way what it takes."""
    counted, written = f'when != "{COUNTED}"', f'when != "{WRITTEN}"'
    uncounted = " or ".join(f'unit = "{key}"' for key, unit in UNITS.items() if not unit.is_counted)
    no_count = f"{counted} or {uncounted}"
    units = [(key, unit.many) for key, unit in UNITS.items()]
    return (
        Field("when", "radio", label, "when", required=True,
              options=_options((way, WAYS_TO_GIVE_A_DATE[way]) for way in ways),
              error_messages={"required": f"Answer the question: {label}"}),
        Field("unit", "select", "In what is it counted?", "unit", required=True,
              options=_options(units), hidden_when=counted, error_messages={
                  "required": "Choose in what it is counted"},
              hint="Working days are those of the regulations; council days leave out the "
                   "council's closures too"),
        Field("count", "number", "How many?", "count", required=True, whole=True, minimum=1,
              maximum=MOST, width="4", hidden_when=no_count, error_messages={
                  "required": "Enter how many", "type": "Enter how many, in figures",
                  "whole": "Enter how many, as a whole number"}),
        Field("side", "radio", "Before or after the date?", "side", required=True,
              options=_options([("after", "After"), ("before", "Before")]), hidden_when=no_count,
              error_messages={"required": "Say whether it is before or after the date"}),
        Field("date", "select", "Which date?", "date", required=True,
              options=_options(place.dates(certain)), hidden_when=counted,
              error_messages={"required": "Choose the date that it is counted from"}),
        Field("at_least", "number", "How many working days does it leave in any case?",
              "at_least", whole=True, minimum=0, maximum=99, width="4", hidden_when=counted,
              hint="Counted from the day on which the step begins, so that nobody is late as soon "
                   "as they are asked. Leave empty for none"),
        Field("expression", "textarea", "Expression", "expression", required=True,
              hidden_when=written, max_length=MOST_CHARACTERS,
              hint="For example working_days(placement_start, 10)",
              error_messages={"required": "Enter the expression"}),
    )


def date_answered(said: Mapping[str, Any]) -> str | None:
    """The expression, as it is written in a diagram; None for no date, or for the due day."""
    if said["when"] == WRITTEN:
        return " ".join(str(said["expression"]).split())
    if said["when"] != COUNTED:
        return None
    unit = said["unit"]
    if unit not in UNITS:
        raise AnswersInvalid({"unit": "Choose in what it is counted"})
    count = said.get("count") or 0
    signed = -count if said.get("side") == "before" else count
    return write_counted(CountedDate(said["date"], signed if UNITS[unit].is_counted else 0, unit,
                                     at_least=said.get("at_least") or 0))


def date_as_asked(
    expression: str | None, dates: Sequence[tuple[str, str]], empty: str = NO_DATE
) -> dict[str, Any]:
    """The answers that stand for an expression."""
    if not expression:
        return {"when": empty}
    counted = read_counted(expression)
    if counted is None or counted.day_after or counted.date not in dict(dates):
        return {"when": WRITTEN, "expression": expression}
    said = {"when": COUNTED, "unit": counted.unit, "date": counted.date}
    if counted.unit != ON_THE_DAY and counted.count:
        said |= {"count": str(abs(counted.count)),
                 "side": "before" if counted.count < 0 else "after"}
    return said | ({"at_least": str(counted.at_least)} if counted.at_least else {})


def is_same_date(expression: str | None, other: str | None) -> bool:
    """Whether two expressions give the same date, however they are spaced."""
    one, two = read_counted(expression), read_counted(other)
    return expression == other or (one is not None and one == two)


def condition_fields(place: Place, certain: frozenset[str]) -> tuple[Field, ...]:
    chosen, written = f'how != "{CHOSEN}"', f'how != "{WRITTEN}"'
    return (
        Field("how", "radio", "When is this way taken?", "how", required=True,
              options=_options([(CHOSEN, "Where a question has a certain answer"),
                                (WRITTEN, WAYS_TO_GIVE_A_DATE[WRITTEN])]),
              error_messages={"required": "Say when this way is taken"}),
        Field("answer", "select", "Which answer?", "answer", required=True,
              options=_options(_answers(place.questions(certain))), hidden_when=chosen,
              hint="Only questions that every case has answered by then",
              error_messages={"required": "Choose the answer with which this way is taken"}),
        Field("condition", "textarea", "Expression", "condition", required=True,
              hidden_when=written, max_length=MOST_CHARACTERS,
              hint="For example quality_rating == \"red\"",
              error_messages={"required": "Enter the expression"}),
    )


def condition_answered(said: Mapping[str, Any]) -> str:
    return " ".join(str(said["answer" if said["how"] == CHOSEN else "condition"]).split())


def condition_as_asked(
    expression: str | None, place: Place, certain: frozenset[str]
) -> dict[str, Any]:
    if not expression:
        return {"how": CHOSEN}
    condition = read_condition(expression)
    written = write_condition(condition) if condition else ""
    if written in dict(_answers(place.questions(certain))):
        return {"how": CHOSEN, "answer": written}
    return {"how": WRITTEN, "condition": expression}


def step_field(key: str, label: str, steps: Sequence[tuple[str, str]]) -> Field:
    return Field(key, "select", label, key, required=True, options=_options(steps),
                 error_messages={"required": f"Answer the question: {label}"})


def words_field(key: str, label: str, hint: str = "") -> Field:
    return Field(key, "text", label, key, required=True, max_length=100, hint=hint,
                 error_messages={"required": f"Answer the question: {label}"})


def optional(field: Field) -> Field:
    return replace(field, required=False)


def _answers(questions: Sequence[Question]) -> list[tuple[str, str]]:
    """The condition that stands for each answer, and its words."""
    found: list[tuple[str, str]] = []
    for question in questions:
        by_name = {question.name: question}
        for asked in _ways_to_ask(question):
            condition = Condition((asked,))
            found.append((write_condition(condition), condition_in_words(condition, by_name)))
    return found


def _ways_to_ask(question: Question) -> list[Asked]:
    askings = [each for each in ASKING.values()
               if question.type in each.types and ValueType.INT not in each.types[:1]]
    if question.type is ValueType.BOOL:
        return [Asked(question.name, each.key) for each in askings]
    if len(question.answers) < 3:
        askings = [each for each in askings if each.key != "is_not"]
    return [Asked(question.name, each.key, value) for value, _ in question.answers
            for each in askings]


def _options(pairs: Any) -> tuple[Option, ...]:
    return tuple(Option(value, label) for value, label in pairs)
