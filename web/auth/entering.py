"""From a right password to a session, by way of the second factor where it is asked; and from the
council's own sign-on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app, flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from engine.domain import SYSTEM, Actor
from engine.work import Acting
from web.auth.browser import browser_in_words
from web.auth.devices import remember_device
from web.layout import first_page
from web.layout.notice import FOR_STAFF, NOTICE_TO_READ, notice
from web.reading import acting_as
from web.settings import Settings
from web.typed import keep_away
from workflows.accounts.sealing import Sealing
from workflows.accounts.signing_in import HalfWay, SignedIn
from workflows.notices import has_read
from workflows.sessions import Began, begin_session, end_session

SOMEBODY_ELSE = "Somebody else had typed something in this window. It was not shown to you."


def enter(
    followed: SignedIn | HalfWay, next_page: str = "", *, was_other: bool = False
) -> Response:
    """On to the page that was asked for, or to the second factor first."""
    if isinstance(followed, SignedIn):
        return finish(followed.actor, next_page, was_other=was_other)
    _leave()
    session.permanent = True
    session["half"] = followed.token
    session["then"] = [next_page, was_other]
    page = "set_up" if followed.sets_up else "code"
    return redirect(url_for(f"auth.second_step.{page}"))


def where_to(
    actor: Actor, next_page: str, kept: Sequence[tuple[str, str]]
) -> tuple[str, bool]:
    """Where somebody goes on, and whether somebody else had typed something in this window.

    Words from an ended session wait for whoever typed them, and for nobody else.
    """
    if kept and session.get("person") not in (None, str(actor.id)):
        return "", True
    if kept and next_page:
        next_page = keep_away(acting_as(actor), url_for("errors.not_done"), kept, status=200,
                              again=next_page, signed_in_again=True)
    return next_page, False


def enter_by_sign_on(
    actor: Actor, next_page: str, kept: Sequence[tuple[str, str]], sign_out_hint: str
) -> Response:
    """The council's own sign-on has asked for the second factor; Pepway asks for none."""
    next_page, was_other = where_to(actor, next_page, kept)
    begin(actor, Began.SIGN_ON, sign_out_hint)
    return _go_on(next_page, was_other=was_other)


def finish(actor: Actor, next_page: str, *, was_other: bool) -> Response:
    begin(actor)
    response = _go_on(next_page, was_other=was_other)
    remember_device(response, actor.id)
    return response


def _go_on(next_page: str, *, was_other: bool) -> Response:
    if was_other:
        flash(SOMEBODY_ELSE)
    return redirect(next_page or first_page())


def begin(actor: Actor, began_by: str = Began.PASSWORD, sign_out_hint: str = "") -> None:
    """A new session and a new cookie; what the old one carried is gone."""
    _leave()
    session.permanent = True
    session["token"] = begin_session(
        system(), actor.id, at(), began_by, browser_in_words(), sign_out_hint
    )
    session["person"] = str(actor.id)
    g.acting = acting_as(actor)
    if not has_read(g.acting, FOR_STAFF, notice(FOR_STAFF).version):
        session[NOTICE_TO_READ] = True


def send_back_to(endpoint: str, errors: dict[str, str], **values: Any) -> Response:
    """The browser goes on to the page with what is wrong; nothing secret is kept of it."""
    session["refused"] = {"errors": errors}
    return redirect(url_for(endpoint, again=1, **values))


def errors_of_before() -> dict[str, str]:
    refused = session.get("refused", {}) if "again" in request.args else {}
    errors: dict[str, str] = refused.get("errors", {})
    return errors


def sealing() -> Sealing:
    return Sealing(settings().secret_keys)


def asks_everyone() -> bool:
    """In the demonstration a second factor is asked only of whoever has set one up."""
    return not settings().demo


def at() -> datetime:
    moment: datetime = current_app.extensions["pepway_wall_clock"].now()
    return moment


def settings() -> Settings:
    kept: Settings = current_app.extensions["pepway_settings"]
    return kept


def system() -> Acting:
    acting: Acting = current_app.extensions["pepway"].acting(SYSTEM)
    return acting


def _leave() -> None:
    ended = session.get("token")
    if ended:
        end_session(system(), ended)
    session.clear()
