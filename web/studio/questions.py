"""The questions of a form as a list: added, changed, moved and removed without a script."""

from collections.abc import Mapping

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.drafts import DraftChanged
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms.editing import CHOICES, HOLDERS, Asked, Question, others_like, place_of
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.forms import addresses_of, preview_of
from web.studio.seen import SAVE_AGAIN, as_sent_back, sent_version, what_went_wrong
from web.typed import done_with, form_id, send_back, with_form_id
from workflows.form_changes import (
    add_question,
    change_question,
    move_question,
    remove_question,
    retitle_form,
)
from workflows.form_pages import FormPage, asked_in, form_page

WAYS = {
    "textfield": "A line of text",
    "textarea": "Several lines of text",
    "number": "A number",
    "datetime": "A date",
    "radio": "One of several options",
    "checklist": "Any of several options",
    "select": "One of many options, from a drop-down list",
    "checkbox": "A box to tick",
    "dynamiclist": "A list: the same questions for each of several",
    "group": "A heading, with questions under it",
    "text": "Words to read, without an answer",
}
"""How something can be asked, by form-js type; what each is called here."""
MOVES = {"up": -1, "down": 1}


@blueprint.get("/<procedure>/forms/<form>/questions")
@allow("edit_draft")
def questions(procedure: str, form: str) -> tuple[str, int]:
    errors, status, words = as_sent_back()
    page = form_page(g.acting, procedure, form)
    return render_template(
        "studio/questions.html", page=page, draft=page.draft, errors=errors, ways=WAYS,
        moved=request.args.get("moved", ""), words=words, holders=HOLDERS,
        addresses=addresses_of(page), preview=preview_of(page.form) if page.form else "",
    ), status


@blueprint.post("/<procedure>/forms/<form>/questions")
@allow("edit_draft")
def change_questions(procedure: str, form: str) -> Response:
    """Its title, or a question moved or removed: `do` is `title`, `up:2-0`, `down:2-0` or
    `remove:2-0`."""
    do, _, address = request.form.get("do", "").partition(":")
    moved: str | None = None
    try:
        if do in MOVES:
            _, place = move_question(g.acting, procedure, form, place_of(address), MOVES[do],
                                     sent_version())
            moved = "-".join(map(str, place))
        elif do == "remove":
            remove_question(g.acting, procedure, form, place_of(address), sent_version())
            flash("The question is removed. “Take back the last change” brings it back.")
        elif do == "title":
            retitle_form(g.acting, procedure, form, request.form.get("form-title", ""),
                         sent_version())
            flash("The title is changed.")
        else:
            raise NotFound
    except (AnswersInvalid, DraftChanged, Refused) as problem:
        return send_back(request.path, **what_went_wrong(problem, procedure, "list"))
    return redirect(url_for("studio.questions", procedure=procedure, form=form, moved=moved))


@blueprint.get("/<procedure>/forms/<form>/questions/add")
@allow("edit_draft")
def ask_more(procedure: str, form: str) -> str | Response | tuple[str, int]:
    if way := with_form_id():
        return way
    page = form_page(g.acting, procedure, form)
    holder = _at(page, request.args["inside"]) if request.args.get("inside") else None
    ways = {key: said for key, said in WAYS.items()
            if holder is None or holder.type == "group" or key not in HOLDERS}
    return _question_page(page, None, ways, holder)


@blueprint.post("/<procedure>/forms/<form>/questions/add")
@allow("edit_draft")
def add(procedure: str, form: str) -> Response:
    inside = request.args.get("inside", "")
    place = place_of(inside) if inside else ()
    try:
        add_question(g.acting, procedure, form, _asked(), place, sent_version())
    except (AnswersInvalid, DraftChanged, Refused) as problem:
        return _not_kept(procedure, problem)
    done_with()
    flash("The question is added at the end. Move it up to where it belongs.")
    return redirect(url_for("studio.questions", procedure=procedure, form=form))


@blueprint.get("/<procedure>/forms/<form>/questions/<address>")
@allow("edit_draft")
def question(procedure: str, form: str, address: str) -> str | Response | tuple[str, int]:
    if way := with_form_id():
        return way
    page = form_page(g.acting, procedure, form)
    asked = _at(page, address)
    ways = {key: said for key, said in WAYS.items()
            if key == asked.type or key in others_like(asked.type)}
    return _question_page(page, asked, ways, None)


@blueprint.post("/<procedure>/forms/<form>/questions/<address>")
@allow("edit_draft")
def change(procedure: str, form: str, address: str) -> Response:
    try:
        change_question(g.acting, procedure, form, _asked(), place_of(address), sent_version())
    except (AnswersInvalid, DraftChanged, Refused) as problem:
        return _not_kept(procedure, problem)
    done_with()
    flash("The question is changed.")
    return redirect(url_for("studio.questions", procedure=procedure, form=form, moved=address))


@blueprint.get("/<procedure>/forms/<form>/questions/<address>/remove")
@allow("edit_draft")
def check_removal(procedure: str, form: str, address: str) -> str:
    """What goes with a question, and what reads its answer, before it is removed."""
    page = form_page(g.acting, procedure, form)
    asked = _at(page, address)
    gone = {each.key for each in asked_in([asked])}
    return render_template(
        "studio/question_removal.html", page=page, draft=page.draft, asked=asked,
        inside=list(asked_in(asked.inside)),
        read=[row for row in page.row.questions if row.key in gone and row.read_by],
    )


def _question_page(
    page: FormPage, asked: Question | None, ways: dict[str, str], holder: Question | None
) -> str | tuple[str, int]:
    errors, status, words = as_sent_back()
    used = next((row for row in page.row.questions if asked and row.key == asked.key), None)
    return render_template(
        "studio/question.html", page=page, draft=page.draft, asked=asked, holder=holder,
        ways=ways, choices=CHOICES, errors=errors, form_id=form_id(), used=used,
        shown=_asked_in(words) if words else asked or Asked("", ""),
        version=words.get("version", page.draft.version) if words and status == 422
        else page.draft.version,
    ), status


def _at(page: FormPage, address: str) -> Question:
    place = place_of(address)
    found = next((each for each in asked_in(page.questions) if each.place == place), None)
    if found is None:
        raise NotFound
    return found


def _asked() -> Asked:
    return _asked_in(request.form)


def _asked_in(words: Mapping[str, str]) -> Asked:
    lines = [line.strip() for line in words.get("options", "").splitlines()]
    return Asked(
        type=words.get("type", ""),
        label=words.get("label", "").strip(),
        hint=words.get("hint", "").strip(),
        required=words.get("required") == "true",
        when_empty=words.get("when_empty", "").strip(),
        options=tuple(line for line in lines if line),
        path=words.get("path", "").strip(),
        hidden_when=words.get("hidden_when", "").strip(),
    )


def _not_kept(procedure: str, problem: AnswersInvalid | DraftChanged | Refused) -> Response:
    """Back to the question with every word that was typed."""
    return send_back(request.path, **what_went_wrong(problem, procedure, "label", SAVE_AGAIN))
