"""Files of a plan: added, removed, listed, downloaded.

A version begins with the files of the one that it goes on from; the plan of the next review begins
with none. What was signed keeps what it held: removed from a later version, a file stays with those
before.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, func, select

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Form, read_answers, read_form
from engine.work import Work, query, verb
from workflows.attached.checking import CheckedFile, FileRefused, checked
from workflows.attached.kinds import KINDS, MaySee, may_see_file, may_see_section
from workflows.attached.table import AttachedFile, HeldFile
from workflows.children import Child, ChildView, end_of_care, get_child
from workflows.people import names
from workflows.pep.plan import (
    RecordVersion,
    VersionState,
    hold_plan,
    is_signed_in,
    latest_version,
    version_to_write,
)
from workflows.pep.record import SECTIONS

MOST, MOST_BYTES = 40, 50_000_000
"""Files that a version of a plan may hold, and all their bytes."""
_FORM = Path(__file__).with_name("attach_file.form")
SIGNED = ("The plan is being signed, and what is signed does not change. Once it has been passed "
          "on or returned, files can be added and removed again")


@dataclass(frozen=True, slots=True)
class AttachedView:
    id: UUID
    kind: str
    """In words, and so is its section."""
    section: str
    title: str
    dated_on: date
    name: str
    size: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """What whoever adds a file says of it."""

    kind: str
    section: str
    title: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class AttachedPage:
    child: ChildView
    files: Sequence[AttachedView]
    fixed_because: str
    """Why nothing can be added or removed now; empty where it can."""


def attached_form(may_see: MaySee) -> Form:
    """With the kinds and sections that whoever adds a file may see themselves."""
    offered = {
        "kinds": [(each.key, f"{each.title}, {each.seen_by}") for each in KINDS.values()
                  if may_see(each.field_class)],
        "sections": [(each.key, each.title) for each in SECTIONS.values()
                     if may_see_section(each.key, may_see)],
    }
    return _form().with_options(lambda name: offered[name])


def read_sent(
    raw: Mapping[str, Any], content: bytes, called: str, today: date, may_see: MaySee
) -> tuple[About, CheckedFile]:
    """What was sent, checked outside any transaction, for a check of a file takes its time.

    Raises `AnswersInvalid` with all that is wrong, by the keys of the form, and by `file`.
    """
    read, file = read_answers(attached_form(may_see), raw, {}), None
    errors, day = dict(read.errors), read.values.get("dated_on")
    if isinstance(day, date) and day > today:
        errors["dated_on"] = "This day is in the future. Enter today or a day before"
    try:
        file = checked(content, called)
    except AnswersInvalid as refused:
        errors |= refused.errors
    if errors or file is None:
        raise AnswersInvalid({"file": "Choose the file once more, for a page cannot keep it",
                              **errors})
    return About(**read.values), file


@verb
def attach_file(
    work: Work, child_id: UUID, about: About, file: CheckedFile, nonce: str
) -> UUID:
    """Add what `read_sent` gave to the child's newest plan; the same with the same `nonce` once.

    Raises `FileRefused` where the plan has no room, `NotFound` for a child without a plan, and
    `Refused` where nothing is added any more.
    """
    case = hold_plan(work, child_id)
    _must_be_changeable(work, child_id)
    digest = hashlib.sha256(file.content).hexdigest()
    file_id = uuid5(child_id, f"{nonce} {digest} {about}")
    if work.session.get(AttachedFile, file_id) is not None:
        return file_id
    version = version_to_write(work, case, latest_version(work.session, child_id))
    _must_have_room(work, version, len(file.content))
    work.session.add(AttachedFile(
        id=file_id, child_id=child_id, kind=about.kind, section=about.section, title=about.title,
        dated_on=about.dated_on, name=file.name, media_type=file.media_type, content=file.content,
        size=len(file.content), added_by=work.actor.id, added_at=work.now,
    ))
    work.session.flush()
    work.session.add(HeldFile(version_id=version.id, file_id=file_id))
    work.event(case, "file_attached", section=about.section, file=file_id)
    work.audit("attach_file", child_id=child_id, about=f"attached_file:{file_id}")
    return file_id


@verb
def remove_attached(work: Work, file_id: UUID, may_see: MaySee) -> None:
    """From the version that is being worked on; for good where no signed one has it.

    Raises `NotFound`, `Refused` while the plan is being signed or where care has ended.
    """
    row = _seen(work, file_id, may_see)
    case = hold_plan(work, row.child_id)
    _must_be_changeable(work, row.child_id)
    latest = latest_version(work.session, row.child_id)
    if latest is None or work.session.get(HeldFile, (latest.id, file_id)) is None:
        raise Refused("This file belongs to a plan that was signed, and stays with it.")
    version = version_to_write(work, case, latest)
    work.session.execute(delete(HeldFile).where(
        HeldFile.version_id == version.id, HeldFile.file_id == file_id
    ))
    kept = work.session.scalar(select(func.count()).where(HeldFile.file_id == file_id)) or 0
    if not kept:
        work.session.delete(row)
    work.event(case, "attached_file_removed", section=row.section, file=file_id)
    work.audit("remove_attached_file", child_id=row.child_id, about=f"attached_file:{file_id}",
               still_in=kept)


@verb
def download_attached(work: Work, file_id: UUID, may_see: MaySee, reason: str) -> CheckedFile:
    """Each download is in the audit, with why the actor may. Raises `NotFound`."""
    row = _seen(work, file_id, may_see)
    work.audit("download_attached_file", child_id=row.child_id, about=f"attached_file:{file_id}",
               reason=reason)
    return CheckedFile(row.name, row.media_type, row.content)


@query
def attached_page(work: Work, child_id: UUID, may_see: MaySee) -> AttachedPage:
    """Of the child's newest plan. Raises `NotFound` where none has been begun."""
    version = latest_version(work.session, child_id)
    if version is None:
        raise NotFound
    return AttachedPage(get_child(work, child_id), attached_to(work, version, may_see),
                        _fixed_because(work, child_id))


