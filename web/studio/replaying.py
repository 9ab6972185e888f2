"""Finished cases gone through the draft: where it would have led them, and what would be late."""

from flask import g, render_template, request

from web.access import allow
from web.studio.blueprint import blueprint
from workflows.trying.drafts import NotSound
from workflows.trying.replay import MOST_CASES, replay


@blueprint.get("/<procedure>/replay")
@allow("try_draft")
def replay_cases(procedure: str) -> str:
    """What it does; with `go`, what came of it."""
    found, refused = None, ""
    if "go" in request.args:
        try:
            found = replay(g.acting, procedure)
        except NotSound as refusal:
            refused = refusal.message
    return render_template("studio/replay.html", procedure=procedure, found=found, refused=refused,
                           most=MOST_CASES)
