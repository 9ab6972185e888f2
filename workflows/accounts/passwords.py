"""Passwords: what one must be, and how one is kept.

Long, not common, not about oneself; nothing else is asked (NCSC, NIST SP 800-63B 5.1.1.2).
"""

import re
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

hasher = PasswordHasher()
"""Argon2id."""
SHORTEST, LONGEST = 12, 200
LOOKED_AT = 72
"""Characters of which it is reckoned how easily they are guessed; that takes its time."""
EASY = 3
"""Below this score of zxcvbn (0 to 4) a guesser who knows the lists needs under 10^8 tries."""
REST = 8
"""How long a password must be without the words about oneself."""
OF_HERE = ("pepway", "personal education plan", "virtual school", "looked after")


def hash_password(password: str) -> str:
    return hasher.hash(password)


def is_right(kept: str, password: str) -> bool:
    """Takes as long where nobody has such a password as where somebody has."""
    try:
        hasher.verify(kept or _nobodys_hash(hasher), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept != ""


def needs_rehash(kept: str) -> bool:
    return hasher.check_needs_rehash(kept)


def what_is_wrong(password: str, name: str, email: str) -> str:
    """Why this person cannot take this password, in words; empty where they can."""
    if len(password) < SHORTEST:
        return f"Choose a password of {SHORTEST} characters or more, such as four random words"
    if len(password) > LONGEST:
        return f"Choose a password of {LONGEST} characters or fewer"
    own = _own_words(name, email)
    if len(_without(password.casefold(), own)) < REST:
        return "Choose a password that is not your name or e-mail address"
    if _score(password[:LOOKED_AT], (*own, *OF_HERE)) < EASY:
        return "Choose a password that is harder to guess, such as four random words"
    return ""


def _score(password: str, own: Iterable[str]) -> int:
    from zxcvbn import zxcvbn  # its lists of words take 12 MB, which few processes ever need

    return int(zxcvbn(password, user_inputs=list(own))["score"])


def _own_words(name: str, email: str) -> list[str]:
    words = re.split(r"[\W_]+", f"{name} {email}".casefold())
    return sorted({word for word in words if len(word) > 3}, key=len, reverse=True)


def _without(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


@cache
def _nobodys_hash(of: PasswordHasher) -> str:
    return of.hash("nobody has this password")


_nobodys_hash(hasher)  # now, and not while somebody unknown waits for the first answer
