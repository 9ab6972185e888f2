"""Attendance as a line: drawn by the server, with the same in words, and the table beside it."""

from collections.abc import Sequence

from flask import render_template
from markupsafe import Markup

from workflows.days import long_date
from workflows.progress_page import Attendance

WIDTH, HEIGHT = 300, 100
"""Of the space in which the line is drawn: 0 to 100 percent, the first day to the last."""


def attendance_line(points: Sequence[Attendance]) -> Markup | None:
    """None where there is no line yet: fewer than two points."""
    if len(points) < 2:
        return None
    places = [(_across(points, each), HEIGHT - _within(each.percent)) for each in points]
    return Markup(  # noqa: S704 (Jinja has escaped every word in it)
        render_template(
            "progress/attendance.svg", places=places, points=points, width=WIDTH, height=HEIGHT,
            in_words="; ".join(f"{each.text} on {long_date(each.said.day)}" for each in points),
        )
    )


def _across(points: Sequence[Attendance], point: Attendance) -> float:
    """By day; where all are of one day, by their order."""
    first, last = points[0].said.day, points[-1].said.day
    if first == last:
        return round(WIDTH * points.index(point) / (len(points) - 1), 1)
    return round(WIDTH * (point.said.day - first).days / (last - first).days, 1)


def _within(percent: float) -> float:
    return round(min(max(percent, 0), 100), 1)
