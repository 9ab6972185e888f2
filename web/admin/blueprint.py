from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.typed import done_with, send_back

blueprint = Blueprint("admin", __name__, template_folder="templates")


def answered(do: Callable[[], Any], said: str, to: str) -> Response:
    """Do what a form asks for and go on; where its answers are wrong, back to it with its words."""
    try:
        do()
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    flash(said)
    return redirect(to)
