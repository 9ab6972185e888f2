"""What is the council's own: its name, the way to its other procedures, a plan each term."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import update

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Field, Form, Option, valid_answers
from engine.work import Work, query, verb
from workflows.children import School
from workflows.council import (
    SchoolTerm,
    council_name,
    read_settings,
    set_council_link,
    set_council_name,
    set_termly,
    termly_overlay,
)

FORM_OF_SETTINGS = Form("settings", "Settings", (
    Field("name", "text", "Name of the council", "name", required=True, max_length=200,
          error_messages={"required": "Enter the name of the council"}),
    Field("looked_after_reviews", "text", "Where is your procedure for looked-after reviews?",
          "looked_after_reviews", max_length=1_000,
          hint="An address that begins with https://. Steps that go by it lead there"),
    Field("termly", "radio", "Ask for a plan each term?", "termly", required=True,
          options=(Option("no", "No, at the statutory reviews only"), Option("yes", "Yes")),
          hint="Beside the reviews that the law sets. Dates of running cases follow"),
))
FORM_OF_CUT_OFF = Form("cut_off", "Cut-off dates", (
    Field("day", "date", "Add a cut-off date", "day", required=True,
          hint="By when a term's plan is due, instead of the term's last day"),
))


@query
def settings_as_answers(work: Work) -> dict[str, str]:
    link = read_settings(work.session, ["link.looked_after_reviews"])
    return {"name": council_name(work),
            "looked_after_reviews": link.get("link.looked_after_reviews", ""),
            "termly": "yes" if termly_overlay(work).on else "no"}


@verb
def change_settings(work: Work, answers: Mapping[str, Any]) -> None:
    """Only what differs is written. Raises `AnswersInvalid`."""
    said, stands = valid_answers(FORM_OF_SETTINGS, answers), settings_as_answers(work)
    wanted = {key: str(said.get(key, "")) for key in stands}
    if wanted["looked_after_reviews"] != stands["looked_after_reviews"]:
        _set_link(work, wanted["looked_after_reviews"])
    if wanted["name"] != stands["name"]:
        _rename(work, stands["name"], wanted["name"])
    if wanted["termly"] != stands["termly"]:
        set_termly(work, on=wanted["termly"] == "yes")


@verb
def add_cut_off(work: Work, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`, and `Refused` where no plan is asked for each term."""
    said, overlay = valid_answers(FORM_OF_CUT_OFF, answers), termly_overlay(work)
    if not overlay.on:
        raise Refused("A plan each term is not asked for. Ask for it under Settings first.")
    day = said["day"]
    if day < work.today:
        raise AnswersInvalid({"day": "Enter today or a later day"})
    set_termly(work, on=True, cut_offs={*overlay.cut_offs, day})


@verb
def remove_cut_off(work: Work, day: date) -> None:
    """Raises `NotFound`, `Refused` for a day that is past."""
    overlay = termly_overlay(work)
    if day not in overlay.cut_offs:
        raise NotFound
    if day < work.today:
        raise Refused("This day is past. What was due by it stays as it was.")
    set_termly(work, on=True, cut_offs=set(overlay.cut_offs) - {day})


def _set_link(work: Work, address: str) -> None:
    try:
        set_council_link(work, "looked_after_reviews", address)
    except AnswersInvalid as problem:
        raise AnswersInvalid({"looked_after_reviews": problem.errors["address"]}) from problem


def _rename(work: Work, old: str, new: str) -> None:
    """Its schools and term dates are known by its name and go with it: no date changes."""
    for table in (School, SchoolTerm):
        work.session.execute(update(table).where(table.area == old).values(area=new))
    set_council_name(work, new)
