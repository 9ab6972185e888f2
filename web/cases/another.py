"""Another procedure for a child whose case one has open: beside the plan, not in its place."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Refused
from web.access import allow
from web.reading import reading
from web.typed import kept_fields, send_away, sent_back, words_posted
from workflows.pep.starting import other_procedures, start_another

blueprint = Blueprint("another", __name__)


@blueprint.get("/<uuid:case_id>/another")
@allow("start_another", kind="case", arg="case_id")
def ask(case_id: UUID) -> tuple[str, int]:
    typed = sent_back(request.path)
    errors, status = (typed.said["errors"], 422) if typed else ({}, 200)
    return render_template("cases/another.html", case_id=case_id, errors=errors,
                           chosen=words_posted(typed).get("procedure", ""),
                           procedures=other_procedures(reading())), status


@blueprint.post("/<uuid:case_id>/another")
@allow("start_another", kind="case", arg="case_id")
def start(case_id: UUID) -> Response:
    try:
        started = start_another(g.acting, case_id, request.form.get("procedure", ""))
    except Refused as refused:
        return send_away(url_for("cases.another.ask", case_id=case_id), kept_fields(),
                         errors={"procedure": refused.message})
    flash("The case is started.")
    return redirect(url_for("cases.case_page", case_id=started))
