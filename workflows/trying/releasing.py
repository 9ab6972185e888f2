"""No release against its examples: they are gone through before it is proposed, and approved."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from engine.drafts import open_draft
from engine.errors import Refused
from engine.releases import ReleaseView, get_release, release_files
from engine.review import approve_release, propose_release
from engine.work import Acting
from workflows.trying.drafts import NotSound, sound_procedure
from workflows.trying.examples import DRAFT, failing_examples, name_of


class OtherThanExpected(Refused):
    """An example goes another way in this draft, or in this release."""


def propose_as_expected(
    by: Acting,
    procedure: str,
    notes: str,
    seen: int,
    *,
    live_from: date | None = None,
    nonce: str = "",
) -> ReleaseView:
    """As `propose_release`; raises `OtherThanExpected` too, with the sentences of the examples."""
    draft = open_draft(by, procedure)
    if draft.version == seen:
        must_go_as_expected(by, procedure, draft.files, DRAFT)
    return propose_release(by, procedure, notes, seen, live_from=live_from, nonce=nonce)


def approve_as_expected(
    by: Acting, release_id: UUID, words: str = "", *, may_set_aside: bool = False
) -> ReleaseView:
    """As `approve_release`; raises `OtherThanExpected` too."""
    release = get_release(by, release_id)
    must_go_as_expected(by, release.procedure, release_files(by, release_id), name_of(release))
    return approve_release(by, release_id, words, may_set_aside=may_set_aside)


def must_go_as_expected(
    by: Acting, procedure: str, files: Mapping[str, bytes], called: str
) -> None:
    """Raises `OtherThanExpected`. Of files that the check refuses nothing is said: it does so."""
    try:
        sound_procedure(by, files, procedure)
    except NotSound:
        return
    failing = failing_examples(by, procedure, files, called)
    if failing:
        first = failing[0]
        others = len(failing) - 1
        more = f" So {'does 1 other' if others == 1 else f'do {others} others'}." if others else ""
        msg = (f"The example “{first.example.name}” goes another way: {first.difference}{more} "
               "Look at it under Examples.")
        raise OtherThanExpected(msg)
