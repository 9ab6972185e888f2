"""What a page is told from: one transaction, so that it shows one moment and nothing is read twice.

It writes nothing. A request that does something ends it once its sender is let in, for it would not
see what was done; what it does, it does through `g.acting`.
"""

from contextlib import ExitStack

from flask import Flask, Response, current_app, g

from engine.answering import Answer, Unaudited
from engine.domain import SYSTEM, Actor
from engine.work import Acting, Installation, Work

SHOWS_NOTHING = frozenset({401, 403, 404, 405, 413, 429, 500, 503})
"""Answers that tell of no child."""


def hold_answers_against_the_audit(app: Flask) -> None:
    """Before anything else is done with an answer: to be registered after all others."""
    app.after_request(_must_be_audited)


def register_reading(app: Flask) -> None:
    app.teardown_request(lambda _fault: end_reading())


def begin_reading() -> Work:
    """For Pepway itself, until it is known whose request it is."""
    installation: Installation = current_app.extensions["pepway"]
    until_the_end = ExitStack()
    work: Work = until_the_end.enter_context(installation.acting(SYSTEM).begin(writing=False))
    g.reading, g.until_the_end = work, until_the_end
    return work


def read_for(work: Work, actor: Actor) -> Acting:
    """From here on for whose request it is. Returns how they act where they write."""
    g.reading = work.read_by(actor, answer())
    return acting_as(actor)


def acting_as(actor: Actor) -> Acting:
    """How a person acts in this request: what is read for its answer is held against the audit."""
    installation: Installation = current_app.extensions["pepway"]
    return installation.acting(actor, answer())


def answer() -> Answer:
    """What this request's answer is told from."""
    if "answer" not in g:
        g.answer = Answer()
    told_from: Answer = g.answer
    return told_from


def _must_be_audited(response: Response) -> Response:
    """A page that shows a child's record, and no row of the audit that says so, does not leave."""
    if response.status_code in SHOWS_NOTHING:
        return response
    try:
        answer().must_be_audited()
    except Unaudited as fault:
        return current_app.make_response(current_app.handle_user_exception(fault))
    return response


def end_reading() -> None:
    """Whoever reads later in the request does so in transactions of their own."""
    g.pop("reading", None)
    until_the_end: ExitStack | None = g.pop("until_the_end", None)
    if until_the_end is not None:
        until_the_end.close()


def reading() -> Work | Acting:
    """For whoever is signed in."""
    by: Work | Acting = g.get("reading") or g.acting
    return by


def reading_for_anyone() -> Work | Acting:
    """What belongs to no person's records, whether or not somebody is signed in."""
    installation: Installation = current_app.extensions["pepway"]
    by: Work | Acting = g.get("reading") or installation.acting(SYSTEM)
    return by
