"""Drafts: the folder of a procedure that process owners are changing.

There is one draft of a procedure, which all process owners share. Every save of one of its files
counts the draft's version up. A save says which version its author had before them, and is refused
where that file has been saved since, so that nobody's work is lost; files that others saved
meanwhile are no hindrance. Versions go on counting when a draft has ended, so that what its author
saw is never taken for the one that was begun since.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from engine.errors import EngineError, NotFound, Refused
from engine.releases import live_row, release_files
from engine.spiff.elements import local_name, tag
from engine.spiff.xml import Unreadable, read_xml
from engine.store.models import Draft, DraftFile, Release, ReleaseState
from engine.work import Work, query, verb

PATH = re.compile(r"[a-z][a-z0-9_-]{0,62}\.(bpmn|form|dmn)")
MOST_FILES = 200
MOST_BYTES = 2_000_000
KEPT_SAVES = 30
"""Of each file; the oldest of them cannot be taken back, for what was before it is gone."""


class DraftChanged(EngineError):
    """Someone else has saved this since you opened it. Nothing of yours is lost."""

    def __init__(self, *, by: UUID | None = None, at: datetime | None = None) -> None:
        super().__init__()
        self.by, self.at = by, at


@dataclass(frozen=True, slots=True)
class DraftView:
    procedure: str
    files: Mapping[str, bytes]
    """Every file of the folder by its path, with what the draft changes in it."""
    changed: Sequence[str]
    """Paths that differ from the release it began from, in the order of their names."""
    version: int
    """0 where nothing has been saved: the files are then the release's own."""
    release_id: UUID | None
    """The release that it began from; None for a procedure that is new."""
    release_number: int
    """0 for a procedure that is new."""
    saved_by: UUID | None
    saved_at: datetime | None
    can_take_back: bool

    @property
    def path(self) -> str:
        """The procedure's own diagram; other files may hold processes that it calls."""
        return f"{self.procedure}.bpmn"

    @property
    def content(self) -> bytes:
        """The procedure's own diagram."""
        return self.files[self.path]


@query
def open_draft(work: Work, procedure: str) -> DraftView:
    """The draft, or the folder that one would begin from: the live release's, else the newest.

    Raises `NotFound` for a procedure that has neither a release nor a draft.
    """
    row = _locked(work, procedure)
    return _view(work, row) if row else _unsaved(work, _start_of(work, procedure))


@query
def drafts_begun(work: Work) -> list[str]:
    """Procedures of which there is a draft, in the order of their names."""
    return list(work.session.scalars(
        select(Draft.procedure).where(Draft.ended_at.is_(None)).order_by(Draft.procedure)))


@verb
def save_draft_file(
    work: Work, procedure: str, path: str, content: bytes | None, seen: int
) -> DraftView:
    """Keep one file, sound or not; None takes it out. `seen` is the version of the draft that its
    author began from.

    Raises `DraftChanged` where someone saved the same file since, and `Refused` with a sentence for
    what is no file of a procedure.
    """
    _must_be_readable(procedure, path, content)
    row = _locked(work, procedure)
    if row is None and seen != 0:
        raise DraftChanged
    if row is None:
        row = _begin(work, procedure, _start_of(work, procedure))
    else:
        _file_must_be_as_seen(work, row, path, seen)
    _keep(work, row, path, content)
    _must_not_be_too_many(_files(work, row))
    work.audit("save_draft", about=f"procedure:{procedure}", version=row.version, file=path)
    return _view(work, row)


@verb
def take_back_save(work: Work, procedure: str, seen: int) -> DraftView:
    """The draft as it was before the newest save that has not been taken back yet.

    Raises `DraftChanged`, and `Refused` where there is nothing to take back.
    """
    row = _draft_seen(work, procedure, seen)
    newest = work.session.scalar(
        select(DraftFile).where(DraftFile.draft_id == row.id, DraftFile.version > row.kept_from)
        .order_by(DraftFile.version.desc()).limit(1)
    )
    if newest is None:
        msg = "There is no change left to take back."
        raise Refused(msg)
    work.session.delete(newest)
    row.version += 1
    row.taken_back_at = row.version
    row.saved_by, row.saved_at = work.actor.id, work.now
    work.write()
    work.audit("take_back_save", about=f"procedure:{procedure}", version=row.version,
               file=newest.path)
    return _view(work, row)


@verb
def begin_draft_from(work: Work, release_id: UUID) -> DraftView:
    """Start a draft from any release, such as the one before, or one that was sent back.

    Raises `Refused` where there is a draft already: it is proposed or thrown away first.
    """
    release = work.session.get(Release, release_id)
    if release is None:
        raise NotFound
    if _locked(work, release.procedure) is not None:
        msg = "There is a draft of this procedure already. Propose it or throw it away first."
        raise Refused(msg)
    row = _begin(work, release.procedure, release)
    row.version += 1
    work.audit("save_draft", about=f"procedure:{row.procedure}", version=row.version)
    return _view(work, row)


