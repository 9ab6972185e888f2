"""Who hears that a release waits for a colleague, and what became of it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from engine.store.models import Release
from engine.work import Work
from workflows.people import Person, PersonRole

OWNERS, MAY_SET_ASIDE = "process_owner", "virtual_school"


def tell_of_review(work: Work, event: str, release: Release) -> None:
    """Of a proposal hear the colleagues who can approve it; of its review, its authors."""
    authors = {UUID(each) for each in release.authors}
    people = _who_can_approve(work, release, authors) if event == "release_proposed" else authors
    for person_id in sorted(people - {work.actor.id}):
        work.tell(event, person_id, release=release.id)


def _who_can_approve(work: Work, release: Release, authors: Collection[UUID]) -> set[UUID]:
    """Process owners; the virtual school where there is no other, or a local rule is set aside."""
    owners = _holding(work, OWNERS) - set(authors)
    if release.set_aside or not owners:
        return _holding(work, MAY_SET_ASIDE) - set(authors)
    return owners


def _holding(work: Work, role: str) -> set[UUID]:
    return set(work.session.scalars(
        select(Person.id).join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, PersonRole.role == role)
    ))
