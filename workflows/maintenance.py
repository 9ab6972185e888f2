"""Work on Pepway that is announced: every page says so until it ends."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from engine.errors import AnswersInvalid
from engine.forms import Field, Form, valid_answers
from engine.work import LONDON, Work, query, verb
from workflows.council import NAMELESS, keep_settings, read_settings

SETTING = "maintenance"
LONGEST = 300
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_NO_TIME = "Enter a time, such as 6:30pm or 18:30"

FORM_OF_MAINTENANCE = Form("maintenance", "Work on Pepway", (
    Field("starts_on", "date", "On which day does it begin?", "starts_on", required=True),
    Field("starts_at", "text", "At what time does it begin?", "starts_at", required=True,
          max_length=10, hint="In London, such as 6:30pm or 18:30",
          error_messages={"required": _NO_TIME}),
    Field("ends_on", "date", "On which day does it end?", "ends_on", required=True),
    Field("ends_at", "text", "At what time does it end?", "ends_at", required=True,
          max_length=10, hint="The latest that you expect; then the banner goes by itself",
          error_messages={"required": _NO_TIME}),
    Field("say", "textarea", "What else are people to know?", "say", max_length=LONGEST,
          hint="Whoever opens the page to sign in reads it, too. Name nobody"),
))


@dataclass(frozen=True, slots=True)
class Maintenance:
    begins_at: datetime
    ends_at: datetime
    say: str
    under_way: bool


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above every page."""

    council: str
    maintenance: Maintenance | None


@query
def head_of_pages(work: Work) -> Head:
    kept = read_settings(work.session, ["name", SETTING])
    return Head(kept.get("name", NAMELESS), _announced(work, kept.get(SETTING, "")))


@query
def maintenance(work: Work) -> Maintenance | None:
    return head_of_pages(work).maintenance


@verb
def announce_maintenance(work: Work, begins_at: datetime, ends_at: datetime, say: str) -> None:
    """In place of what was announced before. Raises `AnswersInvalid`."""
    if ends_at <= begins_at:
        raise AnswersInvalid({"ends_at": "Enter an end that comes after the beginning"})
    if ends_at <= work.now:
        raise AnswersInvalid({"ends_at": "Enter an end that is still to come"})
    if len(say) > LONGEST:
        raise AnswersInvalid({"say": f"Write {LONGEST} characters or fewer"})
    kept = {"from": begins_at.isoformat(), "until": ends_at.isoformat(), "say": say.strip()}
    keep_settings(work.session, {SETTING: json.dumps(kept)})
    work.audit("announce_maintenance", begins=begins_at.isoformat(), ends=ends_at.isoformat())


@verb
def call_off_maintenance(work: Work) -> None:
    """What is not announced is left as it is."""
    if read_settings(work.session, [SETTING]):
        keep_settings(work.session, {SETTING: ""})
        work.audit("call_off_maintenance")


@verb
def announce_as_answered(work: Work, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`."""
    said = valid_answers(FORM_OF_MAINTENANCE, answers)
    moments = {name: _moment(said[f"{name}_on"], str(said[f"{name}_at"]), f"{name}_at")
               for name in ("starts", "ends")}
    announce_maintenance(work, moments["starts"], moments["ends"], str(said.get("say") or ""))


def _announced(work: Work, kept: str) -> Maintenance | None:
    if not kept:
        return None
    said = json.loads(kept)
    begins_at, ends_at = (datetime.fromisoformat(said[name]) for name in ("from", "until"))
    if work.now >= ends_at:
        return None
    return Maintenance(begins_at, ends_at, said["say"], begins_at <= work.now)


def _moment(day: date, text: str, box: str) -> datetime:
    match = _TIME.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        if half and not 1 <= hour <= 12:
            raise ValueError
        in_day = time(hour % 12 + 12 * (half == "pm") if half else hour, minute)
    except ValueError:
        raise AnswersInvalid({box: _NO_TIME}) from None
    return datetime.combine(day, in_day, LONDON)
