"""A procedure that is new: begun in the studio with one step, drawn from there."""

import re
import unicodedata

from engine.drafts import DraftView, begin_procedure
from engine.editing.beginning import new_procedure
from engine.editing.steps import Step
from engine.errors import AnswersInvalid, Refused
from engine.work import Acting

LONGEST = 60
NOT_A_KEY = frozenset({"incidents", "moves", "new", "releases", "repair", "reviews"})
"""Addresses of the studio."""


def begin_new_procedure(by: Acting, title: str, step: str, role: str) -> DraftView:
    """A draft with one step, which the check accepts.

    Raises `AnswersInvalid` by the names of the arguments, also where there is one of that name.
    """
    title, step = " ".join(title.split()), " ".join(step.split())
    vocabulary, key = by.installation.domain.vocabulary, _key(title)
    errors = {}
    if not key or key in NOT_A_KEY or len(title) > LONGEST:
        errors["title"] = f"Enter a name of at most {LONGEST} letters, such as Change of school"
    if not step or len(step) > LONGEST:
        errors["step"] = f"Enter the first step in at most {LONGEST} letters"
    if role not in vocabulary.roles:
        errors["role"] = "Choose who does the first step"
    if errors:
        raise AnswersInvalid(errors)
    files = new_procedure(key, title, Step(name=step, role=role), vocabulary)
    try:
        return begin_procedure(by, key, files)
    except Refused as taken:
        raise AnswersInvalid({"title": taken.message}) from taken


def _key(title: str) -> str:
    """Words of small letters with hyphens, as the procedures of the installation are called."""
    plain = unicodedata.normalize("NFD", title.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-").lstrip("0123456789-")
