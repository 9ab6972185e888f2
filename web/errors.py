"""Errors as pages: one table from what went wrong to a sentence that says what to do.

Whatever happens to a request, the words that were typed stand on the page that answers it.
"""

import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from engine.errors import CaseClosed, EngineError, NotFound, Refused, TaskGone, TaskTaken
from engine.faults import is_passing, where
from web.access import SignInNeeded, allow
from web.typed import FORM_ID, NEVER_KEPT, kept_fields, send_away, sent_back
from web.uploading import refused_as_too_large
from web.watching import id_of_request
from workflows.answers_in_words import DATE_PARTS, date_in_words
from workflows.days import moment_in_words
from workflows.people import name_of
from workflows.sight.unusual import TooManyOpened

log = logging.getLogger(__name__)
blueprint = Blueprint("errors", __name__)

STATUS = {NotFound: 404, TaskGone: 409, TaskTaken: 409, CaseClosed: 409, Refused: 422,
          TooManyOpened: 429}
TITLES = {
    400: "Your browser sent something that Pepway cannot read",
    404: "Page not found",
    405: "This page cannot be used in this way",
    409: "Somebody was there before you",
    413: "This is too much to send in one go",
    422: "That cannot be done",
    429: "Too many tries",
    500: "Sorry, something went wrong",
    503: "Pepway cannot reach its records for a moment",
}
SENTENCES = {
    404: "There is nothing here that you can see. Check the address, or go to your tasks.",
    405: "Go back and try again.",
    413: "At most 2 MB can be sent. Go back, shorten the longest answer or choose a smaller file, "
         "and send it again. What was saved before is safe.",
    429: "Wait a quarter of an hour, then try again.",
    500: "It was not your fault. What was saved before is safe. Try again in a minute.",
    503: "It was not your fault. What was saved before is safe. Wait half a minute, then try "
    "again: if it was done after all, it is not done twice.",
}
FROM_ELSEWHERE = "This form did not come from Pepway. Nothing was changed."
SECONDS_TO_WAIT = 10
"""For programs; people are told half a minute, in which a standby takes over."""
CARRIED = "kept."
"""Before the name of a field that is carried through signing in."""
NEVER_SHOWN = NEVER_KEPT | {"nonce", "do", "next", FORM_ID}


def register_errors(app: Flask) -> None:
    app.register_error_handler(SignInNeeded, _sign_in_needed)
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(CSRFError, _out_of_date)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.register_blueprint(blueprint)


def error_page(
    status: int, message: str = "", *, resend: bool = False, quote: str = ""
) -> Response:
    """A page that keeps what was typed, to be copied or, with `resend`, sent again."""
    html = render_template(
        "error.html",
        title=TITLES.get(status, TITLES[400]),
        message=message or SENTENCES.get(status, "Go back and try again."),
        typed=typed_words(),
        kept=kept_fields() if resend and request.method == "POST" else [],
        path=request.path,
        quote=quote,
        plain=g.get("plain_page", ""),
    )
    return make_response(html, status)


def typed_words() -> list[tuple[str, str]]:
    """What was typed or chosen, with the name of its field in words."""
    return words_of(kept_fields())


