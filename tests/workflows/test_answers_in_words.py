"""An answer reads the same wherever it stands: beside a form, in the plan, before it is sent."""

from uuid import UUID

import pytest

from engine.forms.definition import Field, Option
from workflows.answers_in_words import in_words, unasked_in_words

WILMA = UUID(int=7)
PEOPLE = {WILMA: "Wilma Ashdown"}
TEXT = Field("text", "text", "What?", "targets[].text")
DUE = Field("due", "date", "By when?", "targets[].due")
TOLD = Field("told", "text", "Told?", "targets[].told", hidden_when='text = "a"')
TARGETS = Field("targets", "list", "Targets", "targets[]", fields=(TEXT, DUE, TOLD))
WHO = Field("who", "checkboxes", "Who?", "who",
            options=(Option("child", "The child"), Option("carer", "The carer")))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (Field("hours", "number", "Hours?", "h", suffix="hours"), 5.0, "5 hours"),
        (Field("share", "number", "Share?", "s", suffix="%"), 94.3, "94.3%"),
        (Field("sum", "number", "How much?", "m", prefix="£"), 300.0, "£300"),
        (DUE, "2026-01-06", "6 January 2026"),
        (DUE, {"day": "31", "month": "2", "year": "2026"}, "31 2 2026"),
        (WHO, ["child", "carer"], "The child, The carer"),
        (Field("told", "checkbox", "Told", "t"), False, "No"),
        (Field("by", "select", "By whom?", "b"), str(WILMA), "Wilma Ashdown"),
        (TEXT, "", "Not answered"),
    ],
)
def test_an_answer_in_words(field, value, said):
    assert in_words(field, value, PEOPLE) == said


def test_a_row_tells_what_it_leaves_open_only_where_that_is_asked():
    rows = [{"text": "Read", "due": ""}]

    assert in_words(TARGETS, rows) == [[("What?", "Read"), ("By when?", "Not answered")]]
    assert in_words(TARGETS, rows, gaps=False) == [[("What?", "Read")]]


def test_what_no_form_asks_for_is_readable_too():
    assert unasked_in_words([str(WILMA), 2.0], PEOPLE) == "Wilma Ashdown, 2"
    assert unasked_in_words(True) == "Yes"
