"""Links by which somebody without an account contributes: made, ended, and their list.

A link belongs to one open task with a voice. It and its code are given out this once, the code in
person or by phone; what is kept of both is no use to whoever reads the database.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.earlier_releases import procedure_of
from engine.errors import AnswersInvalid, NotFound
from engine.forms import Form, is_blank
from engine.store.base import new_id
from engine.store.models import Case, CaseStatus, Task, TaskStatus
from engine.tasks import must_be_open, task_form
from engine.work import Work, query, verb
from workflows.contributions.asking import form_for, voices_of
from workflows.contributions.table import LONGEST_NAME, Contribution
from workflows.people import names
from workflows.pictures.kept import drop_pictures
from workflows.secret_hash import hash_of

LASTS = timedelta(days=7)
MOST_WRONG_CODES = 5
MOST_OPEN = 20
"""Links of one task that work at the same time."""


class State(StrEnum):
    WAITING = "waiting"
    OPENED = "opened"
    SENT = "sent"
    REVOKED = "revoked"
    WRONG_CODES = "wrong_codes"
    RUN_OUT = "run_out"
    TASK_ENDED = "task_ended"

    @property
    def works(self) -> bool:
        return self in (State.WAITING, State.OPENED)


@dataclass(frozen=True, slots=True)
class MadeLink:
    id: UUID
    secret: str
    code: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """With whom it was shared, by whom, when, and how far it is."""

    id: UUID
    voice: str
    called: str
    state: State
    made_by: str
    made_at: datetime
    ends_at: datetime
    opened_at: datetime | None
    ended_at: datetime | None
    taken_at: datetime | None
    form: Form
    answers: dict[str, Any]
    """What they sent; empty until they have sent it."""


@dataclass(frozen=True, slots=True)
class AskedView:
    """Who was asked, and how far that is; nothing of what they said."""

    voice: str
    called: str
    state: State
    made_at: datetime
    ended_at: datetime | None


@verb
def invite_to_contribute(work: Work, task_id: UUID, voice: str, called: str) -> MadeLink:
    """A new link with its code. Raises `NotFound`, `TaskGone`, `CaseClosed`, `AnswersInvalid`."""
    case, task = _open_task(work, task_id)
    name = " ".join(called.split())
    errors = {}
    if voice not in voices_of(task_form(work, task_id).form):
        errors["voice"] = "Choose whom you ask"
    if is_blank(name):
        errors["called"] = "Enter the name of the person you ask"
    elif len(name) > LONGEST_NAME:
        errors["called"] = f"The name must be {LONGEST_NAME} characters or fewer"
    elif _working(work, task_id) >= MOST_OPEN:
        errors["called"] = f"{MOST_OPEN} links of this task still work. End one that is not needed"
    if errors:
        raise AnswersInvalid(errors)
    link_id, secret, code = new_id(), secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}"
    work.session.add(Contribution(
        id=link_id, task_id=task_id, child_id=case.child_id, voice=voice, called=name,
        link_hash=hash_of(secret), code_mac=mac_of_code(work, link_id, code),
        made_by=work.actor.id, made_at=work.now, wrong_codes=0, answers={},
    ))
    note(work, case, task, link_id, "contribution_invited", voice=voice)
    return MadeLink(link_id, secret, code)


@verb
def revoke_link(work: Work, task_id: UUID, link_id: UUID) -> None:
    """From now on it opens nothing; what was typed there and not sent is deleted.

    One that has ended already stays as it is. Raises `NotFound`.
    """
    row = locked(work, Contribution.id == link_id)
    if row.task_id != task_id:
        raise NotFound
    if state_of(work, row).works:
        end(work, row, State.REVOKED)


@query
def children_with_unsent_words(work: Work) -> Sequence[UUID]:
    """Of whom something was begun by a link that has run out by now, and was never sent."""
    return list(work.session.scalars(
        select(Contribution.child_id).where(*_ran_out(work)).distinct()
    ))


@verb
def forget_unsent_words(work: Work, child_id: UUID) -> None:
    """What nobody sent is nobody's to keep: words and pictures of links that have run out."""
    rows = work.session.scalars(
        select(Contribution).where(*_ran_out(work), Contribution.child_id == child_id)
        .with_for_update()
    )
    for row in rows.all():
        end(work, row, state_of(work, row))


