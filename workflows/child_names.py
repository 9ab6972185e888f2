"""Children found by any part of their names.

Kept of each child are the endings of every word of the names: of "Ada" these are "ada", "da" and
"a". A part of a name is the beginning of an ending, and beginnings are found in an index, however
many children there are.
"""

import unicodedata
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, delete, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from engine.store.base import Base
from engine.work import Work

LONGEST = 100
"""Letters of an ending, and of a part that is looked for."""
MOST_WORDS = 6
"""That are looked for at once."""
_BEYOND = "\U0010ffff"
"""Comes after every letter."""
_BY_LETTER = String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql")
"""In the order of its letters' numbers, whatever the database's language."""


class NameEnding(Base):
    __tablename__ = "name_ending"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it so

    ending: Mapped[str] = mapped_column(_BY_LETTER, primary_key=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), primary_key=True, index=True)


def keep_names(work: Work, child_id: UUID, names: Iterable[str]) -> None:
    """Let the child be found by these names from now on, and by no others."""
    work.write()
    work.session.execute(delete(NameEnding).where(NameEnding.child_id == child_id))
    for ending in endings(" ".join(names)):
        work.append(NameEnding, {"ending": ending, "child_id": child_id})


def endings(names: str) -> set[str]:
    return {word[at:at + LONGEST] for word in _words(names) for at in range(len(word))}


def named(
    child_id: InstrumentedAttribute[UUID], search: str
) -> list[ColumnElement[bool]]:
    """Conditions that keep the children in whose names every word of the search is found, in any
    order, in capitals or not."""
    return [
        child_id.in_(
            select(NameEnding.child_id)
            .where(NameEnding.ending >= part, NameEnding.ending < part + _BEYOND)
        )
        for part in (word[:LONGEST] for word in _words(search)[:MOST_WORDS])
    ]


def _words(names: str) -> list[str]:
    return unicodedata.normalize("NFKC", names).casefold().split()
