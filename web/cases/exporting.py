"""The list as a file for a spreadsheet: what will be in it, then the file."""

from flask import Blueprint, Response, g, render_template

from web.access import allow, nobody_shown
from web.cases.asking import question
from web.chosen_cases import cases_named
from web.reading import reading
from web.spreadsheet import as_file
from workflows.case_list.columns import COLUMNS
from workflows.case_list.export import MOST, export_cases, export_size

blueprint = Blueprint("exporting", __name__)


@blueprint.get("/export")
@allow("export_cases")
def about() -> str:
    nobody_shown("how many cases the file would have is counted")
    asked = question()
    only = cases_named()
    return render_template("cases/export.html", question=asked, columns=COLUMNS, chosen=only,
                           most=MOST, count=export_size(reading(), asked.asked, asked.search, only))


@blueprint.get("/export/cases.csv")
@allow("export_cases")
def file() -> Response:
    asked = question()
    return as_file(export_cases(g.acting, asked.asked, asked.search, cases_named()), "cases.csv")
