"""What Pepway measures of itself, in Prometheus' text format, for whoever brings the token.

Of what waits in the database it tells how it stands at this moment, the same from each process; of
requests, completions and timers what this process has done.
"""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from engine.domain import SYSTEM
from engine.faults import is_passing
from engine.measures import MEASURED
from engine.waiting import Waiting, what_waits
from engine.work import Installation
from web.access import anyone
from web.settings import Settings
from workflows.filing.standing import Waiting as PlansWaiting
from workflows.filing.standing import what_waits as plans_that_wait

TOLD = {
    "cases_running": ("pepway_cases_running", "Cases that are not over."),
    "incidents": ("pepway_incidents_open", "Cases that need a process owner."),
    "tasks_open": ("pepway_tasks_open", "Tasks that wait for people."),
    "tasks_in_queues": ("pepway_tasks_in_queues", "Of these, tasks that nobody has yet."),
    "timers_pending": ("pepway_timers_pending", "Timers that wait for their moment."),
    "timers_due": ("pepway_timers_due", "Timers whose moment has come and that have not fired."),
    "oldest_timer": ("pepway_timers_oldest_due_seconds", "Since when the first of these is due."),
    "messages_waiting": ("pepway_outbox_waiting", "Messages that might have left and have not."),
    "oldest_message": ("pepway_outbox_oldest_seconds", "Since when the first of these waits."),
    "messages_given_up": ("pepway_outbox_given_up", "Messages that were given up."),
    "oldest_unsealed": (
        "pepway_unsealed_oldest_seconds", "Age of the first row that is not in the chain yet.",
    ),
    "figures_behind": ("pepway_figures_behind_events", "Events that the figures do not hold yet."),
}
"""By field of `Waiting` what it is called here, and what it is."""

OF_PLANS = {
    "count": ("pepway_plans_not_filed", "Signed plans that the case system has not."),
    "oldest": ("pepway_plans_not_filed_oldest_seconds", "Age of the first of these."),
    "given_up": ("pepway_plans_given_up", "Of these, plans that are not tried again."),
}
"""As `TOLD`, by field of what waits for the case system."""

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@anyone("see_metrics")
def metrics() -> Response:
    """Without the right token there is nothing here."""
    settings: Settings = current_app.extensions["pepway_settings"]
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.metrics_token
    is_right = hmac.compare_digest(token.strip().encode(), wanted.encode())
    if not (wanted and is_right and kind.lower() == "bearer"):
        abort(404)
    return Response(_text(current_app.extensions["pepway"]), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def app_of_metrics(installation: Installation, settings: Settings) -> Flask:
    """Nothing but this, under whichever name it is asked: for a port of its own."""
    app = Flask("metrics", static_folder=None)
    app.extensions["pepway"], app.extensions["pepway_settings"] = installation, settings
    app.register_blueprint(blueprint)
    return app


def _text(installation: Installation) -> bytes:
    of_the_moment = CollectorRegistry()
    of_the_moment.register(_Moment(installation))
    return generate_latest(MEASURED) + generate_latest(of_the_moment)


class _Moment(Collector):
    """What is asked of the database, once and in one transaction."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def collect(self) -> Iterator[Metric]:
        yield _gauge("pepway_database_connections", "Connections of this process in use.",
                     self._installation.database.connections_in_use)
        waiting = self._waiting()
        yield _gauge("pepway_database_up", "Whether the database answers.", waiting is not None)
        if waiting is None:
            return
        told, plans = waiting
        for field, (name, what) in TOLD.items():
            yield _gauge(name, what, getattr(told, field))
        for field, (name, what) in OF_PLANS.items():
            yield _gauge(name, what, getattr(plans, field))

    def _waiting(self) -> tuple[Waiting, PlansWaiting] | None:
        """`None`: the database does not answer."""
        by = self._installation.acting(SYSTEM)
        try:
            with by.begin(writing=False) as work:
                return what_waits(work), plans_that_wait(work)
        except Exception as fault:
            if not is_passing(fault):
                raise
            return None


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
