"""Who has looked at a child's record, and what somebody has looked at; as pages and as CSV."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, g, render_template, request

from engine.audit import record_view
from engine.work import LONDON
from web.access import allow
from web.reading import reading
from web.spreadsheet import as_file
from workflows.looks import Look, Looks, looks_at_child, looks_of_person
from workflows.people import everyone, names

blueprint = Blueprint("looks", __name__, template_folder="templates")
MOST_IN_A_FILE = 20_000


@blueprint.get("/children/<uuid:child_id>/looks")
@allow("see_looks_at_child", kind="child", arg="child_id")
def at_child(child_id: UUID) -> str:
    lists = "lists" in request.args
    looks = looks_at_child(reading(), child_id, lists=lists, before=_before())
    return render_template("looks/at_child.html", child_id=child_id, looks=looks, lists=lists)


@blueprint.get("/children/<uuid:child_id>/looks.csv")
@allow("see_looks_at_child", kind="child", arg="child_id")
def file_at_child(child_id: UUID) -> Response:
    return _file(looks_at_child(reading(), child_id, limit=MOST_IN_A_FILE))


@blueprint.get("/looks")
@allow("see_looks_of_person")
def choose() -> str:
    return render_template("looks/choose.html", people=everyone(reading()))


@blueprint.get("/people/<uuid:person_id>/looks")
@allow("see_looks_of_person")
def of_person(person_id: UUID) -> str:
    looks = looks_of_person(reading(), person_id, before=_before())
    _note_whose(person_id)
    return render_template("looks/of_person.html", person_id=person_id, looks=looks,
                           name=names(reading(), [person_id])[person_id])


@blueprint.get("/people/<uuid:person_id>/looks.csv")
@allow("see_looks_of_person")
def file_of_person(person_id: UUID) -> Response:
    looks = looks_of_person(reading(), person_id, limit=MOST_IN_A_FILE)
    _note_whose(person_id)
    return _file(looks)


def _note_whose(person_id: UUID) -> None:
    record_view(reading(), "see_looks_of_person", None, f"person:{person_id}", g.decision.reason)


def _before() -> int | None:
    return request.args.get("before", type=int)


def _file(looks: Looks) -> Response:
    return as_file([["When (London)", "Who", "What", "Allowed as", "Case"],
                    *(_cells(look) for look in looks.rows)], "looks.csv")


def _cells(look: Look) -> Sequence[str]:
    at = look.at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S")
    return [at, look.who, look.what, look.why, look.reference]
