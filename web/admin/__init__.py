"""What administrators keep: people, teams, schools, calendars, settings. No page shows a child."""

from web.admin import importing, leaving, overview, people, schools  # noqa: F401 - their routes
from web.admin.blueprint import blueprint

__all__ = ["blueprint"]
