"""Who has how much to do, who is away and who covers, and tasks given to others by the dozen."""

from web.workload import absences, giving, overview  # noqa: F401 - their routes
from web.workload.blueprint import blueprint

__all__ = ["blueprint"]
