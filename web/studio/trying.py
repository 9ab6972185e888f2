"""Try it: a draft on an invented child, with the real forms and a clock that one can move."""

from datetime import date, datetime, time
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from engine.forms import Form, settled
from engine.trial import TakesTooLong
from engine.trial.course import NotOpen
from engine.work import LONDON
from web.access import allow
from web.diagrams import Marks, draw
from web.forms import (
    error_targets,
    raw_from_kept,
    raw_from_post,
    with_row_removed,
    with_rows,
)
from web.studio.blueprint import blueprint
from web.studio.seen import sent_version
from web.typed import (
    done_with,
    form_id,
    kept_fields,
    send_away,
    send_back,
    sent_back,
    with_form_id,
    words_posted,
)
from workflows.answers_in_words import rows_of
from workflows.trying.drafts import NotSound
from workflows.trying.page import MORNING, StepForm, clock_in_words, page_of, step_form
from workflows.trying.trials import (
    TrialChanged,
    TrialFull,
    TriedOut,
    begin_trial,
    do_step,
    end_trial,
    go_back,
    let_time_pass,
    try_draft,
)
from workflows.trying.usual import child_asked, usual_answers


@blueprint.get("/<procedure>/try")
@allow("try_draft")
def trial(procedure: str) -> str | Response | tuple[str, int]:
    """As far as it has gone."""
    try:
        tried = try_draft(g.acting, procedure)
    except NotSound as refusal:
        return _cannot(procedure, refusal.message), 409
    except TakesTooLong as refusal:
        return _cannot(procedure, refusal.message, begun=True), 409
    if tried is None:
        return redirect(url_for("studio.trial_child", procedure=procedure))
    page, typed = page_of(tried), sent_back(request.path)
    errors = typed.said.get("errors", {}) if typed else {}
    marks = Marks(done=page.picture.done, here=page.picture.here, late=page.picture.late)
    shown = render_template(
        "studio/trial.html", page=page, errors=errors, clock=clock_in_words,
        until=_parts(words_posted(typed)),
        pictures=[draw(each.diagram, marks, key=each.diagram.process)
                  for each in page.picture.flowcharts],
    )
    return (shown, typed.said.get("status", 422)) if typed and errors else shown


@blueprint.get("/<procedure>/try/child")
@allow("try_draft")
def trial_child(procedure: str) -> str | Response | tuple[str, int]:
    """Who the draft is tried on."""
    if way := with_form_id():
        return way
    try:
        asked = child_asked(g.acting, procedure)
    except NotSound as refusal:
        return _cannot(procedure, refusal.message), 409
    typed = sent_back(request.path)
    errors = typed.said.get("errors", {}) if typed else {}
    raw = raw_from_post(asked.form, words_posted(typed)) if typed else asked.usual
    page = render_template(
        "studio/trial_child.html", form=asked.form, title=asked.title, procedure=procedure,
        under_way=asked.under_way, raw=raw, errors=errors,
        targets=error_targets(asked.form, errors), form_id=form_id(), button="Begin",
    )
    return (page, 422) if errors else page


@blueprint.post("/<procedure>/try/child")
@allow("try_draft")
def start_trial(procedure: str) -> Response:
    asked = child_asked(g.acting, procedure)
    try:
        begin_trial(g.acting, procedure, raw_from_post(asked.form, request.form))
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    return _to_trial(procedure)


@blueprint.post("/<procedure>/try/wait")
@allow("try_draft")
def move_trial_clock(procedure: str) -> Response:
    """To the next thing that happens, one working day on, or to a day."""
    try:
        let_time_pass(g.acting, procedure, _moment_sent(), sent_version())
    except AnswersInvalid as problem:
        return _back(procedure, {"until-day": next(iter(problem.errors.values()))}, 422)
    except (TrialChanged, TrialFull, TakesTooLong) as refusal:
        return _back(procedure, {"clock": refusal.message}, 409)
    return _to_trial(procedure)


@blueprint.post("/<procedure>/try/back")
@allow("try_draft")
def take_back_act(procedure: str) -> Response:
    try:
        go_back(g.acting, procedure, sent_version())
    except TrialChanged as refusal:
        return _back(procedure, {"clock": refusal.message}, 409)
    flash("The last act is taken back.")
    return _to_trial(procedure)


@blueprint.post("/<procedure>/try/end")
@allow("try_draft")
def throw_trial_away(procedure: str) -> Response:
    """Throw it away, and ask again on which child."""
    end_trial(g.acting, procedure)
    return redirect(url_for("studio.trial_child", procedure=procedure))


