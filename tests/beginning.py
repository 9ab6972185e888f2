"""When every council of the tests begins, and what its rows are sealed with."""

from datetime import UTC, datetime

MORNING = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)
"""A Wednesday; 10 working days later is Friday 10 April, because of Easter."""

AUDIT_KEY = b"k" * 32
