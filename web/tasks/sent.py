"""What one press of a button of a task's form brought: the answers as they were typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import g, request
from werkzeug.datastructures import MultiDict

from engine.tasks import TaskForm
from web.access import may_see
from web.forms import choices_from_post, raw_from_post, seen_from_post
from workflows.answers_in_words import rows_of
from workflows.delegations import fill_in_delegated
from workflows.still_true import save_and_confirm


@dataclass(frozen=True)
class Sent:
    """What one press of a button brought."""

    page: ClassVar[str] = "tasks.see_task"

    asked: TaskForm
    raw: dict[str, Any]
    seen: dict[str, int]
    detail: str
    """What a button says beside its wish: the list, the number of the row, the part."""
    still_true: Sequence[str] = ()
    """Questions whose answers of the plan before are ticked as still true."""
    part: str = ""
    """The part of a long form that was on the page; empty where all of it was."""

    def keep(self, *, typed: Mapping[str, Any] | None = None,
             still_true: Sequence[str] = ()) -> None:
        """As a draft."""
        save_and_confirm(g.acting, self.asked.task.id, self.raw if typed is None else typed,
                         self.seen, [*self.still_true, *still_true], may_see)


@dataclass(frozen=True)
class SentByColleague(Sent):
    """Of what a designated teacher gave to a colleague to fill in."""

    page: ClassVar[str] = "tasks.delegated_sections"

    def keep(self, *, typed: Mapping[str, Any] | None = None,
             still_true: Sequence[str] = ()) -> None:
        fill_in_delegated(g.acting, self.asked.task.id, self.raw if typed is None else typed,
                          self.seen)


def read_sent(
    asked: TaskForm, posted: MultiDict[str, str], detail: str = "", part: str = ""
) -> Sent:
    """The answers as typed; where two people changed one, the value that was chosen."""
    raw, seen = raw_from_post(asked.form, posted), seen_from_post(posted)
    for key, chosen in choices_from_post(posted).items():
        if chosen == "theirs":
            raw.pop(key, None)
            seen.pop(key, None)
    return Sent(asked, raw, seen, detail, posted.getlist("still-true"), part)


def has_list(asked: TaskForm, key: str) -> bool:
    return any(field.kind == "list" and field.key == key for field in asked.form.inputs())


def rows_on_page(sent: Sent, key: str) -> int:
    """How many rows the list had, those in which nothing was typed included."""
    raw = raw_from_post(sent.asked.form, request.form, empty_rows=True)
    return len(rows_of(raw.get(key)))