@verb
def begin_procedure(work: Work, procedure: str, files: Mapping[str, bytes]) -> DraftView:
    """The draft of a procedure that is new, with these files.

    Raises `Refused` where there is one of that name.
    """
    for path, content in files.items():
        _must_be_readable(procedure, path, content)
    known = work.session.scalar(
        select(Release.id).where(Release.procedure == procedure).limit(1))
    if known is not None or _locked(work, procedure) is not None:
        msg = "There is a procedure of this name already. Choose another name."
        raise Refused(msg)
    row = _begin(work, procedure, None)
    for path, content in files.items():
        _keep(work, row, path, content)
    row.kept_from = row.version  # without them there would be no procedure
    work.audit("begin_procedure", about=f"procedure:{procedure}", version=row.version)
    return _view(work, row)


@verb
def discard_draft(work: Work, procedure: str, seen: int) -> None:
    """Throw the draft away; the releases stay. Raises `DraftChanged`."""
    row = _locked(work, procedure)
    if row is None:
        return
    _must_be_as_seen(row, seen)
    work.audit("discard_draft", about=f"procedure:{row.procedure}", version=row.version)
    _end(work, row)


@query
def draft_to_propose(work: Work, procedure: str, seen: int) -> dict[str, bytes]:
    """Every file that the next release would have.

    Raises `DraftChanged`, and `Refused` where it would be the same as the live release.
    """
    files = _files(work, _draft_seen(work, procedure, seen))
    _must_change_something(work, procedure, files)
    return files


def authors_of(work: Work, procedure: str) -> list[UUID]:
    """All who have a save in the draft, and whoever acts; where it began from a release that was
    sent back, the authors of that too."""
    row = _locked(work, procedure)
    if row is None:
        return [work.actor.id]
    saved = work.session.scalars(
        select(DraftFile.saved_by).where(DraftFile.draft_id == row.id).distinct())
    before = work.session.get(Release, row.release_id) if row.release_id else None
    earlier = before.authors if before and before.state == ReleaseState.RETURNED else []
    return sorted({work.actor.id, *saved, *map(UUID, (*row.authors, *earlier))})


def end_draft(work: Work, procedure: str) -> None:
    """Its files are a release now."""
    row = _locked(work, procedure)
    if row is not None:
        _end(work, row)


def _locked(work: Work, procedure: str) -> Draft | None:
    """The draft as it is now; where this transaction writes, held until it ends."""
    row = _last(work, procedure)
    return row if row is not None and row.ended_at is None else None


def _last(work: Work, procedure: str) -> Draft | None:
    """Also one that has ended."""
    draft = select(Draft).where(Draft.procedure == procedure)
    return work.session.scalar(draft.with_for_update() if work.writing else draft)


def _draft_seen(work: Work, procedure: str, seen: int) -> Draft:
    row = _locked(work, procedure)
    if row is None and seen == 0:
        msg = "There is no draft yet. Change something first."
        raise Refused(msg)
    if row is None:
        raise DraftChanged
    _must_be_as_seen(row, seen)
    return row


def _must_be_as_seen(row: Draft, seen: int) -> None:
    """Raises `DraftChanged` with who was first."""
    if row.version != seen:
        raise DraftChanged(by=row.saved_by, at=row.saved_at)


def _file_must_be_as_seen(work: Work, row: Draft, path: str, seen: int) -> None:
    """Saves of other files are no hindrance. Raises `DraftChanged` with who was first."""
    if not (_began_where_seen(work, row) if seen == 0
            else row.taken_back_at <= seen <= row.version):
        raise DraftChanged(by=row.saved_by, at=row.saved_at)
    since = work.session.scalar(
        select(DraftFile)
        .where(DraftFile.draft_id == row.id, DraftFile.path == path, DraftFile.version > seen)
        .order_by(DraftFile.version.desc()).limit(1)
    )
    if since is not None:
        raise DraftChanged(by=since.saved_by, at=since.saved_at)


def _began_where_seen(work: Work, row: Draft) -> bool:
    """Who saw no draft saw the files of the release that one begins from."""
    return row.release_id == _start_of(work, row.procedure).id


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
    return DraftView(release.procedure, release_files(work, release.id), (), 0, release.id,
                     release.number, None, None, can_take_back=False)


def _begin(work: Work, procedure: str, release: Release | None) -> Draft:
    row = _last(work, procedure) or _first(work, procedure)
    row.release_id = release.id if release else None
    row.taken_back_at, row.kept_from, row.authors = row.version + 1, row.version, []
    row.saved_by, row.saved_at, row.ended_at = work.actor.id, work.now, None
    return row


