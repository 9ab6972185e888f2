"""Filters, order and columns of the list on one page; the list's address holds what was chosen."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from web.access import allow, nobody_shown
from web.by_name import asked_by_name, posted_by_name
from web.cases.asking import address_of, posted_pairs, question
from web.reading import reading
from web.typed import FORM_ID, done_with, form_id, send_back, sent_back, words_posted
from workflows.case_list.asked import BACKWARDS, COLUMN, SORT
from workflows.case_list.by_name import BY_NAME
from workflows.case_list.columns import COLUMNS, SORTS, STANDARD
from workflows.case_list.filters import FILTERS, How
from workflows.case_list.query import choices_of

blueprint = Blueprint("narrowing", __name__)
PARTS = ("day", "month", "year")


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter as the page asks it."""

    key: str
    title: str
    how: str
    choices: dict[str, str]
    values: list[str]


@blueprint.get("/filter")
@allow("see_cases")
def choose() -> str | tuple[str, int]:
    nobody_shown("which schools and people can be chosen is shown, and no child's")
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    now = question()
    words = words_posted(typed)
    values = ({key: words.getlist(key) for key in FILTERS} if typed
              else {key: list(now.asked.filters.get(key, ())) for key in FILTERS})
    filters = [Asked(key, filter_.title, filter_.how.name.lower(), dict(found), values[key])
               for (key, filter_), found in zip(FILTERS.items(), choices_of(reading()),
                                                strict=True)]
    page = render_template(
        "cases/filter.html", filters=filters, errors=errors, question=now, sorts=SORTS,
        days={key: _parts(words, key, values[key]) for key, each in FILTERS.items()
              if each.how is How.DAY},
        order=words.get(SORT) or f"{BACKWARDS if now.asked.backwards else ''}{now.asked.sort}",
        columns=COLUMNS, shown=words.getlist(COLUMN) if typed else now.asked.columns,
        named={each.key: each for each in asked_by_name(BY_NAME, now.read.chosen,
                                                        words if typed else None)},
        form_id=form_id(), searching=FORM_ID in request.args and not typed,
    )
    return (page, 422) if errors else page


@blueprint.post("/filter")
@allow("see_cases")
def show() -> Response:
    nobody_shown("only the address of the list is made of it")
    errors, days = _days()
    chosen, unclear = posted_by_name(BY_NAME)
    errors |= unclear
    if errors:
        return send_back(url_for("cases.narrowing.choose"), errors=errors)
    done_with()
    pairs = [pair for pair in posted_pairs() if FILTERS.get(pair[0]) is None
             or FILTERS[pair[0]].how not in (How.DAY, How.NAME)]
    columns = tuple(value for key, value in pairs if key == COLUMN)
    if columns == STANDARD:
        pairs = [pair for pair in pairs if pair[0] != COLUMN]
    pairs = [(key, value) for key, value in (*pairs, *chosen, *days)
             if value and (key, value) != (SORT, "due")]
    return redirect(address_of(pairs))


def _days() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Sentences by the box in which to put each right; the days that were typed."""
    errors, days = {}, []
    for key, filter_ in FILTERS.items():
        typed = [request.form.get(f"{key}-{part}", "").strip() for part in PARTS]
        if filter_.how is not How.DAY or not any(typed):
            continue
        try:
            days.append((key, date(*(int(each) for each in reversed(typed))).isoformat()))
        except (ValueError, OverflowError):
            errors[f"{key}-day"] = (f"“{filter_.title}” must be a real date, such as 27 3 2026, "
                                    "or empty")
    return errors, days


def _parts(words: MultiDict[str, str], key: str, values: list[str]) -> dict[str, str]:
    if any(f"{key}-{part}" in words for part in PARTS):
        return {part: words.get(f"{key}-{part}", "") for part in PARTS}
    if not values:
        return dict.fromkeys(PARTS, "")
    year, month, day = values[0].split("-")
    return {"day": str(int(day)), "month": str(int(month)), "year": year}
