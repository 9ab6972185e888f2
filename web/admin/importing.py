"""Importing rows of a CSV file: the file is sent, checked and shown; then all of it is taken in."""

from uuid import UUID, uuid5

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from web.access import allow
from web.admin.blueprint import blueprint
from web.reading import reading
from web.spreadsheet import encoded
from web.typed import (
    done_with,
    form_id,
    send_away,
    send_back,
    sent_back,
    with_form_id,
    words_posted,
)
from web.uploading import takes_file
from workflows.administration.imports import (
    KINDS,
    Checked,
    Kind,
    RowsWrong,
    check_rows,
    import_rows,
    weigh_rows,
)
from workflows.administration.imports.long_import import (
    begin_import,
    get_import,
    is_long_import,
    long_imports,
    stop_import,
)
from workflows.administration.imports.reading import rows_in, text_of

MOST_SHOWN = 100
"""Sentences about rows; who has put these right is told of the next."""
MOST_MOVED = 100
"""Rows that move cases while a browser waits, in some seconds for which on SQLite nobody else
saves; more are left to the background."""
SECONDS_TO_NEXT_LOOK = 5
TOO_LARGE = "The file is larger than 2 MB. Import it in parts"


@blueprint.get("/admin/import")
@allow("import_rows")
def imports() -> str:
    return render_template("admin/imports.html", kinds=KINDS.values(), most=MOST_MOVED,
                           long_ones=long_imports(reading()))


@blueprint.get("/admin/import/<kind>")
@allow("import_rows")
def choose_file(kind: str) -> str | Response | tuple[str, int]:
    asked = _kind(kind)
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    errors = dict(typed.said["errors"]) if typed else {}
    if request.args.get("refused") == "too_large":
        errors["file"] = TOO_LARGE
    html = render_template("admin/import.html", kind=asked, errors=errors, targets=errors,
                           form_id=form_id())
    return (html, 422) if errors else html


@blueprint.get("/admin/import/<kind>/example.csv")
@allow("import_rows")
def example_file(kind: str) -> Response:
    """As a spreadsheet opens it, and as it can be sent again."""
    asked = _kind(kind)
    titles = [each.title for each in asked.columns]
    rows = ([row.get(title, "") for title in titles] for row in asked.example)
    return Response(encoded([titles, *rows]), mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{asked.key}.csv"'})


@blueprint.post("/admin/import/<kind>")
@allow("import_rows")
@takes_file
def send_file(kind: str) -> Response:
    asked, sent = _kind(kind), request.files.get("file")
    try:
        text = text_of(sent.read() if sent else b"")
        rows_in(text, asked.columns)
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    return send_away(url_for("admin.check_import", kind=kind), [("csv", text)])


@blueprint.get("/admin/import/<kind>/check")
@allow("import_rows")
def check_import(kind: str) -> str | Response | tuple[str, int]:
    asked, typed = _kind(kind), sent_back(request.path)
    if typed is None:
        return redirect(url_for("admin.choose_file", kind=kind))
    checked = check_rows(reading(), asked, words_posted(typed)["csv"],
                         worth_trying=lambda found: not _takes_long(asked, found))
    html = render_template("admin/import_checked.html", kind=asked, checked=checked,
                           wrong=checked.wrong[:MOST_SHOWN], told=checked.told[:MOST_SHOWN],
                           in_parts=_takes_long(asked, checked))
    return (html, 422) if checked.wrong else html


@blueprint.post("/admin/import/<kind>/check")
@allow("import_rows")
def do_import(kind: str) -> Response:
    asked, typed, import_id = _kind(kind), sent_back(request.path), _id_of_import()
    if typed is None:
        if is_long_import(reading(), import_id):  # the second of a double click
            return redirect(url_for("admin.see_import", import_id=import_id))
        return redirect(url_for("admin.choose_file", kind=kind))
    text = words_posted(typed)["csv"]
    try:
        if _takes_long(asked, weigh_rows(g.acting, asked, text)):
            begin_import(g.acting, import_id, kind, text)
            done_with()
            return redirect(url_for("admin.see_import", import_id=import_id))
        done = import_rows(g.acting, asked, text)
    except RowsWrong:  # since the file was checked: the page says which
        return redirect(request.full_path)
    done_with()
    flash(f"Imported: {done.new:,} new, {done.changed:,} changed, {done.same:,} the same"
          f"{f', {done.left:,} left aside' if done.left else ''}.")
    return redirect(url_for("admin.imports"))


@blueprint.get("/admin/imports/<uuid:import_id>")
@allow("import_rows")
def see_import(import_id: UUID) -> str:
    """How far it is; kept up to date only for whoever asks for that, for a page that changes by
    itself disturbs others."""
    found = get_import(reading(), import_id)
    watched = "watch" in request.args and found.ended_at is None
    return render_template("admin/import_under_way.html", found=found,
                           wrong=found.came_to.wrong[:MOST_SHOWN],
                           refresh=SECONDS_TO_NEXT_LOOK if watched else 0)


@blueprint.post("/admin/imports/<uuid:import_id>/stop")
@allow("import_rows")
def stop_an_import(import_id: UUID) -> Response:
    stop_import(g.acting, import_id)
    return redirect(url_for("admin.see_import", import_id=import_id))


def _takes_long(kind: Kind, checked: Checked) -> bool:
    """What is wrong is told at once, however many rows there are."""
    moved = checked.new + checked.changed if kind.belongs_to else 0
    return moved > MOST_MOVED and not checked.wrong


def _id_of_import() -> UUID:
    """The same however often one confirmed file is sent."""
    return uuid5(g.acting.actor.id, form_id())


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise NotFound
    return KINDS[key]
