"""What was typed in a form that cannot be done yet, kept so that it can be shown again.

The browser is sent to a page that reads it back: no answer to a form is a page of its own, and
the Back button of the browser loses no word. Only whoever typed it reads it, at its own address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.people import one_at_a_time

KEPT_FOR = timedelta(hours=12)
LONGEST_ID = 64


class TypedForm(Base):
    __tablename__ = "typed_form"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    form_id: Mapped[str] = mapped_column(String(LONGEST_ID), primary_key=True)
    """Of one opened form: two windows with the same form keep their words apart."""
    address: Mapped[str] = mapped_column(String(300))
    fields: Mapped[Any]
    said: Mapped[dict[str, Any]]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Typed:
    fields: Sequence[tuple[str, str]]
    """Name and value of everything that was posted, in its order."""
    said: Mapping[str, Any]
    """What the page says of it: sentences by field, a warning."""


@verb
def keep_typed(
    work: Work,
    form_id: str,
    address: str,
    fields: Sequence[tuple[str, str]],
    said: Mapping[str, Any],
) -> None:
    """Keep the words of a form instead of those that were kept of it before."""
    one_at_a_time(work)  # the two of a double click
    work.session.execute(delete(TypedForm).where(TypedForm.at < work.now - KEPT_FOR))
    form_id = form_id[:LONGEST_ID]
    row = work.session.get(TypedForm, (work.actor.id, form_id))
    if row is None:
        row = TypedForm(person_id=work.actor.id, form_id=form_id, address=address[:300],
                        fields=[], said={}, at=work.now)
        work.session.add(row)
    row.address, row.at = address[:300], work.now
    row.fields, row.said = [list(pair) for pair in fields], dict(said)


@query
def find_typed(work: Work, form_id: str, address: str) -> Typed | None:
    row = work.session.get(TypedForm, (work.actor.id, form_id[:LONGEST_ID]))
    if row is None or row.address != address[:300] or row.at < work.now - KEPT_FOR:
        return None
    return Typed([(name, value) for name, value in row.fields], row.said)


@verb
def forget_typed(work: Work, form_id: str) -> None:
    """It is done: the words stand where they belong."""
    work.session.execute(delete(TypedForm).where(
        TypedForm.person_id == work.actor.id, TypedForm.form_id == form_id[:LONGEST_ID]
    ))
