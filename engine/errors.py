"""What can go wrong, in words a user can act on.

The docstring of each class is its default message. Facts stand as attributes, so that the
web can build a page from them; no message ever holds a name or an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


class EngineError(Exception):
    """Pepway could not do that."""

    def __init__(self, message: str | None = None) -> None:
        self.message = message or (self.__doc__ or "").strip()
        super().__init__(self.message)


class NotFound(EngineError):
    """There is nothing here that you can see. Check the address, or go to your tasks."""


class NotAllowed(NotFound):
    """There is nothing here that you can see. Check the address, or go to your tasks."""


class TaskGone(EngineError):
    """This task is no longer open."""

    def __init__(
        self,
        message: str | None = None,
        *,
        status: str = "",
        by: UUID | None = None,
        at: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.by, self.at = status, by, at


class TaskTaken(EngineError):
    """Someone else has taken this task."""

    def __init__(self, message: str | None = None, *, by: UUID | None = None) -> None:
        super().__init__(message)
        self.by = by


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that changed while the form was open: what was typed, and what stands now."""

    key: str
    path: str
    label: str
    typed: object
    current: object
    version: int
    by: UUID | None
    at: datetime | None


class ValuesChanged(EngineError):
    """Someone changed an answer while you had this form open. Nothing of yours is lost."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__()
        self.clashes = tuple(clashes)


class AnswersInvalid(EngineError):
    """There is a problem with your answers."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__()
        self.errors = dict(errors)
        """Sentence by field key; a row of a list is `targets[0].text`."""


class Refused(EngineError):
    """That cannot be done."""


class ExpressionRefused(Refused):
    """This expression cannot be used."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


class CaseClosed(Refused):
    """This case is closed."""


class DiagramRefused(Refused):
    """This diagram cannot run. Correct what the check found and try again."""

    def __init__(self, message: str | None = None, *, findings: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class FlowFailed(EngineError):
    """A step of the diagram could not be worked out: it becomes an incident on the case."""

    def __init__(self, message: str | None = None, *, element: str | None = None) -> None:
        super().__init__(message)
        self.element = element


class SettingsWrong(EngineError):
    """A setting is wrong."""
