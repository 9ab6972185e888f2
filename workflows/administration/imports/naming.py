"""Children as a row names them: by a number, never by name."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from engine.store.models import Case
from engine.work import Work
from workflows.administration.imports.kinds import in_parts
from workflows.children import Child

NO_CHILD = "There is no child with this number, UPN or case reference"


def children_named(work: Work, words: Iterable[str]) -> dict[str, UUID]:
    """By what rows say of them, in capitals: UPN, reference of a case, or the number of the
    council's own case system, which comes before the others."""
    found: dict[str, UUID] = {}
    for part in in_parts(sorted({word.upper() for word in words} - {""})):
        found |= {reference: child_id for reference, child_id in work.session.execute(
            select(Case.reference, Case.child_id).where(Case.reference.in_(part)))}
        for column in (Child.reference, Child.upn, Child.council_number):
            for said, child_id in work.session.execute(
                select(column, Child.id).where(column.in_(part))
            ):
                found[str(said)] = child_id
    return found
