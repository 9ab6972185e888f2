"""Drafts of diagrams: what a process owner is changing, until it is published or thrown away.

There is one draft of a procedure's diagram, which all process owners share. Each save counts its
version up; a save that did not see the version before it is refused, so nobody's work is lost.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from engine.checker import FileReport
from engine.checker.remembered import check_once
from engine.errors import AnswersInvalid, EngineError, NotFound, Refused
from engine.releases import ReleaseView, get_release, make_live, refuse_unsound
from engine.spiff.elements import tag
from engine.spiff.xml import Unreadable, read_xml
from engine.store.base import new_id
from engine.store.models import DiagramDraft, Release, ReleaseFile, ReleaseState, Submission
from engine.work import Acting, Work, query, verb


class DraftChanged(EngineError):
    """Someone else has saved this diagram since you opened it. Nothing of yours is lost."""

    def __init__(self, *, by: UUID | None = None, at: datetime | None = None) -> None:
        super().__init__()
        self.by, self.at = by, at


@dataclass(frozen=True, slots=True)
class DraftView:
    procedure: str
    path: str
    content: bytes
    version: int
    """0 where nothing has been saved: the diagram is then the release's own."""
    release_id: UUID
    """The release that it began from; its other files are published with it."""
    release_number: int
    saved_by: UUID | None
    saved_at: datetime | None


@query
def open_draft(work: Work, procedure: str) -> DraftView:
    """The draft, or the diagram that one would begin from: the live release's, else the newest.

    Raises `NotFound` for a procedure that has no release.
    """
    row = work.session.scalar(select(DiagramDraft).where(*_the_one(procedure)))
    return _view(work, row) if row else _unsaved(work, _start_of(work, procedure))


def check_draft(
    by: Acting | Work, procedure: str, content: bytes | None = None
) -> list[FileReport]:
    """What the check says of the whole folder with this diagram in it, or with the draft.

    Of the same files it is remembered, also that they are beyond its limits.
    """
    files = _folder(by, procedure, content)
    return check_once(files, by.installation.domain.vocabulary, procedure)


@verb
def save_draft_diagram(work: Work, procedure: str, content: bytes, seen: int) -> DraftView:
    """Keep a diagram, sound or not. `seen` is the version that its author began from.

    Raises `DraftChanged`, and `Refused` with a sentence for what is no BPMN 2.0.
    """
    _must_be_bpmn(content)
    row = _locked(work, procedure)
    if (row.version if row else 0) != seen:
        raise DraftChanged(by=row.saved_by if row else None, at=row.saved_at if row else None)
    if row is None:
        return _add(work, _start_of(work, procedure), content)
    row.content, row.version = content, row.version + 1
    row.saved_by, row.saved_at = work.actor.id, work.now
    _audit(work, "save_diagram_draft", row)
    return _view(work, row)


@verb
def begin_draft_from(work: Work, release_id: UUID) -> DraftView:
    """Start a draft from any release, such as the one before, or one that waits in review.

    Raises `Refused` where there is a draft already: it is published or thrown away first.
    """
    release = work.session.get(Release, release_id)
    if release is None:
        raise NotFound
    if _locked(work, release.procedure) is not None:
        msg = "There is a draft of this diagram already. Publish it or throw it away first."
        raise Refused(msg)
    return _add(work, release, _unsaved(work, release).content)


@verb
def discard_draft(work: Work, procedure: str, seen: int) -> None:
    """Throw the draft away; the releases stay. Raises `DraftChanged`."""
    row = _locked(work, procedure)
    if row is None:
        return
    if row.version != seen:
        raise DraftChanged(by=row.saved_by, at=row.saved_at)
    _audit(work, "discard_diagram_draft", row)
    work.session.delete(row)


def publish_draft(
    by: Acting | Work, procedure: str, notes: str, seen: int, nonce: str = ""
) -> ReleaseView:
    """Publish the draft, with the other files of the release that it began from.

    The same `nonce` again gives the release that it was published as.
    Raises `AnswersInvalid` without notes, `DraftChanged`, `DiagramRefused` with what the check
    found, and `Refused` where the draft changes nothing.
    """
    if not notes.strip():
        raise AnswersInvalid({"notes": "Enter what you changed and why"})
    if (published := _published_before(by, nonce)) is not None:
        return published
    try:
        files = _to_publish(by, procedure, seen)
        refuse_unsound(by, procedure, files)  # before the transaction: nobody waits for a check
        return _publish(by, procedure, files, notes.strip(), seen, nonce)
    except DraftChanged:  # by the same form, it may be, sent a moment before
        if (published := _published_before(by, nonce)) is not None:
            return published
        raise


