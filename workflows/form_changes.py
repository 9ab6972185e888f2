"""Changes to the forms of a draft, one question at a time: made by process owners without a script.

`seen` is the version of the draft that the page showed; each raises `DraftChanged` where someone
saved the same form since, and `NotFound` where there is no such form or question.
"""

import re
from collections.abc import Callable

from engine.drafts import DraftView, open_draft, save_draft_file
from engine.editing.steps import own_form
from engine.errors import AnswersInvalid, NotFound
from engine.forms import editing
from engine.forms.editing import Asked, Place
from engine.work import Work, verb

LONGEST_TITLE = 120
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NOT_A_NAME = frozenset({"new"})
"""Words that stand in the address of a page of all forms or tables."""


@verb
def add_question(
    work: Work, procedure: str, form: str, asked: Asked, inside: Place, seen: int
) -> DraftView:
    """At the end of the form, or of the group or list at that place. Raises `AnswersInvalid`."""
    return _change(work, procedure, form, seen,
                   lambda content: editing.with_question(content, form, asked, inside))


@verb
def change_question(
    work: Work, procedure: str, form: str, asked: Asked, place: Place, seen: int
) -> DraftView:
    """Raises `AnswersInvalid`."""
    return _change(work, procedure, form, seen,
                   lambda content: editing.with_change(content, form, place, asked))


@verb
def move_question(
    work: Work, procedure: str, form: str, place: Place, by: int, seen: int
) -> tuple[DraftView, Place]:
    """One further up (-1) or down (1); and where it stands then."""
    content = form_in(open_draft(work, procedure), form)
    moved, now = editing.with_move(content, form, place, by)
    return save_draft_file(work, procedure, f"{form}.form", moved, seen), now


@verb
def remove_question(
    work: Work, procedure: str, form: str, place: Place, seen: int
) -> DraftView:
    return _change(work, procedure, form, seen,
                   lambda content: editing.without_question(content, form, place))


@verb
def retitle_form(work: Work, procedure: str, form: str, title: str, seen: int) -> DraftView:
    """Raises `AnswersInvalid`."""
    if wrong := wrong_title(title):
        raise AnswersInvalid({"form-title": wrong})
    return _change(work, procedure, form, seen,
                   lambda content: editing.with_title(content, title.strip()))


@verb
def remove_form(work: Work, procedure: str, form: str, seen: int) -> DraftView:
    """Take a form out of the draft. Releases and running cases keep theirs."""
    form_in(open_draft(work, procedure), form)
    return save_draft_file(work, procedure, f"{form}.form", None, seen)


@verb
def make_form(work: Work, procedure: str, title: str, copied: str, seen: int) -> str:
    """A new form, empty or with the questions of another; its name. Raises `AnswersInvalid`."""
    draft = open_draft(work, procedure)
    if wrong := wrong_title(title):
        raise AnswersInvalid({"form-title": wrong})
    name = new_name(draft, title, "form")
    content = editing.new_form(name, title.strip())
    if copied:
        try:
            content = editing.copy_of(form_in(draft, copied), name, title.strip())
        except NotFound as gone:
            raise AnswersInvalid({"copied": "Choose a form from the list"}) from gone
    save_draft_file(work, procedure, f"{name}.form", content, seen)
    return name


@verb
def form_of_step(
    work: Work, procedure: str, path: str, step: str, seen: int
) -> tuple[str, int]:
    """A new form with the one question that a step of that name asks at first.

    Its name, and the version of the draft. Raises `AnswersInvalid`, and `Refused` where the
    diagram at `path` cannot be changed.
    """
    draft = open_draft(work, procedure)
    if path not in draft.files:
        raise NotFound
    if wrong := wrong_title(step):
        raise AnswersInvalid({"form-title": wrong})
    made = own_form(draft.files, path, new_name(draft, step, "form"), step.strip(),
                    work.domain.vocabulary)
    file = f"{made.element}.form"
    kept = save_draft_file(work, procedure, file, made.files[file], seen)
    return made.element, kept.version


def form_in(draft: DraftView, form: str) -> bytes:
    """Raises `NotFound`."""
    content = draft.files.get(f"{form}.form")
    if content is None:
        raise NotFound
    return content


def wrong_title(title: str) -> str:
    if not title.strip():
        return "Enter a title"
    if len(title) > LONGEST_TITLE:
        return f"Use {LONGEST_TITLE} characters or fewer for the title"
    return ""


def new_name(draft: DraftView, title: str, ending: str) -> str:
    """A name for a file, of the words of its title, that no other of that ending has."""
    words = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50].rstrip("_")
    name = words if _NAME.fullmatch(words) else f"{ending}_{words}".rstrip("_")
    if name in _NOT_A_NAME:
        name = f"{name}_{ending}"
    numbered = (f"{name}_{number}" for number in range(2, len(draft.files) + 3))
    return next(each for each in (name, *numbered) if f"{each}.{ending}" not in draft.files)


def _change(
    work: Work, procedure: str, form: str, seen: int, change: Callable[[bytes], bytes]
) -> DraftView:
    changed = change(form_in(open_draft(work, procedure), form))
    return save_draft_file(work, procedure, f"{form}.form", changed, seen)
