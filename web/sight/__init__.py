"""Who does not see a record, or sees it for some hours: restricted records, conflicts of interest,
emergency access."""

from web.sight import conflicts, emergencies, restrictions, unusual  # noqa: F401 - their routes
from web.sight.blueprint import blueprint

__all__ = ["blueprint"]