def words_of(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    own = ("seen-", "choose-", CARRIED)
    return [
        (_in_words(name), value)
        for name, value in _with_whole_dates(fields)
        if name not in NEVER_SHOWN and not name.startswith(own)
        and not name.endswith(("-shown", "-rows", "-id")) and value.strip()
    ]


def _with_whole_dates(fields: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The three boxes of a date as one answer."""
    typed = dict(fields)
    for name, value in fields:
        stem, _, part = name.rpartition("-")
        boxes = {each: typed.get(f"{stem}-{each}") for each in DATE_PARTS}
        if part not in DATE_PARTS or None in boxes.values():
            yield name, value
        elif part == DATE_PARTS[-1]:
            yield stem, date_in_words(boxes)


def _in_words(name: str) -> str:
    """`targets-0-target_text` as "Targets 1, target text"."""
    parts = [str(int(part) + 1) if part.isdecimal() else part for part in name.split("-")]
    text = ", ".join(parts).replace("_", " ")
    for number in (part for part in parts if part.isdecimal()):
        text = text.replace(f", {number}", f" {number}", 1)
    return text[:1].upper() + text[1:]


def _engine_error(error: EngineError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
    if status != 404 and request.method == "POST" and g.get("acting"):
        said = _sentence(error)
        return make_response(
            send_away(url_for("errors.not_done"), kept_fields(), status=status, message=said)
        )
    return error_page(status, "" if status == 404 else _sentence(error))


@blueprint.get("/not-done")
@allow("see_own_words")
def not_done() -> Response:
    """Why what was sent could not be done, with the words to copy or to send again."""
    typed = sent_back(url_for("errors.not_done"))
    if typed is None:
        raise NotFound
    words = words_of([*typed.fields])
    if "again" in typed.said:
        html = render_template(
            "still_here.html", path=typed.said["again"], kept=typed.fields, typed=words,
            signed_in_again=typed.said["signed_in_again"],
        )
        return make_response(html, typed.said["status"])
    status = typed.said["status"]
    return make_response(
        render_template("error.html", title=TITLES[status], message=typed.said["message"],
                        typed=words, kept=[], path="", quote=""),
        status,
    )


def _sentence(error: EngineError) -> str:
    """Who was there before, and when, where the error knows."""
    by = error.by if isinstance(error, (TaskGone, TaskTaken)) else None
    who = name_of(g.acting, by)
    if isinstance(error, TaskGone) and who and error.at:
        return (f"{who} completed this task on {moment_in_words(error.at)}. There is nothing left "
                "to do.")
    if isinstance(error, TaskTaken) and who:
        return f"{who} has taken this task. Speak to them if you have something to add."
    return error.message


def _sign_in_needed(_error: SignInNeeded) -> Response:
    if request.method in ("GET", "HEAD"):
        return make_response(
            redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
        )
    return _signed_out_page()


def _out_of_date(error: CSRFError) -> Response:
    """The page was open for too long, or in another window meanwhile: one click sends it again.

    Only for a form of our own: one sent from another site is refused outright.
    """
    if not from_here():
        return error_page(400, FROM_ELSEWHERE)
    if g.get("plain_page"):
        return error_page(400, "This page was open for a long time. Press the button to send what "
                               "you wrote.", resend=True)
    if g.get("acting") is None:
        return _signed_out_page()
    log.info("a form without a valid token: %s", error.description)
    if request.path.endswith("/draft"):
        return make_response({"message": "Not saved: open the page again"}, 400)
    return make_response(
        send_away(url_for("errors.not_done"), kept_fields(), status=400, again=request.path,
                  signed_in_again=False)
    )


def _signed_out_page() -> Response:
    """Signing in from here goes on with what was typed."""
    if not from_here():
        return make_response(redirect(url_for("auth.sign_in")))
    if request.path == url_for("auth.sign_in"):
        next_page, kept = own_path(request.form.get("next", "")), carried_words()
        email = request.form.get("email", "")
    else:
        next_page, kept, email = request.path, kept_fields(), ""
    html = render_template(
        "auth/sign_in.html", next=next_page, kept=kept, errors={}, email=email, again=True
    )
    return make_response(html, 401)


def own_path(address: str) -> str:
    """The address where it is a path of our own, else nothing: no way leads elsewhere."""
    parts = urlsplit(address)
    own = address.startswith("/") and not address.startswith("//")
    clean = not parts.netloc and not parts.scheme and "\\" not in address
    return address if own and clean and address.isprintable() else ""


def carried_words() -> list[tuple[str, str]]:
    """Fields of the form that was sent after the session's end, carried through signing in."""
    return [
        (name.removeprefix(CARRIED), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(CARRIED)
    ]


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        return make_response("This is not an address of Pepway.\n", 400)
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    if status == 413 and (told := refused_as_too_large()):
        return told
    return error_page(status)


def _unexpected(error: Exception) -> Response:
    """Logged under a number that says nothing about anyone; the page asks to quote it.

    The page itself asks nothing of the database, which may be what has failed.
    """
    g.database_rests = True
    quote = id_of_request()
    if is_passing(error):
        log.error("request %s: the database is away: %s %s", quote, request.method,
                  request.endpoint)
        page = error_page(503, resend=True, quote=quote)
        page.headers["Retry-After"] = str(SECONDS_TO_WAIT)
        return page
    log.error("request %s failed: %s %s\n%s", quote, request.method, request.endpoint,
              where(error))
    return error_page(500, resend=True, quote=quote)


def must_come_from_here() -> Response | None:
    """Refuse what another site sends, whatever token it has; the API asks for a token of its own.

    A page that is reached by a secret address sends no referrer, and so a browser that does not
    say `Sec-Fetch-Site` sends `Origin: null` from it: there the token alone decides.
    """
    reads = request.method in ("GET", "HEAD", "OPTIONS")
    if reads or request.path.startswith("/api/") or g.get("plain_page") or from_here():
        return None
    return error_page(400, FROM_ELSEWHERE)


def from_here() -> bool:
    """Whether the request was made by a page of ours; browsers of today always say."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return origin is None or urlsplit(origin).netloc == request.host
