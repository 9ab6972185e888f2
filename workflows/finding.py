"""Which children a search means: one finding for the search of every page.

Every word of it must be part of the child's names, begin a word of the present school's name, or be
the UPN; a case's reference means the child of that case. Words may stand in any order.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from engine.errors import AnswersInvalid
from engine.store.models import Case
from engine.work import Work
from workflows.child_names import named
from workflows.children import Child, Enrolment, attended
from workflows.school_names import parts_of, school_named

LONGEST = 100
"""Letters of a search; what is typed beyond is not looked for."""
MOST_WORDS = 6
_UPN_LENGTH = 13


def case_quoted(work: Work, search: str) -> UUID | None:
    """The case of this reference, however its parts are joined."""
    letters = "".join(letter for letter in search.upper() if letter.isalnum())
    return work.session.scalar(
        select(Case.id).where(Case.reference == f"{letters[:4]}-{letters[4:]}")
    )


def meant(
    work: Work, child_id: InstrumentedAttribute[UUID], search: str
) -> list[ColumnElement[bool]]:
    """Conditions that keep the children whom the search means; none, where it has no letters."""
    words = words_of(search)
    return [child_id.in_(_children(work, word)) for word in words] or [false()]


def called(child_id: InstrumentedAttribute[UUID], search: str) -> list[ColumnElement[bool]]:
    """As `meant`, by their names alone."""
    return [child_id.in_(named(word)) for word in words_of(search)] or [false()]


def child_of(work: Work, name: str, born_on: date) -> UUID:
    """The one child of all their names, or part of them, and a day of birth.

    Raises `AnswersInvalid` where there is none, or more than one.
    """
    with work.for_the_council("whether there is one child of these names; nobody is shown"):
        found = work.session.scalars(
            select(Child.id).where(Child.born_on == born_on, *called(Child.id, name)).limit(2)
        ).all()
    if len(found) != 1:
        raise AnswersInvalid({"child": "No child of this name was born on this day. Check both"
                              if not found else
                              "Several children have these names and this day of birth. Enter all "
                              "names of the one you mean"})
    return found[0]


def words_of(search: str) -> list[str]:
    return parts_of(search[:LONGEST])[:MOST_WORDS]


def _children(work: Work, word: str) -> Select[UUID]:
    ways = [named(word)]
    if len(word) == _UPN_LENGTH:
        ways.append(select(Child.id).where(Child.upn == word.upper()))
    ways.append(
        select(Enrolment.child_id)
        .where(Enrolment.school_id.in_(school_named(word)), *attended(work.today))
    )
    found = union_all(*ways).subquery()
    return select(found.c[0])
