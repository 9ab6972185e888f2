"""Two people for every release: who changed a procedure proposes it, a colleague lets it go live.

A release waits *in review* until a colleague approves it or sends it back. None of its authors can
approve it. One that does without a local protected rule is approved only by somebody who may set
that rule aside, with a reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import select

from engine.checker.protected import rules_left_out
from engine.domain import ProtectedRule
from engine.drafts import DraftChanged, authors_of, draft_to_propose, end_draft
from engine.errors import AnswersInvalid, EngineError, NotFound, Refused
from engine.releases import (
    ReleaseView,
    add_for_review,
    get_release,
    go_live,
    live_row,
    note_release,
    refuse_unsound,
    release_files,
    view_of,
)
from engine.store.models import Release, ReleaseState, Submission
from engine.work import Acting, Work, query, verb

WAITS = (ReleaseState.IN_REVIEW, ReleaseState.APPROVED)


class ReviewOver(EngineError):
    """Somebody has approved this release, or sent it back, since you opened it."""


def propose_release(
    by: Acting | Work,
    procedure: str,
    notes: str,
    seen: int,
    *,
    live_from: date | None = None,
    nonce: str = "",
) -> ReleaseView:
    """Make the draft the next release, which a colleague has to approve.

    The same `nonce` again gives the release that it became. Raises `AnswersInvalid` without notes
    or for a day that is over, `DraftChanged`, `DiagramRefused` with what the check found, and
    `Refused` where the draft changes nothing.
    """
    _must_say_what_and_when(by, notes, live_from)
    if (proposed := _proposed_before(by, nonce)) is not None:
        return proposed
    try:
        files = draft_to_propose(by, procedure, seen)
        refuse_unsound(by, procedure, files)  # before the transaction: nobody waits for a check
        return _propose(by, procedure, files, notes.strip(), seen, live_from, nonce)
    except DraftChanged:  # by the same form, it may be, sent a moment before
        if (proposed := _proposed_before(by, nonce)) is not None:
            return proposed
        raise


def approve_release(
    by: Acting | Work, release_id: UUID, words: str = "", *, may_set_aside: bool = False
) -> ReleaseView:
    """Let it go live, at once or on its day. `may_set_aside`: whether the actor may do without the
    local rules that it does without.

    Raises `Refused` for one of its authors and for whoever may not set a rule aside,
    `AnswersInvalid` without the reason for that, `DiagramRefused` where the check no longer lets it
    pass, and `ReviewOver`.
    """
    release = get_release(by, release_id)
    refuse_unsound(by, release.procedure, release_files(by, release_id))
    return _approve(by, release_id, words.strip(), may_set_aside)


@verb
def return_release(work: Work, release_id: UUID, reason: str) -> ReleaseView:
    """Send it back to its authors, or take back one's own. It never goes live; a draft can begin
    from it. Raises `AnswersInvalid` without a reason, and `ReviewOver`."""
    if not reason.strip():
        raise AnswersInvalid({"review": "Enter why, so that its authors can change it"})
    release = _waiting(work, release_id, WAITS)
    _reviewed(work, release, reason.strip())
    release.state = ReleaseState.RETURNED
    note_release(work, "return_release", "release_returned", release)
    work.domain.release_reviewed(work, "release_returned", release)
    return view_of(release)


@verb
def begin_what_is_due(work: Work) -> list[ReleaseView]:
    """Approved releases whose day has come go live."""
    due = work.session.scalars(
        select(Release)
        .where(Release.state == ReleaseState.APPROVED, Release.live_from <= work.today)
        .order_by(Release.live_from, Release.number)
        .with_for_update()
    ).all()
    for release in due:
        go_live(work, release)
    return [view_of(release) for release in due]


@query
def releases_to_review(work: Work) -> list[ReleaseView]:
    """Those that wait for a colleague, the longest waiting first."""
    rows = work.session.scalars(
        select(Release).where(Release.state == ReleaseState.IN_REVIEW).order_by(Release.created_at)
    )
    return [view_of(row) for row in rows]


@verb
def _propose(
    work: Work,
    procedure: str,
    checked: Mapping[str, bytes],
    notes: str,
    seen: int,
    live_from: date | None,
    nonce: str,
) -> ReleaseView:
    if draft_to_propose(work, procedure, seen) != checked:
        raise DraftChanged
    release = add_for_review(
        work, procedure, checked, notes=notes, authors=authors_of(work, procedure),
        live_from=live_from,
        set_aside=_set_aside(rules_left_out(checked, work.domain.vocabulary.protected, procedure)),
    )
    end_draft(work, procedure)
    work.domain.release_reviewed(work, "release_proposed", release)
    if nonce:
        work.append(Submission, {"nonce": _of_person(work, nonce), "task_id": release.id,
                                 "actor_id": work.actor.id, "at": work.now})
    return view_of(release)


@verb
def _approve(work: Work, release_id: UUID, words: str, may_set_aside: bool) -> ReleaseView:
    release = _waiting(work, release_id, (ReleaseState.IN_REVIEW,))
    if str(work.actor.id) in release.authors:
        msg = "You changed this release yourself. A colleague has to approve it."
        raise Refused(msg)
    if newly_set_aside(work, release):
        if not may_set_aside:
            msg = "Only the virtual school may approve a release that does without a local rule."
            raise Refused(msg)
        if not words:
            raise AnswersInvalid({"review": "Enter why the rule is no longer needed"})
    _reviewed(work, release, words)
    note_release(work, "approve_release", "release_approved", release,
                 live_from=release.live_from)
    work.domain.release_reviewed(work, "release_approved", release)
    if release.live_from is None or release.live_from <= work.today:
        go_live(work, release)
    else:
        release.state = ReleaseState.APPROVED
    return view_of(release)


def newly_set_aside(work: Work, release: Release | ReleaseView) -> list[str]:
    """Local rules that it does without and the live release does not."""
    live = live_row(work, release.procedure)
    return sorted(set(release.set_aside) - set(live.set_aside if live else ()))


def _set_aside(left_out: Iterable[ProtectedRule]) -> list[str]:
    return sorted(rule.key for rule in left_out if not rule.statutory)


def _waiting(work: Work, release_id: UUID, states: Sequence[ReleaseState]) -> Release:
    release = work.session.scalar(
        select(Release).where(Release.id == release_id).with_for_update()
    )
    if release is None:
        raise NotFound
    if release.state not in states:
        raise ReviewOver
    return release


def _reviewed(work: Work, release: Release, words: str) -> None:
    release.reviewed_by, release.reviewed_at, release.review = work.actor.id, work.now, words


def _must_say_what_and_when(by: Acting | Work, notes: str, live_from: date | None) -> None:
    errors = {}
    if not notes.strip():
        errors["notes"] = "Enter what you changed and why"
    if live_from is not None and live_from < by.today:
        errors["live_from"] = "The day on which it goes live must be today or later"
    if errors:
        raise AnswersInvalid(errors)


@query
def _proposed_before(work: Work, nonce: str) -> ReleaseView | None:
    sent = work.session.get(Submission, _of_person(work, nonce)) if nonce else None
    return None if sent is None else get_release(work, sent.task_id)


def _of_person(work: Work, nonce: str) -> str:
    """Nobody else can mean the same form."""
    return str(uuid5(work.actor.id, nonce))
