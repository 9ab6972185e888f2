"""Who somebody is to the council's own sign-on (OpenID Connect): one identity of each person.

An identity is an issuer and a subject, compared letter by letter. E-mail addresses and names, which
change hands, never lead to a person; what a person may do stands in Pepway alone. An identity is
linked by an invitation that an administrator makes for one person and hands to them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from engine.domain import Actor
from engine.errors import NotFound, Refused
from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.administration.standing import must_not_be_oneself
from workflows.people import Person, find_actor
from workflows.secret_hash import hash_of
from workflows.sessions import end_sessions_of

INVITATION_LASTS = timedelta(hours=72)
LONGEST_SUBJECT = 255
LONGEST_ISSUER = 500


class Identity(Base):
    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    directory_id: Mapped[str] = mapped_column(String(64))
    """Entra's id of the account (`oid`), for an administrator who looks it up there; no key."""
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class IdentityInvitation(Base):
    __tablename__ = "identity_invitation"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the issuer says of whoever signed in there; its signature has been checked."""

    issuer: str
    subject: str
    directory_id: str = ""


@verb
def expect_identity(work: Work, person_id: UUID, issuer: str) -> str:
    """The secret of a new invitation for this person, given out this once; an earlier one ends.

    Whoever opens it links their account at the issuer to this person, and signs in by it alone
    from then on. Raises `NotFound`.
    """
    if find_actor(work, person_id) is None:
        raise NotFound
    work.session.execute(
        delete(IdentityInvitation).where(IdentityInvitation.person_id == person_id)
    )
    secret = secrets.token_urlsafe(32)
    work.session.add(IdentityInvitation(
        secret_hash=hash_of(secret), issuer=issuer, person_id=person_id,
        expires_at=work.now + INVITATION_LASTS,
    ))
    work.audit("expect_identity", about=f"person:{person_id}")
    return secret


@query
def who_is_expected(work: Work, secret: str, issuer: str) -> str:
    """The name of the person whom an invitation is for. Raises `NotFound`."""
    invitation = _open_invitation(work, hash_of(secret), issuer)
    actor = find_actor(work, invitation.person_id) if invitation else None
    if actor is None:
        raise NotFound
    return actor.name


@verb
def link_identity(work: Work, invitation_hash: str, claimed: Claimed) -> Actor:
    """Link the identity to the person who was invited, in place of one that they had before.

    Raises `Refused` where the invitation has ended, or the identity is somebody else's.
    """
    invitation = _open_invitation(work, invitation_hash, claimed.issuer)
    actor = find_actor(work, invitation.person_id) if invitation else None
    if invitation is None or actor is None:
        raise Refused("This link has been used or has ended. Ask your administrator for a new one.")
    standing = _identity(work, claimed)
    if standing is not None and standing.person_id != actor.id:
        raise Refused("Your council account belongs to somebody else in Pepway already. Tell your "
                      "administrator.")
    work.session.delete(invitation)
    work.session.execute(delete(Identity).where(Identity.person_id == actor.id))
    identity = Identity(
        id=uuid4(), issuer=claimed.issuer, subject=claimed.subject, person_id=actor.id,
        directory_id=claimed.directory_id, linked_at=work.now, last_used_at=work.now,
    )
    work.session.add(identity)
    work.session.execute(update(Person).where(Person.id == actor.id).values(signs_on=True))
    work.audit("link_identity", about=f"person:{actor.id}", identity=identity.id)
    work.audit("sign_in", about=f"person:{actor.id}", how="sign_on", identity=identity.id)
    return actor


@verb
def sign_in_by_identity(work: Work, claimed: Claimed) -> Actor | None:
    """The active person of this identity, or None; that they signed in is audited."""
    identity = _identity(work, claimed)
    actor = find_actor(work, identity.person_id) if identity else None
    if identity is None or actor is None:
        return None
    identity.last_used_at = work.now
    work.audit("sign_in", about=f"person:{actor.id}", how="sign_on", identity=identity.id)
    return actor


@verb
def unlink_identity(work: Work, person_id: UUID) -> None:
    """Forget who the person is to the council's sign-on: they may have a password again.

    Invitations that were made and not used end, too, and they are signed out. Raises `NotFound`,
    and `Refused` for oneself.
    """
    must_not_be_oneself(work, person_id)
    person = work.session.get(Person, person_id)
    if person is None:
        raise NotFound
    for table in (Identity, IdentityInvitation):
        work.session.execute(delete(table).where(table.person_id == person_id))
    person.signs_on = False
    end_sessions_of(work, person_id)
    work.audit("unlink_identity", about=f"person:{person_id}")


@verb
def refuse_sign_on(work: Work, why: str, claimed: Claimed | None = None) -> str:
    """Audit that somebody could not sign on; a short reference by which an administrator finds it.

    `why` names what was wrong and holds nothing that was sent.
    """
    reference = secrets.token_hex(4)
    issuer, subject = (claimed.issuer, claimed.subject) if claimed else ("", "")
    work.audit("sign_on_refused", reason=why, reference=reference, issuer=issuer, subject=subject)
    return reference



def _open_invitation(work: Work, invitation_hash: str, issuer: str) -> IdentityInvitation | None:
    found = work.session.get(
        IdentityInvitation, invitation_hash, with_for_update=work.writing or None
    )
    stands = found is not None and found.issuer == issuer and found.expires_at > work.now
    return found if stands else None


def _identity(work: Work, claimed: Claimed) -> Identity | None:
    return work.session.scalar(
        select(Identity).where(
            Identity.issuer == claimed.issuer, Identity.subject == claimed.subject
        )
    )
