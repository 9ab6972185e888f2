"""What a page is told from: one transaction, so that it shows one moment and nothing is read twice.

It writes nothing. A request that does something ends it once its sender is let in, for it would not
see what was done; what it does, it does through `g.acting`.
"""

from contextlib import ExitStack
from dataclasses import replace

from flask import Flask, current_app, g

from engine.domain import SYSTEM, Actor
from engine.work import Acting, Installation, Work


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
    g.reading = replace(work, actor=actor)
    return work.installation.acting(actor)


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
