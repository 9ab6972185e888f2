"""Changing something about a case: what may be changed, its form, what will happen, confirm.

Nothing is done before the second page: it shows what the change would do, and sends back the
fingerprint of what it showed.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from engine.forms import Form
from web.access import allow, may, require, resource_of
from web.forms import error_targets, hidden_pairs, raw_from_post
from web.reading import reading
from web.typed import (
    done_with,
    form_id,
    of_this_form,
    send_back,
    sent_back,
    with_form_id,
    words_posted,
)
from workflows.answers_in_words import in_words
from workflows.children import get_child
from workflows.pep.changes.carrying_out import (
    SeenIsOld,
    carry_out,
    change_form,
    changes_offered,
    preview,
)
from workflows.pep.changes.commands import COMMANDS, Command
from workflows.pep.changes.outcome import Group, Outcome
from workflows.pep.changes.standing import standing

blueprint = Blueprint("changing", __name__)

HEADINGS = {
    Group.CASES: "Cases",
    Group.TASKS: "Tasks",
    Group.DATES: "Dates",
    Group.PEOPLE: "People around the child",
    Group.MESSAGES: "Who is told",
}


@blueprint.get("/<uuid:case_id>/change")
@allow("see_case", kind="case", arg="case_id")
def choose(case_id: UUID) -> str:
    offered = changes_offered(reading(), g.resource)
    if not offered:
        raise NotFound
    return render_template("cases/change.html", case_id=case_id, child=_child(), offered=offered)


@blueprint.get("/<uuid:case_id>/change/<command>")
@allow("see_case", kind="case", arg="case_id")
def ask(case_id: UUID, command: str) -> str | Response | tuple[str, int]:
    chosen = _offered(command)
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    form = change_form(reading(), chosen.name, g.resource.child_id)
    errors = typed.said.get("errors", {}) if typed else {}
    page = _form_page(case_id, chosen, form, raw_from_post(form, words_posted(typed)), errors)
    return (page, 422) if errors else page


@blueprint.get("/<uuid:case_id>/change/<command>/preview")
@allow("see_case", kind="case", arg="case_id")
def see_what_happens(case_id: UUID, command: str) -> str | Response | tuple[str, int]:
    chosen = _offered(command)
    address = url_for("cases.changing.ask", case_id=case_id, command=command)
    typed = sent_back(address)
    if typed is None:
        return redirect(address)
    form = change_form(reading(), chosen.name, g.resource.child_id)
    raw = raw_from_post(form, words_posted(typed))
    try:
        outcome = preview(g.acting, chosen.name, case_id, raw)
    except AnswersInvalid:
        return redirect(of_this_form(address))
    warning = typed.said.get("warning", "")
    page = _preview_page(case_id, chosen, form, raw, outcome, warning)
    return (page, 409) if warning else page


@blueprint.post("/<uuid:case_id>/change/<command>")
@allow("see_case", kind="case", arg="case_id")
def change(case_id: UUID, command: str) -> Response:
    require(command, g.resource)
    raw = raw_from_post(change_form(reading(), command, g.resource.child_id), request.form)
    do = request.form.get("do", "preview")
    shown = url_for("cases.changing.see_what_happens", case_id=case_id, command=command)
    try:
        if do == "confirm":
            return _confirmed(case_id, command, raw)
        _offered(command)
        if do == "change":
            return send_back(request.path)
        preview(g.acting, command, case_id, raw)
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    except SeenIsOld as old:
        return send_back(request.path, to=shown, warning=str(old))
    return send_back(request.path, to=shown)


def _confirmed(case_id: UUID, command: str, raw: dict[str, Any]) -> Response:
    """Whether it is still offered is not asked: the second click of two finds it made."""
    outcome = carry_out(g.acting, command, case_id, raw, request.form.get("seen", ""), form_id())
    done_with()
    flash(COMMANDS[command].done)
    return redirect(_page_afterwards(outcome.case_id))


def _offered(name: str) -> Command:
    """The change, if the person may make it and this is the time for it; else 404."""
    require(name, g.resource)
    for command in changes_offered(reading(), g.resource):
        if command.name == name:
            return command
    raise NotFound


def _child() -> Any:
    return get_child(g.acting, g.resource.child_id)


def _form_page(
    case_id: UUID, command: Command, form: Form, raw: dict[str, Any], errors: dict[str, str]
) -> str:
    return render_template(
        "cases/change_form.html", case_id=case_id, child=_child(), command=command, form=form,
        raw=raw, errors=errors, form_id=form_id(), targets=error_targets(form, errors),
        stands=standing(reading(), case_id, command.stands),
    )


def _preview_page(
    case_id: UUID,
    command: Command,
    form: Form,
    raw: dict[str, Any],
    outcome: Outcome,
    warning: str = "",
) -> str:
    told = [(heading, group, outcome.of(group)) for group, heading in HEADINGS.items()]
    answered = [field for field in form.inputs() if _is_answered(raw.get(field.key))]
    return render_template(
        "cases/change_preview.html", case_id=case_id, child=_child(), command=command,
        answers=[(field.label, in_words(field, raw[field.key])) for field in answered],
        told=[each for each in told if each[2]], watches=outcome.of(Group.WATCHES),
        seen=outcome.fingerprint,
        hidden=hidden_pairs(form, raw), warning=warning, form_id=form_id(),
    )


def _is_answered(value: Any) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _page_afterwards(case_id: UUID) -> str:
    """The case; whoever has just given the child to someone else may see it no more."""
    if may("see_case", resource_of("case", case_id)):
        return url_for("cases.case_page", case_id=case_id)
    return "/"
