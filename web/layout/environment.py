"""Jinja's environment as Pepway needs it."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class LayoutEnvironment(Environment):
    """Templates share the environment's globals as they are.

    Jinja lays a map of each template's own over them. Ours have none, and the hundred imports of
    GOV.UK's macros in one form compare those maps each time: a quarter of what the page costs.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals
