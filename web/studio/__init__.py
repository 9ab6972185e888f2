"""The studio: process owners change a procedure, see what the check says, and publish it."""

from web.studio import (  # noqa: F401 - their routes
    beginning,
    decisions,
    drawing,
    examples,
    files,
    forms,
    incidents,
    moving,
    overview,
    parts,
    publishing,
    questions,
    repair,
    replaying,
    reviewing,
    rules,
    steps,
    trying,
)
from web.studio.blueprint import blueprint

__all__ = ["blueprint"]