def _first(work: Work, procedure: str) -> Draft:
    row = Draft(procedure=procedure, version=0, taken_back_at=0, kept_from=0,
                saved_by=work.actor.id, saved_at=work.now)
    try:
        with work.attempt():
            work.session.add(row)
            work.write()
    except IntegrityError as begun_by_another:
        raise DraftChanged from begun_by_another
    return row


def _keep(work: Work, row: Draft, path: str, content: bytes | None) -> None:
    row.version += 1
    row.saved_by, row.saved_at = work.actor.id, work.now
    work.session.add(DraftFile(draft_id=row.id, version=row.version, path=path, content=content,
                               saved_by=work.actor.id, saved_at=work.now))
    work.write()
    _forget_what_is_old(work, row, path)


def _forget_what_is_old(work: Work, row: Draft, path: str) -> None:
    """The oldest save that stays is what a file was before all that can be taken back."""
    old = list(work.session.scalars(
        select(DraftFile)
        .where(DraftFile.draft_id == row.id, DraftFile.path == path)
        .order_by(DraftFile.version.desc()).offset(KEPT_SAVES - 1)
    ))
    if len(old) > 1:
        row.kept_from = max(row.kept_from, old[0].version)
        row.authors = sorted({*row.authors, *(str(each.saved_by) for each in old[1:])})
        for each in old[1:]:
            work.session.delete(each)


def _end(work: Work, row: Draft) -> None:
    work.session.execute(delete(DraftFile).where(DraftFile.draft_id == row.id))
    row.ended_at = work.now


def _saves(work: Work, row: Draft) -> list[DraftFile]:
    return list(work.session.scalars(
        select(DraftFile).where(DraftFile.draft_id == row.id).order_by(DraftFile.version)))


def _began_from(work: Work, row: Draft) -> dict[str, bytes]:
    return release_files(work, row.release_id) if row.release_id else {}


def _files(work: Work, row: Draft) -> dict[str, bytes]:
    return _merged(_began_from(work, row), _saves(work, row))


def _merged(began_from: Mapping[str, bytes], saves: Sequence[DraftFile]) -> dict[str, bytes]:
    now = {**began_from, **{each.path: each.content for each in saves}}
    return {path: content for path, content in now.items() if content is not None}


def _view(work: Work, row: Draft) -> DraftView:
    began_from, saves = _began_from(work, row), _saves(work, row)
    files = _merged(began_from, saves)
    number = work.session.get_one(Release, row.release_id).number if row.release_id else 0
    changed = sorted(path for path in {each.path for each in saves}
                     if files.get(path) != began_from.get(path))
    return DraftView(row.procedure, files, changed, row.version, row.release_id, number,
                     row.saved_by, row.saved_at,
                     can_take_back=any(each.version > row.kept_from for each in saves))


def _must_be_readable(procedure: str, path: str, content: bytes | None) -> None:
    if not PATH.fullmatch(path):
        msg = (f"A file cannot be called “{path[:80]}”. Use small letters, digits, hyphens and "
               "underscores, and one of the endings .bpmn, .form and .dmn.")
        raise Refused(msg)
    if content is None:
        if path == f"{procedure}.bpmn":
            msg = "The procedure's own diagram cannot be taken out."
            raise Refused(msg)
    elif path.endswith(".form"):
        _must_be_form(content)
    elif path.endswith(".dmn"):
        _must_be_xml_of(content, "DMN 1.3", "definitions")
    else:
        _must_be_bpmn(content)


def _must_be_bpmn(content: bytes) -> None:
    root = read_xml(content)
    if root.tag != tag("definitions") or root.find(tag("process")) is None:
        msg = (
            "The file is XML, but there is no BPMN 2.0 process in it. Choose a file that a BPMN "
            "editor has saved (ending .bpmn)."
        )
        raise Unreadable(msg)


def _must_be_xml_of(content: bytes, standard: str, root_name: str) -> None:
    root = read_xml(content, standard)
    if local_name(root) != root_name:
        msg = (f"The file is XML, but there is no {standard} in it. Choose a file that a decision "
               "table editor has saved (ending .dmn).")
        raise Unreadable(msg)


def _must_be_form(content: bytes) -> None:
    msg = "The file is no form as form-js writes it: JSON with the fields under “components”."
    if len(content) > MOST_BYTES:
        msg = "The form is larger than 2 MB. Divide it into several."
        raise Unreadable(msg)
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(msg) from problem
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise Unreadable(msg)


def _must_not_be_too_many(files: Mapping[str, bytes]) -> None:
    if len(files) > MOST_FILES:
        msg = f"A procedure has at most {MOST_FILES} files. Take out one that is not used."
        raise Refused(msg)


def _must_change_something(work: Work, procedure: str, files: dict[str, bytes]) -> None:
    live = live_row(work, procedure)
    if live is not None and {file.path: file.content for file in live.files} == files:
        msg = f"The draft changes nothing: it is the same as release {live.number}, which is live."
        raise Refused(msg)
