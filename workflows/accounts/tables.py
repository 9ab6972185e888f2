"""The tables of accounts. Of what opens something only a hash or a sealed text is kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class SecondFactor(Base):
    """A person's authenticator app."""

    __tablename__ = "second_factor"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed: Mapped[str] = mapped_column(String(400))
    last_step: Mapped[int]
    """The newest time step, of 30 seconds, whose code was used: none is good twice."""
    since: Mapped[datetime]


class RecoveryCode(Base):
    __tablename__ = "recovery_code"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    used_at: Mapped[datetime | None]


class HalfSignedIn(Base):
    """A browser whose user has given the right password, and no second factor yet."""

    __tablename__ = "half_signed_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    began_at: Mapped[datetime]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    being_set_up: Mapped[str | None] = mapped_column(String(400))
    """The sealed secret of an app that is shown to this browser alone."""
    may_replace: Mapped[bool] = mapped_column(default=False)
    """The app in use was asked for, too, and may give way to the one that is set up."""
    by_mail: Mapped[bool] = mapped_column(default=False)
    """The password was chosen just now by a link from a mail."""


class AccountLink(Base):
    """A link by mail to choose a password: of each person the newest one works, once."""

    __tablename__ = "account_link"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    ends_at: Mapped[datetime]


class Tries(Base):
    """How often something went wrong of late, and until when nobody is listened to there."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_noted_at", "noted_at"),)

    what: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Hash of the account, network or device."""
    wrong: Mapped[int]
    noted_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
