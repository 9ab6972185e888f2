"""What administrators keep: people, teams, schools, calendars, settings. No page shows a child."""

from web.admin import (  # noqa: F401 - their routes
    calendars,
    case_system,
    importing,
    leaving,
    maintenance,
    overview,
    people,
    school_posts,
    schools,
    settings,
    teams,
    webhooks,
)
from web.admin.blueprint import blueprint

__all__ = ["blueprint"]
