"""What is done with several cases of the list at once."""

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from web.access import allow, children_shown, nobody_shown, require
from web.cases.asking import FINISHED_TOO, LIST, address_of, posted_pairs
from web.chosen_cases import GIVEN, cases_named, ids_named
from web.reading import reading
from web.typed import done_with, form_id, send_back, sent_back, words_posted
from workflows.case_list.asked import COLUMN
from workflows.case_list.holders import still_to_give
from workflows.case_list.reminding import LONGEST, remind_holders, who_would_be_reminded
from workflows.workload.giving import PAGE

blueprint = Blueprint("chosen", __name__)
WAYS = {"give": ("reassign_tasks", "cases.chosen.give"),
        "export": ("export_cases", "cases.exporting.about"),
        "remind": ("remind_holders", "cases.chosen.ask")}
"""What can be done, who may, and the page that says what will happen."""


@blueprint.post("/chosen")
@allow("see_cases")
def go_on() -> Response:
    nobody_shown("the ids that were ticked go into the address of the next page")
    back, chosen = address_of(posted_pairs()), request.form.getlist("case")
    if not chosen:
        return redirect(f"{back}&none-chosen=1")
    action, page = WAYS.get(request.form.get("do", ""), (None, ""))
    if action is None:
        raise NotFound
    require(action)
    asks = [("cases", ",".join(_ids(chosen))), FINISHED_TOO,
            *(pair for pair in posted_pairs() if pair[0] == COLUMN)]
    return redirect(f"{url_for(page)}?{urlencode(asks)}")


@blueprint.get("/give")
@allow("reassign_tasks")
def give() -> str:
    page = still_to_give(reading(), cases_named(), ids_named(GIVEN))
    children_shown("reassign_tasks",
                   {step.child.id for each in page.holders for step in each.steps})
    return render_template("cases/give.html", page=page, together=PAGE,
                           begun=GIVEN in request.args)


@blueprint.get("/remind")
@allow("remind_holders")
def ask() -> str | tuple[str, int]:
    cases = cases_named()
    found = who_would_be_reminded(reading(), cases)
    children_shown("remind_holders", {each.child.id for each in found})
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    page = render_template("cases/remind.html", found=found, errors=errors, longest=LONGEST,
                           typed=words_posted(typed), form_id=form_id())
    return (page, 422) if errors else page


@blueprint.post("/remind")
@allow("remind_holders")
def remind() -> Response:
    cases = cases_named()
    try:
        count = remind_holders(g.acting, cases, request.form.get("note", ""))
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    if not count:
        nobody_shown("nobody was there to be told, and nothing was done")
    flash("Nobody was left to remind." if not count else
          f"{count} {'reminder is' if count == 1 else 'reminders are'} on the way.")
    return redirect(LIST)


def _ids(chosen: list[str]) -> list[str]:
    try:
        return [str(UUID(each)) for each in chosen]
    except ValueError as not_an_id:
        raise NotFound from not_an_id