@blueprint.get("/<procedure>/try/steps/<element>/<int:which>")
@allow("try_draft")
def trial_step(procedure: str, element: str, which: int) -> str | Response | tuple[str, int]:
    """One open step with its form, as whoever does it sees it."""
    if way := with_form_id():
        return way
    try:
        shown = _step(procedure, element, which)
    except (NotSound, TakesTooLong, NotOpen, TrialChanged):
        return _to_trial(procedure)
    typed = sent_back(request.path)
    errors = typed.said.get("errors", {}) if typed else {}
    raw = {**raw_from_kept(shown.kept), **_typed(shown.form, words_posted(typed))}
    said = typed.said if typed else {}
    if said.get("invent"):
        raw = {**raw, **usual_answers(shown, raw)}
    if "removed" in said:
        raw = with_row_removed(raw, *said["removed"])
    if "rows" in said:
        raw = with_rows(raw, *said["rows"])
    page = render_template(
        "studio/trial_step.html", procedure=procedure, shown=shown, clock=clock_in_words,
        form=settled(shown.form, shown.facts), raw=raw, errors=errors,
        targets=error_targets(shown.form, errors), form_id=form_id(),
        focus=said.get("focus", ""),
    )
    return (page, 422) if errors else page


@blueprint.post("/<procedure>/try/steps/<element>/<int:which>")
@allow("try_draft")
def do_trial_step(procedure: str, element: str, which: int) -> Response:
    wish, _, detail = request.form.get("do", "").partition(":")
    try:
        shown = _step(procedure, element, which)
        if wish in ("add", "remove", "invent"):
            return _change_form(shown.form, wish, detail)
        typed = {**raw_from_kept(shown.kept), **raw_from_post(shown.form, request.form)}
        do_step(g.acting, procedure, element, which, typed, sent_version())
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    except (NotOpen, TrialChanged, TrialFull, TakesTooLong) as refusal:
        return _back(procedure, {"clock": refusal.message}, 409)
    done_with()
    flash(f"“{shown.step.name}” is done, as the {shown.role} would do it.")
    return _to_trial(procedure)


def _change_form(form: Form, wish: str, detail: str) -> Response:
    """The same form with another row, with one less, or filled in with what is invented."""
    key, _, number = detail.partition(":")
    if wish == "invent":
        return send_back(request.path, invent=True)
    raw = raw_from_post(form, request.form, empty_rows=True)
    rows = len(rows_of(raw.get(key)))
    if wish == "remove" and number.isdecimal():
        return send_back(request.path, removed=[key, int(number)], focus=key)
    return send_back(request.path, rows=[key, max(rows, 1) + 1], focus=f"{key}-{max(rows, 1)}")


def _step(procedure: str, element: str, which: int) -> StepForm:
    """Raises `NotOpen`, `TrialChanged`, `NotSound`, `TakesTooLong`."""
    tried: TriedOut | None = try_draft(g.acting, procedure)
    if tried is None:
        raise TrialChanged
    return step_form(tried, element, which)


def _typed(form: Form, words: MultiDict[str, str]) -> dict[str, Any]:
    return raw_from_post(form, words, empty_rows=True)


def _moment_sent() -> datetime:
    """What a button says, else nine in the morning of the day that was entered. Raises
    `AnswersInvalid`."""
    sent = request.form.get("to", "")
    try:
        if sent:
            moment = datetime.fromisoformat(sent)
            return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)
        parts = (int(request.form.get(f"until-{part}", "")) for part in ("year", "month", "day"))
        return datetime.combine(date(*parts), time(MORNING.hour), LONDON)
    except (ValueError, OverflowError) as wrong:
        raise AnswersInvalid(
            {"until": "Enter a real date to go to, such as 27 3 2026"}
        ) from wrong


def _parts(words: MultiDict[str, str]) -> list[str]:
    return [words.get(f"until-{part}", "") for part in ("day", "month", "year")]


def _back(procedure: str, errors: dict[str, str], status: int) -> Response:
    return send_away(url_for("studio.trial", procedure=procedure), kept_fields(), errors=errors,
                     status=status)


def _to_trial(procedure: str) -> Response:
    return redirect(url_for("studio.trial", procedure=procedure))


def _cannot(procedure: str, message: str, *, begun: bool = False) -> str:
    return render_template("studio/trial_cannot.html", procedure=procedure, message=message,
                           begun=begun)
