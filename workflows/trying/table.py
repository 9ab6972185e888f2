"""The tables of trials and examples. Nothing in them is of a child: all of it is invented."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, new_id


class Trial(Base):
    """What a person is trying of a procedure's draft; one of each procedure."""

    __tablename__ = "trial"
    __table_args__ = (UniqueConstraint("procedure", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    procedure: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    given: Mapped[dict[str, Any]]
    """Answers about the invented child, as they were given."""
    acts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What was done and how much time passed, in order. Everything else is worked out anew."""
    version: Mapped[int]
    """Counts the changes, for a window that shows an earlier one."""
    changed_at: Mapped[datetime]


class Example(Base):
    """A trial that was kept: a draft that goes another way is not published unseen."""

    __tablename__ = "example"
    __table_args__ = (UniqueConstraint("procedure", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    procedure: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    given: Mapped[dict[str, Any]]
    acts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    expected: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """What came of the beginning and of each act, when it was kept or last agreed to."""
    days: Mapped[dict[str, Any]]
    """The council's calendar as it stood then: a new closure makes no example fail."""
    kept_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime]
