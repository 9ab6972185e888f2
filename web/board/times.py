"""How long steps take, and the log of finished cases for tools that study processes."""

from tempfile import SpooledTemporaryFile
from typing import IO, cast

from flask import abort, g, render_template, send_file
from werkzeug.wrappers import Response

from web.access import allow
from web.board.blueprint import blueprint
from web.reading import answer, end_reading, reading
from workflows.board.event_log import note_event_log_taken, write_event_log
from workflows.board.times import times_page, years_of_log

IN_MEMORY = 4_000_000
"""Bytes of a log; a larger one is written to disk."""


@blueprint.get("/times")
@allow("see_board")
def times() -> str:
    return render_template("board/times.html", page=times_page(reading()))


@blueprint.post("/times/<procedure>/<int:year>")
@allow("export_event_log")
def event_log(procedure: str, year: int) -> Response:
    """A download; whoever takes it is on record."""
    if year not in years_of_log(reading()).get(procedure, ()):
        abort(404)
    log = cast(IO[bytes], SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 (closed when it is sent)
    with answer().excused("the log numbers cases anew, and names nobody"):
        cases = write_event_log(reading(), procedure, year, log)
    end_reading()
    note_event_log_taken(g.acting, procedure, year, cases)
    log.seek(0)
    return send_file(log, mimetype="application/xml", as_attachment=True,
                     download_name=f"{procedure}-{year}.xes")