@query
def links_of(work: Work, task_id: UUID) -> Sequence[LinkView]:
    """Every link of a task, the newest first."""
    rows = list(work.session.scalars(
        select(Contribution).where(Contribution.task_id == task_id)
        .order_by(Contribution.made_at.desc(), Contribution.id.desc())
    ))
    if not rows:
        return []
    called, form = names(work, {row.made_by for row in rows}), task_form(work, task_id).form
    return [
        LinkView(
            row.id, row.voice, row.called, state := state_of(work, row),
            called.get(row.made_by, ""), row.made_at, row.made_at + LASTS, row.opened_at,
            row.ended_at, row.taken_at, form_for(form, row.voice),
            dict(row.answers) if state is State.SENT else {},
        )
        for row in rows
    ]


@query
def asked_in(work: Work, case_id: UUID) -> Sequence[AskedView]:
    """Whoever was asked by a link in any task of a case, the newest first."""
    rows = work.session.scalars(
        select(Contribution).join(Task, Task.id == Contribution.task_id)
        .where(Task.case_id == case_id)
        .order_by(Contribution.made_at.desc(), Contribution.id.desc())
    )
    return [AskedView(row.voice, row.called, state_of(work, row), row.made_at, row.ended_at)
            for row in rows]


def state_of(work: Work, row: Contribution) -> State:
    """How far a link is at this moment; it runs out, and ends with its task, by itself."""
    if row.ended_because:
        return State(row.ended_because)
    task = work.session.get_one(Task, row.task_id)
    case = work.session.get_one(Case, task.case_id)
    if task.status != TaskStatus.OPEN or case.status in (CaseStatus.CLOSED, CaseStatus.ENDED):
        return State.TASK_ENDED
    if work.now >= row.made_at + LASTS:
        return State.RUN_OUT
    return State.OPENED if row.opened_at else State.WAITING


def locked(work: Work, condition: Any) -> Contribution:
    """The link as it is now, held by this transaction until it ends. Raises `NotFound`."""
    row = work.session.scalar(
        select(Contribution).where(condition).with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def end(work: Work, row: Contribution, state: State) -> None:
    """From now on it opens nothing; what was not sent by then is deleted."""
    row.ended_at, row.ended_because, row.session_hash = work.now, state, None
    if state is not State.SENT:
        row.answers = {}
        drop_pictures(work, row.id)
    task = work.session.get_one(Task, row.task_id)
    note(work, work.session.get_one(Case, task.case_id), task, row.id, f"contribution_{state}",
         voice=row.voice)


def note(work: Work, case: Case, task: Task, link_id: UUID, kind: str, **data: Any) -> None:
    """It is in the story of the case and in the audit; neither holds a name or a word."""
    work.event(case, kind, task=task, contribution=link_id, **data)
    work.audit(kind, child_id=case.child_id, about=f"contribution:{link_id}", **data)



def mac_of_code(work: Work, link_id: UUID, code: str) -> str:
    """Six digits are soon tried through, so it takes a key that the database does not hold."""
    told = f"contribution:{link_id}:{code}".encode(errors="surrogatepass")
    return hmac.new(work.installation.audit_key, told, hashlib.sha256).hexdigest()


def _open_task(work: Work, task_id: UUID) -> tuple[Case, Task]:
    task = work.session.get(Task, task_id)
    if task is None:
        raise NotFound
    case = work.session.get_one(Case, task.case_id)
    if procedure_of(work, case, task).elements[task.element].voice is None:
        raise NotFound
    must_be_open(case, task)
    return case, task


def _ran_out(work: Work) -> tuple[Any, Any]:
    return Contribution.ended_at.is_(None), Contribution.made_at <= work.now - LASTS


def _working(work: Work, task_id: UUID) -> int:
    rows = work.session.scalars(select(Contribution).where(Contribution.task_id == task_id))
    return sum(state_of(work, row).works for row in rows)