@query
def attached_to(work: Work, version: RecordVersion, may_see: MaySee) -> Sequence[AttachedView]:
    """What a version of a plan holds, in the order of its sections: only what `may_see` allows."""
    rows = work.session.scalars(
        select(AttachedFile).join(HeldFile, HeldFile.file_id == AttachedFile.id)
        .where(HeldFile.version_id == version.id)
    ).all()
    seen = [row for row in rows if may_see_file(row.kind, row.section, may_see)]
    called = names(work, {row.added_by for row in seen}) if seen else {}
    order = list(SECTIONS)
    return [
        AttachedView(row.id, KINDS[row.kind].title, SECTIONS[row.section].title, row.title,
                     row.dated_on, row.name, row.size, called.get(row.added_by, ""), row.added_at)
        for row in sorted(seen, key=lambda row: (order.index(row.section), row.added_at, row.id))
    ]


def _seen(work: Work, file_id: UUID, may_see: MaySee) -> AttachedFile:
    row = work.session.get(AttachedFile, file_id)
    if row is None or not may_see_file(row.kind, row.section, may_see):
        raise NotFound
    return row


@cache
def _form() -> Form:
    return read_form(_FORM.read_bytes(), "attach_file")


def _must_have_room(work: Work, version: RecordVersion, size: int) -> None:
    count, held = work.session.execute(
        select(func.count(), func.coalesce(func.sum(AttachedFile.size), 0))
        .join(HeldFile, HeldFile.file_id == AttachedFile.id)
        .where(HeldFile.version_id == version.id)
    ).one()
    if count >= MOST:
        raise FileRefused("too_many")
    if held + size > MOST_BYTES:
        raise FileRefused("plan_full")


def _must_be_changeable(work: Work, child_id: UUID) -> None:
    if because := _fixed_because(work, child_id):
        raise Refused(f"{because}.")


def _fixed_because(work: Work, child_id: UUID) -> str:
    if end_of_care(work.session, work.session.get_one(Child, child_id)) is not None:
        return "This child has left care. Nothing is added to the plan any more"
    latest = latest_version(work.session, child_id)
    if latest and latest.state == VersionState.OPEN and is_signed_in(work.session, latest):
        return SIGNED
    return ""
