"""Children found by any part of their names, however they are typed.

Kept of each child are the endings of every word of the names: of "Ada" these are "ada", "da" and
"a". A part of a name is the beginning of an ending, and beginnings are found in an index, however
many children there are. Words are kept and looked for without what people type in different ways:
capitals, accents, apostrophes, dashes.
"""

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.work import Work

LONGEST = 100
"""Letters of an ending, and of a part that is looked for."""
BEYOND = "\U0010ffff"
"""Comes after every letter."""
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "þ": "th",
                        "æ": "ae", "œ": "oe"})
"""Letters that are not made of a plain one and a mark."""
BY_LETTER = String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql")
"""In the order of its letters' numbers, whatever the database's language."""


class NameEnding(Base):
    __tablename__ = "name_ending"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it so

    ending: Mapped[str] = mapped_column(BY_LETTER, primary_key=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), primary_key=True, index=True)


def keep_names(work: Work, child_id: UUID, names: Sequence[str]) -> None:
    """Let the child be found by these names from now on, and by no others."""
    work.write()
    work.session.execute(delete(NameEnding).where(NameEnding.child_id == child_id))
    for ending in endings(names):
        work.append(NameEnding, {"ending": ending, "child_id": child_id})


def endings(names: Sequence[str]) -> set[str]:
    """Of every word, and of each name as one word: “O Brien” is found as OBrien too."""
    whole = [folded(name) for name in names]
    words = {*whole, *(folded(word) for name in names for word in name.split())}
    return {word[at:at + LONGEST] for word in words for at in range(len(word))}


def named(part: str) -> Select[UUID]:
    """The children of whose names a folded word is part."""
    part = part[:LONGEST]
    return select(NameEnding.child_id).where(
        NameEnding.ending >= part, NameEnding.ending < part + BEYOND
    )


def folded(name: str) -> str:
    """The letters and digits alone, small and without their marks."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_PLAIN)
    return "".join(letter for letter in plain if letter.isalnum())
