"""Forms that are sent back: what was typed is kept, and the browser goes on to a page with it.

Every opened form has an id in its address, so that the Back button leads to its words.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import g, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from engine.work import Acting
from web.readable import too_many_fields
from web.reading import reading
from workflows.typed import Typed, find_typed, forget_typed, keep_typed

FORM_ID = "form-id"
"""With a hyphen, which no question's key has."""
NEVER_KEPT = frozenset({"csrf_token", "password", "new_password", "one_time_code"})
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def form_id() -> str:
    """The id that came with the request, else a new one."""
    sent = request.values.get(FORM_ID, "")
    return sent if _ID.fullmatch(sent) else secrets.token_urlsafe(16)


def with_form_id() -> Response | None:
    """Where the address of a form has no id yet: the way to the same form with one."""
    if FORM_ID in request.args:
        return None
    return redirect(_address(request.path, form_id(), request.args.items(multi=True)))


def send_back(form: str, *, to: str = "", **said: Any) -> Response:
    """Keep what was posted under the form's address; show it there, or go on to another page."""
    identity = form_id()
    keep_typed(g.acting, identity, form, kept_fields(), said)
    return redirect(_address(to or form, identity, request.args.items(multi=True)))


def send_away(to: str, fields: Sequence[tuple[str, str]], **said: Any) -> Response:
    """Show words on a page that is not their form's; what is kept of the form stays."""
    return redirect(keep_away(g.acting, to, fields, **said))


def keep_away(by: Acting, to: str, fields: Sequence[tuple[str, str]], **said: Any) -> str:
    """The address at which that page shows them, to whom they belong."""
    identity = secrets.token_urlsafe(16)
    keep_typed(by, identity, to, fields, said)
    return _address(to, identity)


def of_this_form(address: str) -> str:
    """Another page of the form whose id came with the request."""
    return _address(address, form_id())


def sent_back(form: str) -> Typed | None:
    """What was typed in the form that the address names, as it was sent last."""
    return find_typed(reading(), form_id(), form) if FORM_ID in request.args else None


def words_posted(typed: Typed | None) -> MultiDict[str, str]:
    """The kept words as they were posted; where nothing was sent yet, none."""
    return MultiDict(typed.fields if typed else [])


def done_with() -> None:
    forget_typed(g.acting, form_id())


def kept_fields() -> list[tuple[str, str]]:
    """Every field that was posted, so that it can be posted again; none of what was too large."""
    try:
        posted = request.form
    except RequestEntityTooLarge:
        return []
    if too_many_fields():
        return []
    return [(n, v) for n, v in posted.items(multi=True) if n not in NEVER_KEPT]


def _address(path: str, identity: str, others: Iterable[tuple[str, str]] = ()) -> str:
    kept = [(key, value) for key, value in others if key != FORM_ID]
    return f"{path}?{urlencode([*kept, (FORM_ID, identity)])}"
