"""What an action changes and adds, kept until its end, and attempts that can be taken back.

Rows are sent together before anything is read in their transaction or it commits: whoever reads can
tell no difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Update, event, inspect
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from engine.store.base import Base
from engine.store.writing import Change, NewRow, change_of, send

_WAITING, _ATTEMPTS = "appended", "attempts"


def append(session: Session, table: type[Base], values: Mapping[str, Any]) -> None:
    """Insert a row with the others of its action."""
    _waiting(session).append((table, values))


def change(session: Session, statement: Update, rows: Sequence[dict[str, Any]]) -> None:
    """Send one statement for many rows, past the unit of work; an attempt takes it back too.

    The session must not hold these rows: what it holds would not change.
    """
    if rows:
        write_everything(session)
        _set_savepoints(session)
        session.connection().execute(statement, rows)


@contextmanager
def attempt(session: Session) -> Iterator["Attempt"]:
    """Do something that may fail: then what it did is taken back, and nothing before it."""
    if session.new or session.deleted:
        session.flush()
    attempts = session.info.setdefault(_ATTEMPTS, [])
    this = Attempt(session)
    attempts.append(this)
    try:
        yield this
        this.keep()
    except BaseException:
        attempts.remove(this)
        this.take_back()
        raise
    attempts.remove(this)


def append_together(sessions: "sessionmaker[Session]") -> None:
    """Let every session of this maker write what was appended before it reads or commits."""
    event.listen(sessions, "do_orm_execute", lambda state: write_everything(state.session))
    event.listen(sessions, "before_flush", lambda session, *_: _set_savepoints(session))
    event.listen(sessions, "before_commit", write_everything)


class Attempt:
    """Sets its savepoint only before the first row is sent: most attempts append and send none.

    Rows that were changed before it and not sent yet are remembered as they stood.
    """

    def __init__(self, session: Session) -> None:
        self._session, self._before = session, len(_waiting(session))
        self._changed_before = [(row, _changes_of(row)) for row in session.dirty]
        self._savepoint: SessionTransaction | None = None
        self.sent: list[Base] = []
        """Rows that were changed and sent since it began."""

    def has_changed(self, *but: type[Base]) -> bool:
        """Whether anything was changed or appended, new rows of these tables left out."""
        session = self._session
        return bool(
            self._savepoint or session.new or session.deleted
            or any(table not in but for table, _ in _waiting(session)[self._before:])
            or self._has_changed_rows()
        )

    def _has_changed_rows(self) -> bool:
        before = dict(self._changed_before)
        return any(_changes_of(row) != before.get(row, {}) for row in self._session.dirty)

    def set_savepoint(self) -> None:
        if self._savepoint is None:
            waiting = _waiting(self._session)
            earlier, waiting[:] = waiting[:self._before], waiting[self._before:]
            self._before = 0
            send(self._session.connection(), (), earlier)
            self._savepoint = self._session.begin_nested()

    def keep(self) -> None:
        if self._savepoint is not None:
            self._savepoint.commit()

    def take_back(self) -> None:
        del _waiting(self._session)[self._before:]
        if self._savepoint is not None:
            self._savepoint.rollback()
        for row in list(self._session.new):
            self._session.expunge(row)
        for row in list(self._session.deleted):
            self._session.add(row)
        before = dict(self._changed_before)
        for row in {*self._session.dirty, *self.sent} - before.keys():
            if row in self._session:  # what it had added itself went with the savepoint
                self._session.expire(row)
        for row, changes in before.items():
            self._put_back(row, changes)

    def _put_back(self, row: Base, changes: Mapping[str, Any]) -> None:
        """Let a row have the changes that it had before, and no other."""
        if self._savepoint is not None:
            with self._session.no_autoflush:
                self._session.refresh(row)
        for name, value in {**inspect(row).committed_state, **changes}.items():
            setattr(row, name, value)


def _changes_of(row: Base) -> dict[str, Any]:
    """What has been changed in a row and was not sent yet."""
    now = vars(row)
    return {name: now[name] for name, before in inspect(row).committed_state.items()
            if name in now and not _is_same(before, now[name])}


def _is_same(before: Any, now: Any) -> bool:
    """Never by what a list or an object holds: it may have been changed in place, and JSON's `1` is
    not its `true`."""
    return type(before) is type(now) and not isinstance(now, (list, dict)) and before == now


def _waiting(session: Session) -> list[NewRow]:
    found: list[NewRow] = session.info.setdefault(_WAITING, [])
    return found


def _set_savepoints(session: Session) -> None:
    for each in session.info.get(_ATTEMPTS, ()):
        each.set_savepoint()


def write_everything(session: Session) -> None:
    """Send what was changed and what was added so far."""
    if session.new or session.deleted:
        session.flush()
    changes = _taken(session)
    if changes or _waiting(session):
        _set_savepoints(session)
        waiting = _waiting(session)
        rows, waiting[:] = waiting[:], []
        send(session.connection(), changes, rows)


def _taken(session: Session) -> list[Change]:
    """What was changed and not sent yet; the session takes it for sent from here on.

    SQLAlchemy does this itself after a flush, and offers no other way to it.
    """
    taken = []
    for row in sorted(session.dirty, key=lambda row: row.__tablename__):
        cells = _changes_of(row)
        if cells:
            change = change_of(row, cells)
            taken.append(change)
            vars(row).update(change.cells)
            inspect(row)._commit_all(vars(row), session.identity_map)
            for each in session.info.get(_ATTEMPTS, ()):
                each.sent.append(row)
    return taken
