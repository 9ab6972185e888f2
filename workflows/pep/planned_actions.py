"""What a plan says will be done: actions and interventions with an owner and a day, and how far.

How far one is stands in the record at a place of its own (`ACTION_PROGRESS` and the row's id), so
that each has its own version, and says who told it when. Where nobody has, it counts what the last
judgement of the row said.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, select, true
from sqlalchemy.orm import aliased

from engine.domain import Kept
from engine.store.among import among
from engine.work import Work, query
from workflows.children import Child
from workflows.pep.plan import NEWEST_OF_CHILD, RecordValue, RecordVersion
from workflows.pep.record import ACTION_PROGRESS

STATUSES: Mapping[str, str] = {
    "not_begun": "Not begun",
    "under_way": "Under way",
    "done": "Done",
    "not_taken_forward": "Not taken forward",
}
OVER = frozenset({"done", "not_taken_forward"})


@dataclass(frozen=True, slots=True)
class _List:
    path: str
    what: str
    owner: str
    due_on: str
    judged: str
    milestones: str = ""


_LISTS = (
    _List("actions[]", "action_text", "action_owner", "action_due", "action_status",
          "action_milestones"),
    _List("interventions[]", "intervention", "provider", "to_on", "delivery"),
)
"""The cells of each list that say what is done, by whom, until when, and how it was judged."""
_VALUE = (RecordValue.version_id, RecordValue.path, RecordValue.value, RecordValue.valid,
          RecordValue.version, RecordValue.by, RecordValue.at)
_PLAIN_LETTERS = re.compile("[A-Za-z]+")
_JUDGED = {"full": "done", "part": "under_way", "not": "not_begun"}


@dataclass(frozen=True, slots=True)
class PlannedAction:
    id: str
    """Of its row."""
    child_id: UUID
    case_id: UUID
    """Whose plan it stands in."""
    what: str
    milestones: str
    owner: str
    """As it was typed."""
    due_on: date
    status: str
    reason: str
    """Why it is not taken forward."""
    version: int
    """Counts the changes of its status; a form carries it to notice a newer one."""
    by: UUID | None
    at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    def is_owned_by(self, name: str) -> bool:
        """By the name alone, as it stands in the plan: an owner is free text."""
        return _folded(self.owner) == _folded(name)


@query
def planned_actions(
    work: Work, children: Collection[UUID], owner: str | None = None
) -> list[PlannedAction]:
    """Of the newest plan of each child, the next due first; those of one owner, or all."""
    if not children:
        return []
    version = aliased(RecordVersion)
    # By itself, or PostgreSQL reads every version of every child to find these.
    newest = (
        select(NEWEST_OF_CHILD.label("id")).where(among(Child.id, children))
        .cte("newest").prefix_with("MATERIALIZED")
    )
    plans: dict[UUID, tuple[UUID, UUID]] = {}
    kept: defaultdict[UUID, dict[str, Kept]] = defaultdict(dict)
    for child_id, case_id, version_id, *cells in work.session.execute(
        select(version.child_id, version.case_id, *_VALUE)
        .join(newest, newest.c.id == version.id)
        .join(RecordValue, RecordValue.version_id == version.id)
        .where(RecordValue.path.in_([each.path for each in _LISTS]), _may_name(owner))
    ):
        plans[version_id] = child_id, case_id
        kept[version_id][cells[0]] = Kept(*cells)
    # Of the few plans that have any. With both at once every value of all plans is read.
    for version_id, *cells in work.session.execute(
        select(*_VALUE).where(among(RecordValue.version_id, plans),
                              RecordValue.path.startswith(ACTION_PROGRESS, autoescape=True))
    ) if plans else ():
        kept[version_id][cells[0]] = Kept(*cells)
    found = [
        action for version_id, plan in plans.items()
        for action in actions_in(*plan, kept[version_id])
        if owner is None or action.is_owned_by(owner)
    ]
    return sorted(found, key=in_order)


def in_order(action: PlannedAction) -> tuple[date, str, str]:
    return action.due_on, str(action.child_id), action.id


def _may_name(owner: str | None) -> ColumnElement[bool]:
    """Of whoever has many children, few plans name them: the others are not read.

    By the longest part of the name that JSON writes as it is, letters such as é left out.
    """
    part = max(_PLAIN_LETTERS.findall(owner or ""), key=len, default="")
    return cast(RecordValue.value, Text).icontains(part) if part else true()


def actions_in(
    child_id: UUID, case_id: UUID, kept: Mapping[str, Kept]
) -> list[PlannedAction]:
    found = []
    for each in _LISTS:
        rows = kept[each.path].value if each.path in kept and kept[each.path].valid else []
        for row in rows if isinstance(rows, list) else []:
            action = _action(child_id, case_id, each, row, kept)
            if action is not None:
                found.append(action)
    return found


def _action(
    child_id: UUID, case_id: UUID, cells: _List, row: Any, kept: Mapping[str, Kept]
) -> PlannedAction | None:
    """None where the row has no owner or no day."""
    if not isinstance(row, dict) or not row.get("id"):
        return None
    owner, due_on = str(row.get(cells.owner) or ""), _day(row.get(cells.due_on))
    if not owner.strip() or due_on is None:
        return None
    told = kept.get(f"{ACTION_PROGRESS}{row['id']}")
    said = told.value if told and isinstance(told.value, dict) else {}
    judged = _JUDGED.get(str(row.get(cells.judged)), "not_begun")
    return PlannedAction(
        id=str(row["id"]), child_id=child_id, case_id=case_id,
        what=str(row.get(cells.what) or ""), milestones=str(row.get(cells.milestones) or ""),
        owner=owner, due_on=due_on, status=str(said.get("status", judged)),
        reason=str(said.get("reason", "")), version=told.version if told else 0,
        by=told.by if told else None, at=told.at if told else None,
    )


def progress_in_words(status: str, reason: str) -> str:
    words = STATUSES.get(status, status)
    return f"{words}. Why: {reason}" if reason else words


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _folded(name: str) -> Sequence[str]:
    return name.lower().split()
