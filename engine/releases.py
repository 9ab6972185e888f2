"""Releases: the immutable, numbered editions of a procedure's folder (design decision 1)."""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from engine.checker import FileReport, Finding, check_files
from engine.checker.bounded import check_within_limits
from engine.diagram import flowcharts_of
from engine.errors import DiagramRefused, NotFound
from engine.spiff import Procedure, compile_procedure
from engine.store.models import Release, ReleaseFile, ReleaseState
from engine.store.turns import LOADING, take_turn
from engine.work import Acting, Work, query, verb

SUFFIXES = (".bpmn", ".form", ".dmn")

_compiled: dict[UUID, Procedure] = {}
_compiling = threading.Lock()
_flowcharts: dict[UUID, Sequence[bytes]] = {}


@dataclass(frozen=True, slots=True)
class ReleaseView:
    id: UUID
    procedure: str
    number: int
    sha256: str
    state: str
    origin: str
    notes: str
    created_at: datetime
    created_by: UUID | None
    authors: frozenset[UUID]
    """All who changed something in it."""
    live_from: date | None
    """The day on which it goes live; None for the moment at which it is approved."""
    set_aside: Sequence[str]
    """Keys of the local protected rules that it does without."""
    reviewed_by: UUID | None
    reviewed_at: datetime | None
    review: str


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a procedure's folder that makes part of a release, by file name."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.suffix in SUFFIXES and path.is_file()
    }