@query
def _to_publish(work: Work, procedure: str, seen: int) -> dict[str, bytes]:
    row = _draft_seen(work, procedure, seen)
    files = _files(work, _view(work, row), row.content)
    _must_change_something(work, procedure, files)
    return files


@verb
def _publish(
    work: Work, procedure: str, checked: dict[str, bytes], notes: str, seen: int, nonce: str
) -> ReleaseView:
    row = _draft_seen(work, procedure, seen)
    if _files(work, _view(work, row), row.content) != checked:
        raise DraftChanged(by=row.saved_by, at=row.saved_at)
    release = make_live(work, procedure, checked, notes)
    work.session.delete(row)
    if nonce:
        work.append(Submission, {"nonce": _of_person(work, nonce), "task_id": release.id,
                                 "actor_id": work.actor.id, "at": work.now})
    return release


@query
def _published_before(work: Work, nonce: str) -> ReleaseView | None:
    sent = work.session.get(Submission, _of_person(work, nonce)) if nonce else None
    return None if sent is None else get_release(work, sent.task_id)


def _draft_seen(work: Work, procedure: str, seen: int) -> DiagramDraft:
    row = _locked(work, procedure)
    if row is None and seen == 0:
        msg = "There is no draft to publish. Change the diagram first."
        raise Refused(msg)
    if row is None or row.version != seen:
        raise DraftChanged(by=row.saved_by if row else None, at=row.saved_at if row else None)
    return row


@query
def _folder(work: Work, procedure: str, content: bytes | None) -> dict[str, bytes]:
    draft = open_draft(work, procedure)
    return _files(work, draft, draft.content if content is None else content)


def _of_person(work: Work, nonce: str) -> str:
    """Nobody else can mean the same form."""
    return str(uuid5(work.actor.id, nonce))


def _the_one(procedure: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DiagramDraft.procedure == procedure, DiagramDraft.path == f"{procedure}.bpmn"


def _locked(work: Work, procedure: str) -> DiagramDraft | None:
    """The draft as it is now; where this transaction writes, held until it ends."""
    draft = select(DiagramDraft).where(*_the_one(procedure))
    return work.session.scalar(draft.with_for_update() if work.writing else draft)


def _start_of(work: Work, procedure: str) -> Release:
    release = work.session.scalar(
        select(Release)
        .where(Release.procedure == procedure)
        .order_by((Release.state == ReleaseState.LIVE).desc(), Release.number.desc())
        .limit(1)
    )
    if release is None:
        raise NotFound
    return release


def _unsaved(work: Work, release: Release) -> DraftView:
    path = f"{release.procedure}.bpmn"
    file = work.session.get(ReleaseFile, (release.id, path))
    if file is None:
        raise NotFound
    return DraftView(release.procedure, path, file.content, 0, release.id, release.number, None,
                     None)


def _add(work: Work, release: Release, content: bytes) -> DraftView:
    row = DiagramDraft(
        id=new_id(), procedure=release.procedure, path=f"{release.procedure}.bpmn",
        release_id=release.id, content=content, version=1, saved_by=work.actor.id,
        saved_at=work.now,
    )
    try:
        with work.attempt():
            work.session.add(row)
            work.write()
    except IntegrityError as begun_by_another:
        raise DraftChanged from begun_by_another
    _audit(work, "save_diagram_draft", row)
    return _view(work, row)


def _view(work: Work, row: DiagramDraft) -> DraftView:
    number = work.session.get_one(Release, row.release_id).number
    return DraftView(row.procedure, row.path, row.content, row.version, row.release_id, number,
                     row.saved_by, row.saved_at)


def _files(work: Work, draft: DraftView, content: bytes) -> dict[str, bytes]:
    rows = work.session.scalars(
        select(ReleaseFile).where(ReleaseFile.release_id == draft.release_id)
    )
    return {**{row.path: row.content for row in rows}, draft.path: content}


def _must_be_bpmn(content: bytes) -> None:
    root = read_xml(content)
    if root.tag != tag("definitions") or root.find(tag("process")) is None:
        msg = (
            "The file is XML, but there is no BPMN 2.0 process in it. Choose a file that a BPMN "
            "editor has saved (ending .bpmn)."
        )
        raise Unreadable(msg)


def _must_change_something(work: Work, procedure: str, files: dict[str, bytes]) -> None:
    live = work.session.scalar(
        select(Release).where(
            Release.procedure == procedure, Release.state == ReleaseState.LIVE
        )
    )
    if live is not None and {file.path: file.content for file in live.files} == files:
        msg = f"There is nothing to publish: the draft is the same as release {live.number}."
        raise Refused(msg)


def _audit(work: Work, action: str, row: DiagramDraft) -> None:
    work.audit(action, about=f"procedure:{row.procedure}", version=row.version)
