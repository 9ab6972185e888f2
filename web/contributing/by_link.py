"""What somebody without an account sees who opens their link: the code first, then one form.

The address is the same all along. Who may read the form is told by a cookie of its own, for this
link alone; it has nothing to do with signing in.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, NotFound
from engine.work import Acting
from web.access import anyone
from web.errors import carried_words, words_of
from web.forms import raw_from_post
from web.reading import end_reading
from web.secret_addresses import keep_secret
from web.settings import Settings
from web.typed import kept_fields
from web.uploading import as_download, refusal, refused, sent_picture, takes_file
from workflows.contributions.contributing import (
    Asked,
    CodeNeeded,
    LinkPage,
    add_own_picture,
    give_code,
    open_link,
    remove_own_picture,
    save_contribution,
    see_own_picture,
    send_contribution,
)
from workflows.contributions.links import MOST_WRONG_CODES
from workflows.pictures.redrawing import PictureRefused, redrawn

blueprint = Blueprint("by_link", __name__, url_prefix="/contribute/<secret>")
blueprint.url_value_preprocessor(keep_secret)


@blueprint.url_value_preprocessor
def _plain(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Faults, too, are told on a page without the council's name and the ways of those who sign
    in."""
    g.plain_page = "contributing/plain.html"


@blueprint.get("")
@anyone("contribute")
def open_it(secret: str) -> Response:
    page = _page(secret)
    if page is None or not page.state.works:
        return _closed(page)
    if page.asked is None:
        return _code_page(page, wrong="again" in request.args)
    return _form_page(page.asked, page.asked.errors if "errors" in request.args else {})


@blueprint.post("")
@anyone("contribute")
def send_it(secret: str) -> Response:
    """One form, several buttons: the code, save for later, send."""
    wish = request.form.get("do", "")
    if wish == "code":
        return _try_code(secret)
    page = _page(secret)
    if page is None or not page.state.works:
        return _closed(page, typed=True)
    if page.asked is None:
        return _code_page(page, kept=kept_fields())
    try:
        save_contribution(_anybody(), secret, _session(secret),
                          raw_from_post(page.asked.form, request.form))
        return _go_on(secret, wish)
    except CodeNeeded:
        return _code_page(page, kept=kept_fields())
    except AnswersInvalid:
        return _see_other(url_for("contributing.by_link.open_it", secret=secret, errors=1))
    except NotFound:
        return _closed(_page(secret), typed=True)


def _go_on(secret: str, wish: str) -> Response:
    """What follows once the words are kept."""
    at = url_for("contributing.by_link.open_it", secret=secret)
    if wish == "pictures":
        return _see_other(url_for("contributing.by_link.pictures", secret=secret))
    if wish != "send":
        return _see_other(f"{at}?saved=1")
    send_contribution(_anybody(), secret, _session(secret))
    answer = _see_other(at)
    answer.delete_cookie(_cookie(secret), secure=_settings().secure, httponly=True, samesite="Lax")
    return answer


@blueprint.post("/draft")
@anyone("contribute")
def keep_draft(secret: str) -> Response:
    """What the browser sends by itself a moment after typing."""
    page = _page(secret)
    if page is None:
        raise NotFound
    if page.asked is None:
        return make_response({"message": "Not saved: enter the code again"}, 409)
    try:
        save_contribution(_anybody(), secret, _session(secret),
                          raw_from_post(page.asked.form, request.form))
    except (AnswersInvalid, NotFound):
        return make_response({"message": "Not saved: enter the code again"}, 409)
    return make_response({"message": "Saved", "seen": {}})


@blueprint.get("/pictures")
@anyone("contribute")
def pictures(secret: str) -> Response:
    page, errors = _page(secret), refusal()
    if page is None or not page.state.works:
        return _closed(page)
    if page.asked is None or page.asked.voice != "child":
        return _see_other(url_for("contributing.by_link.open_it", secret=secret))
    html = render_template("contributing/pictures.html", errors=errors,
                           pictures=page.asked.pictures)
    return make_response(html, 422 if errors else 200)


