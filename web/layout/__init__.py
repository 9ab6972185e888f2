"""What all pages share: the shell, words for dates, assets."""

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup

from engine.forms import inputs_in
from engine.work import LONDON, Installation
from web.access import may, may_see
from web.forms import error_targets, only_when, pairs_of
from web.layout.notice import NOTICE_TO_READ
from web.reading import reading_for_anyone
from workflows.answers_in_words import date_parts, in_words, number_text, rows_of
from workflows.calendar import working_days_until
from workflows.days import full_day, long_date, moment_in_words, short_day, time_in_words
from workflows.maintenance import Head, head_of_pages
from workflows.roles import ROLES

BUILT = Path(__file__).parents[1] / "static" / "built"

NAVIGATION = (
    ("see_my_tasks", "tasks.my_tasks", "My tasks"),
    ("see_live_map", "board.overview", "Board"),
    ("see_workload", "workload.overview", "Workload"),
    ("see_studio", "studio.overview", "Studio"),
    ("see_records", "governance.records", "Records"),
    ("see_cases", "cases.case_list", "Cases"),
    ("start_case", "cases.check_first", "Start a case"),
    ("see_procedures", "procedures.overview", "Procedures"),
    ("see_protected", "sight.protected", "Protected records"),
    ("see_administration", "admin.overview", "Administration"),
    ("see_undelivered", "telling.undelivered", "Messages"),
)
"""Action, page and name of every way in."""
REACHED_BY = {"see_protected": "see_records"}
"""Ways in to which another one leads those to whom it is open: a line does not hold them all."""
TASK_ROLES = frozenset(role.key for role in ROLES.values() if role.lives_by_tasks)


def register_layout(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader(
        [
            PackageLoader("web.layout"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=full_day, short_day=short_day, long_date=long_date, moment=moment_in_words,
        time=time_in_words,
        days_left=days_left, reference=in_one_piece, role=role_title, year_group=year_in_words,
    )
    app.jinja_env.globals.update(
        asset=asset, may=may, may_see=may_see, date_parts=date_parts, rows_of=rows_of,
        number_text=number_text, only_when=only_when, error_targets=error_targets,
        pairs_of=pairs_of, in_words=in_words, inputs_in=inputs_in,
    )
    app.context_processor(_shell)


@lru_cache(maxsize=4_000)
def days_left(due: date, today: date) -> str:
    """Due today, 3 working days left, 2 working days overdue."""
    if due == today:
        return "Due today"
    days = abs(working_days_until(today, due))
    plural = "working day" if days == 1 else "working days"
    if due > today:
        return f"{days} {plural} left" if days else "Due before the next working day"
    return f"{days} {plural} overdue" if days else "Overdue"


def in_one_piece(reference: str) -> Markup:
    """A case's reference, never broken at the end of a line."""
    return Markup('<span class="pepway-reference">{}</span>').format(reference)


def role_title(key: str) -> str:
    return ROLES[key].title if key in ROLES else key


def year_in_words(year: int | None) -> str:
    if year is None:
        return ""
    return "Reception" if year == 0 else f"Year {year}"


def asset(name: str) -> str:
    """URL of a built file by its plain name; empty before the first build."""
    manifest = current_app.extensions.get("pepway_assets")
    if manifest is None:
        path = BUILT / "manifest.json"
        manifest = json.loads(path.read_text()) if path.exists() else {}
        current_app.extensions["pepway_assets"] = manifest
    hashed = manifest.get(name)
    return url_for("static", filename=f"built/{hashed}") if hashed else ""


def first_page() -> str:
    """Where this person's work begins."""
    return ways_in()[0][0]


def ways_in() -> list[tuple[str, str]]:
    """Address and name of the pages that are open to this person.

    Their tasks come first, but last for those whose work is another: a diagram may give them some.
    """
    ways = [(url_for(endpoint), text) for action, endpoint, text in NAVIGATION
            if may(action) and not (action in REACHED_BY and may(REACHED_BY[action]))]
    return ways if g.acting.actor.roles & TASK_ROLES else [*ways[1:], ways[0]]


def _way_in_to(path: str, addresses: Iterable[str]) -> str:
    """The way in under which a page lies: the longest, for one may lie under another."""
    return max((each for each in addresses if path.startswith(each)), key=len, default="")


def _shell() -> dict[str, Any]:
    """Asked for by each template that a page is made of; worked out once for a request."""
    if "shell" not in g:
        g.shell = _work_out_shell()
    return {**g.shell, "decision": g.get("decision"), "resource": g.get("resource")}


def _work_out_shell() -> dict[str, Any]:
    installation: Installation = current_app.extensions["pepway"]
    now = installation.clock.now()
    acting = g.get("acting")
    navigation = ways_in() if acting else []
    head = Head("", None) if g.get("database_rests") else head_of_pages(reading_for_anyone())
    return {
        "council": head.council,
        "maintenance": head.maintenance,
        "demonstration": current_app.extensions["pepway_settings"].demo,
        "now": now,
        "today": now.astimezone(LONDON).date(),
        "actor": acting.actor if acting else None,
        "notice_to_read": bool(acting and session.get(NOTICE_TO_READ)),
        "navigation": navigation,
        "way_in": _way_in_to(request.path, (address for address, _ in navigation)),
        "csp_nonce": g.get("csp_nonce", ""),
    }
