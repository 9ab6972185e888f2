"""A release, or the draft of one, beside the release that is live: what changes, and for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from engine.diagram import Diagram, read_diagram
from engine.differences import Difference, Kind, Words, differences
from engine.domain import ProtectedRule
from engine.drafts import DraftView, open_draft
from engine.migration.standing import Touched, cases_touched
from engine.releases import (
    ReleaseView,
    find_live_release,
    get_release,
    release_files,
    releases_of,
)
from engine.review import newly_set_aside
from engine.work import Acting, Work, query
from workflows.limits_in_words import limit_in_words
from workflows.people import names
from workflows.studio_page import Check, check_of


@dataclass(frozen=True, slots=True)
class Change:
    says: str
    kind: Kind
    standing: int
    """Running cases that stand where it changes something."""
    before: int
    """Running cases that may come there still."""


@dataclass(frozen=True, slots=True)
class TwoDiagrams:
    """One diagram as it was and as it will be, with a word at each shape that is otherwise."""

    title: str
    before: Diagram | None
    after: Diagram | None
    marks_before: Mapping[str, str]
    marks_after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    compared_with: ReleaseView | None
    """None where nothing has been live yet: everything is new then."""
    by_file: Sequence[tuple[str, Sequence[Change]]]
    """By what a diagram, a form or a table is called."""
    diagrams: Sequence[TwoDiagrams]

    @property
    def number(self) -> int:
        return sum(len(changes) for _, changes in self.by_file)


@dataclass(frozen=True, slots=True)
class DraftPage:
    title: str
    draft: DraftView
    check: Check
    changes: Changes
    to_come: Sequence[ReleaseView]
    """Releases that are approved and go live on their day, without what is changed here."""


@dataclass(frozen=True, slots=True)
class ReleasePage:
    title: str
    release: ReleaseView
    authors: Sequence[str]
    reviewed_by: str
    is_author: bool
    check: Check
    changes: Changes
    to_come: Sequence[ReleaseView]
    """Others that are approved and go live after it, without what is changed here."""
    set_aside: Sequence[ProtectedRule]
    """Local rules that it does without and the live release does not."""


def draft_page(by: Acting, procedure: str) -> DraftPage:
    """Raises `NotFound` for a procedure that has neither a release nor a draft."""
    draft = open_draft(by, procedure)
    check = check_of(by, procedure, draft.files)
    return DraftPage(read_diagram(draft.content).title, draft, check,
                     _changes(by, procedure, draft.files, find_live_release(by, procedure)),
                     [each for each in releases_of(by, procedure) if each.state == "approved"])


def release_page(by: Acting, release_id: UUID) -> ReleasePage:
    """Beside the live release; one that is live or was beside the one before it."""
    release = get_release(by, release_id)
    files = release_files(by, release_id)
    check = check_of(by, release.procedure, files)
    return _release_page(by, release, files, check)


@query
def _release_page(
    work: Work, release: ReleaseView, files: Mapping[str, bytes], check: Check
) -> ReleasePage:
    people = [*release.authors, *([release.reviewed_by] if release.reviewed_by else [])]
    called = names(work, people)
    new = newly_set_aside(work, release)
    return ReleasePage(
        title=read_diagram(files[f"{release.procedure}.bpmn"]).title,
        release=release,
        authors=sorted(called.get(each, "") for each in release.authors),
        reviewed_by=called.get(release.reviewed_by, "") if release.reviewed_by else "",
        is_author=work.actor.id in release.authors,
        check=check,
        changes=_changes(work, release.procedure, files, _before(work, release)),
        to_come=_to_come(work, release),
        set_aside=[rule for rule in work.domain.vocabulary.protected
                   if rule.key in new and rule.procedure == release.procedure],
    )


@query
def titles_of(work: Work, releases: Sequence[ReleaseView]) -> dict[UUID, str]:
    """What the procedure of each is called in it."""
    return {
        each.id: read_diagram(
            release_files(work, each.id)[f"{each.procedure}.bpmn"]).title
        for each in releases
    }


def _to_come(work: Work, release: ReleaseView) -> list[ReleaseView]:
    """None of a release that is over."""
    if release.state not in ("in_review", "approved", "live"):
        return []
    own = release.live_from or work.today
    return [each for each in releases_of(work, release.procedure)
            if each.state == "approved" and each.id != release.id
            and each.live_from is not None and each.live_from >= own]


def _before(work: Work, release: ReleaseView) -> ReleaseView | None:
    if release.state not in ("live", "retired"):
        return find_live_release(work, release.procedure)
    earlier = [each for each in releases_of(work, release.procedure)
               if each.number < release.number and each.state in ("live", "retired")]
    return earlier[0] if earlier else None


@query
def _changes(
    work: Work, procedure: str, files: Mapping[str, bytes], before: ReleaseView | None
) -> Changes:
    old = release_files(work, before.id) if before else {}
    found = differences(old, files, Words(work.domain.vocabulary, limit_in_words))
    touched = cases_touched(work, procedure, {step for each in found for step in each.steps})
    titled = [(_title(each.file, old, files), _change(each, touched)) for each in found]
    return Changes(
        before,
        [(file, [change for _, change in changes])
         for file, changes in groupby(titled, key=lambda pair: pair[0])],
        [_two_diagrams(path, old, files, found)
         for path in sorted({each.file for each in found if each.file.endswith(".bpmn")},
                            key=lambda path: (path != f"{procedure}.bpmn", path))],
    )


def _title(path: str, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> str:
    if path.endswith(".bpmn"):
        return f"Diagram: {read_diagram(new.get(path) or old[path]).title}"
    return {"form": "Forms", "dmn": "Decision tables"}[path.rpartition(".")[2]]


def _change(difference: Difference, touched: Mapping[str, Touched]) -> Change:
    at = [touched[step] for step in difference.steps if step in touched]
    standing = max((each.standing for each in at), default=0)
    before = max((each.before for each in at), default=0)
    if difference.kind is Kind.ADDED and difference.element:
        # Nobody stands at a new shape: whoever is at the one before comes to it.
        standing, before = 0, standing + before
    return Change(difference.message, difference.kind, standing, before)


_MARKS = {Kind.ADDED: "New", Kind.REMOVED: "Taken out", Kind.CHANGED: "Changed"}


def _two_diagrams(
    path: str, old: Mapping[str, bytes], new: Mapping[str, bytes], found: Sequence[Difference]
) -> TwoDiagrams:
    before = read_diagram(old[path]) if path in old else None
    after = read_diagram(new[path]) if path in new else None
    here = [each for each in found if each.file == path and each.element]
    return TwoDiagrams(
        next(each.title for each in (after, before) if each),
        before,
        after,
        {each.element: _MARKS[each.kind] for each in here
         if each.element and each.kind is not Kind.ADDED},
        {each.element: _MARKS[each.kind] for each in here
         if each.element and each.kind is not Kind.REMOVED},
    )
