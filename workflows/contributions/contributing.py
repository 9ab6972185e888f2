"""What somebody without an account does with their link: the code, the answers, sending them."""

import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import AnswersInvalid, NotFound
from engine.forms import Form, read_answers, settled
from engine.store.models import Case, Task
from engine.tasks import task_form
from engine.work import Work, query, verb
from workflows.children import Child
from workflows.contributions.asking import form_for, given_by_link
from workflows.contributions.links import (
    MOST_WRONG_CODES,
    State,
    end,
    locked,
    mac_of_code,
    note,
    state_of,
)
from workflows.contributions.table import Contribution
from workflows.pictures.kept import (
    PictureView,
    drop_pictures,
    give_pictures,
    keep_picture,
    picture_by_link,
    pictures_by_link,
)
from workflows.secret_hash import hash_of

IDLE = timedelta(hours=1)
LONGEST_ANSWERS = 200_000
"""Characters of all answers together."""
NOTHING_SAID = "Write or choose something before you send it"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked behind a link, and what was answered so far."""

    voice: str
    first_name: str
    """Of the child: a carer may look after several."""
    form: Form
    facts: Mapping[str, Any]
    """They stay on the server."""
    answers: Mapping[str, Any]
    pictures: Sequence[PictureView]

    @property
    def errors(self) -> Mapping[str, str]:
        """Sentence by key; where nothing was said at all, at the first question."""
        read = read_answers(self.form, self.answers, self.facts)
        if read.errors or self.said or self.pictures:
            return read.errors
        return {next(self.form.inputs()).key: NOTHING_SAID}

    @property
    def said(self) -> dict[str, Any]:
        """What was answered, by key, as it was typed."""
        read = read_answers(self.form, self.answers, self.facts)
        return {key: self.answers[key] for key, value in read.values.items()
                if key in self.answers and value not in (None, "", [])}


@dataclass(frozen=True, slots=True)
class LinkPage:
    state: State
    tries_left: int
    asked: Asked | None
    """None: the code has still to be given, or the link works no more."""


class CodeNeeded(AnswersInvalid):
    """The code has to be given again."""


@query
def open_link(work: Work, secret: str, session: str) -> LinkPage:
    """Raises `NotFound` for a link that there never was."""
    row = work.session.scalar(
        select(Contribution).where(Contribution.link_hash == hash_of(secret))
    )
    if row is None:
        raise NotFound
    state = state_of(work, row)
    let_in = state.works and _is_let_in(work, row, session)
    return LinkPage(state, MOST_WRONG_CODES - row.wrong_codes,
                    _asked(work, row) if let_in else None)


@verb
def give_code(work: Work, secret: str, code: str) -> str | None:
    """The secret of a session for this one link, or None for a wrong code.

    The fifth wrong code ends the link. Each try is counted with the link held, so that many at the
    same moment are no more than one after the other.
    """
    row = locked(work, Contribution.link_hash == hash_of(secret))
    if not state_of(work, row).works:
        return None
    digits = "".join(re.findall(r"[0-9]", code)) if len(code) <= 40 else ""
    if not hmac.compare_digest(row.code_mac, mac_of_code(work, row.id, digits)):
        row.wrong_codes += 1
        _note(work, row, "contribution_wrong_code")
        if row.wrong_codes >= MOST_WRONG_CODES:
            end(work, row, State.WRONG_CODES)
        return None
    if row.opened_at is None:
        row.opened_at = work.now
    session = secrets.token_urlsafe(32)
    row.session_hash, row.session_at = hash_of(session), work.now
    _note(work, row, "contribution_opened")
    return session


@verb
def save_contribution(
    work: Work, secret: str, session: str, answers: Mapping[str, Any]
) -> None:
    """Keep what was typed, right or wrong; it is nobody else's yet.

    Raises `CodeNeeded` where the session has ended, `NotFound` where the link has.
    """
    row = _held(work, secret, session)
    asked = {field.key for field in _asked(work, row).form.inputs()}
    kept = {**row.answers, **{key: value for key, value in answers.items() if key in asked}}
    if sum(len(str(value)) for value in kept.values()) > LONGEST_ANSWERS:
        raise AnswersInvalid({next(iter(answers)): "This is more than can be kept. Shorten it"})
    row.answers, row.session_at = kept, work.now


@verb
def send_contribution(work: Work, secret: str, session: str) -> None:
    """What was saved goes to the professional, and the link is used up.

    Raises `AnswersInvalid` as well, for a wrong answer, or where nothing was said.
    """
    row = _held(work, secret, session)
    asked = _asked(work, row)
    if asked.errors:
        raise AnswersInvalid(asked.errors)
    row.answers = asked.said
    give_pictures(work, row.id)
    end(work, row, State.SENT)
    task = work.session.get_one(Task, row.task_id)
    work.tell("contribution_sent", task.assignee_id or row.made_by, task.case_id, task=task.id)


@verb
def add_own_picture(work: Work, secret: str, session: str, picture: bytes) -> None:
    """As `save_contribution`; `picture` is what `redrawn` gave. Raises `PictureRefused` as well."""
    row = _held(work, secret, session)
    keep_picture(work, work.session.get_one(Task, row.task_id), picture, row.id)
    row.session_at = work.now


@verb
def remove_own_picture(work: Work, secret: str, session: str, attachment_id: UUID) -> None:
    row = _held(work, secret, session)
    drop_pictures(work, row.id, attachment_id)
    row.session_at = work.now


@query
def see_own_picture(work: Work, secret: str, session: str, attachment_id: UUID) -> bytes:
    """Raises `NotFound`."""
    row = work.session.scalar(
        select(Contribution).where(Contribution.link_hash == hash_of(secret))
    )
    if row is None or not state_of(work, row).works or not _is_let_in(work, row, session):
        raise NotFound
    return picture_by_link(work, row.id, attachment_id)


def _held(work: Work, secret: str, session: str) -> Contribution:
    row = locked(work, Contribution.link_hash == hash_of(secret))
    if not state_of(work, row).works:
        raise NotFound
    if not _is_let_in(work, row, session):
        raise CodeNeeded({})
    return row


def _is_let_in(work: Work, row: Contribution, session: str) -> bool:
    if not session or row.session_hash is None or row.session_at is None:
        return False
    right = hmac.compare_digest(row.session_hash, hash_of(session))
    return right and work.now - row.session_at <= IDLE


def _asked(work: Work, row: Contribution) -> Asked:
    """The questions as this child's facts leave them."""
    task = task_form(work, row.task_id)
    facts = {**task.facts, **given_by_link(task.form)}
    child = work.session.get_one(Child, row.child_id)
    return Asked(row.voice, child.known_as or child.given_names.split()[0],
                 settled(form_for(task.form, row.voice), facts), facts, dict(row.answers),
                 pictures_by_link(work, row.id))


def _note(work: Work, row: Contribution, kind: str) -> None:
    task = work.session.get_one(Task, row.task_id)
    note(work, work.session.get_one(Case, task.case_id), task, row.id, kind, voice=row.voice)
