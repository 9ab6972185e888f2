"""What is withheld from whoever asks about one child, and corrections of what was signed."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from web.access import allow, may_see
from web.governance.asking import ask, take
from web.governance.blueprint import blueprint
from web.reading import reading
from workflows.corrections import (
    add_statement,
    ask_for_correction,
    correctable,
    decide_correction,
)
from workflows.governance.asking import Options
from workflows.subject_access.withholding import (
    lift_withholding,
    markable,
    withheld_about,
    withhold,
)

WORDS = ("words", "Words, wherever they stand")


@blueprint.get("/children/<uuid:child_id>/withheld")
@allow("withhold", kind="child", arg="child_id")
def marks(child_id: UUID) -> str:
    return render_template("governance/withheld.html", child_id=child_id,
                           withheld=withheld_about(reading(), child_id, may_see))


@blueprint.get("/children/<uuid:child_id>/withheld/new")
@allow("withhold", kind="child", arg="child_id")
def marking(child_id: UUID) -> str | Response | tuple[str, int]:
    return ask("withhold", "Withhold it", url_for("governance.marks", child_id=child_id),
               _markable(child_id))


@blueprint.post("/children/<uuid:child_id>/withheld/new")
@allow("withhold", kind="child", arg="child_id")
def mark(child_id: UUID) -> Response:
    return take("withhold", lambda told: withhold(g.acting, child_id, **told),
                "It is withheld from every pack about this child.",
                url_for("governance.marks", child_id=child_id), _markable(child_id))


@blueprint.post("/children/<uuid:child_id>/withheld/<uuid:withholding_id>/lift")
@allow("withhold", kind="child", arg="child_id")
def unmark(child_id: UUID, withholding_id: UUID) -> Response:
    lift_withholding(g.acting, child_id, withholding_id)
    flash("It is not withheld any more.")
    return redirect(url_for("governance.marks", child_id=child_id))


@blueprint.get("/children/<uuid:child_id>/plan/<int:number>/correct")
@allow("ask_for_correction", kind="child", arg="child_id")
def correcting(child_id: UUID, number: int) -> str | Response | tuple[str, int]:
    answers = _answers(child_id, number)
    return ask("ask_for_correction", "Note this", _plan(child_id, number), answers)


@blueprint.post("/children/<uuid:child_id>/plan/<int:number>/correct")
@allow("ask_for_correction", kind="child", arg="child_id")
def correct(child_id: UUID, number: int) -> Response:
    return take(
        "ask_for_correction",
        lambda told: ask_for_correction(g.acting, child_id, number=number,
                                        path=told["answer"],
                                        **{key: each for key, each in told.items()
                                           if key != "answer"}),
        "Noted beside the answer. What was signed stays as it is.", _plan(child_id, number),
        _answers(child_id, number),
    )


@blueprint.get("/corrections/<uuid:correction_id>/decide")
@allow("decide_correction", kind="correction", arg="correction_id")
def deciding(correction_id: UUID) -> str | Response | tuple[str, int]:
    return ask("decide_correction", "Decide")


@blueprint.post("/corrections/<uuid:correction_id>/decide")
@allow("decide_correction", kind="correction", arg="correction_id")
def decided(correction_id: UUID) -> Response:
    return take("decide_correction",
                lambda told: decide_correction(g.acting, correction_id, **told), "Decided.")


@blueprint.get("/corrections/<uuid:correction_id>/statement")
@allow("add_statement", kind="correction", arg="correction_id")
def stating(correction_id: UUID) -> str | Response | tuple[str, int]:
    return ask("add_statement", "Add it", url_for("records.plan", child_id=g.resource.child_id))


@blueprint.post("/corrections/<uuid:correction_id>/statement")
@allow("add_statement", kind="correction", arg="correction_id")
def stated(correction_id: UUID) -> Response:
    return take("add_statement", lambda told: add_statement(g.acting, correction_id, **told),
                "Their own words stand beside the answer.",
                url_for("records.plan", child_id=g.resource.child_id))


def _plan(child_id: UUID, number: int) -> str:
    return url_for("records.signed_plan", child_id=child_id, number=number)


def _markable(child_id: UUID) -> Options:
    """What whoever marks may see themselves."""
    def options(_name: str) -> Sequence[tuple[str, str]]:
        return [WORDS, *markable(reading(), child_id, may_see)]

    return options


def _answers(child_id: UUID, number: int) -> Options:
    """Raises `NotFound` where no version of this number was signed."""
    answers = correctable(reading(), child_id, number, may_see)
    return lambda _name: answers
