"""Help with a target: does it say what, how one will know, and by when (S6)?

Plain rules about words and days, each of which can be explained to whoever wrote the target. Help
is never an error and stops nobody.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.forms import Form
from workflows.answers_in_words import rows_of

TARGETS = "targets[]"
TEXT, MEASURE, DUE_ON = "targets[].text", "targets[].measure", "targets[].due_on"
JUDGEMENT = "targets[].judgement"

FEWEST_WORDS = 4
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


VAGUE = frozenset(_words("""
    be become best better do effort get good great hard harder improve improved improvement
    improves improving make makes making more progress try tries trying well work works
"""))
"""Words that say that something should change, and not what."""
SMALL = frozenset(_words("""
    a all and at be can has have he her his i in it must my of on should shall she some the their
    they to up very will with would
"""))
"""Words that say nothing by themselves."""
COUNTED = frozenset(_words("""
    one two three four five six seven eight nine ten eleven twelve twenty half once twice thrice
    daily weekly fortnightly monthly termly every each always never all none without
    per percent level grade stage score mark marks pass passes passed certificate
"""))
"""Words by which something can be counted or seen, beside numbers."""

WHAT = "Say what the child will be able to do, for example “read a story aloud to an adult”"
MORE_WORDS = "Say it in a few more words: what will the child be able to do, and where or how?"
HOW_TO_KNOW = ("Say how you will know that it is reached, for example how many, how often or which "
               "level")
BY_WHEN = "Say by when, so that everyone knows on which day to look at it again"
DAY_IS_OVER = "This day is over. Choose one that is still to come"


def help_with(target: Mapping[str, Any], today: date) -> dict[str, str]:
    """One sentence at most for each cell, by its place. `target` holds cells by their places, as
    they were typed; nothing is said of a target that is empty or was achieved."""
    typed = {place: _typed(value) for place, value in target.items()}
    text, measure = typed.get(TEXT, ""), typed.get(MEASURE, "")
    if not any(typed.values()) or typed.get(JUDGEMENT) == "achieved":
        return {}
    said = {
        TEXT: _about_words(text),
        MEASURE: "" if not (text or measure) or _can_be_counted(f"{text} {measure}")
        else HOW_TO_KNOW,
        DUE_ON: _about_day(typed.get(DUE_ON, ""), today),
    }
    return {place: sentence for place, sentence in said.items() if sentence}


def help_with_targets(form: Form, raw: Mapping[str, Any], today: date) -> dict[str, str]:
    """What a form's targets lack, by place as errors have it: `targets[0].target_due`. Only of what
    is asked here; a form that shows targets to be judged gets none."""
    found: dict[str, str] = {}
    for field in form.inputs():
        if field.path != TARGETS:
            continue
        cells = {cell.key: cell for cell in field.fields}
        asked = {cell.path: cell.key for cell in field.fields if not cell.read_only}
        for number, row in enumerate(rows_of(raw.get(field.key))):
            target = {cells[key].path: value for key, value in row.items() if key in cells}
            for place, sentence in help_with(target, today).items():
                if place in asked:
                    found[f"{field.key}[{number}].{asked[place]}"] = sentence
    return found


def _typed(value: Any) -> str:
    """As text; of a day in three boxes nothing where nothing stands in any of them."""
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values() if part).strip()
    return "" if value is None else str(value).strip()


def _about_words(text: str) -> str:
    words = _words(text)
    if not words:
        return ""
    if all(word in VAGUE or word in SMALL for word in words):
        return WHAT
    return MORE_WORDS if len(words) < FEWEST_WORDS else ""


def _can_be_counted(text: str) -> bool:
    return any(word in COUNTED or any(map(str.isdigit, word)) for word in _words(text))


def _about_day(text: str, today: date) -> str:
    if not text:
        return BY_WHEN
    try:
        return DAY_IS_OVER if date.fromisoformat(text) < today else ""
    except ValueError:
        return ""
