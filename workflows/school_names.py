"""Schools found by how the words of their names begin, however they are typed.

The words are kept of each school, as `child_names` folds them: a search reads those that it means
in an index, and not the names of all schools.
"""

import re
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from workflows.child_names import BEYOND, BY_LETTER, LONGEST, folded

SHORTEST_BEGINNING = 3
"""Letters of a school's word; of fewer, as in “St”, the whole word is meant."""
_BETWEEN = re.compile(r"[\s,;/\-\u2010-\u2015]+")


class SchoolWord(Base):
    __tablename__ = "school_word"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it so

    word: Mapped[str] = mapped_column(BY_LETTER, primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True, index=True)


def words_in(name: str) -> Collection[str]:
    """Each word, and all of them as one."""
    words = {*(folded(word) for word in _BETWEEN.split(name)), folded(name)}
    return {word[:LONGEST] for word in words if word}


def parts_of(search: str) -> list[str]:
    """Its words, folded."""
    return [word for word in map(folded, _BETWEEN.split(search)) if word]


def school_named(part: str) -> Select[UUID]:
    """The schools of which a word begins with this folded one; where it is short, is this one."""
    part = part[:LONGEST]
    is_meant = (
        (SchoolWord.word >= part) & (SchoolWord.word < part + BEYOND)
        if len(part) >= SHORTEST_BEGINNING else SchoolWord.word == part
    )
    return select(SchoolWord.school_id).where(is_meant)
