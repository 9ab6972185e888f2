"""Who has looked at a child's record, and what somebody has looked at: the audit as people read it.

Told from ids alone. It holds no name of a child and nothing of a record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, or_, select

from engine.cases import newest_cases
from engine.errors import NotFound
from engine.store.models import Audit
from engine.work import Work, query
from workflows.access import visible
from workflows.people import Person, names

PAGE = 50
LISTS_FOR = timedelta(days=90)
"""How far back lists are looked through that named a child: no index finds these."""
REFUSED, TRIED = "refused_", "tried_"


@dataclass(frozen=True, slots=True)
class Look:
    at: datetime
    who: str
    what: str
    """In words, such as “Looked at: plan” or “Refused: see plan”."""
    why: str
    """What allowed it, such as “social worker since 2026-01-05”."""
    reference: str
    """Of the child's newest case; empty where it was about no child, or about several."""


@dataclass(frozen=True, slots=True)
class Looks:
    rows: Sequence[Look]
    before: int | None
    """What the next page begins before; None on the last."""


@query
def looks_at_child(
    work: Work, child_id: UUID, *, lists: bool = False, before: int | None = None,
    limit: int = PAGE,
) -> Looks:
    """What anybody did or saw of the child's record, the newest first; the caller has asked whether
    the actor may know. `lists`: instead, lists and searches of the last ninety days that named the
    child among others."""
    if not lists:
        return _looks(work, limit, before, Audit.child_id == child_id)
    since = work.now - LISTS_FOR
    named = cast(Audit.data, String).contains(str(child_id), autoescape=True)
    return _looks(work, limit, before, Audit.child_id.is_(None), Audit.at > since, named)


@query
def looks_of_person(
    work: Work, person_id: UUID, *, before: int | None = None, limit: int = PAGE
) -> Looks:
    """What somebody did or saw, the newest first, of the children whose looks the actor may know.

    Raises `NotFound` where there is no such person.
    """
    if work.session.get(Person, person_id) is None:
        raise NotFound
    known = visible(work, Audit.child_id, "see_looks_at_child")
    return _looks(work, limit, before, Audit.actor_id == person_id,
                  or_(Audit.child_id.is_(None), known))


def _looks(
    work: Work, limit: int, before: int | None, *conditions: ColumnElement[bool]
) -> Looks:
    behind = [Audit.seq < before] if before is not None else []
    rows = work.session.scalars(
        select(Audit).where(*conditions, *behind).order_by(Audit.seq.desc()).limit(limit + 1)
    ).all()
    shown = rows[:limit]
    called = names(work, {row.actor_id for row in shown})
    children = {row.child_id for row in shown if row.child_id is not None}
    cases = newest_cases(work, children) if children else {}
    return Looks(
        [
            Look(row.at, called.get(row.actor_id, ""), in_words(row.action, row.data), row.reason,
                 cases[row.child_id].reference if row.child_id in cases else "")
            for row in shown
        ],
        shown[-1].seq if len(rows) > limit else None,
    )


def in_words(action: str, data: dict[str, Any]) -> str:
    """Actions are named by verbs; a look says so, and a list how many children it named."""
    plain = action.removeprefix(REFUSED).removeprefix(TRIED).replace("_", " ")
    if action.startswith(REFUSED):
        return f"Refused: {plain}"
    if action.startswith(TRIED):
        return f"Tried: {plain}"
    several = f" ({len(data['children'])} children)" if data.get("children") else ""
    if plain.startswith("see "):
        return f"Looked at: {plain.removeprefix('see ')}{several}"
    return f"{plain.capitalize()}{several}"
