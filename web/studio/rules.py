"""The rules, columns and tests of a decision table as forms: changed without a script.

A rule's boxes are called `rule-0-ask-1` and `rule-0-give-0`; `rule-0-was` is its number in the
file that the page showed. Of a test they are `test-0-given-age` and `test-0-expect-weeks`.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.decisions.editing import MOST_RULES, Column, Row, Written
from engine.decisions.tested import MOST_TESTS, TableTest
from engine.drafts import DraftChanged, DraftView
from engine.errors import AnswersInvalid, NotFound, Refused
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.seen import SAVE_AGAIN, as_sent_back, sent_version, what_went_wrong
from web.typed import done_with, form_id, send_back, with_form_id
from workflows.decision_changes import (
    TYPES,
    TypedRow,
    add_column,
    change_rules,
    change_tests,
    remove_column,
)
from workflows.decision_pages import (
    DecisionPage,
    decision_page,
    names_for_columns,
    rules_as_written,
    shown_tests,
)

POLICIES = {
    "FIRST": "The first rule that applies, from the top",
    "UNIQUE": "The one rule that applies; never two do",
    "ANY": "Any rule that applies; all that do give the same",
    "RULE ORDER": "All rules that apply, from the top, as a list",
    "COLLECT": "All rules that apply, as a list",
}
"""Which rules count, by hit policy; another one that a file has is kept."""

One = TypeVar("One")


@blueprint.get("/<procedure>/decisions/<decision>/rules")
@allow("edit_draft")
def rules(procedure: str, decision: str) -> str | Response | tuple[str, int]:
    if way := with_form_id():
        return way
    page = decision_page(g.acting, procedure, decision)
    errors, status, words = as_sent_back()
    written = page.written
    rows = [TypedRow(row, number) for number, row in enumerate(written.rows)] if written else []
    if words and written:
        rows = _typed_rows(written, words)
    return render_template(
        "studio/rules.html", page=page, draft=page.draft, errors=errors, form_id=form_id(),
        rows=rows, title=words.get("table-title", written.title if written else ""),
        policy=words.get("policy", written.policy if written else ""), policies=POLICIES,
        version=_version(page, words, status),
    ), status


@blueprint.post("/<procedure>/decisions/<decision>/rules")
@allow("edit_draft")
def save_rules(procedure: str, decision: str) -> Response:
    """All rules as they were typed, after what the button does: `save`, `add`, `remove:2`,
    `up:2` or `down:2`."""
    written = rules_as_written(g.acting, procedure, decision)
    rows = _typed_rows(written, request.form)
    empty = Row(tuple("-" for _ in written.asks), tuple("" for _ in written.gives))
    rows = _done(rows, request.form.get("do", "save"), TypedRow(empty, None))

    def change() -> DraftView:
        return change_rules(g.acting, procedure, decision, request.form.get("table-title", ""),
                            request.form.get("policy", written.policy), rows, sent_version())

    return _saved(procedure, change, "rules", "studio.rules", decision)


@blueprint.get("/<procedure>/decisions/<decision>/tests")
@allow("edit_draft")
def tests(procedure: str, decision: str) -> str | Response | tuple[str, int]:
    if way := with_form_id():
        return way
    page = decision_page(g.acting, procedure, decision)
    errors, status, words = as_sent_back()
    shown = shown_tests(page)
    if words and page.written:
        shown = [(test, "") for test in _typed_tests(page.written, words)]
    return render_template(
        "studio/tests.html", page=page, draft=page.draft, errors=errors, form_id=form_id(),
        shown=shown, version=_version(page, words, status), typed=bool(words),
    ), status


@blueprint.post("/<procedure>/decisions/<decision>/tests")
@allow("edit_draft")
def save_tests(procedure: str, decision: str) -> Response:
    """All tests as they were typed, after what the button does: as of rules."""
    written = rules_as_written(g.acting, procedure, decision)
    typed = _typed_tests(written, request.form)
    new = TableTest(f"Test {len(typed) + 1}", {}, {})
    typed = _done(typed, request.form.get("do", "save"), new)

    def change() -> DraftView:
        return change_tests(g.acting, procedure, decision, typed, sent_version())

    return _saved(procedure, change, "tests", "studio.tests", decision)


@blueprint.get("/<procedure>/decisions/<decision>/columns")
@allow("edit_draft")
def columns(procedure: str, decision: str) -> tuple[str, int]:
    page = decision_page(g.acting, procedure, decision)
    errors, status, words = as_sent_back()
    return render_template("studio/columns.html", page=page, draft=page.draft, errors=errors,
                           words=words, types=TYPES), status


@blueprint.post("/<procedure>/decisions/<decision>/columns")
@allow("edit_draft")
def change_columns(procedure: str, decision: str) -> Response:
    """A column more, or one less: `do` is `add:input`, `add:output`, `remove-input:1` ..."""
    do, _, what = request.form.get("do", "").partition(":")

    def change() -> DraftView:
        if do == "add" and what in ("input", "output"):
            return add_column(g.acting, procedure, decision, what, _column(procedure, what),
                              sent_version())
        side = do.removeprefix("remove-")
        if side not in ("input", "output") or not what.isdecimal() or len(what) > 4:
            raise NotFound
        return remove_column(g.acting, procedure, decision, side, int(what), sent_version())

    return _saved(procedure, change, "columns", "studio.columns", decision)


def _column(procedure: str, side: str) -> Column:
    if side == "input":
        known = names_for_columns(g.acting, procedure).get(request.form.get("input", ""))
        return known.column if known else Column("", "")
    return Column(request.form.get("output", "").strip(),
                  request.form.get("output-label", "").strip(),
                  request.form.get("output-type", ""))


def _version(page: DecisionPage, words: Mapping[str, str], status: int) -> str | int:
    """What was refused is typed over what it was typed over; after a clash, over what stands."""
    return words.get("version", page.draft.version) if status == 422 else page.draft.version


def _typed_rows(written: Written, words: Mapping[str, str]) -> list[TypedRow]:
    return [
        TypedRow(
            Row(
                tuple(words.get(f"rule-{number}-ask-{place}", "-")
                      for place, _ in enumerate(written.asks)),
                tuple(words.get(f"rule-{number}-give-{place}", "")
                      for place, _ in enumerate(written.gives)),
                words.get(f"rule-{number}-note", ""),
            ),
            _number(words.get(f"rule-{number}-was", "")),
        )
        for number in range(min(_number(words.get("rules", "")) or 0, MOST_RULES))
    ]


def _typed_tests(written: Written, words: Mapping[str, str]) -> list[TableTest]:
    """A box that is left empty gives or expects nothing."""
    return [
        TableTest(
            words.get(f"test-{number}-name", "").strip() or f"Test {number + 1}",
            _filled(words, f"test-{number}-given-", written.asks),
            _filled(words, f"test-{number}-expect-", written.gives),
        )
        for number in range(min(_number(words.get("tests", "")) or 0, MOST_TESTS))
    ]


def _filled(
    words: Mapping[str, str], prefix: str, several: tuple[Column, ...]
) -> dict[str, str]:
    said = {each.name: words.get(f"{prefix}{each.name}", "").strip() for each in several}
    return {name: text for name, text in said.items() if text}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 5 else None


def _done(several: list[One], do: str, new: One) -> list[One]:
    """The rows after one was added, removed or moved."""
    what, _, at = do.partition(":")
    number, after = _number(at), list(several)
    if what == "add":
        return [*after, new]
    if number is None or number >= len(after):
        return after
    row = after.pop(number)
    if what == "remove":
        return after
    after.insert({"up": max(number - 1, 0), "down": number + 1}.get(what, number), row)
    return after


def _saved(
    procedure: str, change: Callable[[], DraftView], box: str, page: str, decision: str
) -> Response:
    """Do it and show what stands then; where it is refused, every word that was typed."""
    try:
        change()
    except (AnswersInvalid, DraftChanged, Refused) as problem:
        return send_back(request.path, **what_went_wrong(problem, procedure, box, SAVE_AGAIN))
    done_with()
    flash("The table is saved in the draft.")
    return redirect(url_for(page, procedure=procedure, decision=decision))
