"""Where something unexpected went wrong, for the log: every place in the code, and no value."""

import traceback


def where(fault: BaseException) -> str:
    """The kinds of error and the lines of code that led to them, the first cause first.

    Without their messages: those of a database, a parser or a conversion quote what was typed.
    """
    told: list[str] = []
    at: BaseException | None = fault
    while at is not None:
        lines = "".join(traceback.format_tb(at.__traceback__))
        told.append(f"{lines}{type(at).__module__}.{type(at).__qualname__}")
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\nthen:\n".join(reversed(told))
