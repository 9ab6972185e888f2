"""Where one is signed in, which programs work in one's name, and ending either from here."""

from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.reading import reading
from workflows.sessions import Began, end_my_other_sessions, end_my_session, my_sessions
from workflows.tokens import end_my_token, my_tokens

blueprint = Blueprint("where", __name__, url_prefix="/where-you-are-signed-in")

IN_WORDS = {
    Began.PASSWORD: "Signed in with a password",
    Began.SIGN_ON: "Signed in with your council account",
}


@blueprint.get("")
@allow("see_own_sessions")
def signed_in() -> str:
    at = current_app.extensions["pepway_wall_clock"].now()
    return render_template(
        "auth/where.html", sessions=my_sessions(reading(), session["token"], at), how=IN_WORDS,
        programs=my_tokens(reading()),
    )


@blueprint.post("/<uuid:session_id>/end")
@allow("end_own_session")
def end(session_id: UUID) -> Response:
    end_my_session(g.acting, session_id)
    flash("You are signed out there.")
    return redirect(url_for("auth.where.signed_in"))


@blueprint.post("/end-others")
@allow("end_own_session")
def end_others() -> Response:
    at = current_app.extensions["pepway_wall_clock"].now()
    end_my_other_sessions(g.acting, session["token"], at)
    flash("You are signed out everywhere else.")
    return redirect(url_for("auth.where.signed_in"))


@blueprint.post("/programs/<uuid:token_id>/end")
@allow("end_own_session")
def end_program(token_id: UUID) -> Response:
    end_my_token(g.acting, token_id)
    flash("That program can no longer work in your name.")
    return redirect(url_for("auth.where.signed_in"))
