"""How plans and reviews stand against their limits."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from flask import abort, flash, g, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from engine.errors import Refused
from web.access import allow, children_shown, nobody_shown
from web.board.blueprint import blueprint
from web.board.chart import Kind, columns
from web.board.narrowing import narrowing_form, posted_to, without
from web.reading import answer, end_reading, reading, reading_for_anyone
from web.spreadsheet import encoded
from web.typesetting import NotMade, parts_of, typeset
from workflows.board.assurance import assurance_pack, terms
from workflows.board.commentary import commentary
from workflows.board.narrowing import COHORT, Narrowed, narrowed
from workflows.board.report import board_report, note_report_taken, period_of
from workflows.board.statutory import BY_DEADLINE, Outcome, by_part, late_cases, statutory_page
from workflows.council import council_name
from workflows.days import long_date

_DRAWN = [Kind(Outcome.ON_TIME, "met"), Kind(Outcome.EXPLAINED, "explained"),
          Kind(Outcome.LATE, "late"), Kind(Outcome.TO_COME, "open")]


@blueprint.get("/deadlines")
@allow("see_board")
def deadlines() -> str | tuple[str, int]:
    which = _which()
    with answer().excused("the page counts limits, and names no child"):
        form = narrowing_form(which, COHORT)
        page = statutory_page(reading(), which=which)
    drawn = {
        each.measure.deadline: columns(
            {month: tally.counts for month, tally in each.months.items()}, _DRAWN,
            each.measure.title, each.measure.deadline.lower())
        for each in page.figures
    }
    shown = render_template(
        "board/deadlines.html", page=page, drawn=drawn, which=which, form=form,
        kept=which.filters, said=commentary(reading()), terms=terms(reading().today),
        without=lambda key, value: url_for(
            "board.deadlines", **without(which.filters, key, value)))
    return (shown, 422) if form.errors else shown


@blueprint.post("/deadlines")
@allow("see_board")
def narrow_deadlines() -> Response:
    nobody_shown("only the address of the page is made of it")
    return posted_to("board.deadlines", COHORT)


@blueprint.post("/deadlines/report")
@allow("take_board_report")
def report() -> Response:
    """One page as a PDF; whoever takes it is on record."""
    try:
        made = board_report(reading(), outside=request.form.get("outside") == "yes")
    except Refused as problem:
        flash(str(problem))
        return redirect(url_for("board.deadlines"))
    council = council_name(reading_for_anyone())
    end_reading()
    title = "Education of children in care"
    try:
        pdf = typeset({
            "title": period_of(made), "file_title": f"{title}, {period_of(made)}",
            "council": council, "about": title, "facts": [], "style": "page",
            "copy": f"{'For outside the council: small numbers are not told. ' * made.outside}"
                    f"Made on {long_date(made.on)}",
            "on": [made.on.year, made.on.month, made.on.day], "parts": parts_of(made.parts),
        }, [], made.id)
    except NotMade as problem:
        flash(str(problem))
        return redirect(url_for("board.deadlines"))
    note_report_taken(g.acting, made)
    return send_file(BytesIO(pdf), mimetype="application/pdf", as_attachment=True,
                     download_name=f"plans-and-reviews-{made.on.isoformat()}.pdf")


@blueprint.post("/deadlines/assurance")
@allow("export_cases")
def assurance() -> Response:
    """The pack of a term as a ZIP of two spreadsheets."""
    chosen = request.form.get("term", "")
    term = next((each for each in terms(g.acting.today) if each.key == chosen), None) or abort(404)
    pack = assurance_pack(g.acting, term)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as files:
        files.writestr("children.csv", b"".join(encoded(pack.children)))
        files.writestr("authority.csv", b"".join(encoded(pack.authority)))
    packed.seek(0)
    return send_file(packed, mimetype="application/zip", as_attachment=True,
                     download_name=f"assurance-{term.key}.zip")


@blueprint.get("/deadlines/<deadline>")
@allow("see_board")
def deadline(deadline: str) -> str:
    """One measure: which cases were late, and by team and by school."""
    measure = BY_DEADLINE.get(deadline) or abort(404)
    which, every = _which(), request.args.get("every") == "1"
    teams, schools = by_part(reading(), deadline, which=which, every=every)
    late = late_cases(reading(), deadline, request.args.get("page", 1, type=int), which)
    children_shown("see_board", {each.case.child.id for each in late.cases})
    return render_template("board/deadline.html", measure=measure, teams=teams, schools=schools,
                           late=late, which=which, kept=which.filters)


def _which() -> Narrowed:
    with answer().excused("whether there is such a school names no child"):
        return narrowed(reading(), request.args.items(multi=True), by=COHORT)
