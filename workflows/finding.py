"""Which children a search means: one finding for the search of every page.

Every word of it must be part of the child's names, begin a word of the present school's name, or be
the UPN; a case's reference means the child of that case. Words may stand in any order.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from engine.errors import AnswersInvalid
from engine.store.models import Case
from engine.work import Work
from workflows.child_names import folded, named
from workflows.children import Child, Enrolment, School, attended

LONGEST = 100
"""Letters of a search; what is typed beyond is not looked for."""
MOST_WORDS = 6
SHORTEST_BEGINNING = 3
"""Letters of a school's word; of fewer, as in “St”, the whole word is meant."""
_UPN_LENGTH = 13
_BETWEEN = re.compile(r"[\s,;/\-\u2010-\u2015]+")


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
    words = (folded(word) for word in _BETWEEN.split(search[:LONGEST]))
    return [word for word in words if word][:MOST_WORDS]


def _children(work: Work, word: str) -> Select[UUID]:
    ways = [named(word)]
    if len(word) == _UPN_LENGTH:
        ways.append(select(Child.id).where(Child.upn == word.upper()))
    schools = _schools(work, word)
    if schools:
        ways.append(
            select(Enrolment.child_id)
            .where(Enrolment.school_id.in_(schools), *attended(work.today))
        )
    found = union_all(*ways).subquery()
    return select(found.c[0])


def _schools(work: Work, word: str) -> list[UUID]:
    """Read whole: a council has a few hundred, and they do not grow with its children."""
    rows = work.session.execute(select(School.id, School.name))
    begins = len(word) >= SHORTEST_BEGINNING
    return [school_id for school_id, name in rows
            if any(each == word or (begins and each.startswith(word))
                   for each in _folded_words(name))]


@lru_cache(maxsize=50_000)
def _folded_words(name: str) -> Sequence[str]:
    """Each word, and all of them as one."""
    return (*(folded(word) for word in _BETWEEN.split(name)), folded(name))