def folder_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over sorted (path, bytes); lengths are hashed too, so that no two sets collide."""
    digest = hashlib.sha256()
    for path in sorted(files):
        for part in (path.encode(), files[path]):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


@verb
def load_procedures(work: Work, root: Path) -> list[ReleaseView]:
    """Make a release of every folder under `root` whose content is not one already."""
    folders = [folder for folder in sorted(root.iterdir()) if folder.is_dir()]
    return [load_folder(work, folder.name, read_folder(folder)) for folder in folders]


@verb
def load_folder(work: Work, procedure: str, files: Mapping[str, bytes]) -> ReleaseView:
    """The release with exactly these files: the one there is, or the next one.

    A new one is live at once if the check accepts it and no release of this procedure came
    from the studio; else it waits in review. Of processes that start together one makes it.
    """
    _take_turn(work)
    known = work.session.scalar(
        select(Release)
        .where(Release.procedure == procedure, Release.sha256 == folder_hash(files))
        .order_by(Release.number.desc())
        .limit(1)
    )
    if known is not None:
        return view_of(known)
    from_studio = work.session.scalar(
        select(func.count())
        .select_from(Release)
        .where(Release.procedure == procedure, Release.origin == "studio")
    )
    reports = check_files(files, work.domain.vocabulary, procedure=procedure)
    goes_live = not from_studio and not _errors(reports)
    release = _add(work, procedure, files, origin="folder")
    if goes_live:
        go_live(work, release)
    else:
        note_release(work, "load_release", "release_loaded", release)
    return view_of(release)


def refuse_unsound(by: Acting | Work, procedure: str, files: Mapping[str, bytes]) -> None:
    """Raises `DiagramRefused` with the findings that keep these files from going live.

    It may take a minute: whoever asks should hold no lock meanwhile.
    """
    vocabulary = by.installation.domain.vocabulary
    errors = _errors(check_within_limits(files, vocabulary, procedure))
    if errors:
        raise DiagramRefused(findings=errors)


def add_for_review(
    work: Work,
    procedure: str,
    files: Mapping[str, bytes],
    *,
    notes: str,
    authors: Sequence[UUID],
    live_from: date | None,
    set_aside: Sequence[str],
) -> Release:
    """The next release, which waits until a colleague has looked at it."""
    _take_turn(work)
    release = _add(work, procedure, files, origin="studio", notes=notes,
                   authors=[str(each) for each in authors], live_from=live_from,
                   set_aside=list(set_aside))
    note_release(work, "propose_release", "release_proposed", release)
    return release


def go_live(work: Work, release: Release) -> None:
    """New cases begin on it from now on, running ones stay on theirs; the one before retires."""
    _take_turn(work)
    work.session.execute(
        update(Release)
        .where(Release.procedure == release.procedure, Release.state == ReleaseState.LIVE)
        .values(state=ReleaseState.RETIRED)
    )
    release.state = ReleaseState.LIVE
    work.session.flush()
    note_release(work, "publish_release", "release_published", release)


def note_release(
    work: Work, action: str, event: str, release: Release, **data: Any
) -> None:
    """Its event and its row of the audit."""
    work.event(None, event, release=release.id, procedure=release.procedure,
               number=release.number, **data)
    work.audit(action, about=f"release:{release.id}")


def _errors(reports: Sequence[FileReport]) -> tuple[Finding, ...]:
    return tuple(
        finding for report in reports for finding in report.findings
        if finding.severity == "error"
    )


@query
def live_release(work: Work, procedure: str) -> ReleaseView:
    """Raises `NotFound` where no release of this procedure is live."""
    row = live_row(work, procedure)
    if row is None:
        raise NotFound
    return view_of(row)


@query
def find_live_release(work: Work, procedure: str) -> ReleaseView | None:
    row = live_row(work, procedure)
    return view_of(row) if row else None


def live_row(work: Work, procedure: str) -> Release | None:
    return work.session.scalar(select(Release).where(
        Release.procedure == procedure, Release.state == ReleaseState.LIVE))


@query
def live_releases(work: Work) -> list[ReleaseView]:
    rows = work.session.scalars(
        select(Release).where(Release.state == ReleaseState.LIVE).order_by(Release.procedure)
    )
    return [view_of(row) for row in rows]


@query
def releases_of(work: Work, procedure: str) -> list[ReleaseView]:
    """Newest first."""
    rows = work.session.scalars(
        select(Release).where(Release.procedure == procedure).order_by(Release.number.desc())
    )
    return [view_of(row) for row in rows]


@query
def get_release(work: Work, release_id: UUID) -> ReleaseView:
    row = work.session.get(Release, release_id)
    if row is None:
        raise NotFound
    return view_of(row)


@query
def release_files(work: Work, release_id: UUID) -> dict[str, bytes]:
    rows = work.session.scalars(select(ReleaseFile).where(ReleaseFile.release_id == release_id))
    return {row.path: row.content for row in rows}


def compiled(by: Acting | Work, release_id: UUID) -> Procedure:
    """The release as the flow runs it; parsed once in a process, for a release never changes."""
    procedure = _compiled.get(release_id)
    if procedure is None:
        files, key = release_files(by, release_id), get_release(by, release_id).procedure
        installation = by.installation
        with _compiling:
            procedure = compile_procedure(files, installation.domain.vocabulary, key)
            _compiled[release_id] = procedure
    return procedure


def flowcharts(work: Work, release_id: UUID) -> Sequence[bytes]:
    """The diagrams of a release, its own first; read once in a process, as it is compiled."""
    if release_id not in _flowcharts:
        _flowcharts[release_id] = flowcharts_of(
            release_files(work, release_id), get_release(work, release_id).procedure)
    return _flowcharts[release_id]


def _take_turn(work: Work) -> None:
    """Two that number releases at once would give the same number."""
    take_turn(work.session.connection(), LOADING, however_long=True)


def _add(
    work: Work,
    procedure: str,
    files: Mapping[str, bytes],
    *,
    origin: str,
    **more: Any,
) -> Release:
    number = work.session.scalar(
        select(func.coalesce(func.max(Release.number), 0)).where(Release.procedure == procedure)
    )
    release = Release(
        procedure=procedure,
        number=(number or 0) + 1,
        sha256=folder_hash(files),
        state=ReleaseState.IN_REVIEW,
        origin=origin,
        created_at=work.now,
        created_by=work.actor.id,
        files=[ReleaseFile(path=path, content=content) for path, content in files.items()],
        **more,
    )
    work.session.add(release)
    work.session.flush()
    return release


def view_of(row: Release) -> ReleaseView:
    return ReleaseView(
        row.id, row.procedure, row.number, row.sha256, row.state, row.origin, row.notes,
        row.created_at, row.created_by, frozenset(UUID(each) for each in row.authors),
        row.live_from, tuple(row.set_aside), row.reviewed_by, row.reviewed_at, row.review,
    )
