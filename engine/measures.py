"""What is measured of this process at work, for Prometheus.

Counts and seconds only. A label is a procedure, the rule of an address or a kind of answer: never
whose child, school or team it was.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call]

MEASURED = CollectorRegistry()
ProcessCollector(registry=MEASURED)

COMPLETIONS = Counter(
    "pepway_completions_total", "Tasks completed in this process.", ["procedure"],
    registry=MEASURED,
)
LATENESS = Histogram(
    "pepway_timer_lateness_seconds", "How long after their moment timers fired in this process.",
    buckets=(1, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400, 604_800), registry=MEASURED,
)
REQUESTS = Histogram(
    "pepway_request_seconds", "How long requests took, by the rule of their address.",
    ["rule", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30), registry=MEASURED,
)
