"""The second factor: an authenticator app whose six digits change twice a minute (RFC 6238), and
ten recovery codes for when it is lost. Every code is good once."""

import base64
import hmac
import re
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select

from engine.domain import SYSTEM
from engine.errors import NotAllowed, NotFound
from engine.work import Work, query, verb
from workflows.accounts.ending import end_everything_open
from workflows.accounts.sealing import Sealing
from workflows.accounts.tables import RecoveryCode, SecondFactor
from workflows.people import Person
from workflows.secret_hash import hash_of

STEP = 30
"""Seconds for which a code stands in the app."""
DRIFT = (-1, 0, 1)
"""Steps by which a phone's clock may be wrong."""
RECOVERY_CODES = 10
_SIX_DIGITS = re.compile(r"[0-9]{6}")
CHANGED, RESET, RECOVERED = "second_factor_changed", "second_factor_reset", "recovery_code_used"


@query
def has_factor(work: Work, person_id: UUID) -> bool:
    return work.session.get(SecondFactor, person_id) is not None


@query
def recovery_codes_left(work: Work, person_id: UUID) -> int:
    return work.session.scalar(
        select(func.count()).select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    ) or 0


def new_secret() -> str:
    return pyotp.random_base32()


def address_for_app(secret: str, email: str, issuer: str) -> str:
    """What the picture for a phone says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_of(secret: str, typed: str, at: datetime, after: int) -> int | None:
    """The time step whose code was typed, where it is newer than `after`; else None."""
    code, now, totp = as_typed(typed), int(at.timestamp()) // STEP, pyotp.TOTP(secret)
    if not _SIX_DIGITS.fullmatch(code):
        return None
    found = [now + drift for drift in DRIFT
             if hmac.compare_digest(totp.generate_otp(now + drift), code)]
    return next((step for step in found if step > after), None)


def take_code(
    work: Work, person_id: UUID, typed: str, sealing: Sealing, at: datetime
) -> bool:
    """Whether this is a code of the app or a recovery code of this person; it is used up then."""
    if not _SIX_DIGITS.fullmatch(as_typed(typed)):
        return _take_recovery_code(work, person_id, typed, at)
    factor = work.session.scalar(
        select(SecondFactor).where(SecondFactor.person_id == person_id).with_for_update()
    )
    secret = sealing.open(person_id, factor.sealed) if factor else None
    step = step_of(secret, typed, at, factor.last_step) if factor and secret else None
    if factor is None or secret is None or step is None:
        return False
    factor.last_step = step
    if not sealing.is_of_newest_key(factor.sealed):
        factor.sealed = sealing.seal(person_id, secret)
    return True


def use_app(
    work: Work, person_id: UUID, secret: str, step: int, sealing: Sealing, at: datetime
) -> list[str]:
    """From now on this app is the person's factor. Returns their new recovery codes."""
    work.session.merge(SecondFactor(
        person_id=person_id, sealed=sealing.seal(person_id, secret), last_step=step, since=at
    ))
    work.audit("set_up_second_factor", about=f"person:{person_id}")
    work.tell(CHANGED, person_id)
    return make_recovery_codes(work, person_id)


@verb
def make_recovery_codes(work: Work, person_id: UUID) -> list[str]:
    """New ones, given out this once; the ones before are worth nothing from now on."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    work.session.add_all(
        RecoveryCode(hash=_hash_of_recovery(person_id, code), person_id=person_id)
        for code in codes
    )
    work.audit("make_recovery_codes", about=f"person:{person_id}")
    return codes


@verb
def reset_second_factor(work: Work, person_id: UUID) -> None:
    """An administrator does so for somebody else who has lost phone and codes; they are asked to
    set up a new one when they sign in next. Raises `NotFound`; for oneself, `NotAllowed`."""
    if work.actor.id == person_id or not (
        work.actor.id == SYSTEM.id or "administrator" in work.actor.roles
    ):
        raise NotAllowed
    if work.session.get(Person, person_id) is None:
        raise NotFound
    work.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    end_everything_open(work, person_id)
    work.audit("reset_second_factor", about=f"person:{person_id}")
    work.tell(RESET, person_id)


def as_typed(typed: str) -> str:
    """People put spaces between digits, and lines between letters."""
    return re.sub(r"[\s-]", "", typed).lower()


def _take_recovery_code(work: Work, person_id: UUID, typed: str, at: datetime) -> bool:
    row = work.session.scalar(
        select(RecoveryCode)
        .where(RecoveryCode.hash == _hash_of_recovery(person_id, typed),
               RecoveryCode.used_at.is_(None))
        .with_for_update()
    )
    if row is None:
        return False
    row.used_at = at
    work.audit("use_recovery_code", about=f"person:{person_id}")
    work.tell(RECOVERED, person_id)
    return True


def _recovery_code() -> str:
    """80 bits of chance, in four groups."""
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[place:place + 4] for place in range(0, len(text), 4))


def _hash_of_recovery(person_id: UUID, code: str) -> str:
    return hash_of(f"{person_id}:{as_typed(code)}")