@blueprint.post("/pictures")
@anyone("contribute")
@takes_file
def add_picture(secret: str) -> Response:
    """Whoever has not given the code is led to it; they have only to choose the picture again."""
    page, at = _page(secret), url_for("contributing.by_link.pictures", secret=secret)
    if page is None:
        raise NotFound
    if page.asked is None or page.asked.voice != "child":
        return _see_other(at)
    try:
        add_own_picture(_anybody(), secret, _session(secret), redrawn(sent_picture()))
    except PictureRefused as problem:
        return refused(problem.why)
    except (CodeNeeded, NotFound):
        return _see_other(at)
    return _see_other(at)


@blueprint.post("/pictures/<uuid:attachment_id>/remove")
@anyone("contribute")
def remove_picture(secret: str, attachment_id: UUID) -> Response:
    if _page(secret) is None:
        raise NotFound
    with suppress(CodeNeeded, NotFound):
        remove_own_picture(_anybody(), secret, _session(secret), attachment_id)
    return _see_other(url_for("contributing.by_link.pictures", secret=secret))


@blueprint.get("/pictures/<uuid:attachment_id>")
@anyone("contribute")
def own_picture(secret: str, attachment_id: UUID) -> Response:
    g.csp_extra = {"img-src": "'none'", "script-src": "'none'", "sandbox": ""}
    return as_download(see_own_picture(_anybody(), secret, _session(secret), attachment_id))


def _try_code(secret: str) -> Response:
    """Words that were typed before the code was asked for again are kept with the right one."""
    session, kept = _session_for_code(secret), carried_words()
    at = url_for("contributing.by_link.open_it", secret=secret)
    if session is None:
        page = _page(secret)
        if page is None or not page.state.works:
            return _closed(page, typed=True)
        return _code_page(page, kept=kept, wrong=True) if kept else _see_other(f"{at}?again=1")
    page = _page(secret, session)
    if kept and page is not None and page.asked is not None:
        posted = request.form.__class__(kept)
        save_contribution(_anybody(), secret, session, raw_from_post(page.asked.form, posted))
    answer = _see_other(at)
    answer.set_cookie(_cookie(secret), session, secure=_settings().secure, httponly=True,
                      samesite="Lax", path="/")
    return answer


def _session_for_code(secret: str) -> str | None:
    try:
        return give_code(_anybody(), secret, request.form.get("code", ""))
    except NotFound:
        return None


def _page(secret: str, session: str | None = None) -> LinkPage | None:
    try:
        return open_link(_anybody(), secret, _session(secret) if session is None else session)
    except NotFound:
        return None


def _code_page(
    page: LinkPage, *, kept: list[tuple[str, str]] | None = None, wrong: bool = False
) -> Response:
    """Nothing of the child, the council or the form."""
    left = page.tries_left
    wrong = wrong and left < MOST_WRONG_CODES
    html = render_template("contributing/code.html", left=left, kept=kept or [],
                           errors={"code": _wrong_code(left)} if wrong else {})
    return make_response(html, 422 if wrong else 401 if kept else 200)


def _wrong_code(left: int) -> str:
    tries = "1 try" if left == 1 else f"{left} tries"
    return f"That code is not right. Look at it again. You have {tries} left"


def _form_page(asked: Asked, errors: Mapping[str, str]) -> Response:
    html = render_template("contributing/form.html", page=asked, form=asked.form,
                           raw=asked.answers, errors=errors, unseen=(), all_optional=True,
                           saved="saved" in request.args)
    return make_response(html, 422 if errors else 200)


def _closed(page: LinkPage | None, *, typed: bool = False) -> Response:
    """Why the link opens nothing, and whom to ask; what was typed too late is shown once more."""
    state = page.state if page else "unknown"
    words: list[Any] = []
    if typed:
        words = [(name, text) for name, text in words_of(kept_fields()) if name != "Code"]
    status = 404 if page is None else 200 if state == "sent" else 410
    return make_response(render_template("contributing/closed.html", state=state, typed=words),
                         status)


def _see_other(address: str) -> Response:
    return redirect(address, 303)


def _session(secret: str) -> str:
    return request.cookies.get(_cookie(secret), "")


def _cookie(secret: str) -> str:
    """One for each link, so that two open in the same browser do not end each other."""
    name = f"pepway-link-{hashlib.sha256(secret.encode()).hexdigest()[:12]}"
    return f"__Host-{name}" if _settings().secure else name


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pepway_settings"]
    return settings


def _anybody() -> Acting:
    """Whoever may be signed in at the same browser does not act here."""
    end_reading()
    acting: Acting = current_app.extensions["pepway"].acting(SYSTEM)
    return acting
