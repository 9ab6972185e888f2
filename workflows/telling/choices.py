"""How each person wants to be told."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.errors import AnswersInvalid
from engine.store.base import Base
from engine.work import Work, query, verb


class Choice(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    ESCALATIONS = "escalations"
    """Only what was escalated to them, at once; all else they see in Pepway."""


class TellingChoice(Base):
    """One person's choice; whoever made none is told at once."""

    __tablename__ = "telling_choice"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    choice: Mapped[str] = mapped_column(String(16))
    chosen_at: Mapped[datetime]


def choice_of(session: Session, person_id: UUID) -> Choice:
    chosen = session.scalar(
        select(TellingChoice.choice).where(TellingChoice.person_id == person_id)
    )
    return Choice(chosen) if chosen else Choice.AT_ONCE


@query
def my_choice(work: Work) -> Choice:
    return choice_of(work.session, work.actor.id)


@verb
def choose_how_to_be_told(work: Work, choice: str) -> None:
    """For the actor; messages that wait for the next daily one still come with it.

    Raises `AnswersInvalid`.
    """
    if choice not in list(Choice):
        raise AnswersInvalid({"choice": "Choose when you want to be told"})
    work.session.merge(TellingChoice(
        person_id=work.actor.id, choice=choice, chosen_at=work.now
    ))
    work.audit("choose_how_to_be_told", about=f"person:{work.actor.id}", choice=choice)
