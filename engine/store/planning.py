"""How PostgreSQL finds its way to rows, where what is asked for decides which way is short.

It keeps the plan of a statement that comes often, made for whatever may be asked for. A list that
is narrowed to ten of a hundred thousand cases wants another way than one that is narrowed to half.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session


@contextmanager
def planned_for_what_is_asked(session: Session) -> Iterator[None]:
    """Plans of its own for each statement in here, at a millisecond or less for each."""
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    _plan(session, "force_custom_plan")
    yield
    _plan(session, "auto")


def _plan(session: Session, mode: str) -> None:
    session.connection().exec_driver_sql(f"SET LOCAL plan_cache_mode = {mode}")
