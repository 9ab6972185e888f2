"""The forms on the meeting's screen: each is shown, saved and sent back for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import g, request
from werkzeug.datastructures import MultiDict

from engine.ahead import StepAhead
from engine.domain import Kept
from engine.errors import Clash
from engine.forms import Field, Form, inputs_in
from engine.forms.settled import settled
from engine.tasks import TaskForm
from web.access import may_see
from web.forms import (
    choices_from_post,
    raw_from_kept,
    raw_from_post,
    seen_from_post,
    with_row_removed,
    with_rows,
    without_empty_rows,
)
from web.forms.clashing import clashes_in, in_both_words
from web.typed import words_posted
from workflows.answers_in_words import rows_of
from workflows.task_page import sees
from workflows.typed import Typed

HELD, AGREED = "held", "agreed"
AT_HAND = {"part_notes": "Notes", "part_targets": "Targets", "part_actions": "Actions"}
"""Parts of the forms that are one press away from anywhere on the page."""
OPEN = frozenset({*AT_HAND, "part_talked_about"})
"""Parts that need not be opened first."""


@dataclass(frozen=True, slots=True)
class Panel:
    key: str
    title: str
    asked: TaskForm | StepAhead
    form: Form
    """As the child's facts leave it."""
    raw: Mapping[str, Any]
    seen: Mapping[str, int]
    unseen: frozenset[str]
    """Keys of what the reader may not see."""
    action: str
    autosave: str
    clashes: tuple[dict[str, Any], ...] = ()

    def is_open(self, group: Field, focus: str) -> bool:
        """As this part of the form comes: also open for the list, or the row of one, in focus."""
        return group.key in OPEN or any(
            focus == each.key or focus.startswith(f"{each.key}-") for each in inputs_in(group))

    def with_what_was_sent(self, typed: Typed | None) -> "Panel":
        """With both answers where somebody else changed one, and the words of this person."""
        if typed is None or typed.said.get("panel") != self.key:
            return self
        raw, seen, _ = _read(self.asked.form, words_posted(typed))
        found = clashes_in(self.asked, raw, seen, typed.said.get("clashes", ()))
        versions = {clash.key: clash.version for clash in found}
        return replace(
            self, raw={**self.raw, **raw}, seen={**self.seen, **versions},
            unseen=self.unseen - versions.keys(), clashes=_in_words(self.asked.form, found),
        )


def panel_of(
    key: str, title: str, asked: TaskForm | StepAhead, action: str, autosave: str
) -> Panel:
    kept: Mapping[str, Kept] = asked.kept
    me = g.acting.actor.id
    unseen = frozenset(each for each, value in kept.items() if not sees(me, value, may_see))
    raw = {each: value for each, value in raw_from_kept(kept).items() if each not in unseen}
    named, _, number = request.args.get("rows", "").partition(":")
    if number.isdecimal() and any(f.key == named and f.kind == "list" for f in asked.form.inputs()):
        raw = with_rows(raw, named, int(number))
    seen = {field.key: kept[field.key].version if field.key in kept else 0
            for field in asked.form.inputs() if field.key not in unseen}
    return Panel(key, title, asked, settled(asked.form, asked.facts), raw, seen, unseen, action,
                 autosave)


def read_posted(
    form: Form, posted: MultiDict[str, str]
) -> tuple[dict[str, Any], dict[str, int], dict[str, str]]:
    """Answers, the versions that the page showed, and what the page is to show next."""
    raw, seen, wish = _read(form, posted)
    do, _, detail = wish.partition(":")
    key, _, number = detail.partition(":")
    if not any(field.key == key and field.kind == "list" for field in form.inputs()):
        return raw, seen, {}
    rows = raw_from_post(form, posted, empty_rows=True)
    if do == "add":
        count = max(len(rows_of(rows.get(key))), 1) + 1
        return raw, seen, {"rows": f"{key}:{count}", "focus": f"{key}-{count - 1}"}
    if do == "remove" and number.isdecimal():
        left = with_row_removed(rows, key, int(number))
        return {**raw, **without_empty_rows(form, {key: left[key]})}, seen, {"focus": key}
    return raw, seen, {}


def _read(
    form: Form, posted: MultiDict[str, str]
) -> tuple[dict[str, Any], dict[str, int], str]:
    raw, seen = raw_from_post(form, posted), seen_from_post(posted)
    for key, chosen in choices_from_post(posted).items():
        if chosen == "theirs":
            raw.pop(key, None)
            seen.pop(key, None)
    return raw, seen, posted.get("do", "")


def _in_words(form: Form, found: tuple[Clash, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(in_both_words(form, found))
