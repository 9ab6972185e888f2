"""One form of records management on a page of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.access import nobody_shown
from web.forms import asking, raw_from_post
from workflows.governance.asking import Options, answered, form_called


def ask(
    name: str, button: str, back: str = "", options: Options | None = None
) -> str | Response | tuple[str, int]:
    return asking.ask(form_called(name, options), "governance/ask.html", button=button,
                      back_to=back or url_for("governance.records"))


def take(
    name: str, do: Callable[[Mapping[str, Any]], object], said: str, to: str = "",
    options: Options | None = None,
) -> Response:
    """What was answered goes to `do`; what it refuses goes back with every word."""

    def done() -> None:
        form = form_called(name, options)
        try:
            do(answered(form, raw_from_post(form, request.form)))
        except AnswersInvalid:
            nobody_shown("whether a child of these words is there is all that is told")
            raise

    return asking.answered(done, said, to or url_for("governance.records"))
