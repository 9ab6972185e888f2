"""What is new begins in the studio with one step: a procedure, or a part that a procedure runs."""

import re
import unicodedata

from engine.domain import Vocabulary
from engine.drafts import DraftView, begin_procedure, open_draft, save_draft_file
from engine.editing.beginning import new_part, new_procedure
from engine.editing.steps import Step
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.where_used import callers_of, processes_in
from engine.work import Acting, Work, verb

LONGEST = 60
NOT_A_KEY = frozenset({"incidents", "moves", "new", "releases", "repair", "reviews"})
"""Addresses of the studio."""


def begin_new_procedure(by: Acting, title: str, step: str, role: str) -> DraftView:
    """A draft with one step, which the check accepts.

    Raises `AnswersInvalid` by the names of the arguments, also where there is one of that name.
    """
    vocabulary = by.installation.domain.vocabulary
    key, title, first = _said(title, step, role, vocabulary)
    files = new_procedure(key, title, first, vocabulary)
    try:
        return begin_procedure(by, key, files)
    except Refused as taken:
        raise AnswersInvalid({"title": taken.message}) from taken


@verb
def add_part(
    work: Work, procedure: str, title: str, step: str, role: str, seen: int
) -> tuple[str, int]:
    """A diagram with one step, which the others may run; its name, and the draft's version.

    Raises `AnswersInvalid` by the names of the arguments, and what `save_draft_file` raises.
    """
    draft = open_draft(work, procedure)
    key, title, first = _said(title, step, role, work.domain.vocabulary)
    if f"{key}.bpmn" in draft.files or key in processes_in(draft.files):
        raise AnswersInvalid({"title": "There is a diagram of that name. Choose another name"})
    files = new_part(draft.files, key, title, first, work.domain.vocabulary)
    for path in sorted(files.keys() - draft.files.keys(), key=lambda each: each.endswith(".bpmn")):
        draft = save_draft_file(work, procedure, path, files[path], seen)
        seen = draft.version
    return key, draft.version


@verb
def remove_part(work: Work, procedure: str, part: str, seen: int) -> None:
    """Take a diagram that no other runs out of the draft. Running cases keep theirs.

    Raises `Refused` where another runs it, or it is the procedure itself.
    """
    draft = open_draft(work, procedure)
    path = f"{part}.bpmn"
    if path not in draft.files:
        raise NotFound
    if path == draft.path:
        msg = "This is the diagram with which every case begins. It cannot be taken out."
        raise Refused(msg)
    runs = callers_of(draft.files, path)
    if runs:
        msg = (f"“{runs[0].name}” runs this diagram. Take that step out first, or let it run "
               "another one.")
        raise Refused(msg)
    save_draft_file(work, procedure, path, None, seen)


def _said(title: str, step: str, role: str, vocabulary: Vocabulary) -> tuple[str, str, Step]:
    """The key, the title and the first step of something new. Raises `AnswersInvalid`."""
    title, step = " ".join(title.split()), " ".join(step.split())
    key, errors = _key(title), {}
    if not key or key in NOT_A_KEY or len(title) > LONGEST:
        errors["title"] = f"Enter a name of at most {LONGEST} letters, such as Change of school"
    if not step or len(step) > LONGEST:
        errors["step"] = f"Enter the first step in at most {LONGEST} letters"
    if role not in vocabulary.roles:
        errors["role"] = "Choose who does the first step"
    if errors:
        raise AnswersInvalid(errors)
    return key, title, Step(name=step, role=role)


def _key(title: str) -> str:
    """Words of small letters with hyphens, as the procedures of the installation are called."""
    plain = unicodedata.normalize("NFD", title.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-").lstrip("0123456789-")
