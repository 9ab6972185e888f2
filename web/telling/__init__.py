"""What you are told, the calendar of one's own deadlines, and messages that were not delivered."""

from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from engine.audit import record_view
from engine.background import send_again
from engine.domain import SYSTEM
from engine.errors import AnswersInvalid
from engine.work import Installation
from web.access import allow, anyone
from web.reading import acting_as, end_reading, reading
from web.settings import Settings
from web.telling.calendar import calendar_of
from web.typed import done_with, form_id, send_back, sent_back, with_form_id, words_posted
from workflows.access import decide
from workflows.telling.calendar_feed import (
    calendar_made_at,
    end_calendar,
    make_calendar,
    own_deadlines,
    whose_calendar,
)
from workflows.telling.choices import Choice, choose_how_to_be_told, my_choice
from workflows.telling.not_delivered import failed_messages

blueprint = Blueprint("telling", __name__, template_folder="templates")

CHOICES = (
    (Choice.AT_ONCE, "At once", "An e-mail for each message"),
    (Choice.DAILY, "Once a day", "One e-mail with all of them, at 7am on working days"),
    (Choice.ESCALATIONS, "Only what is escalated to me",
     "At once. You see everything else in Pepway only"),
)
SECRET = "calendar_secret"  # noqa: S105 - where it is kept between two pages


@blueprint.get("/what-you-are-told")
@allow("choose_what_told")
def choices() -> str | Response | tuple[str, int]:
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    secret = session.pop(SECRET, "")
    page = render_template(
        "telling/choices.html", choices=CHOICES, errors=errors, form_id=form_id(),
        chosen=words_posted(typed).get("choice") or my_choice(reading()),
        sends=_settings().sends, made_at=calendar_made_at(reading()),
        calendar=_address_of(secret) if secret else "",
    )
    return (page, 422) if errors else page


@blueprint.post("/what-you-are-told")
@allow("choose_what_told")
def choose() -> Response:
    try:
        choose_how_to_be_told(g.acting, request.form.get("choice", ""))
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    flash("Saved. This is how you are told from now on.")
    return redirect(url_for("telling.choices"))


@blueprint.post("/what-you-are-told/calendar")
@allow("choose_what_told")
def make() -> Response:
    """The address is shown once, on the page that follows."""
    session[SECRET] = make_calendar(g.acting)
    return redirect(url_for("telling.choices", _anchor="calendar"))


@blueprint.post("/what-you-are-told/calendar/end")
@allow("choose_what_told")
def end() -> Response:
    end_calendar(g.acting)
    session.pop(SECRET, None)
    flash("The address of your calendar has ended. It shows nothing any more.")
    return redirect(url_for("telling.choices", _anchor="calendar"))


@blueprint.get("/calendar/<secret>.ics")
@anyone("read_calendar")
def calendar(secret: str) -> Response:
    """For calendar programs, which cannot sign in: the secret says whose it is."""
    end_reading()
    installation: Installation = current_app.extensions["pepway"]
    actor = whose_calendar(installation.acting(SYSTEM), secret)
    by = acting_as(actor)
    record_view(by, "read_calendar", None, f"calendar:{actor.id}",
                decide(None, "read_calendar").reason)
    answer = make_response(calendar_of(own_deadlines(by), by.now, _settings()))
    answer.mimetype = "text/calendar"
    return answer


@blueprint.get("/messages-not-delivered")
@allow("see_undelivered")
def undelivered() -> str:
    return render_template(
        "telling/undelivered.html", failed=failed_messages(reading()), sends=_settings().sends
    )


@blueprint.post("/messages-not-delivered/<uuid:message_id>/again")
@allow("send_message_again")
def again(message_id: UUID) -> Response:
    send_again(g.acting, message_id)
    flash("The message is sent again. It leaves within a minute.")
    return redirect(url_for("telling.undelivered"))


def _address_of(secret: str) -> str:
    return f"{_settings().public_url.rstrip('/')}{url_for('telling.calendar', secret=secret)}"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pepway_settings"]
    return settings
