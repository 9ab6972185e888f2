"""What a page of the studio showed when it was sent, and what is said where that was refused."""

from collections.abc import Mapping
from typing import Any

from flask import g, request
from werkzeug.datastructures import MultiDict

from engine.drafts import DraftChanged, open_draft
from engine.errors import AnswersInvalid, Refused
from web.typed import sent_back, words_posted
from workflows.days import moment_in_words
from workflows.people import name_of

SAVE_AGAIN = "Save again to change it as it stands now."
"""Where every word that was typed stands on the page still."""


def sent_version() -> int:
    """The version of the draft that the page showed; what is no number is older than any."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    text = str(sent.get("version", "")) if isinstance(sent, Mapping) else ""
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def as_sent_back() -> tuple[Mapping[str, str], int, MultiDict[str, str]]:
    """The errors with which this page was sent back, the status that says so, and the words that
    were typed in it; of a page that is only opened none, and 200."""
    typed = sent_back(request.path)
    errors, status = (typed.said["errors"], typed.said["status"]) if typed else ({}, 200)
    return errors, status, words_posted(typed)


def what_went_wrong(
    problem: AnswersInvalid | DraftChanged | Refused, procedure: str, box: str, then: str = ""
) -> dict[str, Any]:
    """The errors of a form and its status; what is about no question stands at `box`. `then` is
    what to do where someone else was first."""
    if isinstance(problem, AnswersInvalid):
        return {"errors": problem.errors, "status": 422}
    if isinstance(problem, DraftChanged):
        said = " ".join(filter(None, (clash(procedure, problem)["message"], then)))
        return {"errors": {box: said}, "status": 409}
    return {"errors": {box: problem.message}, "status": 422}


def clash(procedure: str, changed: DraftChanged) -> dict[str, Any]:
    """Who was first and when, and the version that stands now."""
    who = name_of(g.acting, changed.by)
    said = f" {who} did so on {moment_in_words(changed.at)}." if who else ""
    return {
        "message": f"This was saved or published while you had it open.{said} "
                   "Nothing of theirs was changed.",
        "version": open_draft(g.acting, procedure).version,
    }
