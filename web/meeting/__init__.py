"""The meeting on one screen, and the files of its invitations."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from engine.ahead import step_ahead
from engine.audit import record_view
from engine.domain import SYSTEM
from engine.errors import EngineError, Refused, TaskGone, TaskTaken, ValuesChanged
from engine.tasks import save_draft, task_form
from engine.work import Installation
from web.access import allow, anyone, may, may_see
from web.forms import raw_from_post, seen_from_post
from web.meeting.panels import AGREED, AT_HAND, HELD, Panel, panel_of, read_posted
from web.reading import end_reading, reading
from web.sending.invitation import invitation_at, invitation_file
from web.settings import Settings
from web.typed import kept_fields, send_away, sent_back
from workflows.access import decide
from workflows.meeting_page import (
    FIRST,
    READ_ALONG,
    MeetingPage,
    agree_at_meeting,
    call_off_meeting,
    meeting_page,
    step_agreed_at,
)
from workflows.pep.smart import help_with_targets
from workflows.resources import task_resource
from workflows.telling.invitations import entry_of

blueprint = Blueprint("meeting", __name__, template_folder="templates")


@blueprint.get("/cases/<uuid:case_id>/meeting")
@allow("see_meeting", kind="case", arg="case_id")
def see_meeting(case_id: UUID) -> str | tuple[str, int]:
    page = meeting_page(reading(), case_id, may_see)
    typed = sent_back(request.path)
    panels = [each for each in (_held(page), _agreed(page)) if each]
    shown = [each.with_what_was_sent(typed) for each in panels]
    html = render_template(
        "meeting/meeting.html", page=page, panels=shown, large="large" in request.args,
        over=typed.said.get("over", "") if typed else "",
        words=typed.fields if typed and "over" in typed.said else (),
        focus=request.args.get("focus", ""), help=_help(shown), at_hand=AT_HAND,
        open_sections=(FIRST,) if shown else (FIRST, *READ_ALONG),
    )
    return (html, 409) if typed else html


def _help(panels: Iterable[Panel]) -> dict[str, str]:
    """What the targets on the screen lack, by place."""
    return {place: sentence for panel in panels for place, sentence in
            help_with_targets(panel.form, panel.raw, reading().today).items()}


@blueprint.post("/cases/<uuid:case_id>/meeting/agreed")
@allow("agree_at_meeting", kind="case", arg="case_id")
def agree(case_id: UUID) -> Response:
    """Targets and actions: save, add or remove a row."""
    at = url_for("meeting.see_meeting", case_id=case_id)
    step = step_agreed_at(g.acting, case_id)
    try:
        if step is None:
            raise Refused("The meeting is over")
        raw, seen, asked = read_posted(step_ahead(g.acting, case_id, step).form, request.form)
        agree_at_meeting(g.acting, case_id, raw, seen)
    except ValuesChanged as changed:
        return send_away(at, kept_fields(), panel=AGREED,
                         clashes=[clash.key for clash in changed.clashes])
    except Refused as refused:
        return send_away(at, kept_fields(), panel=AGREED, over=refused.message)
    return _saved(case_id, AGREED, asked)


@blueprint.post("/cases/<uuid:case_id>/meeting/agreed/draft")
@allow("agree_at_meeting", kind="case", arg="case_id")
def keep_agreed(case_id: UUID) -> Response | tuple[Response, int]:
    """What the browser sends by itself a moment after typing."""
    step = step_agreed_at(g.acting, case_id)
    try:
        if step is None:
            raise Refused("The meeting is over")
        raw = raw_from_post(step_ahead(g.acting, case_id, step).form, request.form)
        agree_at_meeting(g.acting, case_id, raw, seen_from_post(request.form))
    except EngineError as problem:
        return jsonify(message=f"Not saved: {problem.message}"), 409
    kept = step_ahead(g.acting, case_id, step).kept
    return jsonify(message="Saved", seen={key: kept[key].version for key in raw if key in kept})


@blueprint.post("/cases/<uuid:case_id>/meeting/held/<uuid:task_id>")
@allow("do_task", kind="task", arg="task_id")
def hold(case_id: UUID, task_id: UUID) -> Response:
    """Notes and who came: the same draft that the task's own page saves."""
    raw, seen, asked = read_posted(task_form(g.acting, task_id).form, request.form)
    try:
        save_draft(g.acting, task_id, raw, seen)
    except ValuesChanged as changed:
        return send_away(url_for("meeting.see_meeting", case_id=case_id), kept_fields(),
                         panel=HELD, clashes=[clash.key for clash in changed.clashes])
    except (TaskGone, TaskTaken):
        return send_away(url_for("tasks.gone", task_id=task_id), kept_fields())
    return _saved(case_id, HELD, asked)


@blueprint.post("/cases/<uuid:case_id>/meeting/off/<uuid:task_id>")
@allow("do_task", kind="task", arg="task_id")
def off(case_id: UUID, task_id: UUID) -> Response:
    call_off_meeting(g.acting, task_id)
    flash("The meeting is off. Everyone invited is told. Choose another day in its task.")
    return redirect(url_for("meeting.see_meeting", case_id=case_id))


@blueprint.get("/invitations/<secret>.ics")
@anyone("read_invitation")
def invitation(secret: str) -> Response:
    """For whoever was sent the address in a message that could carry no file."""
    end_reading()
    installation: Installation = current_app.extensions["pepway"]
    settings: Settings = current_app.extensions["pepway_settings"]
    by = installation.acting(SYSTEM)
    identity = invitation_at(secret, settings)
    entry = entry_of(by, identity, settings.public_url)
    record_view(by, "read_invitation", None, f"invitation:{identity}",
                decide(None, "read_invitation").reason)
    answer = make_response(
        invitation_file(entry, by.now, settings.sender, settings.public_host)
    )
    answer.mimetype = "text/calendar"
    answer.headers["Content-Disposition"] = "attachment; filename=meeting.ics"
    return answer


def _held(page: MeetingPage) -> Panel | None:
    """The meeting's own questions, for whoever has its task."""
    if page.held is None or not task_resource(reading(), page.held.task.id).holds_task:
        return None
    task_id = page.held.task.id
    return panel_of(
        HELD, "The meeting", page.held,
        url_for("meeting.hold", case_id=page.case_id, task_id=task_id),
        url_for("tasks.keep_draft", task_id=task_id),
    )


def _agreed(page: MeetingPage) -> Panel | None:
    if page.agreed is None or not may("agree_at_meeting", g.resource):
        return None
    return panel_of(
        AGREED, page.agreed.name, page.agreed,
        url_for("meeting.agree", case_id=page.case_id),
        url_for("meeting.keep_agreed", case_id=page.case_id),
    )


def _saved(case_id: UUID, panel: str, asked: dict[str, Any]) -> Response:
    flash("Saved.")
    return redirect(url_for("meeting.see_meeting", case_id=case_id, _anchor=panel, **asked))
