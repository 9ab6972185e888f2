"""When somebody is away, as it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.errors import AnswersInvalid
from engine.forms import Field, Form, Option, read_answers

KINDS = {
    "leave": "Leave",
    "training": "Training or other duties",
    "absence": "Away without notice",
    "other": "Something else",
}
"""No more is asked: what somebody is away with is for their own manager, and not for here."""
EARLIEST, LATEST = timedelta(days=28), timedelta(days=730)

FORM_OF_DAYS = Form("absence", "When are they away?", (
    Field("starts_on", "date", "First day away", "starts_on", required=True),
    Field("ends_on", "date", "Last day away", "ends_on",
          hint="Leave it empty where nobody knows yet. The absence then lasts until somebody ends "
               "it"),
    Field("kind", "radio", "What kind of absence is it?", "kind", required=True,
          options=tuple(Option(key, label) for key, label in KINDS.items()),
          hint="Nothing about anybody's health is kept here, so no more is asked"),
))


@dataclass(frozen=True, slots=True)
class Days:
    starts_on: date
    ends_on: date | None
    """The last day."""
    kind: str

    def hold(self, day: date | None) -> bool:
        """Whether something that is due on a day is due before they are back."""
        return day is not None and (self.ends_on is None or day <= self.ends_on)


def read_days(answers: Mapping[str, Any], today: date) -> Days:
    """Raises `AnswersInvalid`."""
    read = read_answers(FORM_OF_DAYS, answers, {})
    errors = dict(read.errors)
    first, last = read.values.get("starts_on"), read.values.get("ends_on")
    if "kind" in errors:
        errors["kind"] = "Choose what kind of absence it is"
    if first and not -EARLIEST <= first - today <= LATEST:
        errors["starts_on"] = ("Enter a first day within the last four weeks or the next two years")
    if last and first and last < first:
        errors["ends_on"] = "Enter a last day that is not before the first day"
    elif last and last < today:
        errors["ends_on"] = "This day is over. Enter today or a later day"
    elif last and last - today > LATEST:
        errors["ends_on"] = "Enter a last day within the next two years, or leave it empty"
    if errors or first is None:
        raise AnswersInvalid(errors)
    return Days(first, last, str(read.values["kind"]))
